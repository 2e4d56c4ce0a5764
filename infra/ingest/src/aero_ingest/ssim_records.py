"""SSIM chapter 7, the records: 200 bytes each, by position. From a line to a `Carrier`, a `LegRecord` or a segment.

Positions are those of public parsers and files (one-based there, slices here). Departure has the passenger's time
before the aircraft's, arrival the aircraft's before the passenger's; legs go by the aircraft's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from aero_ingest import configuration
from aero_ingest.message import Finding, Flight, ParseError

LENGTH = 200
TITLE = "1AIRLINE STANDARD SCHEDULE DATA SET"
#: A period without an end.
OPEN = "00XXX00"
MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1
    )
}
#: Two-digit years: from here on they are of the last century.
CENTURY_AT = 70

DATE = re.compile(r"([0-9]{2})([A-Z]{3})([0-9]{2})")
CLOCK = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])|2400")
VARIATION = re.compile(r"([+-])([01][0-9])([0-5][0-9])")
AIRCRAFT_TYPE = re.compile(r"[A-Z0-9]{3}")
STATION = re.compile(r"[A-Z]{3}")
DESIGNATOR = re.compile(r"[A-Z][A-Z0-9]|[0-9][A-Z]|[A-Z]{3}")
DATE_VARIATIONS = {" ": None, "0": 0, "A": -1, "J": -1} | {str(days): days for days in range(1, 8)}


#: Byte 149. Operated here, under a designator that is shared, with a leased aircraft and crew, or for nobody to buy;
#: and only sold here, another carrier's leg under a number of ours.
OPERATED, SOLD_ONLY = frozenset(("", "X", "S", "D")), frozenset("LZ")


@dataclass(frozen=True, slots=True)
class Carrier:
    """A block of one carrier: whether its times are local or UTC, what it is valid for and when it was made."""

    is_local: bool
    carrier: str
    season: str
    valid_from: date | None
    valid_to: date | None
    created_at: datetime | None
    serial: int | None


@dataclass(slots=True)
class LegRecord:
    """A leg on its days of operation. Times are minutes of the day in the block's mode; `valid_to` None is open.

    `date_variation` are days added to departure and arrival, None where the record leaves it blank.
    """

    line: int
    raw: str
    block: Carrier
    flight: Flight
    variation: str
    leg_sequence: int
    service_type: str
    valid_from: date
    valid_to: date | None
    days: tuple[int, ...]
    every_weeks: int
    origin: str
    std_minute: int
    std_utc_offset_minutes: int | None
    destination: str
    sta_minute: int
    sta_utc_offset_minutes: int | None
    aircraft_type: str
    configuration: str
    date_variation: tuple[int | None, int | None]
    disclosure: str
    serial: int | None
    codeshares: list[str] = field(default_factory=list)
    operated_as: str | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_operated(self) -> bool:
        """True if this carrier flies it. Records of those who only sell it repeat the same leg."""
        return self.disclosure not in SOLD_ONLY and self.operated_as is None

    @property
    def seats(self) -> int | None:
        """Seats of the configuration; pallets and containers are none."""
        return configuration.read(self.configuration).total

    def complain(self, code: str, message: str, column: int = 1) -> None:
        """Note something odd about this record."""
        self.findings.append(Finding(code, message, self.line, column))


def read_carrier(record: str, line: int) -> Carrier:
    """Read a record of type 2; raise ParseError where it does not say whose times these are, and of which kind."""
    mode = record[1]
    if mode not in "LU":
        raise ParseError("bad_time_mode", f"{mode!r} is no time mode; L (local) or U (UTC) is due", line, 2)
    return Carrier(
        is_local=mode == "L",
        carrier=_designator(record, line),
        season=record[10:13].strip(),
        valid_from=parse_date(record[14:21]),
        valid_to=parse_date(record[21:28]),
        created_at=_created_at(record),
        serial=serial_of(record),
    )


def read_leg(record: str, line: int, block: Carrier) -> LegRecord:
    """Read a record of type 3; raise ParseError for one that says no leg, with the column."""
    valid_from = _date(record, 14, line)
    valid_to = None if record[21:28] == OPEN else _date(record, 21, line)
    if valid_to and valid_to < valid_from:
        raise ParseError("bad_period", f"the period ends ({valid_to}) before it begins ({valid_from})", line, 22)
    days = _days_of_operation(record, line)
    week = [valid_from + timedelta(days=n) for n in range(7)]
    if valid_to and not any(day <= valid_to and day.isoweekday() in days for day in week):
        raise ParseError("no_dates", f"no day from {valid_from} to {valid_to} is one of {record[28:35]!r}", line, 29)
    aircraft_type = record[72:75].strip()
    leg = LegRecord(
        line=line,
        raw=record.rstrip(),
        block=block,
        flight=read_flight(record, line),
        variation=record[9:11].strip() + record[127].strip(),
        leg_sequence=_whole(record, 11, 13, line, "leg sequence", least=1),
        service_type=record[13].strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        days=days,
        every_weeks=2 if record[35] == "2" else 1,
        origin=_station(record, 36, line),
        std_minute=_clock(record, 43, line),
        std_utc_offset_minutes=_offset(record, 47),
        destination=_station(record, 54, line),
        sta_minute=_clock(record, 57, line),
        sta_utc_offset_minutes=_offset(record, 65),
        aircraft_type=aircraft_type if AIRCRAFT_TYPE.fullmatch(aircraft_type) else "",
        configuration=record[172:192].strip(),
        date_variation=(_days(record, 192, line), _days(record, 193, line)),
        disclosure=record[148].strip(),
        serial=serial_of(record),
    )
    _complain(leg, record)
    return leg


def _complain(leg: LegRecord, record: str) -> None:
    if not leg.aircraft_type and record[72:75].strip():
        leg.complain("bad_aircraft_type", f"{record[72:75]!r} is no IATA aircraft type; unknown", 73)
    if leg.disclosure not in OPERATED | SOLD_ONLY:
        problem = f"operating airline disclosure {leg.disclosure!r} is unknown; read as operated here"
        leg.complain("unknown_disclosure", problem, 149)
    if problem := configuration.read(leg.configuration).problem:
        leg.complain("doubtful_configuration", problem, 173)
    if record[35] not in " 12":
        leg.complain("bad_rate", f"frequency rate {record[35]!r} is unknown; read as every week", 36)
    for name, offset, column in (
        ("departure", leg.std_utc_offset_minutes, 48),
        ("arrival", leg.sta_utc_offset_minutes, 66),
    ):
        if offset is None:
            problem = f"the UTC variation of {name} is {record[column - 1 : column + 4]!r}; +hhmm or -hhmm is due"
            leg.complain("no_utc_variation", problem, column)
    block = leg.block
    if leg.flight.carrier != block.carrier:
        leg.complain("other_carrier", f"{leg.flight} is in the block of {block.carrier}", 3)
    if (block.valid_from and leg.valid_from < block.valid_from) or (
        block.valid_to and leg.valid_to and leg.valid_to > block.valid_to
    ):
        span = f"{leg.valid_from} to {leg.valid_to}"
        problem = f"{span} is not within the block's validity, {block.valid_from} to {block.valid_to}; it counts"
        leg.complain("outside_validity", problem, 15)


def read_flight(record: str, line: int) -> Flight:
    """Read the flight of a record of type 3 or 4."""
    number = _whole(record, 5, 9, line, "flight number", least=1)
    return Flight(_designator(record, line), number, record[1].strip())


def serial_of(record: str) -> int | None:
    """Return the serial of a record, None if it is no number."""
    text = record[194:200].strip()
    return int(text) if text.isascii() and text.isdigit() else None


def parse_date(text: str) -> date | None:
    """Return the date that `DDMMMYY` names, None if none."""
    match = DATE.fullmatch(text)
    month = MONTHS.get(match[2]) if match else None
    if match is None or month is None:
        return None
    year = int(match[3])
    try:
        return date(year + (1900 if year >= CENTURY_AT else 2000), month, int(match[1]))
    except ValueError:
        return None


def _date(record: str, at: int, line: int) -> date:
    day = parse_date(record[at : at + 7])
    if day is None:
        raise ParseError("bad_date", f"{record[at : at + 7]!r} is no date; 25OCT26 is due", line, at + 1)
    return day


def _created_at(record: str) -> datetime | None:
    """Return the time the block was made: a date, and a time of day in newer files."""
    day = parse_date(record[28:35])
    if day is None:
        return None
    match = CLOCK.fullmatch(record[190:194])
    hour, minute = (int(match[1]), int(match[2])) if match and match[1] else (0, 0)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def _designator(record: str, line: int) -> str:
    text = record[2:5].strip()
    if not DESIGNATOR.fullmatch(text):
        raise ParseError("bad_carrier", f"{record[2:5]!r} is no airline designator", line, 3)
    return text


def _whole(record: str, start: int, end: int, line: int, name: str, least: int) -> int:
    text = record[start:end].strip()
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise ParseError("bad_number", f"{record[start:end]!r} is no {name}", line, start + 1)
    return int(text)


def _station(record: str, at: int, line: int) -> str:
    text = record[at : at + 3]
    if not STATION.fullmatch(text):
        raise ParseError("bad_station", f"{text!r} is no station; three letters are due", line, at + 1)
    return text


def _clock(record: str, at: int, line: int) -> int:
    text = record[at : at + 4]
    if not CLOCK.fullmatch(text):
        raise ParseError("bad_time", f"{text!r} is no time of day; hhmm is due", line, at + 1)
    return int(text[:2]) * 60 + int(text[2:])


def _offset(record: str, at: int) -> int | None:
    match = VARIATION.fullmatch(record[at : at + 5])
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    return -minutes if match[1] == "-" else minutes


def _days_of_operation(record: str, line: int) -> tuple[int, ...]:
    """Return the days of operation, 1 for Monday; a digit at another place would be a day lost, or another day."""
    written = record[28:35]
    wrong = next((n for n in range(1, 8) if written[n - 1] not in (" ", str(n))), None)
    if wrong:
        problem = f"days of operation are {written!r}; each digit stands at its own place, blanks at the others"
        raise ParseError("bad_days", problem, line, 28 + wrong)
    if not written.strip():
        raise ParseError("no_days", "the leg operates on no day of the week", line, 29)
    return tuple(n for n in range(1, 8) if written[n - 1] != " ")


def _days(record: str, at: int, line: int) -> int | None:
    if record[at] not in DATE_VARIATIONS:
        raise ParseError("bad_date_variation", f"{record[at]!r} is no date variation; 0 to 7 or A", line, at + 1)
    return DATE_VARIATIONS[record[at]]
