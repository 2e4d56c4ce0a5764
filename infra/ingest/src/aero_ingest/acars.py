"""OOOI of ACARS: the times that an aircraft reports itself, as its provider passes them on (compatible with ARINC 620).

    DEP
    FI AM0905/AN XA-MAZ/DA MMMX/AD MMUN/OT 1334/OF 1352/FB 0210
    DT DDL MEX 221353 M14A

Times are UTC without a date, airports ICAO codes, and no line says the date of the flight: the gateway takes the leg
whose plan is nearest to the times.
"""

from __future__ import annotations

import re
from datetime import datetime

from aero_ingest import flight_line
from aero_ingest.message import IN, OFF, ON, OUT, Flight, Message, ParseError
from aero_ingest.message_times import Stated, stated
from aero_ingest.mvt_reading import Reading, note_doubts
from aero_ingest.stations import iata_of
from aero_ingest.type_b import Oddity, Telegram
from aero_streaming.airline import airline

FORMAT = "acars"
FLIGHT = re.compile(r"([A-Z][A-Z0-9]|[0-9][A-Z]|[A-Z]{3})([0-9]{1,4})([A-Z]?)")
#: The meaning of an element, and whether it is at the airport of arrival. `ON` and `IN` are written as called.
TIMES = {"OT": (OUT, False), "OF": (OFF, False), "ON": (ON, True), "IN": (IN, True)}
#: Said, and of no use to anybody here: fuel, the transmission, the gate, sequence numbers.
PASSED_OVER = frozenset(("FB", "DT", "GT", "BF", "TP", "MA", "SM", "DS", "AP", "OA", "FU", "BN"))
END = ("DT ", "-")


def parse(telegram: Telegram, std_at: datetime | None = None) -> Message:
    """Read the times of a flight, dated better by its STD where that is known; raise ParseError without a flight."""
    oddities: list[Oddity] = []
    elements = _elements(telegram, oddities)
    message = Message(
        FORMAT, telegram.raw, telegram.sent_at, telegram.is_stamped, telegram.originator,
        _flight(elements, telegram), registration=_registration(elements, oddities),
    )  # fmt: skip
    places = {name: _place(elements, name, oddities) for name in ("DA", "AD")}
    reading = Reading(telegram, message, std_at, oddities)
    before: tuple[datetime, Stated] | None = None
    for name, (kind, is_arrival) in TIMES.items():
        if name not in elements:
            continue
        value, at = elements[name]
        reading.element = (name, value, at)
        before = _time(reading, value, kind, places["AD" if is_arrival else "DA"], before) or before
    note_doubts(reading)
    message.movements = tuple(reading.movements.values())
    arrives = any(movement.event_type in (ON, IN) for movement in message.movements)
    message.airport = places["AD"] if arrives else places["DA"]
    if places["AD"]:
        message.extra = {"destination": places["AD"]}
    for name, (value, at) in elements.items():
        if name not in TIMES and name not in PASSED_OVER and name not in ("FI", "AN", "DA", "AD"):
            oddities.append(("unknown_element", f"{name} {value[:20]}: no element that is known; left out", at, None))
    message.findings = telegram.with_oddities(oddities)
    return message


def _elements(telegram: Telegram, oddities: list[Oddity]) -> dict[str, tuple[str, int]]:
    """The elements by name, each with its value and the line it stands on."""
    places: dict[str, tuple[str, int]] = {}
    for at, line in enumerate(telegram.lines):
        if line.startswith(END):
            break
        for part in line.split("/"):
            name, _, value = part.strip().partition(" ")
            if name:
                text = "".join(value.split())
                if places.get(name, (text, at))[0] != text:
                    oddities.append(("said_twice", f"{name} is said twice; the last counts: {text[:20]}", at, None))
                places[name] = (text, at)
    return places


def _flight(elements: dict[str, tuple[str, int]], telegram: Telegram) -> Flight:
    value, at = elements.get("FI", ("", 0))
    match = FLIGHT.fullmatch(value)
    if match is None or not int(match[2]):
        raise ParseError(
            "bad_flight", f"{value[:20]!r} is no flight; FI {airline().mainline}0905 is due", *telegram.place(at)
        )
    return Flight(match[1], int(match[2]), match[3])


def _registration(elements: dict[str, tuple[str, int]], oddities: list[Oddity]) -> str | None:
    # Aircraft are named with their hyphen here, and filled up with full stops.
    text, at = elements.get("AN", ("", 0))
    plain = text.replace("-", "").replace(".", "")
    if plain and not flight_line.is_placeholder(plain) and flight_line.REGISTRATION.fullmatch(plain):
        return plain
    problem = f"{text[:20]!r} is no aircraft" if text else "the message names no aircraft"
    oddities.append(("unknown_registration" if text else "no_registration", problem, at, None))
    return None


def _place(elements: dict[str, tuple[str, int]], name: str, oddities: list[Oddity]) -> str | None:
    if name not in elements:
        return None
    value, at = elements[name]
    iata = iata_of(value)
    if iata is None:
        oddities.append(("bad_airport", f"{name} {value[:20]}: no airport that is known; left out", at, None))
    return iata


def _time(
    reading: Reading, value: str, kind: str, place: str | None, before: tuple[datetime, Stated] | None
) -> tuple[datetime, Stated] | None:
    """Note one time, the first such after the one before it."""
    time = stated(value) if len(value) <= 6 else None
    moment = reading.past(time) if time else None
    if time is None or moment is None:
        reading.complain("bad_time", f"{kind} {value[:20]}: no time can be read from it; left out")
        return None
    if before and time.day is None and before[1].day is None and before[1].clock is not None:
        moment = reading.after(before[0], before[1].clock, time.clock) or moment
    reading.put(kind, moment, place)
    return moment, time
