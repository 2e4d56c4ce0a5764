"""Raw zone: all data exactly as received.

The door writes files, Firehose writes events, and the copier writes our own logs; the arrivals sensor reports them. The
extract of a database reports itself.
"""

from datetime import timedelta

import dagster as dg

from aero_assets.defs.sources.assets import origin
from aero_assets.feeds import Feed, feeds
from aero_assets.partitions import arrival_days


def raw_key(feed: Feed) -> dg.AssetKey:
    """Return the asset key of a feed in the raw zone."""
    return dg.AssetKey(["raw", *feed.key])


#: Objects beside the bodies, and the services that write them, by the way a feed arrives.
BESIDE = {
    "file": "plus one receipt per arrival",
    "event": "each line with the time it came and a first verdict",
    "log": "each line as it stood in the log",
}
KINDS = {
    "file": {"s3", "lambda"},
    "event": {"s3", "kafka", "lambda"},
    "log": {"s3", "dynamodb"},
    "table": {"s3", "glue"},
}

raw_zone = [
    dg.AssetSpec(
        key=raw_key(feed),
        deps=[key] if (key := origin(feed)) else [],
        description=f"Bodies as received, by arrival day: {feed.grain}, {BESIDE[feed.arrival]}.",
        group_name="raw",
        kinds=KINDS[feed.arrival],
        owners=[feed.owner],
        partitions_def=arrival_days,
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=feed.fresh_within_hours)),
    )
    for feed in feeds()
    # Tables are extracted by an asset of ours: see extract.py.
    if feed.arrival != "table"
]
