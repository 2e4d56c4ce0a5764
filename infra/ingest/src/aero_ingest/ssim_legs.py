"""SSIM chapter 7, the legs: a record on its days of operation becomes dated legs in UTC.

Dates and days are those of the aircraft's departure in the block's mode (local or UTC). A UTC variation holds for a
whole record, so a change of clocks splits records; whoever forgets that is an hour wrong, so every date is compared
with the zone database. Where they differ the zone counts and the record gets a finding with both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from aero_ingest.ssim_records import LegRecord

#: Offset of a station's clock at a moment, in minutes; None for a station nobody knows.
Offsets = Callable[[str, datetime], int | None]

DAY = timedelta(days=1)
#: A period longer than this is a mistake: seasons have seven months.
LONGEST_PERIOD_DAYS = 800
#: A period without an end, in a block without one, is expanded so far after the schedule was made.
OPEN_DAYS = 365
SHORTEST_BLOCK, LONGEST_BLOCK = timedelta(minutes=20), timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class DatedLeg:
    """A leg of one day. `operating_date` is the local date of departure."""

    record: LegRecord
    operating_date: date
    std_at: datetime
    sta_at: datetime
    std_utc_offset_minutes: int
    sta_utc_offset_minutes: int


@dataclass
class _Tally:
    """Dates on which something is odd, told once for the whole record."""

    count: int = 0
    first: date | None = None
    last: date | None = None
    detail: str = ""

    def add(self, day: date, detail: str = "") -> None:
        self.count += 1
        self.first, self.last = self.first or day, day
        self.detail = self.detail or detail

    def __str__(self) -> str:
        return f"{self.count} dates, {self.first} to {self.last}"


def dates(record: LegRecord) -> Iterator[date]:
    """Yield the dates of departure of a record, in the mode of its block."""
    first, last = span(record)
    for number in range((first - record.valid_from).days, (last - record.valid_from).days + 1):
        day = record.valid_from + timedelta(days=number)
        if day.isoweekday() in record.days and number // 7 % record.every_weeks == 0:
            yield day


def span(record: LegRecord) -> tuple[date, date]:
    """Return the first and last date that a record is expanded for.

    A long period is cut at its end. One without an end goes to the end of its block or to the horizon, and where that
    is too long its beginning is left out, which has passed.
    """
    block, longest = record.block, timedelta(days=LONGEST_PERIOD_DAYS)
    if record.valid_to is not None:
        return record.valid_from, min(record.valid_to, record.valid_from + longest)
    made_on = max(record.valid_from, block.created_at.date() if block.created_at else record.valid_from)
    last = max(record.valid_from, block.valid_to or made_on + timedelta(days=OPEN_DAYS))
    return max(record.valid_from, last - longest), last


def expand(record: LegRecord, offset_of: Offsets) -> list[DatedLeg]:
    """Return the legs of a record, one per date, and note on the record what is odd about them."""
    tallies = {name: _Tally() for name in ("utc_variation", "unknown_station", "date_variation_blank", "bad_block")}
    legs = []
    for day in dates(record):
        leg = _leg(record, day, offset_of, tallies)
        if leg is None:
            tallies["unknown_station"].add(day)
        else:
            legs.append(leg)
    _complain(record, tallies)
    return legs


def _leg(record: LegRecord, day: date, offset_of: Offsets, tallies: dict[str, _Tally]) -> DatedLeg | None:
    # Dates are those of this leg's own departure, so only the difference of the two variations moves its arrival.
    departure_days, arrival_days = record.date_variation
    std = datetime.combine(day, time(tzinfo=UTC)) + timedelta(minutes=record.std_minute)
    sta = datetime.combine(day, time(tzinfo=UTC)) + timedelta(minutes=record.sta_minute)
    if arrival_days is not None:
        sta += (arrival_days - (departure_days or 0)) * DAY
    out = _instant(record, record.origin, std, record.std_utc_offset_minutes, offset_of)
    in_ = _instant(record, record.destination, sta, record.sta_utc_offset_minutes, offset_of)
    if out and in_ and arrival_days is None and in_[0] <= out[0]:
        # A day on the clock, not 24 hours: in the night between, clocks may change.
        in_ = _instant(record, record.destination, sta + DAY, record.sta_utc_offset_minutes, offset_of)
        tallies["date_variation_blank"].add(day)
    if out is None or in_ is None:
        return None
    (std_at, std_offset), (sta_at, sta_offset) = out, in_
    for name, stated, known in (
        (record.origin, record.std_utc_offset_minutes, std_offset),
        (record.destination, record.sta_utc_offset_minutes, sta_offset),
    ):
        if stated is not None and stated != known:
            tallies["utc_variation"].add(day, f"{name} is {_hours(stated)} in the file and {_hours(known)} in the zone")
    if not SHORTEST_BLOCK <= sta_at - std_at <= LONGEST_BLOCK:
        tallies["bad_block"].add(day, f"{(sta_at - std_at).total_seconds() / 3600:.1f} hours")
    local = std_at + timedelta(minutes=std_offset)
    return DatedLeg(record, local.date(), std_at, sta_at, std_offset, sta_offset)


def _instant(
    record: LegRecord, station: str, clock: datetime, stated: int | None, offset_of: Offsets
) -> tuple[datetime, int] | None:
    """The moment that a clock of the file shows, and the offset of its place; by the file where the zone is unknown."""
    if not record.block.is_local:
        offset = offset_of(station, clock)
        offset = stated if offset is None else offset
        return None if offset is None else (clock, offset)
    guess = stated or 0
    offset = offset_of(station, clock - timedelta(minutes=guess))
    if offset is None:
        return None if stated is None else (clock - timedelta(minutes=stated), stated)
    if offset != guess:
        # Near a change of clocks the first look was on its wrong side.
        offset = offset_of(station, clock - timedelta(minutes=offset)) or offset
    return clock - timedelta(minutes=offset), offset


def _complain(record: LegRecord, tallies: dict[str, _Tally]) -> None:
    departure_days = record.date_variation[0]
    if departure_days and record.leg_sequence == 1:
        problem = f"the first leg has a departure date variation of {departure_days}; its dates are its own departure's"
        record.complain("departure_variation", problem, 193)
    if record.valid_to is None:
        first, last = span(record)
        whose = "the end of its block" if record.block.valid_to == last else f"{OPEN_DAYS} days after it was made"
        record.complain("open_period", f"the period has no end; expanded from {first} to {last}, {whose}", 22)
    elif (record.valid_to - record.valid_from).days > LONGEST_PERIOD_DAYS:
        record.complain("long_period", f"the period is longer than {LONGEST_PERIOD_DAYS} days; cut there", 22)
    for code, column, problem in (
        ("utc_variation", 48, "{0.detail} ({0}); the zone counts"),
        ("unknown_station", 37, "the clock of {1.origin} or {1.destination} is unknown ({0}); no legs"),
        (
            "date_variation_blank",
            194,
            "no date variation, and arrival is not after departure; a day added ({0})",
        ),
        ("bad_block", 40, "a block time of {0.detail} ({0}); kept as it stands"),
    ):
        if tallies[code].count:
            record.complain(code, problem.format(tallies[code], record), column)


def _hours(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
