"""Airports that get figures of their own: hubs, whose windows raise alerts, and stations, which do not.

They stand in `airline/airline.toml`. Standard library only: the alert Lambdas carry it.
"""

from functools import cache

from aero_streaming.airline import airline


@cache
def hubs() -> frozenset[str]:
    """Return the airports that are hubs of the airline."""
    return frozenset(airline().hubs)


@cache
def hubs_and_stations(carrier: str | None = None) -> tuple[str, ...]:
    """Return every airport that has figures of its own, in order; of one carrier, or all."""
    ours = airline()
    stations = [airport for code, airports in ours.stations.items() if carrier in (None, code) for airport in airports]
    return tuple(sorted([*stations, *(ours.hubs if carrier in (None, ours.mainline) else ())]))
