"""What the gateway is told beside what the door hands it: legs of the database, and each day the plans of the next.

The same rows that go to the typed zone become events there. The stream hears of the database an hour late, as one more
source; which word wins is the leg merge's affair. A season is told around its arrival only, because the stream's state
lasts for days: so its next days are told every day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg

from aero_assets.arrivals import Extract, Receipt, extracts, list_arrivals, plan
from aero_assets.defs.raw.assets import raw_key
from aero_assets.defs.raw.extract import TABLES
from aero_assets.feeds import Feed, find
from aero_assets.partitions import extract_hours
from aero_assets.resources import Gateway, Zones
from aero_assets.storage import Bucket
from aero_ingest.database_events import FEED
from aero_ingest.gateway import TOLD_BEFORE
from aero_streaming.times import text as utc_text

LEGS = find(FEED)
TOLD_LEGS = dg.AssetKey(["gateway", *LEGS.key])
SEASONS = find("partner/ssim")
TOLD_PLANS = dg.AssetKey(["gateway", *SEASONS.key])
#: A window is an hour.
HOUR = timedelta(hours=1)
#: Seasons are filed up to a year ahead.
LONGEST_SEASON = timedelta(days=400)


@dataclass
class Told:
    """What was handed on of some windows."""

    bodies: int = 0
    windows: int = 0
    too_old: int = 0


def tell(raw: Bucket, feed: Feed, windows: Iterable[Extract], gateway: Gateway, now: datetime) -> Told:
    """Tell the gateway of what was extracted in windows; the stream has forgotten what is older than it remembers."""
    told = Told()
    for window in windows:
        told.windows += 1
        end = window.arrived_at + HOUR
        if now - end > TOLD_BEFORE:
            told.too_old += 1
        else:
            for number, key in enumerate(window.body_keys(raw, feed)):
                name = f"{window.arrival_id}-{number:05d}"
                gateway.tell({"feed": feed.path, "raw_key": key, "arrival_id": name, "arrived_at": utc_text(end)})
                told.bodies += 1
    return told


def tell_plans(raw: Bucket, feed: Feed, gateway: Gateway, now: datetime) -> int:
    """Tell the gateway again of every schedule that may be in force, as if it came now; return how many those are."""
    days = plan(list_arrivals(raw, feed)).values()
    counted = [one for day in days for one in day.counted if isinstance(one, Receipt)]
    in_force = [one for one in counted if now - one.arrived_at <= LONGEST_SEASON]
    for one in in_force:
        [key] = one.body_keys(raw, feed)
        name, came_at = f"{one.arrival_id}-{now:%Y%m%d}", utc_text(one.arrived_at)
        told = {"feed": feed.path, "raw_key": key, "arrival_id": name, "arrived_at": utc_text(now)}
        gateway.tell(told | {"came_at": came_at})
    return len(in_force)


@dg.asset(
    key=TOLD_LEGS,
    deps=[raw_key(LEGS)],
    description="Rows of the database's table of legs, handed to the gateway, which makes events of them. The ledger "
    "has what became of them, in the rows of the gateway; one row per leg that changed in the hour.",
    group_name="streaming",
    kinds={"lambda"},
    owners=[LEGS.owner],
    partitions_def=extract_hours,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def told_legs(context: dg.AssetExecutionContext, zones: Zones, gateway: Gateway) -> dg.MaterializeResult:
    """Tell the gateway of the hours of the run."""
    hours, raw = context.partition_time_window, zones.raw()
    windows = [one for one in extracts(raw, LEGS) if hours.start <= one.arrived_at < hours.end]
    told = tell(raw, LEGS, windows, gateway, datetime.now(UTC))
    return dg.MaterializeResult(
        metadata={"bodies": told.bodies, "windows": told.windows, "windows_too_old_for_the_stream": told.too_old}
    )


@dg.asset(
    key=TOLD_PLANS,
    deps=[raw_key(SEASONS)],
    description="Schedules in force, handed to the gateway again each day, which plans the next days of them; one row "
    "per leg and date of these days.",
    group_name="streaming",
    kinds={"lambda"},
    owners=[SEASONS.owner],
)
def told_plans(zones: Zones, gateway: Gateway) -> dg.MaterializeResult:
    """Tell the gateway of the schedules in force."""
    return dg.MaterializeResult(metadata={"schedules": tell_plans(zones.raw(), SEASONS, gateway, datetime.now(UTC))})


plans = dg.define_asset_job(
    "plans",
    selection=dg.AssetSelection.assets(TOLD_PLANS),
    executor_def=dg.in_process_executor,
    description="What schedules in force say of the next days, to the stream.",
)
extract = dg.define_asset_job(
    "extract",
    selection=dg.AssetSelection.assets(*(raw_key(feed) for feed in TABLES.values()), TOLD_LEGS),
    executor_def=dg.in_process_executor,
    description="What changed in the operational database, by the hour, to the raw zone and to the stream.",
)
