"""Decisions to set records aside: audit records in the lake bucket that keep records out of the typed zone.

There is one object per decision, `_set_aside/<feed>/dt=<arrival day>/<when>-<event>-<action>.json`, with person, time,
reason and event. It is never changed or deleted; undoing a decision adds another object. The typed step applies the
latest decision on an event, and the level of an arrival day includes its decisions, so the sensors compact the day
again by themselves.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from aero_assets.storage import Bucket

PREFIX = "_set_aside"
REASON = "set_aside"
SET_ASIDE, UNDO = "set_aside", "undo"
_NAMED = re.compile(rf"{PREFIX}/(?P<feed>[^/]+/[^/]+)/dt=(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})/[^/]+[.]json")


@dataclass(frozen=True)
class Decision:
    """One decision of a person on an event of a feed, for one arrival day; `at` is ISO-8601 UTC."""

    feed: str
    arrived_on: str
    event_id: str
    raw_ref: str
    action: str
    by: str
    why: str
    at: str

    @property
    def key(self) -> str:
        """The key of the decision in the lake bucket; names sort by time."""
        stamp = f"{datetime.fromisoformat(self.at):%Y%m%dT%H%M%S%fZ}"
        return f"{PREFIX}/{self.feed}/dt={self.arrived_on}/{stamp}-{self.event_id}-{self.action}.json"

    @property
    def message(self) -> str:
        """The message of the record in quarantine."""
        return f"set aside by {self.by} on {self.at[:10]} (event {self.event_id}): {self.why}"

    def save(self, lake: Bucket) -> None:
        """Write the decision."""
        lake.write_json(self.key, asdict(self))


def now_text(now: datetime | None = None) -> str:
    """Return the current time in the form of a decision."""
    return (now or datetime.now(UTC)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def listed(lake: Bucket) -> dict[str, dict[date, tuple[str, ...]]]:
    """Return the keys of all decisions by feed and arrival day, from one listing; levels depend on them."""
    keys_of: dict[str, dict[date, tuple[str, ...]]] = {}
    for item in lake.list(f"{PREFIX}/"):
        # An object that somebody else left there must not stop the sensors.
        if named := _NAMED.fullmatch(item.key):
            days, on = keys_of.setdefault(named["feed"], {}), date.fromisoformat(named["day"])
            days[on] = (*days.get(on, ()), item.key)
    return keys_of


def decisions(lake: Bucket, feed: str = "") -> list[Decision]:
    """Return every decision, of one feed or all, oldest first; DamagedObjectError if one cannot be read."""
    keys = [item.key for item in lake.list(f"{PREFIX}/{feed}/" if feed else f"{PREFIX}/")]
    read = (lake.read_as(key, _read) for key in keys if _NAMED.fullmatch(key))
    return sorted((decision for decision in read if decision), key=lambda decision: decision.at)


def in_force(known: Iterable[Decision], arrived_on: date | None = None) -> dict[tuple[str, str], Decision]:
    """Return the decisions that keep events out, by feed and event: the latest one on each, if it sets the event aside.

    For an arrival day those of earlier days count too, so an event that is sent again later stays out.
    """
    latest: dict[tuple[str, str], Decision] = {}
    for decision in sorted(known, key=lambda decision: decision.at):
        if arrived_on is None or decision.arrived_on <= f"{arrived_on}":
            latest[decision.feed, decision.event_id] = decision
    return {name: decision for name, decision in latest.items() if decision.action == SET_ASIDE}


def apply(connection: Any, lake: Bucket, feed: str, arrived_on: date) -> None:  # noqa: ANN401 - DuckDB
    """Refuse events that are set aside in the relation `judged` of the typed step; earlier refusals stay.

    A repeated row (`twin`) that is set aside is refused, and not also counted as repeated.
    """
    held = in_force(decisions(lake, feed), arrived_on)
    if not held:
        return
    connection.execute("create or replace temp table set_aside (event_id varchar, message varchar)")
    connection.executemany(
        "insert into set_aside values (?, ?)",
        [(event_id, decision.message) for (_, event_id), decision in held.items()],
    )
    connection.execute(
        f"update judged set reason = '{REASON}', message = set_aside.message from set_aside "
        "where judged.reason is null and judged.event_id = set_aside.event_id"
    )
    connection.execute(f"""
        delete from twin where place in (select rowid from judged where reason = '{REASON}');
        drop table set_aside
    """)


def _read(row: Mapping[str, Any]) -> Decision:
    return Decision(**{name: str(row[name]) for name in Decision.__dataclass_fields__})
