"""Compares the final state of the stream with a recount of the events and with the published marts."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from aero_assets.published import Snapshot
from aero_drills import recount
from aero_local.live.watch import Watcher
from aero_streaming.events import Event
from aero_streaming.figures import figures

#: Sums that the mart of a route's day has under the same name.
OF_MART = tuple(part.id for part in figures().kept_in("marts") if "stream" in part.kept_in)
#: The route of legs without a known destination in the mart; in the stream they have no route.
UNKNOWN_ROUTE = "unknown"
EXAMPLES = 5
#: Seconds without any change after which what still differs counts as different.
STANDSTILL_SECONDS = 60

Sums = Mapping[recount.Key, Mapping[str, Any]]


@dataclass
class Comparison:
    """The result of a comparison: the number of keys compared, the number that differ, and examples of those."""

    compared: int = 0
    differing: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)

    def hold(self, key: object, expected: Mapping[str, Any] | None, actual: Mapping[str, Any] | None) -> None:
        """Compare the figures of one key; a scope without legs equals a missing scope."""
        self.compared += 1
        left = expected or {}
        right = {name: (actual or {}).get(name, 0) for name in left} if left else (actual or {})
        wrong = {
            name: {"expected": left.get(name, 0), "found": value}
            for name, value in right.items()
            if left.get(name, 0) != value
        }
        if not wrong:
            return
        self.differing += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append({"key": key, "figures": wrong})

    def to_json(self) -> dict[str, Any]:
        """Return the part of a verdict that describes this comparison."""
        return asdict(self)


def stream_scopes(watcher: Watcher) -> dict[recount.Key, dict[str, Any]]:
    """Return the stream's latest sums of every scope, from leg-state."""
    sums_of = {}
    for row in watcher.rows("leg_state", "state#"):
        key = (row["scope_type"], row["scope_id"], row["operating_date"], row.get("quarter_at"))
        sums: dict[str, Any] = {name: value for name, value in row.items() if isinstance(value, int)}
        sums["booked_revenue_cents"] = round(100 * float(row.get("booked_revenue_usd") or 0))
        sums["cancelled_by_quarter"] = row.get("cancelled_by_quarter") or {}
        # Whoever compares days compares days that are over.
        sums["due_cancelled_legs"] = sum(sums["cancelled_by_quarter"].values())
        sums_of[key] = {} if row.get("is_deleted") else sums
    return sums_of


def settled(watcher: Watcher, known: Sequence[Event]) -> tuple[Sums, Comparison]:
    """Return the stream's scopes and their comparison with a recount, once they are equal or no longer change.

    The legs are written first, and then the sums of thousands of scopes; on a busy machine that takes minutes.
    """
    expected = recount.scopes(recount.legs(known))
    # A platform may have seen other days before; quarters of the night carry the next date.
    days = {event["operating_date"] for event in known}
    before, moved = (-1, -1), time.monotonic()
    while True:
        asked = time.monotonic()
        stream = {key: sums for key, sums in stream_scopes(watcher).items() if key in expected or key[2] in days}
        result = _against(stream, expected)
        versions = (sum(row.get("state_version", 0) for row in stream.values()), watcher.accepted())
        if versions != before:
            before, moved = versions, time.monotonic()
        if not result.differing or time.monotonic() - moved > STANDSTILL_SECONDS:
            return stream, result
        # Reading everything must not be what keeps it from coming to rest.
        time.sleep(max(2.0, 3 * (time.monotonic() - asked)))


def _against(stream: Sums, expected: Sums) -> Comparison:
    """Compare every scope of the stream with a recount of the events."""
    result = Comparison()
    for key in sorted(expected.keys() | stream.keys(), key=str):
        expected_sums = expected.get(key)
        actual_sums = stream.get(key)
        result.hold(
            key,
            expected_sums,
            actual_sums if expected_sums else {"scheduled_legs": (actual_sums or {}).get("scheduled_legs", 0)},
        )
    return result


def against_marts(stream: Sums, snapshot: Snapshot, operating_date: str | None = None) -> Comparison:
    """Compare every (route, operating date) of the stream with the published `fct_route_day`.

    With a date only the stream's routes of that day are compared, because the mart may hold more than was played.
    """
    names = ", ".join(OF_MART)
    with snapshot.connect() as connection:
        rows = connection.execute(f"select route, operating_date, {names} from operations.fct_route_day").fetchall()
    mart = {
        ("route", route, f"{on}", None): dict(zip(OF_MART, sums, strict=True))
        for route, on, *sums in rows
        if route != UNKNOWN_ROUTE
    }
    routes = {key: sums for key, sums in stream.items() if key[0] == "route" and sums.get("scheduled_legs")}
    if operating_date:
        routes = {key: sums for key, sums in routes.items() if key[2] == operating_date}
        mart = {key: sums for key, sums in mart.items() if key in routes}
    result = Comparison()
    for key in sorted(mart.keys() | routes.keys()):
        result.hold(key, mart.get(key), routes.get(key) if key in mart else {"scheduled_legs": 1})
    return result
