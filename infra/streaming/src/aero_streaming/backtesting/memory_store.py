"""The tables of the semáforo in memory, with the conditions of the real ones: for backtests, which need no AWS.

The interface is that of `AlertStore`; a test holds both to the same answers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from aero_streaming.alerts.items import Item
from aero_streaming.alerts.records import is_newer
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.tables import Change, Tables

NAMES = Tables("leg-state", "alerts", "transitions", "event-log", "decisions", "baselines")
KEYS = {
    "leg-state": ("key",),
    "alerts": ("alert_key",),
    "transitions": ("arrived_hour", "arrival"),
    "event-log": ("event_id",),
    "decisions": ("subject", "decided"),
    "baselines": ("baseline_key",),
}
INDEX_SORTS = {
    "by_tail": "std_at", "by_scope": "scope_id", "on_ground": "ground_since_at", "open": "opened_at",
    "outbox": "arrival", "by_alert": "arrival", "by_route": "event_time", "by_flight": "event_time",
}  # fmt: skip
"""The sort key of each index; its partition key is what is asked for."""


class MemoryStore(AlertStore):
    """Items by table and key; indexes are found by looking, but for the few that are asked for all the time."""

    def __init__(self) -> None:
        super().__init__(None, NAMES)
        self.items: dict[str, dict[tuple[str, ...], Item]] = {name: {} for name in KEYS}
        self._grouped: dict[tuple[str, str], dict[tuple[str, ...], Item]] = {}

    def get(self, table: str, keys: Iterable[Mapping[str, str]]) -> list[Item]:
        """Return the items of these keys that are there."""
        unique = dict.fromkeys(tuple(key[name] for name in KEYS[table]) for key in keys)
        return [dict(self.items[table][key]) for key in unique if key in self.items[table]]

    def states(self, keys: Iterable[str]) -> dict[str, Item]:
        """Return items of leg-state by key; a backtest asks for little else."""
        known = self.items["leg-state"]
        return {key: dict(known[(key,)]) for key in keys if (key,) in known}

    def query(
        self,
        table: str,
        equals: tuple[str, str],
        index: str | None = None,
        between: tuple[str, str, str] | None = None,
        newest_first: bool = False,
        pages: int = 1000,
    ) -> Iterator[Item]:
        """Yield the items of one partition, in order."""
        name, value = equals
        sort = INDEX_SORTS[index] if index else KEYS[table][-1]
        items = [item for item in self._candidates(table, name, value) if sort in item]
        if between:
            items = [item for item in items if between[1] <= item[between[0]] <= between[2]]
        yield from (dict(item) for item in sorted(items, key=lambda item: item[sort], reverse=newest_first))

    def put_newer(self, items: Sequence[Item]) -> set[str]:
        """Write rows where nothing newer is; return the keys of the others."""
        beaten = set()
        for item in items:
            known = self.items["leg-state"].get((item["key"],))
            if known is None or is_newer(item, known):
                self._put("leg-state", item)
            else:
                beaten.add(item["key"])
        return beaten

    def log_events(self, items: Sequence[Item]) -> set[str]:
        """Write events once each; return the ids of those that were there."""
        known = {item["event_id"] for item in items if (item["event_id"],) in self.items["event-log"]}
        for item in items:
            if item["event_id"] not in known:
                self._put("event-log", item)
        return known

    def commit(self, change: Change) -> bool:
        """Write an alert with its transitions; False if another was faster."""
        if not self._stands(change):
            return False
        self._put("alerts", change.alert)
        for line in change.transitions:
            self._put("transitions", line)
        if change.decision:
            self._put("decisions", change.decision)
        self.log_events(change.events)
        return True

    def commit_all(self, changes: Sequence[Change]) -> bool:
        """Write changes of different alerts, or none of them."""
        logged = self.items["event-log"]
        if not all(self._stands(change) for change in changes) or any(
            (event["event_id"],) in logged for change in changes for event in change.events
        ):
            return False
        return all([self.commit(change) for change in changes])

    def _stands(self, change: Change) -> bool:
        known = self.items["alerts"].get((change.alert["alert_key"],))
        return (known["item_version"] if known else 0) == change.expected_version

    def mark_sent(self, hour: str, arrival: str, sent_at: str) -> bool:
        """Take a notification out of the outbox; False if it was out already."""
        line = self.items["transitions"].get((hour, arrival))
        if line is None or line["notify_state"] != "pending":
            return False
        sent: dict[str, Any] = {**line, "notify_state": "sent", "sent_at": sent_at}
        del sent["pending"]
        self._put("transitions", sent)
        return True

    def advance(self, key: str, at: str) -> bool:
        """Move a clock forward; False where it was there already."""
        known = self.items["leg-state"].get((key,), {}).get("at")
        if known is not None and known >= at:
            return False
        self._put("leg-state", {"key": key, "at": at})
        return True

    def note(self, key: str, values: Mapping[str, Any]) -> None:
        """Keep values under a key."""
        self._put("leg-state", {"key": key, **values})

    def remember(self, key: str, member: str) -> None:
        """Add a member to a set."""
        members = self.items["leg-state"].get((key,), {}).get("members", set())
        self._put("leg-state", {"key": key, "members": members | {member}})

    def _put(self, table: str, item: Item) -> None:
        key = tuple(item[name] for name in KEYS[table])
        before = self.items[table].get(key)
        self.items[table][key] = dict(item)
        for name in ("is_open", "pending", "on_ground", "tail_day", "scope_day"):
            if before and before.get(name):
                self._grouped[f"{table}.{name}", before[name]].pop(key, None)
            if item.get(name):
                self._grouped.setdefault((f"{table}.{name}", item[name]), {})[key] = self.items[table][key]

    def _candidates(self, table: str, name: str, value: str) -> list[Item]:
        if name in ("is_open", "pending", "on_ground", "tail_day", "scope_day"):
            return list(self._grouped.get((f"{table}.{name}", value), {}).values())
        return [item for item in self.items[table].values() if item.get(name) == value]
