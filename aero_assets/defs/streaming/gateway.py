"""Assets that send raw bodies to the gateway: changed legs of the database each hour, schedules in force each day.

The gateway makes events of the same rows that go to the typed zone. For the stream the database is one more source, an
hour late; the leg merge decides which source wins. The stream keeps its state for days only, so schedules, which are
filed for a season, are sent again every day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg

from aero_assets.arrivals import Extract, Receipt, extracts, list_arrivals, plan
from aero_assets.defs.raw.assets import raw_key
from aero_assets.feeds import Feed, find
from aero_assets.partitions import extract_hours
from aero_assets.resources import Gateway, Zones
from aero_assets.storage import Bucket
from aero_ingest.database_events import FEED
from aero_ingest.gateway import TOLD_BEFORE
from aero_streaming.times import text as utc_text

LEGS = find(FEED)
SENT_LEGS = dg.AssetKey(["gateway", *LEGS.key])
SCHEDULES = find("partner/ssim")
SENT_SCHEDULES = dg.AssetKey(["gateway", *SCHEDULES.key])
#: The length of an extract's window.
HOUR = timedelta(hours=1)
#: Schedules are filed up to a year ahead.
LONGEST_SEASON = timedelta(days=400)


@dataclass
class Sent:
    """Counts of one call of `send_extracts`: bodies sent, windows checked, windows too old for the stream."""

    bodies: int = 0
    windows: int = 0
    too_old: int = 0


def send_extracts(raw: Bucket, feed: Feed, windows: Iterable[Extract], gateway: Gateway, now: datetime) -> Sent:
    """Send the bodies of extract windows to the gateway, except windows older than the stream's memory."""
    sent = Sent()
    for window in windows:
        sent.windows += 1
        end = window.arrived_at + HOUR
        if now - end > TOLD_BEFORE:
            sent.too_old += 1
        else:
            for number, key in enumerate(window.body_keys(raw, feed)):
                name = f"{window.arrival_id}-{number:05d}"
                gateway.send({"feed": feed.path, "raw_key": key, "arrival_id": name, "arrived_at": utc_text(end)})
                sent.bodies += 1
    return sent


def send_schedules(raw: Bucket, feed: Feed, gateway: Gateway, now: datetime) -> int:
    """Send every schedule that may be in force to the gateway, as if it arrived now; return how many were sent."""
    days = plan(list_arrivals(raw, feed)).values()
    receipts = [arrival for day in days for arrival in day.counted if isinstance(arrival, Receipt)]
    in_force = [receipt for receipt in receipts if now - receipt.arrived_at <= LONGEST_SEASON]
    for receipt in in_force:
        [key] = receipt.body_keys(raw, feed)
        name, came_at = f"{receipt.arrival_id}-{now:%Y%m%d}", utc_text(receipt.arrived_at)
        body = {"feed": feed.path, "raw_key": key, "arrival_id": name, "arrived_at": utc_text(now)}
        gateway.send(body | {"came_at": came_at})
    return len(in_force)


@dg.asset(
    key=SENT_LEGS,
    deps=[raw_key(LEGS)],
    description="Rows of the database's table of legs, sent to the gateway, which makes events of them. The ledger "
    "has what became of them, in the rows of the gateway; one row per leg that changed in the hour.",
    group_name="streaming",
    kinds={"lambda"},
    owners=[LEGS.owner],
    partitions_def=extract_hours,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def sent_legs(context: dg.AssetExecutionContext, zones: Zones, gateway: Gateway) -> dg.MaterializeResult:
    """Send the extract windows of the run's hours to the gateway."""
    hours, raw = context.partition_time_window, zones.raw()
    windows = [window for window in extracts(raw, LEGS) if hours.start <= window.arrived_at < hours.end]
    sent = send_extracts(raw, LEGS, windows, gateway, datetime.now(UTC))
    return dg.MaterializeResult(
        metadata={"bodies": sent.bodies, "windows": sent.windows, "windows_too_old_for_the_stream": sent.too_old}
    )


@dg.asset(
    key=SENT_SCHEDULES,
    deps=[raw_key(SCHEDULES)],
    description="Schedules in force, sent to the gateway again each day, which makes the plan of the next days of "
    "them; one row per leg and date of these days.",
    group_name="streaming",
    kinds={"lambda"},
    owners=[SCHEDULES.owner],
)
def sent_schedules(zones: Zones, gateway: Gateway) -> dg.MaterializeResult:
    """Send the schedules in force to the gateway."""
    sent = send_schedules(zones.raw(), SCHEDULES, gateway, datetime.now(UTC))
    return dg.MaterializeResult(metadata={"schedules": sent})
