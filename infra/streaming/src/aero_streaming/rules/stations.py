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
    with TABLE.open(encoding="utf-8", newline="") as file:
        return frozenset(row["airport"] for row in csv.DictReader(file) if row["kind"] == "hub")
