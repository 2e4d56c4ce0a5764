"""Sources that others own and the platform only observes.

There is one inbox folder per feed that arrives as files, and one table per extracted feed. For other feeds only the
names of their origins are here; their assets are defined in other layers.
"""

import dagster as dg

from aero_assets.feeds import Feed, feeds


def inbox_key(feed: Feed) -> dg.AssetKey:
    """Return the asset key of a feed's inbox folder."""
    return dg.AssetKey(["inbox", *feed.key])


def topic_key(topic: str) -> dg.AssetKey:
    """Return the asset key of a Kafka topic; `defs/streaming` defines the asset."""
    return dg.AssetKey(["kafka", topic])


def table_key(feed: Feed) -> dg.AssetKey:
    """Return the asset key of a table of the operational database."""
    return dg.AssetKey(["database", *feed.key])


#: The asset that copies our own logs to the raw zone; `defs/alerts` defines it.
LOG_COPIES = dg.AssetKey(["alerts", "log_copies"])


def origin(feed: Feed) -> dg.AssetKey | None:
    """Return the key of the asset from which a feed's raw data come."""
    known = {"file": inbox_key(feed), "event": topic_key(feed.topic), "log": LOG_COPIES, "table": table_key(feed)}
    return known.get(feed.arrival)


inboxes = [
    dg.AssetSpec(
        key=inbox_key(feed),
        description=f"Files a partner drops under `{feed.path}/` of the inbox bucket; one row per file version.",
        group_name="sources",
        kinds={"s3"},
        owners=[feed.owner],
    )
    for feed in feeds()
    if feed.arrival == "file"
]

databases = [
    dg.AssetSpec(
        key=table_key(feed),
        description=f"Table `{feed.name}` of the operational database, which keeps changing; one row per key.",
        group_name="sources",
        kinds={"postgres"},
        owners=[feed.owner],
    )
    for feed in feeds()
    if feed.arrival == "table"
]
