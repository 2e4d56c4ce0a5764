"""Sensors that publish, and that report the version that the pages show.

A run of the warehouse publishes at its end. Changes without such a run (a file refused at the door, an arrival without
new rows) are published on request of these sensors, by levels like everything else.
"""

from datetime import UTC, datetime, timedelta
from urllib.error import URLError
from urllib.request import urlopen

import dagster as dg

from aero_assets.automation import sensor
from aero_assets.defs.published.assets import LEVELS, PARTITION, publish
from aero_assets.defs.published.exposures import dashboards
from aero_assets.defs.typed.assets import ingest
from aero_assets.defs.warehouse.assets import WAREHOUSE_LEVELS, catch_up, warehouse
from aero_assets.environment import Environment
from aero_assets.levels import NOT_WAITING, UNFINISHED, Want, requests, waiting_since
from aero_assets.manifests import Levels
from aero_assets.published import CURRENT, PREFIX, Manifest, level, versions
from aero_assets.resources import Zones
from aero_assets.storage import Bucket, DamagedObjectError
from aero_assets.warehouses import is_built

PROBE_SECONDS = 5
#: Jobs whose runs end with a published version, and the one that a build follows.
PUBLISHING = {ingest.name, warehouse.name, catch_up.name}
#: A file's first trace is the door's row in the ledger; within this time its compaction is asked for, or there is none.
SOON = timedelta(seconds=12)


@sensor(job=publish, minimum_interval_seconds=5, default_status=dg.DefaultSensorStatus.RUNNING)
def unpublished_changes(context: dg.SensorEvaluationContext, zones: Zones) -> dg.SensorResult:
    """Request a new version if ledger, quarantine or warehouse changed and no run that publishes is in progress.

    The same applies if a listing shows that the current version is damaged: missing files are written again. A separate
    publication waits a little, because beside a build of the same data it would only take processor time from it.
    """
    if not is_built(Environment.current()):
        return dg.SensorResult()
    going = context.instance.get_runs(filters=dg.RunsFilter(statuses=UNFINISHED))
    if any(run.job_name in PUBLISHING for run in going):
        return dg.SensorResult(cursor=NOT_WAITING)
    # Before the first build there is nothing to show.
    if not Levels(zones.lake(), WAREHOUSE_LEVELS).read():
        return dg.SensorResult()
    damages = what_is_wrong(zones.lake())
    if damages:
        context.log.error(f"the published version is damaged and is written again: {damages[0]}")
    reached = {} if damages else Levels(zones.lake(), LEVELS).read()
    now = datetime.now(UTC)
    want = Want("published", publish.name, {PARTITION: level(zones.lake())}, reached, partitioned=False)
    if not want.behind:
        return dg.SensorResult(cursor=NOT_WAITING)
    since = waiting_since(context.cursor, now)
    asked = requests(context.instance, want, now=now) if now - since >= SOON else []
    return dg.SensorResult(run_requests=asked, cursor=since.isoformat())


@sensor(minimum_interval_seconds=15, default_status=dg.DefaultSensorStatus.RUNNING)
def dashboard_shows(context: dg.SensorEvaluationContext, zones: Zones) -> dg.SensorResult:
    """Report the dashboard's pages as materialised once it is up with a version that was not reported yet."""
    url = Environment.current().dashboard_url
    current = next(versions(zones.lake(), []), None)
    if not url or not current or current.version == context.cursor or not _answers(f"{url}/_stcore/health"):
        return dg.SensorResult(cursor=context.cursor)
    events = [
        dg.AssetMaterialization(
            page.key,
            metadata={"version": current.version, "url": dg.MetadataValue.url(f"{url}{page.metadata['path']}")},
        )
        for page in dashboards
    ]
    return dg.SensorResult(asset_events=events, cursor=current.version)


def _answers(url: str) -> bool:
    """True if the address answers with success."""
    try:
        with urlopen(url, timeout=PROBE_SECONDS) as answer:  # noqa: S310 - our own address, from the environment
            return answer.status == 200
    except (URLError, TimeoutError, ConnectionError):
        return False


def what_is_wrong(bucket: Bucket) -> list[str]:
    """Return the problem of the current version as far as a listing shows it: manifest or file missing or too short."""
    try:
        manifest = bucket.read_as(CURRENT, Manifest.from_json)
    except DamagedObjectError as error:
        return [f"{error}"]
    stored = {item.key: item.size for item in bucket.list(f"{PREFIX}/")}
    if manifest is None:
        return [f"{CURRENT} is gone"] if stored else []
    parts = manifest.parts.values()
    gone = [f"{part.key} is gone" for part in parts if part.key not in stored]
    cut = [part.key for part in parts if part.bytes and stored.get(part.key, part.bytes) != part.bytes]
    return [*gone, *(f"{key} has not the size its manifest names" for key in cut)]
