"""What the database says of legs, told to the gateway: the same rows that go to the typed zone become events.

The stream hears of them an hour after they were entered, as one more source; which word wins is the leg merge's affair.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import dagster as dg

from aero_assets.arrivals import Extract, extracts
from aero_assets.defs.raw.assets import raw_key
from aero_assets.defs.raw.extract import TABLES
from aero_assets.feeds import Feed
from aero_assets.partitions import extract_hours
from aero_assets.resources import Gateway, Zones
from aero_assets.storage import Bucket
from aero_ingest.database_events import FEED
from aero_ingest.gateway import TOLD_BEFORE
from aero_streaming.times import text as utc_text

[LEGS] = [feed for feed in TABLES.values() if feed.path == FEED]
TOLD_LEGS = dg.AssetKey(["gateway", *LEGS.key])
#: A window is an hour.
HOUR = timedelta(hours=1)


class Teller(Protocol):
    """Takes what the gateway is to be told of."""

    def tell(self, arrived: dict[str, str]) -> None:
        """Tell the gateway of one body."""
        ...


@dataclass
class Told:
    """What was handed on of some windows."""

    bodies: int = 0
    windows: int = 0
    too_old: int = 0


def tell(raw: Bucket, feed: Feed, windows: Iterable[Extract], gateway: Teller, now: datetime) -> Told:
    """Tell the gateway of what was extracted in windows; the stream has forgotten what is older than it remembers."""
    told = Told()
    for window in windows:
        told.windows += 1
        end = window.arrived_at + HOUR
        if now - end > TOLD_BEFORE:
            told.too_old += 1
            continue
        for number, key in enumerate(window.body_keys(raw, feed)):
            arrival = f"{window.arrival_id}-{number:05d}"
            gateway.tell(
                {"feed": feed.path, "raw_key": key, "arrival_id": arrival, "arrived_at": utc_text(end)}
            )  # fmt: skip
            told.bodies += 1
    return told


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


extract = dg.define_asset_job(
    "extract",
    selection=dg.AssetSelection.assets(*(raw_key(feed) for feed in TABLES.values()), TOLD_LEGS),
    executor_def=dg.in_process_executor,
    description="What changed in the operational database, by the hour, to the raw zone and to the stream.",
)
