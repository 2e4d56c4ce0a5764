"""Reports of arrivals: what is new in the raw zone becomes materialisations of it and of where it came from.

Files are reported one by one; objects of events by the hour they came in, each time something came.

Materialisations follow a cursor by arrival that looks back over an overlap, so arrivals of the same instant and of
a time when nothing was running are all reported once.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import dagster as dg

from aero_assets.arrivals import Arrival, EventObject, Receipt
from aero_assets.defs.raw.assets import raw_key
from aero_assets.defs.sources.assets import origin
from aero_assets.feeds import Feed

MOST_EVENTS = 200
#: The door may be retried for hours: a receipt can appear that much after the arrival it speaks of.
OVERLAP = timedelta(hours=24)
CURSOR_VERSION = 1


@dataclass(frozen=True)
class EventHour:
    """The objects of events of one hour; another one coming in makes it another arrival."""

    arrived_at: datetime
    objects: int
    content_hash: str

    @property
    def arrived(self) -> str:
        """The hour as receipts write their time."""
        return f"{self.arrived_at:%Y%m%dT%H%M%S%fZ}"

    @property
    def arrived_on(self) -> date:
        """The arrival day: the partition of the raw zone."""
        return self.arrived_at.date()

    @property
    def arrival_id(self) -> str:
        """The hour and what is in it."""
        return f"{self.arrived}-{self.content_hash}"


#: Arrivals that are reported as one materialisation each.
Reported = Receipt | EventHour


def reportable(arrivals: Iterable[Arrival]) -> list[Reported]:
    """Return what to report of the arrivals of a feed, oldest first: a file each, an hour of events each."""
    files: list[Reported] = [item for item in arrivals if isinstance(item, Receipt)]
    hours: dict[datetime, list[str]] = {}
    for item in arrivals:
        if isinstance(item, EventObject):
            hours.setdefault(item.arrived_at, []).append(item.arrival_id)
    digest = {hour: sha256("\n".join(sorted(names)).encode()).hexdigest()[:12] for hour, names in hours.items()}
    return [*files, *(EventHour(hour, len(hours[hour]), digest[hour]) for hour in sorted(hours))]


def unseen(reported_arrivals: Sequence[Reported], cursor: str | None) -> tuple[list[Reported], str]:
    """Return what is not yet reported, oldest first and a bounded number, and the next cursor.

    The cursor names what was reported within the overlap before the newest one; everything older is known to be
    reported.
    """
    state: dict[str, Any] = json.loads(cursor) if cursor else {}
    if state.get("version") != CURSOR_VERSION:
        state = {"since": "", "seen": []}
    last, seen = str(state["since"]), set(state["seen"])
    new = [r for r in reported_arrivals if r.arrived >= last and r.arrival_id not in seen][:MOST_EVENTS]
    if not new:
        return [], cursor or ""
    since = f"{new[-1].arrived_at - OVERLAP:%Y%m%dT%H%M%S%fZ}"
    # Never look back further than the last report did: what lay before it was reported.
    since = max(since, last)
    reported = seen | {receipt.arrival_id for receipt in new}
    kept = sorted(r.arrival_id for r in reported_arrivals if r.arrived >= since and r.arrival_id in reported)
    return new, json.dumps({"version": CURSOR_VERSION, "since": since, "seen": kept})


def events(feed: Feed, new: Iterable[Reported]) -> list[dg.AssetMaterialization]:
    """One materialisation of the raw partition per arrival, and of the inbox or topic that it came from."""
    made: list[dg.AssetMaterialization] = []
    if feed.arrival == "table":
        return made  # the extract is an asset of ours and reports itself
    for receipt in new:
        metadata: dict[str, Any] = {"arrival": receipt.arrival_id, "arrived_at": receipt.arrived_at.isoformat()}
        if isinstance(receipt, EventHour):
            metadata["objects"] = receipt.objects
        # Origins that are only watched are seen by what came of them; an asset that we run reports itself.
        if feed.arrival in ("file", "event") and (key := origin(feed)):
            made.append(dg.AssetMaterialization(key, metadata=metadata))
        made.append(
            dg.AssetMaterialization(
                raw_key(feed),
                partition=f"{receipt.arrived_on}",
                metadata=metadata,
                tags={"dagster/data_version": receipt.content_hash},
            )
        )
    return made
