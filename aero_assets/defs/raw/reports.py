"""Reports of arrivals: new data in the raw zone become materialisations of the raw asset and of its origin.

Files are reported one by one; objects of events by their hour of arrival, each time a new one arrives. Reports follow a
cursor by arrival that reads an overlap again, so arrivals of the same instant, or of a time when nothing was running,
are all reported once.
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
    """The event objects of one hour; a further object makes it a new arrival."""

    arrived_at: datetime
    objects: int
    content_hash: str

    @property
    def arrived(self) -> str:
        """The hour in the time format of receipts."""
        return f"{self.arrived_at:%Y%m%dT%H%M%S%fZ}"

    @property
    def arrived_on(self) -> date:
        """The arrival day: the partition of the raw zone."""
        return self.arrived_at.date()

    @property
    def arrival_id(self) -> str:
        """The hour and a digest of its objects."""
        return f"{self.arrived}-{self.content_hash}"


#: Arrivals that are reported as one materialisation each.
Reported = Receipt | EventHour


def reportable(arrivals: Iterable[Arrival]) -> list[Reported]:
    """Return the arrivals of a feed to report, oldest first: each file, and each hour of events."""
    files: list[Reported] = [item for item in arrivals if isinstance(item, Receipt)]
    hours: dict[datetime, list[str]] = {}
    for item in arrivals:
        if isinstance(item, EventObject):
            hours.setdefault(item.arrived_at, []).append(item.arrival_id)
    digest = {hour: sha256("\n".join(sorted(names)).encode()).hexdigest()[:12] for hour, names in hours.items()}
    return [*files, *(EventHour(hour, len(hours[hour]), digest[hour]) for hour in sorted(hours))]


def unseen(reported_arrivals: Sequence[Reported], cursor: str | None) -> tuple[list[Reported], str]:
    """Return a limited number of arrivals that are not yet reported, oldest first, and the next cursor.

    The cursor names the arrivals reported within the overlap before the newest one; all older ones are known to be
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
    """Return one materialisation of the raw partition per arrival, and one of the inbox or topic of its origin."""
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
