"""Airports that get figures of their own (`hubs.csv`): hubs, whose windows raise alerts, and stations, which do not.

Standard library only: the alert Lambdas carry it.
"""

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("hubs.csv")


@cache
def hubs() -> frozenset[str]:
    """Return the airports that are hubs of the airline."""
    return frozenset(row["airport"] for row in _rows() if row["kind"] == "hub")


@cache
def hubs_and_stations(carrier: str | None = None) -> tuple[str, ...]:
    """Return every airport that has figures of its own, in order; of one carrier, or all."""
    return tuple(sorted({row["airport"] for row in _rows() if carrier in (None, row["carrier"])}))


def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
