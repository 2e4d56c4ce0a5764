"""Clocks by the pinned `tzdata`, here and in the gateway's zip: offsets of zones, and of stations by their zone."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo


@cache
def zone(name: str) -> ZoneInfo:
    """Load a zone from the pinned tzdata; `ZoneInfo(name)` would prefer the system's files."""
    file = importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with file.open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


def offset_minutes(name: str, instant: datetime) -> int:
    """Return the UTC offset of a zone at an instant, in whole minutes."""
    offset = instant.astimezone(zone(name)).utcoffset()
    assert offset is not None  # noqa: S101 - an aware datetime always has one
    return int(offset.total_seconds() // 60)


class StationClocks:
    """Tells the UTC offset of a station by its zone."""

    def __init__(self, zone_of: Mapping[str, str]) -> None:
        self._zone_of = zone_of

    def offset_of(self, station: str, at: datetime) -> int | None:
        """Return the offset of a station's clock at a moment, in minutes; None for a station that is not known."""
        name = self._zone_of.get(station)
        return None if name is None else offset_minutes(name, at)
