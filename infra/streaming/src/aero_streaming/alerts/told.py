"""Kinds of movement that a feed reports: where it never reports a kind, a missing one says nothing about the flight.

Some sources send OUT and no OFF, others plans and no movements. Leg-state keeps a set per operating day: which carrier
told take-offs and arrivals on stand, and of which hub departures and arrivals were told. A timer that waits for a
movement runs only where that kind was told on the operating day or the day before.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from aero_streaming.alerts.conditions import Row

DEPARTED, ARRIVED = "departed_legs", "arrived_legs"
"""What is told of a hub: sums of its quarters of an hour."""
OFF, IN = "off_at", "in_at"
"""What is told by a carrier: times of its legs."""
States = Mapping[str, Mapping[str, Any]]
"""Items of leg-state by key."""


def key(operating_date: str) -> str:
    """Return the key in leg-state of the set of a day."""
    return f"told#{operating_date}"


def news(rows: Iterable[Row], known: States) -> list[tuple[str, str]]:
    """Return (key, member) of what rows tell and the sets among `known` items do not have yet; in order."""
    seen = {(key(row["operating_date"]), name) for row in rows if not row.get("is_deleted") for name in _of_row(row)}
    return sorted((day, name) for day, name in seen if name not in known.get(day, {}).get("members", ()))


def _of_row(row: Row) -> Iterator[str]:
    if row["kind"] == "leg":
        yield from (_member(row["carrier"], kind) for kind in (OFF, IN) if row.get(kind))
    elif row["scope_type"] == "hub_quarter":
        yield from (_member(row["scope_id"], kind) for kind in (DEPARTED, ARRIVED) if row.get(kind))


def _member(who: str, kind: str) -> str:
    return f"{who}#{kind}"


class Told:
    """The sets, read as days are asked for."""

    def __init__(self, read: Callable[[Iterable[str]], States]) -> None:
        self._read = read
        self._sets: dict[str, Collection[str]] = {}

    def ends(self, leg: Row) -> bool:
        """Return True if the carrier tells the movement that ends a wait on the ground: IN once landed, else OFF."""
        return self._has(leg["carrier"], IN if leg.get("on_at") else OFF, leg["operating_date"])

    def of_hub(self, quarter: Row) -> frozenset[str]:
        """Return which of `DEPARTED` and `ARRIVED` are told of the hub of a quarter of an hour."""
        hub, day = quarter["scope_id"], quarter["operating_date"]
        return frozenset(kind for kind in (DEPARTED, ARRIVED) if self._has(hub, kind, day))

    def _has(self, who: str, kind: str, operating_date: str) -> bool:
        days = [key(operating_date), key(f"{date.fromisoformat(operating_date) - timedelta(days=1)}")]
        if unread := [day for day in days if day not in self._sets]:
            items = self._read(unread)
            self._sets |= {day: items.get(day, {}).get("members", frozenset()) for day in unread}
        return any(_member(who, kind) in self._sets[day] for day in days)
