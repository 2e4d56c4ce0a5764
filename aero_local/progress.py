"""Progress of the platform: required levels against reached levels, read under the orchestrator's role."""

from dataclasses import dataclass
from typing import Any

import boto3

from aero_assets import published, set_aside
from aero_assets.arrivals import list_arrivals, plan
from aero_assets.environment import Environment
from aero_assets.feeds import feeds
from aero_assets.lake import LakeCopy
from aero_assets.manifests import Levels, typed_versions
from aero_assets.storage import Bucket


@dataclass(frozen=True)
class Progress:
    """The progress at one moment: whether all arrivals are typed, all operating dates built, and all is published."""

    typed: bool
    built: bool
    published: bool
    rows: int
    dates: int


def look(client: Any = None) -> Progress:  # noqa: ANN401 - boto3 clients have no static type
    """Read the levels of the environment's platform; a caller that looks often passes its S3 client."""
    environment = Environment.current()
    client = client or boto3.Session().client("s3")
    raw, lake = Bucket(environment.raw_bucket, client), Bucket(environment.lake_bucket, client)
    manifests, decided = LakeCopy(environment.lake_copy, lake).manifests(), set_aside.listed(lake)
    reached = {(item.feed, item.arrived_on): item.level for item in manifests}
    typed = all(
        reached.get((feed.path, f"{day}")) == planned.level(feed)
        for feed in feeds()
        for day, planned in plan(list_arrivals(raw, feed), decided.get(feed.path, {})).items()
    )
    versions = typed_versions(manifests)
    built = typed and environment.warehouse.exists() and Levels(lake, "warehouse").read() == versions
    shown = built and published.level(lake) in Levels(lake, "published").read().values()
    return Progress(typed, built, shown, sum(item.counts.get("rows_out", 0) for item in manifests), len(versions))
