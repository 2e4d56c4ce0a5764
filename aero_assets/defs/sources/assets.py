"""Sources: what others own and we only watch. One inbox folder per feed that arrives as files."""

import dagster as dg

from aero_assets.feeds import Feed, feeds


def inbox_key(feed: Feed) -> dg.AssetKey:
    """The asset of a feed's inbox folder."""
    return dg.AssetKey(["inbox", *feed.key])


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
