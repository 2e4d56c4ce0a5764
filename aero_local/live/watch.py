"""Watches the live tables: raised alerts, the progress of the stream, and the moment at which it is at rest."""

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aero_local.state import State
from aero_streaming.alerts.api import Alerts
from aero_streaming.alerts.items import from_item
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.tables import Tables

TABLES = Tables.of("local")


@dataclass
class Watcher:
    """Reads the live tables under a role with that right: `dashboard` for alerts, `root` for whole tables in drills."""

    state: State
    profile: str = "dashboard"

    def __post_init__(self) -> None:
        self.dynamodb = self.state.session(self.profile).client("dynamodb")
        self.store = AlertStore(self.dynamodb, TABLES)

    def rows(self, table: str, prefix: str = "") -> Iterator[dict[str, Any]]:
        """Yield every item of a table; of leg-state only those whose key begins with a prefix."""
        asked: dict[str, Any] = {"TableName": getattr(self.store.tables, table)}
        if prefix:
            asked |= {
                "FilterExpression": "begins_with(#k, :p)",
                "ExpressionAttributeNames": {"#k": "key"},
                "ExpressionAttributeValues": {":p": {"S": prefix}},
            }
        for page in self.dynamodb.get_paginator("scan").paginate(**asked):
            yield from (from_item(item) for item in page["Items"])

    def transitions_since(self, arrival: str) -> list[dict[str, Any]]:
        """Return the lines written to the transition log after a given arrival, in order."""
        return list(_alerts(self.store).transitions_since(arrival))

    def until_rest(
        self,
        dates: Iterable[str],
        expected_events: int | None = None,
        quiet_seconds: float = 6.0,
        patience_seconds: float = 90.0,
    ) -> float:
        """Wait until the network rows of these operating dates no longer change; return the seconds of the wait.

        Every accepted event raises the version of its day's network row. An unchanged version means a stream at rest,
        or one that is held up. With `expected_events` the wait continues until the legs count that many events, as long
        as anything changes and for `patience_seconds` after that. The caller has to check for missing events.
        """
        days = set(dates)
        keys = [f"state#network#network#{date}" for date in sorted(days)]
        began = changed = due = time.monotonic()
        before: object = None
        is_all, counted = expected_events is None, -1
        while True:
            now = sorted((key, row["state_version"]) for key, row in self.store.states(keys).items())
            if now != before:
                before, changed = now, time.monotonic()
            quiet = time.monotonic() - changed
            if not is_all and quiet >= quiet_seconds and time.monotonic() >= due:
                # Counting reads every leg: a tenth of the time at most, or the emulator does nothing else.
                asked, before_this = time.monotonic(), counted
                counted = self.accepted(days)
                is_all = counted >= (expected_events or 0)
                due = time.monotonic() + 10 * (time.monotonic() - asked)
                if is_all or counted != before_this:
                    # Legs move where sums stand still for minutes: a backlog has few sums and many legs. The sums of
                    # the last legs come behind them. Either way another quiet time from here.
                    changed, quiet = time.monotonic(), 0.0
            if now and quiet >= quiet_seconds and (is_all or quiet >= patience_seconds):
                return time.monotonic() - began
            if not now and quiet >= 3 * patience_seconds:
                raise TimeoutError(f"nothing came out of the stream within {quiet:.0f} s: see `aero logs flink`")
            time.sleep(0.5 if quiet < quiet_seconds else 2.0)

    def accepted(self, dates: Collection[str] | None = None) -> int:
        """Return the number of distinct events that the legs have accepted, for these operating dates or for all."""
        return sum(
            row.get("events", 0)
            for row in self.rows("leg_state", "leg#")
            if not row.get("is_deleted") and (dates is None or row["operating_date"] in dates)
        )


def _alerts(store: AlertStore) -> Alerts:
    from aero_streaming.alerts.baselines import Baselines  # noqa: PLC0415
    from aero_streaming.alerts.batch import Engine  # noqa: PLC0415
    from aero_streaming.alerts.setup import wall_clock  # noqa: PLC0415
    from aero_streaming.rules import rules  # noqa: PLC0415

    return Alerts(Engine(store, rules(), Baselines(store), None, wall_clock))  # ty: ignore[invalid-argument-type]
