"""Airports of the synthetic airline: distances, block times, local clock texts. Zones come from the project's
own table and the pinned tzdata.

Instants are whole minutes since 1970-01-01 UTC throughout the synthetic airline.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from math import cos, radians

from aero_airline import parameters as p
from aero_assets.zones import EARTH_RADIUS_KM, airports, central_angle
from aero_ingest.station_clocks import offset_minutes

KM_PER_MILE = 1.609344
DAY = 1440
EPOCH = date(1970, 1, 1)


def _position(code: str) -> tuple[float, float]:
    """Return latitude and longitude in degrees."""
    return airports()[code].latitude, airports()[code].longitude


@cache
def distance_km(origin: str, destination: str) -> float:
    """Return the great-circle distance in km."""
    return EARTH_RADIUS_KM * central_angle(_position(origin), _position(destination))


@cache
def distance_miles(origin: str, destination: str) -> int:
    """Return the great-circle distance in whole statute miles."""
    return round(distance_km(origin, destination) / KM_PER_MILE)


@cache
def eastward(origin: str, destination: str) -> float:
    """Return the eastward share of the way: 1 due east, -1 due west, 0 along a meridian."""
    (lat1, lon1), (lat2, lon2) = _position(origin), _position(destination)
    degrees = (lon2 - lon1 + 180) % 360 - 180
    km = radians(degrees) * EARTH_RADIUS_KM * cos(radians((lat1 + lat2) / 2))
    return max(-1.0, min(1.0, km / distance_km(origin, destination)))


@cache
def block_minutes(origin: str, destination: str, wide: bool) -> int:
    """Return the scheduled block time, a multiple of five minutes: linear in the distance, corrected for wind."""
    constant, per_km = p.BLOCK_WIDE if wide else p.BLOCK_NARROW
    km = distance_km(origin, destination)
    wind = p.WIND_WIDE if wide and km > 5_000 else p.WIND_NARROW
    return 5 * round((constant + per_km * km) * (1 - wind * eastward(origin, destination)) / 5)


@cache
def country(code: str) -> str:
    """Return the ISO country of an airport."""
    return airports()[code].country


@cache
def is_domestic(origin: str, destination: str) -> bool:
    """Tell whether both airports are in the country of the airline."""
    return country(origin) == country(destination) == p.HOME


@cache
def _exact_offset(code: str, minute: int) -> int:
    return offset_minutes(airports()[code].zone, datetime.fromtimestamp(minute * 60, UTC))


@cache
def _offset_of_day(code: str, day: int) -> int | None:
    """Return the offset that applies to a whole UTC day; None if the clock changes on it."""
    first, last = _exact_offset(code, day * DAY), _exact_offset(code, (day + 1) * DAY)
    return first if first == last else None


def offset(code: str, minute: int) -> int:
    """Return the UTC offset in minutes of an airport's clock at an instant."""
    whole_day = _offset_of_day(code, minute // DAY)
    return _exact_offset(code, minute) if whole_day is None else whole_day


def midnight(code: str, on: date) -> int:
    """Return the instant at which a local date begins at an airport (whose clock does not change that night)."""
    start = (on - EPOCH).days * DAY
    return start - offset(code, start - offset(code, start))


@cache
def _date_text(day: int) -> str:
    return f"{EPOCH + timedelta(days=day)}"


#: The texts of all minutes of a day.
_CLOCKS = tuple(f"T{minute // 60:02d}:{minute % 60:02d}" for minute in range(DAY))


@cache
def _offset_text(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@cache
def _date_of_day(day: int) -> date:
    return EPOCH + timedelta(days=day)


def local_date(code: str, minute: int) -> date:
    """Return the date an airport's calendar shows at an instant."""
    return _date_of_day((minute + offset(code, minute)) // DAY)


def local_hour(code: str, minute: int) -> int:
    """Return the hour of day an airport's clock shows at an instant."""
    return (minute + offset(code, minute)) % DAY // 60


def local_text(code: str, minute: int | None) -> str:
    """Return local time with offset, `2026-11-09T23:45-08:00`; empty where there is no instant."""
    if minute is None:
        return ""
    shift = offset(code, minute)
    day, rest = divmod(minute + shift, DAY)
    return _date_text(day) + _CLOCKS[rest] + _offset_text(shift)
