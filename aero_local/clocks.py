"""Clocks of stations, for those who read schedules: the pinned zone database and our airport table behind one call."""

from datetime import datetime

from aero_assets import zones


def offset_of(station: str, at: datetime) -> int | None:
    """Return the UTC offset of a station's clock at a moment, in minutes; None for a station that we do not know."""
    airport = zones.airports().get(station)
    return None if airport is None else zones.offset_minutes(airport.zone, at)
