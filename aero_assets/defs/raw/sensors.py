"""Arrivals: new receipts become materialisations of the raw zone and requests to compact their days.

Materialisations follow a cursor by arrival that looks back over an overlap, so arrivals of the same instant and of
a time when nothing was running are all reported once. Requests are level-triggered: they need no memory.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from aero_assets.arrivals import Receipt, plan, receipts
from aero_assets.defs.raw.assets import raw_key
from aero_assets.defs.sources.assets import inbox_key
from aero_assets.defs.typed.assets import ingest, typed_key
from aero_assets.feeds import Feed, feeds
from aero_assets.levels import SENSOR_SECONDS, Want, requests
from aero_assets.manifests import ArrivalManifest
from aero_assets.resources import Zones

MOST_EVENTS = 200
#: The door may be retried for hours: a receipt can appear that much after the arrival it speaks of.
OVERLAP = timedelta(hours=24)
CURSOR_VERSION = 1


def unseen(found: list[Receipt], cursor: str | None) -> tuple[list[Receipt], str]:
    """Return the receipts not yet reported, oldest first and a bounded number, and the next cursor.

    The cursor names the receipts reported within the overlap before the newest one; everything older is known to be
    reported.
    """
    state: dict[str, Any] = json.loads(cursor) if cursor else {}
    if state.get("version") != CURSOR_VERSION:
        state = {"since": "", "seen": []}
    last, seen = str(state["since"]), set(state["seen"])
    new = [r for r in found if r.arrived >= last and r.arrival_id not in seen][:MOST_EVENTS]
    if not new:
        return [], cursor or ""
    since = f"{new[-1].arrived_at - OVERLAP:%Y%m%dT%H%M%S%fZ}"
    # Never look back further than the last report did: what lay before it was reported.
    since = max(since, last)
    reported = seen | {receipt.arrival_id for receipt in new}
    kept = sorted(r.arrival_id for r in found if r.arrived >= since and r.arrival_id in reported)
    return new, json.dumps({"version": CURSOR_VERSION, "since": since, "seen": kept})


def events(feed: Feed, new: list[Receipt]) -> list[dg.AssetMaterialization]:
    """One materialisation of the inbox and of the raw partition per arrival."""
    made = []
    for receipt in new:
        metadata = {"arrival": receipt.arrival_id, "arrived_at": receipt.arrived_at.isoformat()}
        made.append(dg.AssetMaterialization(inbox_key(feed), metadata=metadata))
        made.append(
            dg.AssetMaterialization(
                raw_key(feed),
                partition=f"{receipt.arrived_on}",
                metadata=metadata,
                tags={"dagster/data_version": receipt.content_hash},
            )
        )
    return made


def behind(feed: Feed, found: list[Receipt], manifests: list[ArrivalManifest]) -> Want:
    """Compare the level every arrival day should have with the one its manifest has."""
    return Want(
        subject=f"typed:{feed.path}",
        job=ingest.name,
        wanted={f"{day}": planned.level(feed) for day, planned in plan(found).items()},
        reached={item.arrived_on: item.level for item in manifests if item.feed == feed.path and item.level},
        assets=[typed_key(feed)],
    )


@dg.sensor(job=ingest, minimum_interval_seconds=SENSOR_SECONDS, default_status=dg.DefaultSensorStatus.RUNNING)
def arrivals(context: dg.SensorEvaluationContext, zones: Zones) -> dg.SensorResult:
    """Report new arrivals and ask for every arrival day that is not compacted to its level."""
    cursors = json.loads(context.cursor) if context.cursor else {}
    manifests = zones.copy_of_lake().manifests()
    reported: list[dg.AssetMaterialization] = []
    asked: list[dg.RunRequest] = []
    for feed in feeds():
        found = receipts(zones.raw(), feed)
        new, cursors[feed.path] = unseen(found, cursors.get(feed.path))
        reported += events(feed, new)
        asked += requests(context.instance, behind(feed, found, manifests), now=datetime.now(UTC))
    return dg.SensorResult(run_requests=asked, cursor=json.dumps(cursors), asset_events=reported)
