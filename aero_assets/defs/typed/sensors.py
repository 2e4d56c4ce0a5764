"""The sensor of arrivals: it reports new data in the raw zone, and requests every arrival day that is not compacted.

Requests follow from the state of raw and typed zone alone, so the sensor needs no memory.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

import dagster as dg

from aero_assets import set_aside
from aero_assets.arrivals import Arrival, list_arrivals, plan
from aero_assets.automation import sensor
from aero_assets.defs.raw.extract import is_under_way
from aero_assets.defs.raw.reports import events, reportable, unseen
from aero_assets.defs.typed.assets import ingest, typed_key
from aero_assets.feeds import Feed, feeds
from aero_assets.levels import SENSOR_SECONDS, Want, requests
from aero_assets.manifests import ArrivalManifest
from aero_assets.resources import Zones


def behind(
    feed: Feed,
    known_arrivals: Iterable[Arrival],
    manifests: list[ArrivalManifest],
    decisions: Mapping[date, tuple[str, ...]],
) -> Want:
    """Compare the level that every arrival day should have with that in its manifest."""
    return Want(
        subject=f"typed:{feed.path}",
        job=ingest.name,
        desired={f"{day}": planned.level(feed) for day, planned in plan(known_arrivals, decisions).items()},
        reached={item.arrived_on: item.level for item in manifests if item.feed == feed.path and item.level},
        assets=[typed_key(feed)],
    )


@sensor(job=ingest, minimum_interval_seconds=SENSOR_SECONDS, default_status=dg.DefaultSensorStatus.RUNNING)
def arrivals(context: dg.SensorEvaluationContext, zones: Zones) -> dg.SensorResult:
    """Report new arrivals and request every arrival day that is not compacted to its level.

    Hours of a running extract are requested when it is over.
    """
    cursors = json.loads(context.cursor) if context.cursor else {}
    manifests = zones.copy_of_lake().manifests()
    reported: list[dg.AssetMaterialization] = []
    asked: list[dg.RunRequest] = []
    decided = set_aside.listed(zones.lake())
    now = datetime.now(UTC)
    extracting = is_under_way(context.instance, now)
    for feed in feeds():
        if extracting and feed.arrival == "table":
            continue
        known_arrivals = list_arrivals(zones.raw(), feed)
        new, cursors[feed.path] = unseen(reportable(known_arrivals), cursors.get(feed.path))
        reported += events(feed, new)
        asked += requests(
            context.instance, behind(feed, known_arrivals, manifests, decided.get(feed.path, {})), now=now
        )
    return dg.SensorResult(run_requests=asked, cursor=json.dumps(cursors), asset_events=reported)
