"""Windows of an extract: which times, which rows, under which names. No I/O and no clock.

A row belongs to a window if it was last changed in it. A window looks back over an overlap, because a change becomes
visible when its transaction commits and is stamped before: a transaction that lasts no longer than the overlap is
caught by the next window. What is read twice is equal, so it counts once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from json import dumps
from typing import Any

HOUR, HALF_DAY = timedelta(hours=1), timedelta(hours=12)
#: A longer request is a first load or a repair. Its windows are half days: an hour each would cost a database of some
#: years days of work, and legs are still known by noon UTC, when their day closes.
MOST_HOURLY = timedelta(hours=48)
OVERLAP_MINUTES = 15


class WindowError(ValueError):
    """The window asked for cannot be extracted: says which and why."""


@dataclass(frozen=True)
class Window:
    """An hour or half a day of changes, `start` ≤ moment < `end`, UTC."""

    start: datetime
    end: datetime

    @property
    def folder(self) -> str:
        """The folder in the raw zone, below its table."""
        return f"dt={self.start:%Y-%m-%d}/hh={self.start:%H}"

    @property
    def arrived(self) -> str:
        """Its beginning as names of receipts write times."""
        return f"{self.start:%Y%m%dT%H%M%S%fZ}"

    @property
    def extracted_at(self) -> str:
        """Its end: when a complete extract of it can first be known."""
        return text(self.end)

    def since(self, overlap_minutes: int = OVERLAP_MINUTES) -> datetime:
        """Return the moment from which rows are read."""
        return self.start - timedelta(minutes=overlap_minutes)


def text(moment: datetime) -> str:
    """Return a moment as raw lines write it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"


def moment(written: str, where: str) -> datetime:
    """Return a UTC moment; raise `WindowError` where it is none or has another offset."""
    try:
        instant = datetime.fromisoformat(written)
    except ValueError as error:
        raise WindowError(f"{where} {written!r} is no time: write it like 2026-11-01T10:00:00Z") from error
    if instant.utcoffset() != timedelta(0):
        raise WindowError(f"{where} {written!r} is not UTC: write it like 2026-11-01T10:00:00Z")
    return instant.astimezone(UTC)


def windows(start: datetime, end: datetime) -> list[Window]:
    """Return the windows from `start` to `end`, both whole hours: hours, or the half days of a long request."""
    for name, bound in (("--window-start", start), ("--window-end", end)):
        if (bound.minute, bound.second, bound.microsecond) != (0, 0, 0):
            raise WindowError(f"{name} {bound:%Y-%m-%dT%H:%M:%SZ} is not a whole hour")
    if end <= start:
        raise WindowError(f"--window-end {text(end)} is not after --window-start {text(start)}")
    return list(_cut(start, end, HOUR if end - start <= MOST_HOURLY else HALF_DAY))


def _cut(start: datetime, end: datetime, length: timedelta) -> Iterator[Window]:
    """Cut a time at every multiple of a length since midnight."""
    while start < end:
        since_midnight = timedelta(hours=start.hour)
        until = min(end, start + length - since_midnight % length)
        yield Window(start, until)
        start = until


def refuse_unfinished(windows: list[Window], now: datetime) -> None:
    """Raise `WindowError` for a window that is not over: what changes in it later would never be read."""
    if late := [window for window in windows if window.end > now]:
        raise WindowError(
            f"window {late[0].extracted_at} ends after the database's clock, {text(now)}: extract it when it is over"
        )


def changed_in(stamp: str, window: Window, overlap_minutes: int = OVERLAP_MINUTES) -> str:
    """Return the condition for rows that a window reads."""
    return f"{stamp} >= '{text(window.since(overlap_minutes))}' and {stamp} < '{text(window.end)}'"


def block_ranges(blocks: int, rows: int, rows_per_part: int, most_parts: int = 64) -> list[str]:
    """Return conditions that share a table's blocks among readers; each row is in one of them.

    The last range is open: a table that grows meanwhile has no row that the snapshot sees beyond its end.
    """
    parts = max(1, min(most_parts, -(-rows // rows_per_part), max(1, blocks)))
    edges = [blocks * number // parts for number in range(parts)]
    ranges = []
    for edge, after in zip(edges, [*edges[1:], None], strict=True):
        upper = "" if after is None else f" and ctid < '({after},0)'::tid"
        ranges.append(f"ctid >= '({edge},0)'::tid{upper}")
    return ranges


def commit_name(window: Window, contents: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the name of the object that makes a window's extract visible, in the form of a receipt.

    It follows from the window and from what was read: the same again has the same name, anything else adds up.
    """
    read = {name: [content_of["rows"], content_of["fingerprint"]] for name, content_of in contents.items()}
    summary = dumps([window.arrived, window.extracted_at, read], sort_keys=True)
    content = sha256(summary.encode()).hexdigest()
    return f"dt={window.start:%Y-%m-%d}/{window.arrived}-{content[12:24]}-{content[:12]}.json"
