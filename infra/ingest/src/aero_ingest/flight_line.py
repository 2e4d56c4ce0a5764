"""The second line of a movement or load message: which flight of which day, which aircraft, and where.

    AM0905/22.XAMAZ.MEX            flight / day of the scheduled date in UTC . registration . airport of the movement

Load messages have the version and the crew in place of the airport; what follows the registration is given back as it
stands.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from aero_ingest.message import Flight, ParseError
from aero_ingest.message_times import FAR, NOON, midnight, nearest_day
from aero_ingest.type_b import Oddity, Telegram
from aero_streaming.airline import airline
from aero_streaming.events import registrations

FLIGHT = re.compile(r"([A-Z][A-Z0-9]|[0-9][A-Z]|[A-Z]{3})([0-9]{1,4})([A-Z]?)/([0-9]{1,2})(?:([A-Z]{3})([0-9]{2})?)?")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
#: Characters of the longest flight and day, `AMX 0905A/22NOV26`.
LONGEST = 17
#: The usual rest of the line, registration and airport; whatever differs is taken apart with care.
LONGEST_PLAIN = 11
PLAIN = re.compile(r"(?![0-9]+\.)([A-Z0-9]{2,7})\.([A-Z]{3})")
REGISTRATION = re.compile(r"[A-Z0-9]{2,7}")
AIRPORT = re.compile(r"[A-Z]{3}")
UNKNOWN_AIRPORTS = frozenset(("XXX", "ZZZ", "TBA", "UNK"))


#: Parts of the line after the registration, each with the characters before it.
Parts = tuple[tuple[str, int], ...]


def read(telegram: Telegram, oddities: list[Oddity]) -> tuple[Flight, date | None, str | None, Parts]:
    """Return flight, its date, registration and the rest; raise ParseError where nobody knows whose message it is."""
    flight, flight_date, others, at = _head(telegram, oddities)
    if plain := _plain(others) if others and len(others) <= LONGEST_PLAIN else None:
        registration, place = plain
        return flight, flight_date, registration, ((place, at + len(registration) + 1),)
    return flight, flight_date, *_registration(_parts(others, at), oddities)


def read_movement(
    telegram: Telegram, oddities: list[Oddity]
) -> tuple[Flight, date | None, str | None, str | None]:  # fmt: skip
    """Return flight, its date, registration and the airport of the movement; raise ParseError as `read` does."""
    flight, flight_date, others, at = _head(telegram, oddities)
    if plain := _plain(others) if others and len(others) <= LONGEST_PLAIN else None:
        return flight, flight_date, *plain
    registration, rest = _registration(_parts(others, at), oddities)
    return flight, flight_date, registration, _airport(rest, oddities)


def _head(telegram: Telegram, oddities: list[Oddity]) -> tuple[Flight, date | None, str | None, int]:
    """Flight and date, what follows the first full stop if there is one, and the characters before that."""
    if not telegram.lines:
        raise ParseError(
            "no_flight",
            f"the message ends before it names a flight; write {airline().mainline}0905/22.XAMAZ.{airline().base}",
        )
    head, dot, others = telegram.lines[0].partition(".")
    at = len(head) + 1
    # Some senders set blanks between the parts.
    head = head.replace(" ", "")
    # A longer line is no flight line, and must not fill the memory that `_flight` has of those it read.
    named = _flight(head) if len(head) <= LONGEST else None
    if named is None:
        raise ParseError(
            "bad_flight", f"{head[:40]!r} is no flight and day; write {airline().mainline}0905/22", *telegram.place(0)
        )
    flight, day, day_at, month_of_year, problems = named
    if not flight.number:
        raise ParseError("bad_flight", f"{head[:40]!r}: no flight has the number 0", *telegram.place(0))
    for code, problem, where in problems:
        oddities.append((code, problem, 0, where))
    sent_at = telegram.sent_at
    flight_date, is_near = _near(day, sent_at.date())
    if flight_date and not f"{MONTHS[flight_date.month - 1]}{flight_date:%y}".startswith(month_of_year):
        problem = f"day {day:02d}{month_of_year} is not within {FAR.days} days of {sent_at:%Y-%m-%d}"
        oddities.append(("far_day", f"{problem}; the flight has no date", 0, day_at))
        flight_date = None
    elif not is_near and (flight_date is None or abs(midnight(flight_date) + NOON - sent_at) > FAR):
        problem = f"day {day:02d} is not within {FAR.days} days of {sent_at:%Y-%m-%d}; the flight has no date"
        oddities.append(("far_day", problem, 0, day_at))
        flight_date = None
    return flight, flight_date, others if dot else None, at


@lru_cache(1024)
def _near(day: int, today: date) -> tuple[date | None, bool]:
    """The nearest date with this day of the month, and whether it is near at any hour of today."""
    nearest = nearest_day(day, today)
    return nearest, nearest is not None and abs(nearest - today) < FAR


@lru_cache(4096)
def _flight(head: str) -> tuple[Flight, int, int, str, tuple[tuple[str, str, int], ...]] | None:
    """The flight, its day, where that begins, month and year if said, what is odd as (code, sentence, where it begins).

    A flight has several messages, and the next day the same again.
    """
    match = FLIGHT.fullmatch(head)
    if match is None:
        return None
    carrier, digits, suffix, day, month, year = match.groups()
    problems = []
    if len(carrier) == 3:
        problems.append(("icao_carrier", f"{carrier} is an ICAO code; IATA codes are due", 0))
    if len(digits) < 3:
        problem = f"{carrier}{digits}: a flight number has three or four digits, filled with zeros"
        problems.append(("short_number", problem, match.start(2)))
    return Flight(carrier, int(digits), suffix), int(day), match.start(4), f"{month or ''}{year or ''}", tuple(problems)


@lru_cache(4096)
def _plain(others: str) -> tuple[str, str] | None:
    """Registration and airport where a line has just these; an aircraft has the same again all day."""
    match = PLAIN.fullmatch(others)
    if match is None or is_placeholder(match[1]) or match[2] in UNKNOWN_AIRPORTS:
        return None
    return match[1], match[2]


def is_placeholder(text: str) -> bool:
    """Return True where a text stands for an unknown aircraft, with or without hyphen."""
    plain = text.replace("-", "").replace(" ", "").replace("/", "")
    return bool(text) and registrations.known(plain) is None


def _airport(rest: Parts, oddities: list[Oddity]) -> str | None:
    for text, at in rest:
        if AIRPORT.fullmatch(text) and text not in UNKNOWN_AIRPORTS:
            return text
        oddities.append(("bad_airport", f"{text[:20]!r} is no airport code; left out", 0, at))
    oddities.append(("no_airport", "the flight line names no airport of movement", 0, 0))
    return None


def _parts(text: str | None, at: int) -> list[tuple[str, int]]:
    """The parts between full stops, each with the characters before it."""
    parts = []
    for part in () if text is None else text.split("."):
        parts.append((part.strip(), at))
        at += len(part) + 1
    return parts


def _registration(parts: list[tuple[str, int]], oddities: list[Oddity]) -> tuple[str | None, Parts]:
    """The registration without hyphen, and what follows it. `AM0905/22.CUN` has none, only the airport."""
    if not parts:
        oddities.append(("no_registration", "the flight line names no aircraft", 0, 0))
        return None, ()
    (text, at), rest = parts[0], tuple(parts[1:])
    if is_placeholder(text):
        problem = f"{text[:20]!r} stands for an aircraft that the sender does not know; the leg keeps that of its plan"
        oddities.append(("unknown_registration", problem, 0, at))
        return None, rest
    if not rest and AIRPORT.fullmatch(text):
        oddities.append(("no_registration", "the flight line names no aircraft", 0, at))
        return None, ((text, at),)
    plain = text.replace("-", "").replace(" ", "")
    if plain != text:
        problem = f"{text[:20]}: a registration has no hyphen in a message; read as {plain[:20]}"
        oddities.append(("registration_hyphen", problem, 0, at))
    if plain.isdigit():
        problem = f"{plain[:20]} is a ship number, not a registration; left out"
        oddities.append(("ship_number", problem, 0, at))
        return None, rest
    if not REGISTRATION.fullmatch(plain):
        problem = f"{text[:20]!r} is no registration; left out" if text else "the flight line names no aircraft"
        oddities.append(("bad_registration" if text else "no_registration", problem, 0, at))
        return None, rest
    return plain, rest
