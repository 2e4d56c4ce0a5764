"""The second line of a movement or load message: which flight of which day, which aircraft, and where.

    AM0905/22.XAMAZ.MEX            flight / day of the scheduled date in UTC . registration . airport of the movement

Load messages have the version and the crew in place of the airport; what follows the registration is given back as it
stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from aero_ingest.message import Finding, Flight, ParseError
from aero_ingest.message_times import FAR, NOON, midnight, nearest_day
from aero_ingest.type_b import Line

FLIGHT = re.compile(r"([A-Z][A-Z0-9]|[0-9][A-Z]|[A-Z]{3}) ?([0-9]{1,4})([A-Z]?)/([0-9]{1,2})(?:[A-Z]{3}(?:[0-9]{2})?)?")
#: Characters of the longest flight and day, `AMX 0905A/22NOV26`.
LONGEST = 17
#: What follows in nearly all of them, registration and airport; whatever differs is taken apart with care.
PLAIN = re.compile(r"(?![0-9]+\.)([A-Z0-9]{2,7})\.([A-Z]{3})")
REGISTRATION = re.compile(r"[A-Z0-9]{2,7}")
AIRPORT = re.compile(r"[A-Z]{3}")


@dataclass(slots=True)
class FlightLine:
    """What the line says; `rest` are its parts after the registration, with the column each begins at."""

    flight: Flight
    flight_date: date | None
    registration: str | None
    rest: tuple[tuple[str, int], ...]
    findings: list[Finding]


def read(lines: Sequence[Line], sent_at: datetime) -> FlightLine:
    """Read the flight line; raise ParseError where there is none, because then nobody knows whose message it is."""
    if not lines:
        raise ParseError(
            "no_flight", "the message ends before it names a flight; a line like AM0905/22.XAMAZ.MEX is due"
        )
    line = lines[0]
    head, dot, others = line.text.partition(".")
    at = line.column + len(head) + 1
    head = head.rstrip()
    # What is longer is none, and must not fill the memory that `_flight` has of those it read.
    named = _flight(head) if len(head) <= LONGEST else None
    if named is None:
        raise ParseError("bad_flight", f"{head[:40]!r} is no flight and day; write AM0905/22", line.number, line.column)
    flight, day, day_at, problems = named
    if flight.number == 0:
        raise ParseError("bad_flight", f"{head[:40]!r}: no flight has the number 0", line.number, line.column)
    findings = []
    for code, problem, where in problems:
        findings.append(Finding(code, problem, line.number, line.column + where))
    flight_date = nearest_day(day, sent_at.date())
    if flight_date is None or abs(midnight(flight_date) + NOON - sent_at) > FAR:
        problem = f"day {day:02d} is not within {FAR.days} days of {sent_at:%Y-%m-%d}; the flight has no date"
        findings.append(Finding("far_day", problem, line.number, line.column + day_at))
        flight_date = None
    if plain := PLAIN.fullmatch(others):
        registration, place = plain.groups()
        rest = ((place, at + len(registration) + 1),)
    else:
        registration, rest = _registration(_parts(others, at) if dot else [], line, findings)
    return FlightLine(flight, flight_date, registration, rest, findings)


@lru_cache(4096)
def _flight(head: str) -> tuple[Flight, int, int, tuple[tuple[str, str, int], ...]] | None:
    """The flight, its day, where the day begins, and what is odd as (code, sentence, where it begins).

    A flight has several messages, and the next day the same again.
    """
    found = FLIGHT.fullmatch(head)
    if found is None:
        return None
    carrier, digits, suffix, day = found.groups()
    problems = []
    if len(carrier) == 3:
        problems.append(("icao_carrier", f"{carrier} is an ICAO code; IATA codes are due", 0))
    if len(digits) < 3:
        problem = f"{carrier}{digits}: a flight number has three or four digits, filled with zeros"
        problems.append(("short_number", problem, found.start(2)))
    return Flight(carrier, int(digits), suffix), int(day), found.start(4), tuple(problems)


def airport(line: Line, rest: tuple[tuple[str, int], ...], findings: list[Finding]) -> str | None:
    """Return the airport of a movement from the rest of its flight line."""
    for text, column in rest:
        if AIRPORT.fullmatch(text):
            return text
        findings.append(Finding("bad_airport", f"{text[:20]!r} is no airport code; left out", line.number, column))
    findings.append(Finding("no_airport", "the flight line names no airport of movement", line.number, line.column))
    return None


def _parts(text: str, column: int) -> list[tuple[str, int]]:
    """The parts between full stops, each with its column."""
    found = []
    for part in text.split("."):
        found.append((part.strip(), column))
        column += len(part) + 1
    return found


def _registration(
    parts: list[tuple[str, int]], line: Line, findings: list[Finding]
) -> tuple[str | None, tuple[tuple[str, int], ...]]:
    """The registration without hyphen, and what follows it. `AM0905/22.CUN` has none, only the airport."""
    if not parts:
        findings.append(Finding("no_registration", "the flight line names no aircraft", line.number, line.column))
        return None, ()
    (text, column), rest = parts[0], tuple(parts[1:])
    if not rest and AIRPORT.fullmatch(text):
        findings.append(Finding("no_registration", "the flight line names no aircraft", line.number, column))
        return None, ((text, column),)
    plain = text.replace("-", "").replace(" ", "")
    if plain != text:
        problem = f"{text[:20]}: a registration has no hyphen in a message; read as {plain[:20]}"
        findings.append(Finding("registration_hyphen", problem, line.number, column))
    if plain.isdigit():
        problem = f"{plain[:20]} is a ship number, not a registration; left out"
        findings.append(Finding("ship_number", problem, line.number, column))
        return None, rest
    if not REGISTRATION.fullmatch(plain):
        problem = f"{text[:20]!r} is no registration; left out" if text else "the flight line names no aircraft"
        findings.append(Finding("bad_registration" if text else "no_registration", problem, line.number, column))
        return None, rest
    return plain, rest
