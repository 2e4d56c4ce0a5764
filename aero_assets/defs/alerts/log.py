"""Reading the transition log by arrival: every line once, even after a long pause, with a limit per call.

A line carries the time at which its writer began, but is visible only when that writer has finished. So a reader reads
an overlap again, and remembers the lines that it saw in it.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from aero_streaming.alerts.items import LOG_DAYS, Item, arrival_text, arrived_hour
from aero_streaming.alerts.store import AlertStore
from aero_streaming.times import parse

#: A writer that takes longer than this is dead: the Lambdas are given a minute.
OVERLAP = timedelta(minutes=5)
MOST_LINES, MOST_HOURS = 2000, 400
VERSION = 1


@dataclass(frozen=True)
class Cursor:
    """A position in the log: everything before `since` was read, and also the lines `seen` (sort keys) after it.

    `lines` is the total number of lines read, `first` the hour of the first line.
    """

    since: str = ""
    seen: tuple[str, ...] = ()
    lines: int = 0
    first: str = ""

    @classmethod
    def from_text(cls, text: str | None) -> "Cursor":
        """Read the output of `text`; the beginning if there is none, or if it is of another version."""
        data: dict[str, Any] = json.loads(text) if text else {}
        if data.pop("version", None) != VERSION:
            return cls()
        return cls(data["since"], tuple(data["seen"]), data["lines"], data["first"])

    def text(self) -> str:
        """Return the cursor as text, which a sensor stores."""
        return json.dumps({"version": VERSION, **asdict(self)})


def unread(store: AlertStore, cursor: Cursor, now: datetime) -> tuple[list[Item], Cursor]:
    """Return lines that were not read yet, in order of arrival, and the cursor after them.

    The number of lines per call is limited, and so is the number of hours searched: `is_caught_up` tells whether there
    may be more.
    """
    start = parse(cursor.since) if cursor.since else now - timedelta(days=LOG_DAYS)
    lines: list[Item] = []
    seen, position = set(cursor.seen), start
    for hour in _hours(start, now):
        fresh = (line for line in _lines(store, hour, start) if line["arrival"] not in seen)
        lines += islice(fresh, MOST_LINES - len(lines))
        if len(lines) == MOST_LINES:
            position = parse(lines[-1]["arrived_at"])
            break
        position = min(hour + timedelta(hours=1), now)
    since = arrival_text(max(start, position - OVERLAP))
    kept = sorted(name for name in seen.union(line["arrival"] for line in lines) if name >= since)
    first = cursor.first or (lines[0]["arrived_hour"] if lines else "")
    return lines, Cursor(since, tuple(kept), cursor.lines + len(lines), first)


def is_caught_up(cursor: Cursor, now: datetime) -> bool:
    """Return True if no line written before the overlap is unread."""
    return bool(cursor.since) and parse(cursor.since) >= now - OVERLAP


def _hours(start: datetime, end: datetime) -> Iterator[datetime]:
    hour = start.replace(minute=0, second=0, microsecond=0)
    for _ in range(MOST_HOURS):
        if hour > end:
            return
        yield hour
        hour += timedelta(hours=1)


def _lines(store: AlertStore, hour: datetime, since: datetime) -> Iterator[Item]:
    between = ("arrival", arrival_text(since), "9")
    return store.query(store.tables.transitions, ("arrived_hour", arrived_hour(hour)), between=between)
