"""Limits of one event, as data: unknown airports, times far from the planned time.

`types.py` says how a field may look; here stands what a value may be beside the others of the same event. Python
judges by these rows below, the Flink job by the same rows in `event_vocabulary.json`, the lake by the SQL that
`aero_assets/defs/typed/event_rows.py` makes of them; the first row that is broken gives the code in all three.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from aero_streaming.events.checks import EventError
from aero_streaming.events.types import EDITIONS, EVENT_TYPES, VERSIONS_BEGIN, fields_of

#: The first operating date that files, events and partitions know; what is of an earlier day is refused. The Bureau of
#: Transportation Statistics publishes flights from this month on.
FIRST_OPERATING_DATE = date(1987, 10, 1)
#: Days that a date may lie ahead: schedules are filed about a season ahead.
MAX_DAYS_AHEAD = 370
#: A day is over for events after three years: a later stamp is a wrong one.
MAX_DAYS_AFTER = 1_100
#: Clocks of senders differ by minutes.
STAMP_AHEAD_MINUTES = 10
#: For events and files (`too_early`, `delay_too_long`): a delay of more than three days is a new schedule. The earliest
#: departure of the public data is 39 minutes early, the earliest arrival 83, so six hours early is the wrong day.
EARLIEST, LATEST = -6 * 60, 72 * 60
#: Longer than any flight, with room for one that was planned anew.
LONGEST_BLOCK = 24 * 60
DAY = 24 * 60
#: A local date begins up to 14 hours before that date in UTC and ends up to 12 hours after it; a day of slack on both
#: sides, for a departure moved past midnight keeps its operating date.
STD_EARLIEST, STD_LATEST = -14 * 60 - DAY, 36 * 60 + DAY

#: Arrival of the record: the clock where it is read, in the lake the arrival of the raw object. The gateway writes
#: the arrival of the message into `received_at`.
ARRIVED = "arrived_at"
#: The platform's clock (`AERO_CLOCK`): the time of its events, as in replays and of the synthetic airline,
#: or that of the wall. Only by the wall clock can a stamp be held to the minute in which the record came.
EVENT_CLOCK, WALL_CLOCK = CLOCKS = ("event", "wall")
DEPARTURES = ("out_at", "off_at", "estimated_out_at", "estimated_off_at")
ARRIVALS = ("on_at", "in_at", "estimated_on_at", "estimated_in_at")
RETURNS = ("return_on_at", "return_in_at")
ACTUALS = ("out_at", "off_at", "on_at", "in_at", *RETURNS)
#: Events whose own time is that of what happened; others are told or decided at any time.
MOVEMENTS = ("out", "off", "on", "in", "return_to_ramp", "air_return")
AIRPORTS = ("origin", "destination", "diverted_to")
UNKNOWN_AIRPORT = "unknown_airport"


@dataclass(frozen=True)
class Limit:
    """The distance (minutes, both included) that a field may lie from another field, a fixed time or the arrival.

    Said of every type that has both fields, or of `types` only, and of platforms with another `clock` not at all. A
    date counts from its midnight in UTC; `version` counts as the minute that versions are made from.
    """

    code: str
    fields: tuple[str, ...]
    base: str
    least: int | None
    most: int | None
    sentence: str
    types: tuple[str, ...] = ()
    clock: str = ""

    def holds_by(self, clock: str) -> bool:
        """Tell whether it is said of a platform that goes by this clock."""
        return self.clock in ("", clock)


_AHEAD = f"events speak of days from {FIRST_OPERATING_DATE} to {MAX_DAYS_AHEAD} days ahead"
_STAMPED = "nothing is known before it happens; clocks may differ by 10 minutes"
_FAR = "more than 6 hours early or 3 days late is another flight or a wrong date"
LIMITS = (
    Limit("date_out_of_range", ("operating_date",), f"{FIRST_OPERATING_DATE}T00:00:00Z", 0, None, _AHEAD),
    Limit("date_out_of_range", ("operating_date",), "received_at", -MAX_DAYS_AFTER * DAY, MAX_DAYS_AHEAD * DAY, _AHEAD),
    Limit("date_out_of_range", ("operating_date",), ARRIVED, None, MAX_DAYS_AHEAD * DAY, _AHEAD),
    Limit("stamp_ahead", ("received_at",), ARRIVED, None, MAX_DAYS_AHEAD * DAY, "it cannot have been received later"),
    Limit("stamp_ahead", ("received_at", "event_time", *ACTUALS), ARRIVED, None, STAMP_AHEAD_MINUTES, _STAMPED,
          clock=WALL_CLOCK),
    Limit("stamp_ahead", ("event_time", *ACTUALS), "received_at", None, STAMP_AHEAD_MINUTES, _STAMPED),
    Limit("version_ahead", ("version",), "received_at", None, STAMP_AHEAD_MINUTES,
          "a version counts from 1 or is made of a time that has come"),
    Limit("far_from_schedule", ("std_at",), "operating_date", STD_EARLIEST, STD_LATEST,
          "the operating date is the local date of STD"),
    Limit("far_from_schedule", ("sta_at",), "std_at", None, LONGEST_BLOCK, "no leg is planned to take more than a day"),
    Limit("far_from_schedule", ("sta_at",), "operating_date", STD_EARLIEST, STD_LATEST + LONGEST_BLOCK,
          "the operating date is the local date of STD"),
    Limit("far_from_schedule", DEPARTURES, "std_at", EARLIEST, LATEST, _FAR),
    Limit("far_from_schedule", ARRIVALS, "sta_at", EARLIEST, LATEST, _FAR),
    Limit("far_from_schedule", (*ARRIVALS, *RETURNS), "std_at", EARLIEST, LATEST + LONGEST_BLOCK, _FAR),
    Limit("far_from_schedule", DEPARTURES, "operating_date", STD_EARLIEST + EARLIEST, STD_LATEST + LATEST, _FAR),
    Limit("far_from_schedule", (*ARRIVALS, *RETURNS), "operating_date", STD_EARLIEST + EARLIEST,
          STD_LATEST + LATEST + LONGEST_BLOCK, _FAR),
    Limit("far_from_schedule", ("event_time",), "std_at", EARLIEST, LATEST + LONGEST_BLOCK, _FAR, MOVEMENTS),
    Limit("far_from_schedule", ("event_time",), "operating_date", STD_EARLIEST + EARLIEST,
          STD_LATEST + LATEST + LONGEST_BLOCK, _FAR, MOVEMENTS),
)  # fmt: skip
#: Every code that is decided here, in the order of judgement: what waits for the reference is good otherwise.
CODES = (*dict.fromkeys(limit.code for limit in LIMITS), UNKNOWN_AIRPORT)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Judged:
    """A limit for one field of one type."""

    limit: Limit
    field: str


@cache
def limits_of(event_type: str) -> tuple[Judged, ...]:
    """Return what an event of a type is held to, in order."""
    known = {field.name for field in fields_of(EVENT_TYPES[event_type])}
    return tuple(
        Judged(limit, name)
        for limit in LIMITS
        for name in limit.fields
        if name in known
        and (limit.base in known or limit.base == ARRIVED or is_fixed(limit.base))
        and (not limit.types or event_type in limit.types)
    )


@cache
def airports_of(event_type: str) -> tuple[str, ...]:
    """Return the fields of a type that name an airport."""
    known = {field.name for field in fields_of(EVENT_TYPES[event_type])}
    return tuple(name for name in AIRPORTS if name in known)


def is_fixed(base: str) -> bool:
    """Tell whether the base of a limit is a time and no field."""
    return base[0].isdigit()


def airports_csv() -> Path:
    """Return the airport reference: packed beside this file in a zip; in the repository it is the dbt seed."""
    module = Path(__file__)
    packed = module.with_name("airports.csv")
    return packed if packed.exists() else module.parents[5] / "dbt_project" / "seeds" / "reference" / packed.name


@cache
def airports() -> Mapping[str, tuple[str, str]]:
    """Return the first and last date of service of every airport of the reference, by IATA code."""
    with airports_csv().open(encoding="utf-8", newline="") as file:
        return {
            row["iata"]: (row["valid_from"] or "0001-01-01", row["valid_to"] or "9999-12-31")
            for row in csv.DictReader(file)
        }


def check(event: Mapping[str, Any], arrived_at: datetime | None = None, clock: str = EVENT_CLOCK) -> None:
    """Raise EventError where a well-formed event breaks a limit; without `arrived_at` its arrival is not judged."""
    for held in limits_of(event["event_type"]):
        limit, value = held.limit, event.get(held.field)
        base = _base(limit.base, event, arrived_at)
        if value is None or base is None or not limit.holds_by(clock):
            continue
        distance = _moment(held.field, value) - base
        if (limit.least is not None and distance < limit.least * _MINUTE) or (
            limit.most is not None and distance > limit.most * _MINUTE
        ):
            beside = "" if is_fixed(limit.base) else f", {limit.base} is {event.get(limit.base) or arrived_at}"
            raise EventError(limit.code, f"{held.field} is {value}{beside}; {limit.sentence}")
    for name in airports_of(event["event_type"]):
        code, on = event.get(name), event["operating_date"]
        if code is not None and not is_known(code, on):
            message = f"{name} is {code}, which the airport reference does not have on {on}; it waits for the reference"
            raise EventError(UNKNOWN_AIRPORT, message)


def is_known(code: str, on: str) -> bool:
    """Tell whether the reference has an airport in service on a date."""
    served = airports().get(code)
    return served is not None and served[0] <= on <= served[1]


def _base(base: str, event: Mapping[str, Any], arrived_at: datetime | None) -> timedelta | None:
    if base == ARRIVED:
        return None if arrived_at is None else arrived_at - _EPOCH
    value = base if is_fixed(base) else event.get(base)
    return None if value is None else _moment(base, value)


@lru_cache(8_192)
def _moment(name: str, value: str | int) -> timedelta:
    """Return what a value says of time, since 1970 in UTC."""
    if isinstance(value, int):
        return VERSIONS_BEGIN - _EPOCH + value // EDITIONS * _MINUTE
    if name == "operating_date":
        return date.fromisoformat(value) - _EPOCH.date()
    return datetime.fromisoformat(value) - _EPOCH
