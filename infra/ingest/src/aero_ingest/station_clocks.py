"""Clocks of stations in a zip: zones by IATA code, and their rules from the `tzdata` that the zip carries."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo


class StationClocks:
    """Tells the UTC offset of a station; zones are read once each."""

    def __init__(self, zone_of: Mapping[str, str]) -> None:
        self._zone_of = zone_of
        self._zones: dict[str, ZoneInfo] = {}

    def offset_of(self, station: str, at: datetime) -> int | None:
        """Return the offset of a station's clock at a moment, in minutes; None for a station that is not known."""
        name = self._zone_of.get(station)
        if name is None:
            return None
        offset = at.astimezone(self._zone(name)).utcoffset()
        return None if offset is None else int(offset.total_seconds() // 60)

    def _zone(self, name: str) -> ZoneInfo:
        if name not in self._zones:
            # `ZoneInfo(name)` would prefer the system's files.
            file = importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
            with file.open("rb") as stream:
                self._zones[name] = ZoneInfo.from_file(stream, key=name)
        return self._zones[name]
