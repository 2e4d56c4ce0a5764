"""The sensor of typed versions: it requests every operating date whose rows changed.

It does so once the catalog and the staging views can serve the date.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dagster as dg

from aero_assets import set_aside
from aero_assets.arrivals import list_arrivals
from aero_assets.automation import sensor
from aero_assets.defs.catalog.assets import LEVELS as CATALOG_LEVELS
from aero_assets.defs.catalog.assets import catalog, catalog_key, level
from aero_assets.defs.raw.extract import is_under_way
from aero_assets.defs.typed.sensors import behind
from aero_assets.defs.warehouse import failures
from aero_assets.defs.warehouse.assets import (
    DATED,
    STAGING_LEVELS,
    STAGING_PARTITION,
    UNDATED,
    WAREHOUSE_LEVELS,
    catalog_and_staging,
    catch_up,
    operating_day,
    staging,
    staging_level,
    warehouse,
)
from aero_assets.environment import DUCKDB, REDSHIFT, Environment
from aero_assets.feeds import feeds
from aero_assets.levels import NOT_WAITING, SENSOR_SECONDS, Want, requests, waiting_since
from aero_assets.manifests import ArrivalManifest, Levels, typed_versions
from aero_assets.resources import Zones
from aero_assets.warehouses import is_built

#: A stream of arrivals that never ends must not keep the marts from being built. Long enough for an extract of some
#: hundred hours and its typed rows: marts of a part of them would be built beside that, and then once more. A load of
#: many dates is waited for longer, because its marts are the longer to build.
PATIENCE, PATIENCE_WITH_MANY = timedelta(seconds=180), timedelta(minutes=15)
MANY_DATES = 62
#: The most dates of one run. On Redshift a statement lists its dates, and what a run may scan is bounded by them.
LONGEST = {DUCKDB: 400, REDSHIFT: 31}


def _reached(zones: Zones, name: str) -> dict[str, str]:
    """Return the stored levels of the warehouse; none if its file has been removed."""
    if not is_built(Environment.current()):
        return {}
    return Levels(zones.lake(), name).read()


def catalog_want(zones: Zones, manifests: list[ArrivalManifest]) -> Want:
    """Return the desired state of catalog and staging: each feed's contract and dates, and the undated models' code.

    They are requested together, as one job, because the tests of a source are checks of its table in the catalog, and
    dbt runs them.
    """
    tables = {feed.path: level(feed, manifests) for feed in feeds()}
    reached = Levels(zones.lake(), CATALOG_LEVELS).read()
    staged = _reached(zones, STAGING_LEVELS)
    late = [feed for feed in feeds() if tables[feed.path] != reached.get(feed.path)]
    # New dates need their partitions and the tests of their source; new code needs everything.
    partly = staged.get(STAGING_PARTITION) == staging_level()
    read = {key for feed in late for key in (catalog_key(feed), dg.AssetKey(["staging", feed.staging_model]))}
    known = [key for made in (*catalog, staging) for key in made.check_keys]
    return Want(
        "catalog_and_staging",
        catalog_and_staging.name,
        tables | {STAGING_PARTITION: staging_level()},
        reached | staged,
        assets=[key for key in UNDATED if key in read] if partly else None,
        # Tests of sources may be checks of the dated models, which this job has not.
        checks=[key for key in known if key.asset_key in read] if partly else None,
        partitioned=False,
    )


def warehouse_want(zones: Zones, manifests: list[ArrivalManifest]) -> Want:
    """Return the desired state of the marts: the version of every operating date, present and built."""
    reached = _reached(zones, WAREHOUSE_LEVELS)
    named = failures.named_days(zones.lake())
    return Want("warehouse", warehouse.name, typed_versions(manifests), reached, named=named)


@sensor(
    jobs=[catalog_and_staging, catch_up, warehouse],
    minimum_interval_seconds=SENSOR_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def typed_changes(context: dg.SensorEvaluationContext, zones: Zones) -> dg.SensorResult:
    """Request the operating dates that changed, and catalog and staging if they are behind, together if both are.

    A running extract or compaction is waited for, so that one run covers all of it.
    """
    now = datetime.now(UTC)
    manifests = zones.copy_of_lake().manifests()
    decided = set_aside.listed(zones.lake())
    arriving = is_under_way(context.instance, now) or any(
        behind(feed, list_arrivals(zones.raw(), feed), manifests, decided.get(feed.path, {})).behind for feed in feeds()
    )
    since, dated = waiting_since(context.cursor, now), warehouse_want(zones, manifests)
    patience = PATIENCE if len(dated.behind) <= MANY_DATES else PATIENCE_WITH_MANY
    if arriving and now - since < patience:
        return dg.SensorResult(cursor=since.isoformat())
    undated = catalog_want(zones, manifests)
    if undated.behind and not dated.behind:
        return dg.SensorResult(run_requests=requests(context.instance, undated, now=now), cursor=NOT_WAITING)
    longest = LONGEST[Environment.current().warehouse_kind]
    if undated.behind:
        # One at a time: the next would bring catalog and staging along once more.
        asked = requests(context.instance, together(undated, dated), now=now, most=1, longest=longest)
    else:
        # The warehouse has one writer: a second run starts its process and waits, a third would only wait longer.
        asked = requests(context.instance, dated, now=now, longest=longest)
    return dg.SensorResult(run_requests=asked, cursor=NOT_WAITING)


def together(undated: Want, dated: Want) -> Want:
    """Return the desired state of the operating dates, in runs that first update catalog and staging."""
    # With every source whose tests are checks of the dated models: without one, the run would be a partial one.
    tested = [key.asset_key for key in operating_day.check_keys]
    assets = dict.fromkeys([*(undated.assets or UNDATED), *tested, *DATED])
    return replace(dated, job=catch_up.name, assets=[*assets])
