"""The second line of a movement or load message: which flight of which day, which aircraft, and where.

    AM0905/22.XAMAZ.MEX            flight / day of the scheduled date in UTC . registration . airport of the movement

Load messages have the version and the crew in place of the airport; what follows the registration is given back as it
stands.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import NamedTuple

from aero_ingest.message import Finding, Flight, ParseError
from aero_ingest.message_times import FAR, NOON, nearest_day
from aero_ingest.type_b import Line

FLIGHT = re.compile(r"([A-Z][A-Z0-9]|[0-9][A-Z]|[A-Z]{3}) ?([0-9]{1,4})([A-Z]?)/([0-9]{1,2})(?:[A-Z]{3}(?:[0-9]{2})?)?")
#: As nearly all of them are; whatever differs is taken apart with care.
PLAIN = re.compile(
    r"([A-Z][A-Z0-9]|[0-9][A-Z])((?!0+[A-Z/])[0-9]{3,4})([A-Z]?)/([0-9]{2})\.([A-Z0-9]{2,7})\.([A-Z0-9/]+)"
)
REGISTRATION = re.compile(r"[A-Z0-9]{2,7}")
AIRPORT = re.compile(r"[A-Z]{3}")


class FlightLine(NamedTuple):
    """What the line says; `rest` are its parts after the registration, with the column each begins at."""

    flight: Flight
    flight_date: date | None
    registration: str | None
    rest: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]


def read(lines: tuple[Line, ...], sent_at: datetime) -> FlightLine:
    """Read the flight line; raise ParseError where there is none, because then nobody knows whose message it is."""
    if not lines:
        raise ParseError(
            "no_flight", "the message ends before it names a flight; a line like AM0905/22.XAMAZ.MEX is due"
        )
    line = lines[0]
    if (plain := PLAIN.fullmatch(line.text)) and not plain[5].isdigit():
        findings: list[Finding] = []
        day = _date(int(plain[4]), sent_at, line, line.column + plain.start(4), findings)
        rest = ((plain[6], line.column + plain.start(6)),)
        return FlightLine(Flight(plain[1], int(plain[2]), plain[3]), day, plain[5], rest, tuple(findings))
    parts = _parts(line)
    head, _ = parts[0]
    found = FLIGHT.fullmatch(head)
    if found is None:
        raise ParseError("bad_flight", f"{head[:40]!r} is no flight and day; write AM0905/22", line.number, line.column)
    findings = []
    carrier, digits, suffix, day = found[1], found[2], found[3], found[4]
    number = int(digits)
    if number == 0:
        raise ParseError("bad_flight", f"{head[:40]!r}: no flight has the number 0", line.number, line.column)
    if len(carrier) == 3:
        findings.append(
            Finding("icao_carrier", f"{carrier} is an ICAO code; IATA codes are due", line.number, line.column)
        )
    if len(digits) < 3:
        problem = f"{carrier}{digits}: a flight number has three or four digits, filled with zeros"
        findings.append(Finding("short_number", problem, line.number, line.column + found.start(2)))
    flight_date = _date(int(day), sent_at, line, line.column + found.start(4), findings)
    registration, rest = _registration(parts[1:], line, findings)
    return FlightLine(Flight(carrier, number, suffix), flight_date, registration, rest, tuple(findings))


def airport(line: Line, rest: tuple[tuple[str, int], ...], findings: list[Finding]) -> str | None:
    """Return the airport of a movement from the rest of its flight line."""
    for text, column in rest:
        if AIRPORT.fullmatch(text):
            return text
        findings.append(Finding("bad_airport", f"{text[:20]!r} is no airport code; left out", line.number, column))
    findings.append(Finding("no_airport", "the flight line names no airport of movement", line.number, line.column))
    return None


def _parts(line: Line) -> list[tuple[str, int]]:
    """The parts between full stops, each with its column."""
    found, column = [], line.column
    for part in line.text.split("."):
        found.append((part.strip(), column))
        column += len(part) + 1
    return found


def _date(day: int, sent_at: datetime, line: Line, column: int, findings: list[Finding]) -> date | None:
    near = nearest_day(day, sent_at)
    if near is None or abs(datetime.combine(near, NOON) - sent_at) > FAR:
        problem = f"day {day:02d} is not within {FAR.days} days of {sent_at:%Y-%m-%d}; the flight has no date"
        findings.append(Finding("far_day", problem, line.number, column))
        return None
    return near


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
