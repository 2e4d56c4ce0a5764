"""The network: routes, frequencies and aircraft types, read from `network.csv`, `long_haul.csv` and `bases.csv`.

Destinations, frequencies and markets are made up in the likeness of a Mexican full-service carrier (datos sintéticos).
"""

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from aero_streaming.airline import airline

FOLDER = Path(__file__).parent


class Route(NamedTuple):
    """Round trips of one aircraft type between a base and a destination, on the weekdays (1 Monday) of `days`."""

    base: str
    destination: str
    aircraft_type: str
    round_trips: int  #: all of a day
    night_stops: int  #: of these, come back the next morning
    red_eyes: int  #: of these, come back through the night
    days: frozenset[int]


class LongHaulTrip(NamedTuple):
    """One round trip of a line that is planned by hand: departures at the base, turns at each stop."""

    line: int
    aircraft_type: str
    day: int
    departs_minute: int
    path: tuple[str, ...]
    days: frozenset[int]
    flight_numbers: tuple[int, int]  #: outbound (all its legs) and back
    turns_minutes: tuple[int, ...]


class Market(NamedTuple):
    """A kind of market (by its passengers), and the average load factor of its flights."""

    kind: str
    load_factor: float


def _days(text: str) -> frozenset[int]:
    return frozenset(int(day) for day in text)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    hubs = airline().hubs
    if strange := sorted({row["base"] for row in rows if "base" in row} - set(hubs)):
        raise ValueError(
            f"{name}: {strange[0]} is a base and no hub of airline.toml ({', '.join(hubs)}): change either"
        )
    return rows


@cache
def based_elsewhere() -> dict[tuple[str, str], int]:
    """Return the number of aircraft of a type whose lines start and end at a base other than the first hub."""
    return {(row["base"], row["aircraft_type"]): int(row["aircraft"]) for row in _rows("bases.csv")}


@cache
def routes() -> tuple[Route, ...]:
    """Return the routes that are packed into lines of flying by the schedule."""
    return tuple(
        Route(
            row["base"], row["destination"], row["aircraft_type"], int(row["round_trips"]), int(row["night_stops"]),
            int(row["red_eyes"]), _days(row["days"]),
        )
        for row in _rows("network.csv")
    )  # fmt: skip


@cache
def long_haul() -> tuple[LongHaulTrip, ...]:
    """Return the round trips of the wide-body lines, in order of line, day and departure."""
    trips = []
    for row in _rows("long_haul.csv"):
        hour, minute = map(int, row["departs"].split(":"))
        out, back = map(int, row["flight_numbers"].split())
        turns = tuple(map(int, row["turns"].split()))
        trips.append(
            LongHaulTrip(
                int(row["line"]), row["aircraft_type"], int(row["day"]), int(row["day"]) * 1440 + hour * 60 + minute,
                tuple(row["path"].split()), _days(row["days"]), (out, back), turns,
            )
        )  # fmt: skip
    return tuple(trips)


@cache
def _markets() -> dict[frozenset[str], Market]:
    markets: dict[frozenset[str], Market] = {}
    for row in _rows("network.csv"):
        pair = frozenset((row["base"], row["destination"]))
        markets.setdefault(pair, Market(row["market"], int(row["load_factor_pct"]) / 100))
    for row in _rows("long_haul.csv"):
        for pair in pairwise(row["path"].split()):
            markets.setdefault(frozenset(pair), Market(row["market"], int(row["load_factor_pct"]) / 100))
    return markets


def market(origin: str, destination: str) -> Market:
    """Return the market of a pair of airports, the same both ways."""
    return _markets()[frozenset((origin, destination))]
