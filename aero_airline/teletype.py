"""Events of a leg written as the teletype messages that its stations would send: MVT, DIV and LDM in Type-B envelopes.

    for telegram in telegrams(events_of_one_leg):
        print(telegram.text)

There is one message per event, as stations send them: OUT, then OUT and OFF, and so on; corrections are sent as `COR`.
Plans, estimates and cancellations have no such message.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from aero_streaming.airline import airline
from aero_streaming.events import Event
from aero_streaming.times import parse

PRIORITY = f"QU {airline().base}OO{airline().mainline}"
#: The label of a made-up message, in the free text that every message may end with.
LABEL = "SI DATOS SINTETICOS"
#: The position of a message's station.
AT_ORIGIN = frozenset(("out", "off", "return_to_ramp", "air_return", "load", "delay_codes"))
#: The clock times of an attempt, as far as they were said.
Clocks = dict[str, str]


@dataclass(frozen=True)
class Telegram:
    """A message and its time of sending."""

    sent_at: datetime
    text: str


def telegrams(events: Iterable[Event]) -> Iterator[Telegram]:
    """Yield the messages of one leg from its events, in order of their receipt."""
    clocks: Clocks = {}
    for event in sorted(events, key=lambda event: (event["received_at"], event["event_id"])):
        kind = event["event_type"]
        if kind in ("out", "off", "on", "in"):
            clocks[kind] = _clock(event[f"{kind}_at"])
        elif kind in ("return_to_ramp", "air_return"):
            clocks.clear()
        identifier, write = WRITTEN.get(kind, ("", _nothing))
        if line := write(event, clocks):
            place = event["origin"] if kind in AT_ORIGIN else event["destination"]
            yield _telegram(event, identifier, place, line)


def _nothing(event: Event, clocks: Clocks) -> str:
    return ""


def _departed(event: Event, clocks: Clocks) -> str:
    return f"AD{'/'.join(clocks[name] for name in ('out', 'off') if name in clocks)}"


def _codes(event: Event, clocks: Clocks) -> str:
    parts = [part.split(":") for part in event.get("delay_codes", "").split(";") if part]
    durations = [f"{int(minutes) // 60:02d}{int(minutes) % 60:02d}" for _, minutes in parts]
    return f"DL{'/'.join([*(code for code, _ in parts), *durations])}" if parts else ""


def _diverted(event: Event, clocks: Clocks) -> str:
    return f"EA{_clock(event['event_time'])} {event['diverted_to']}" if event.get("diverted_to") else ""


def _load(event: Event, clocks: Clocks) -> str:
    return f"-{event['destination']}.{event['passengers']}/0/0.T0.PAX/{event['passengers']}.PAD/0"


#: The kind of message for each event, and its line after the flight line; an empty line means no message.
WRITTEN: dict[str, tuple[str, Callable[[Event, Clocks], str]]] = {
    "out": ("MVT", _departed),
    "off": ("MVT", _departed),
    "on": ("MVT", lambda event, clocks: f"AA{clocks['on']}"),
    # Without a touchdown only the second time is said.
    "in": ("MVT", lambda event, clocks: f"AA{clocks.get('on', '')}/{clocks['in']}"),
    "return_to_ramp": ("MVT", lambda event, clocks: f"RR{_clock(event['event_time'])}"),
    "air_return": ("MVT", lambda event, clocks: f"FR{_clock(event['event_time'])}"),
    "delay_codes": ("MVT", _codes),
    "divert": ("DIV", _diverted),
    "load": ("LDM", _load),
}


def _telegram(event: Event, identifier: str, place: str, line: str) -> Telegram:
    sent_at = parse(event["received_at"])
    flight = f"{event['carrier']}{event['flight_number']:04d}{event['operational_suffix']}/{parse(event['std_at']):%d}"
    # A load message has the version and the crew where others have the airport.
    where = f"Y{event.get('seats') or event['passengers'] or 1}.2/4" if identifier == "LDM" else place
    lines = [
        PRIORITY,
        f".{place}KKAM {sent_at:%d%H%M}",
        identifier + (" COR" if event["is_correction"] else ""),
        ".".join(part for part in (flight, event.get("tail"), where) if part),
        line,
        *([LABEL] if event.get("data_label") else []),
    ]
    return Telegram(sent_at, "\n".join(lines) + "\n")


def _clock(moment: str) -> str:
    return f"{parse(moment):%H%M}"
