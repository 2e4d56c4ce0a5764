"""UTC offsets of airports by local date, and the distances between airports.

Rules come from the pinned PyPI `tzdata` and zones from our airport table, never from the system or from DuckDB. The
result is a small table, one row per airport and local date, that SQL joins: `before` and `after` are UTC offsets in
minutes, `switch_minute` is the minute of that local day (on the old clock) at which the clock changes, 1441 on every
other day.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

import pyarrow as pa

from aero_ingest.station_clocks import offset_minutes

AIRPORTS_CSV = Path(__file__).parents[1] / "dbt_project" / "seeds" / "reference" / "airports.csv"
#: Airport numbers of the US Department of Transportation; `tools/build_dot_airports.py` says where they are from.
DOT_AIRPORTS_CSV = Path(__file__).with_name("dot_airports.csv")
#: The numbers of airports begin above this one.
DOT_NUMBERS_ABOVE = 10_000
NEVER = 1441
#: Mean radius of the Earth (IUGG).
EARTH_RADIUS_KM, EARTH_RADIUS_MILES = 6371.0088, 3958.7613

ZONE_DAY_SCHEMA = pa.schema(
    [
        ("iata", pa.string()),
        ("local_date", pa.date32()),
        ("before", pa.int32()),
        ("after", pa.int32()),
        ("switch_minute", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Airport:
    """An airport of our table; `valid_from` and `valid_to` bound its service, both inclusive."""

    iata: str
    icao: str
    name: str
    country: str
    zone: str
    latitude: float
    longitude: float
    valid_from: date
    valid_to: date


@cache
def airports() -> dict[str, Airport]:
    """Return the airport table by IATA code."""
    with AIRPORTS_CSV.open(encoding="utf-8", newline="") as file:
        return {row["iata"]: _airport(row) for row in csv.DictReader(file)}


def _airport(row: dict[str, str]) -> Airport:
    return Airport(
        iata=row["iata"],
        icao=row["icao"],
        name=row["name"],
        country=row["country"],
        zone=row["zone"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        valid_from=date.fromisoformat(row["valid_from"] or "1900-01-01"),
        valid_to=date.fromisoformat(row["valid_to"] or "9999-12-31"),
    )


def station_offset(station: str, at: datetime) -> int | None:
    """Return the UTC offset of an airport's clock at a moment, in minutes; None for an unknown airport."""
    airport = airports().get(station)
    return None if airport is None else offset_minutes(airport.zone, at)


def _changes(name: str, first: datetime, last: datetime) -> Iterator[tuple[datetime, int, int]]:
    """Yield (instant, before, after) for every change of the clock between two instants, to the minute."""
    left, before = first, offset_minutes(name, first)
    while left < last:
        right = left + timedelta(days=1)
        after = offset_minutes(name, right)
        if after != before:
            low, high = left, right
            while high - low > timedelta(minutes=1):
                middle = low + timedelta(minutes=int((high - low).total_seconds() // 120))
                low, high = (middle, high) if offset_minutes(name, middle) == before else (low, middle)
            yield high, before, after
        left, before = right, after


@cache
def _month(name: str, year: int, month: int) -> tuple[tuple[date, int, int, int], ...]:
    """Return (local date, before, after, switch minute) for every day of one month in a zone."""
    start = datetime(year, month, 1, tzinfo=UTC)
    end = (start + timedelta(days=32)).replace(day=1)
    switches: dict[date, tuple[int, int, int]] = {}
    steps = [(start - timedelta(days=2), offset_minutes(name, start - timedelta(days=2)))]
    for instant, before, after in _changes(name, steps[0][0], end + timedelta(days=1)):
        old_clock = instant + timedelta(minutes=before)
        # Clocks set back at midnight repeat the end of the day before: it owns the change.
        owner = old_clock - timedelta(minutes=1) if after < before else old_clock
        midnight = owner.replace(hour=0, minute=0)
        switches[owner.date()] = (before, after, int((old_clock - midnight).total_seconds() // 60))
        steps.append((instant, after))
    days = []
    for number in range((end - start).days):
        noon = start + timedelta(days=number, hours=12)
        offset = next(value for since, value in reversed(steps) if since + timedelta(minutes=value) <= noon)
        days.append((noon.date(), *switches.get(noon.date(), (offset, offset, NEVER))))
    return tuple(days)


def zone_days(codes: Iterable[str], dates: Iterable[date]) -> pa.Table:
    """Return the offsets of the known airports among `codes` for the months of `dates` and four days around them."""
    near = {day + timedelta(days=shift) for day in dates for shift in (-4, 4)}
    months = sorted({(day.year, day.month) for day in near})
    known = airports()
    rows = [
        (code, *day)
        for code in sorted(set(codes) & known.keys())
        for year, month in months
        for day in _month(known[code].zone, year, month)
    ]
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in ZONE_DAY_SCHEMA]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, ZONE_DAY_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=ZONE_DAY_SCHEMA)


def central_angle(place: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the angle (haversine) between two places in degrees; times a radius it is the great-circle distance."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, degrees)) for degrees in (place, other))
    return 2 * asin(sqrt(sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2))


def _point(airport: Airport) -> list[float]:
    """Return an airport's position on a sphere of radius 1; the chord between two points gives the great circle."""
    north, east = radians(airport.latitude), radians(airport.longitude)
    return [cos(north) * cos(east), cos(north) * sin(east), sin(north)]


@dataclass(frozen=True)
class DotAirport:
    """An airport number and its code; if the airport moved, `placed_from` is the first date at its present place."""

    iata: str
    valid_from: date
    valid_to: date
    placed_from: date | None


@cache
def dot_airports() -> dict[int, DotAirport]:
    """Return the airports of the US Department of Transportation by their numbers."""
    with DOT_AIRPORTS_CSV.open(encoding="utf-8", newline="") as file:
        return {
            int(row["dot_id"]): DotAirport(
                row["iata"],
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"] or "9999-12-31"),
                date.fromisoformat(row["placed_from"]) if row["placed_from"] else None,
            )
            for row in csv.DictReader(file)
        }


def placed_from() -> dict[str, date]:
    """Return, by code, the airports that moved and the first date at the position in our table."""
    moved: dict[str, date] = {}
    for place in dot_airports().values():
        if place.placed_from:
            moved[place.iata] = max(place.placed_from, moved.get(place.iata, date.min))
    return moved


@cache
def dot_airport_list() -> pa.Table:
    """Return one row with one list: the airport of each number above `DOT_NUMBERS_ABOVE`, null if unused."""
    known = dot_airports()
    numbered = [known.get(number) for number in range(DOT_NUMBERS_ABOVE + 1, max(known) + 1)]
    places = [place and {"iata": place.iata, "first": place.valid_from, "last": place.valid_to} for place in numbered]
    kind = pa.struct([("iata", pa.string()), ("first", pa.date32()), ("last", pa.date32())])
    return pa.table({"airports": pa.array([places], pa.list_(kind))})


@cache
def airport_table() -> pa.Table:
    """Return code, country, position on a sphere of radius 1, and validity of every known airport."""
    known = list(airports().values())
    return pa.table(
        {
            "iata": pa.array([airport.iata for airport in known], pa.string()),
            "country": pa.array([airport.country for airport in known], pa.string()),
            "point": pa.array([_point(airport) for airport in known], pa.list_(pa.float64())),
            "valid_from": pa.array([airport.valid_from for airport in known], pa.date32()),
            "valid_to": pa.array([airport.valid_to for airport in known], pa.date32()),
        }
    )
