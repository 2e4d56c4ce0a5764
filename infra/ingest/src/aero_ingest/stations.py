"""Airports by their ICAO code: aircraft and airport systems name them so, and legs go by IATA codes."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from aero_streaming.events.limits import airports_csv


@cache
def _iata_codes() -> Mapping[str, str]:
    with airports_csv().open(encoding="utf-8", newline="") as file:
        return {row["icao"]: row["iata"] for row in csv.DictReader(file) if row["icao"]}


def iata_of(code: str) -> str | None:
    """Return the IATA code of an airport by either code; None for what is neither."""
    if len(code) == 3 and code.isascii() and code.isalpha():
        return code
    return _iata_codes().get(code)
