"""Raw zone: what the door let in, exactly as received. Lambda writes it; the arrivals sensor reports it."""

from datetime import timedelta

import dagster as dg

from aero_assets.defs.sources.assets import inbox_key
from aero_assets.feeds import Feed, feeds
from aero_assets.partitions import arrival_days


def raw_key(feed: Feed) -> dg.AssetKey:
    """The asset of a feed in the raw zone."""
    return dg.AssetKey(["raw", *feed.key])


raw_zone = [
    dg.AssetSpec(
        key=raw_key(feed),
        deps=[inbox_key(feed)] if feed.arrival == "file" else [],
        description=f"Bodies as received, by arrival day: {feed.grain}, plus one receipt per arrival.",
        group_name="raw",
        kinds={"s3", "lambda"},
        owners=[feed.owner],
        partitions_def=arrival_days,
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=feed.fresh_within_hours)),
    )
    for feed in feeds()
]
