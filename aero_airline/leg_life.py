"""The life of a leg as events: from the plan on the day before to the delay codes after it, with receive delays.

The synthetic airline and the replay of real flights describe their legs as a `Story`; this module turns a story into
events. Instants are whole minutes since 1970-01-01 UTC. This module adds no errors; the callers do that in a step of
their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from math import log
from typing import Any

from aero_airline.geography import DAY, EPOCH
from aero_streaming.events import Event, build

#: The plan of an operating day is published at noon UTC of the day before, ahead of its first departure anywhere.
PUBLISHED_BEFORE_MINUTES = DAY - 12 * 60
PUBLISHING_SECONDS = 600
#: Seconds until an event of a type is received: the least, and the mean of what comes on top (exponential) [A].
#: Aircraft report by themselves, people take longer, coding takes longest.
RECEIVED_AFTER_SECONDS = {
    "estimate": (10, 30), "out": (15, 45), "off": (15, 45), "on": (15, 45), "in": (15, 45), "delay_codes": (120, 900),
    "cancel": (30, 120), "reinstate": (30, 120), "divert": (60, 180), "return_to_ramp": (30, 90),
    "air_return": (30, 90), "load": (30, 90), "booking": (5, 20), "feedback": (5, 20),
}  # fmt: skip
LONGEST_RECEIPT_SECONDS = 7_200
#: From this departure delay on new times are announced, to five minutes.
ANNOUNCED_FROM_MINUTES = 15
#: Steps of announcing a delay: minutes after STD, and the share of the delay that is known by then.
ANNOUNCED = ((-45, 0.5), (-10, 0.8), (20, 0.9), (60, 1.0), (120, 1.0), (240, 1.0))
TAXI_IN_MINUTES = 7
#: Draws of chance that one leg can use.
DRAWS = 48

Chance = Iterator[float]


@dataclass(frozen=True)
class Departure:
    """One departure attempt; after a return, `returned` is the kind of return, and `back_*` are its times."""

    out: int | None
    off: int | None
    returned: str = ""  #: return_to_ramp, air_return or nothing
    back_on: int | None = None
    back_in: int | None = None


@dataclass(frozen=True)
class Story:
    """One leg's history. `leg` holds its identity and description by the field names of events."""

    leg: dict[str, Any]
    std: int
    sta: int
    distance_miles: int | None = None
    departures: tuple[Departure, ...] = ()
    on: int | None = None
    in_: int | None = None
    called_off: tuple[int, int] | None = None  #: cancelled at, reinstated at
    cancelled_at: int | None = None
    cancellation_code: str | None = None
    diverted_at: int | None = None
    diverted_to: str | None = None
    passengers: int | None = None
    coded_at: int | None = None
    coding: dict[str, Any] = field(default_factory=dict)


@cache
def _day_text(day: int) -> str:
    return f"{date.fromordinal(EPOCH.toordinal() + day)}"


def second_text(second: int) -> str:
    """Return the UTC time of a second since 1970 as events write it."""
    day, rest = divmod(second, 86_400)
    return f"{_day_text(day)}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z"


def second_of(text: str) -> int:
    """Return the second since 1970 of a UTC time as events write it."""
    return int(datetime.fromisoformat(text).timestamp())


def minute_text(minute: int | None) -> str | None:
    """Return the UTC time of a minute since 1970 as events write it; None for None."""
    return None if minute is None else second_text(minute * 60)


def published_at(operating_date: date) -> int:
    """Return the minute at which the plan of an operating day is published."""
    return (operating_date - EPOCH).days * DAY - PUBLISHED_BEFORE_MINUTES


def receipt(event_type: str, minute: int, chance: Chance) -> str:
    """Return the time at which something that happened at a minute is received."""
    least, mean = RECEIVED_AFTER_SECONDS[event_type]
    after = least - mean * log(1 - next(chance))
    return second_text(minute * 60 + min(int(after), LONGEST_RECEIPT_SECONDS))


def tell(story: Story, operating_date: date, chance: Chance) -> list[Event]:
    """Return the events of a leg, each received once, in the order in which they happened as far as it is known."""
    return [*_planned(story, operating_date, chance), *_before_flight(story, chance), *_flight(story, chance)]


def _event(story: Story, event_type: str, minute: int, chance: Chance, **payload: Any) -> Event:  # noqa: ANN401
    return build(
        event_type,
        story.leg,
        source="ops_event",
        event_time=second_text(minute * 60),
        received_at=receipt(event_type, minute, chance),
        **payload,
    )


def _planned(story: Story, operating_date: date, chance: Chance) -> Iterator[Event]:
    published = published_at(operating_date) * 60
    yield build(
        "schedule",
        story.leg,
        source="schedule",
        event_time=second_text(published),
        received_at=second_text(published + int(PUBLISHING_SECONDS * next(chance))),
        distance_miles=story.distance_miles,
    )


def _before_flight(story: Story, chance: Chance) -> Iterator[Event]:
    if story.called_off:
        cancelled, reinstated = story.called_off
        yield _event(story, "cancel", cancelled, chance, cancellation_code="A")
        yield _event(story, "reinstate", reinstated, chance)
    if story.cancelled_at is not None:
        yield _event(story, "cancel", story.cancelled_at, chance, cancellation_code=story.cancellation_code)
    if not story.departures or (out := story.departures[0].out) is None:
        return
    yield from _announced(story, out, chance)
    if story.passengers is not None:
        yield _event(story, "load", out - 4, chance, passengers=story.passengers)


def _announced(story: Story, out: int, chance: Chance) -> Iterator[Event]:
    """Return announced new times of departure and arrival, which become more accurate with time."""
    announced = 0
    for after, share in ANNOUNCED:
        known = 5 * round((out - story.std) * share / 5)
        # Nobody announces a time that is past, or the same again.
        if known < ANNOUNCED_FROM_MINUTES or known == announced or not after < min(known, out - story.std):
            continue
        announced = known
        yield _event(
            story, "estimate", story.std + after, chance,
            estimated_out_at=minute_text(story.std + known), estimated_in_at=minute_text(story.sta + known),
        )  # fmt: skip


def _flight(story: Story, chance: Chance) -> Iterator[Event]:
    for departure in story.departures:
        if departure.out is not None:
            yield _event(story, "out", departure.out, chance, out_at=minute_text(departure.out))
        if departure.off is not None:
            yield _event(story, "off", departure.off, chance, off_at=minute_text(departure.off))
        if departure.returned == "return_to_ramp" and departure.back_in is not None:
            back = minute_text(departure.back_in)
            yield _event(story, "return_to_ramp", departure.back_in, chance, return_in_at=back)
        elif departure.returned and departure.back_on is not None:
            back_on, back_in = minute_text(departure.back_on), minute_text(departure.back_in)
            yield _event(
                story, departure.returned, departure.back_on, chance, return_on_at=back_on, return_in_at=back_in
            )
    yield from _under_way(story, chance)
    if story.diverted_at is not None:
        yield _event(story, "divert", story.diverted_at, chance, diverted_to=story.diverted_to)
    if story.on is not None:
        yield _event(story, "on", story.on, chance, on_at=minute_text(story.on))
    if story.in_ is not None:
        yield _event(story, "in", story.in_, chance, in_at=minute_text(story.in_))
    if story.coded_at is not None and story.coding:
        yield _event(story, "delay_codes", story.coded_at, chance, **story.coding)


def _under_way(story: Story, chance: Chance) -> Iterator[Event]:
    """Return arrival estimates sent after take-off: as planned at first, nearly right half-way."""
    last = story.departures[-1] if story.departures else None
    if last is None or last.off is None or last.returned:
        return
    planned = last.off + round(0.86 * (story.sta - story.std))
    yield _arrival(story, last.off + 1, max(planned, last.off + 2), chance)
    half = last.off + round(0.43 * (story.sta - story.std))
    if story.on is None or story.diverted_at is not None or not last.off + 20 <= half < story.on - 10:
        return
    yield _arrival(story, half, story.on + int(7 * next(chance)) - 3, chance)


def _arrival(story: Story, minute: int, on: int, chance: Chance) -> Event:
    return _event(
        story, "estimate", minute, chance,
        estimated_on_at=minute_text(on), estimated_in_at=minute_text(on + TAXI_IN_MINUTES),
    )  # fmt: skip
