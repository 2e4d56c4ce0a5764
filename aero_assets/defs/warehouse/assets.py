"""Warehouse: every dbt model is an asset and every dbt test a check.

Two sets, because one job cannot hold both partitionings: what has no date (seeds, staging views, dimensions), and
the models of an operating day, rebuilt for exactly the days a run asks for.
"""

import json
import os
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from aero_assets import healing, leg_balance, warehouses
from aero_assets.dbt import OPERATING_DAY, UNPARTITIONED, Translator, dbt_project, digest
from aero_assets.defs.catalog.assets import catalog_key
from aero_assets.defs.warehouse import failures
from aero_assets.defs.warehouse.row_counts import with_row_counts
from aero_assets.environment import DUCKDB, Environment
from aero_assets.feeds import feeds
from aero_assets.lake import LakeCopy, Pulled
from aero_assets.manifests import UNDER_WAY, Levels, typed_versions
from aero_assets.outcomes import BALANCE, CHECK, TERMS, Outcome
from aero_assets.outcomes import PREFIX as LEDGER
from aero_assets.partitions import operating_days
from aero_assets.resources import Zones
from aero_assets.run_dates import dates_of, name_of
from aero_assets.warehouse_file import put_aside_if_damaged

STAGING_LEVELS, WAREHOUSE_LEVELS = "staging", "warehouse"
STAGING_PARTITION = "staging"
#: Unit tests prove the code, not the data: they run before a release, not with every build.
BUILD = ("build", "--exclude-resource-type", "unit_test")
REQUESTED_DATES = "AERO_OPERATING_DATES"
#: Assets of later rooms that every warehouse run also materialises: published marts, their tables in Athena, alert
#: baselines and the status of routes.
#: `defs/published` and `defs/alerts` define them.
PUBLISHED = dg.AssetKey(["published", "marts"])
LEGS = dg.AssetKey(["operations", "fct_leg"])
STAGE = "warehouse"
BASELINES = dg.AssetKey(["alerts", "baselines"])
ROUTE_STATUS = dg.AssetKey(["alerts", "route_status"])
LATEST = dg.AssetKey(["published", "latest"])


def staging_level() -> str:
    """Return the level of the undated models: a digest of their code and the contracts of the feeds they read."""
    return "-".join([digest(UNPARTITIONED.removeprefix("tag:")), *(feed.contract[:8] for feed in feeds())])


def target_path() -> Path:
    """Return the folder of dbt's artefacts: one per state directory, because manifests hold absolute paths."""
    return Environment.current().state / "dbt"


@dbt_assets(
    manifest=dbt_project.manifest_path,
    project=dbt_project,
    select=UNPARTITIONED,
    name="staging",
    dagster_dbt_translator=Translator(),
    pool="warehouse",
)
def staging(context: dg.AssetExecutionContext, dbt: DbtCliResource, zones: Zones) -> Iterator:
    """Build seeds, staging views and dimensions."""
    ready(context, zones)
    yield from built(context, dbt, zones, [failures.UNDATED])
    if not context.is_subset:
        Levels(zones.lake(), STAGING_LEVELS).advance({STAGING_PARTITION: staging_level()})


@dbt_assets(
    manifest=dbt_project.manifest_path,
    project=dbt_project,
    select=OPERATING_DAY,
    name="operating_day",
    dagster_dbt_translator=Translator(),
    partitions_def=operating_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool="warehouse",
)
def operating_day(context: dg.AssetExecutionContext, dbt: DbtCliResource, zones: Zones) -> Iterator:
    """Build the leg, its facts and their daily sums, for the operating dates of the run."""
    started = time.monotonic()
    days = dates_of(context)
    levels = Levels(zones.lake(), WAREHOUSE_LEVELS)
    if not context.is_subset:
        # Until the run has ended these days are at no level: a run that dies half way is asked for again, for days too
        # that have no rows any more.
        levels.advance(dict.fromkeys(days, UNDER_WAY))
    pulled = ready(context, zones)
    days = buildable(days, pulled)
    with requested(days):
        yield from built(context, dbt, zones, days)
    if LEGS in context.selected_asset_keys:
        seconds = time.monotonic() - started
        outcome(days, pulled, zones.copy_of_lake(), seconds, context.run_id).record(zones.lake())
    if context.is_subset:
        return
    levels.advance({day: pulled.versions.get(day, "") for day in days})


def ready(context: dg.AssetExecutionContext, zones: Zones) -> Pulled:
    """Update what dbt reads before a build; request repair of damaged files, and reset levels without marts.

    A warehouse file that is no longer a database is moved away: all of it is built again from the typed zone.
    """
    environment = Environment.current()
    if environment.warehouse_kind == DUCKDB:
        if aside := put_aside_if_damaged(environment.warehouse):
            context.log.error(f"{environment.warehouse} was no database any more; it is now {aside}")
        if not warehouses.is_built(environment):
            # The levels of an earlier warehouse file say nothing about this one.
            for name in (STAGING_LEVELS, WAREHOUSE_LEVELS):
                Levels(zones.lake(), name).clear()
    pulled = warehouses.lake_for(zones.copy_of_lake(), context.log.info)
    healing.ask_for(zones.lake(), pulled.damaged, context.log.error)
    return pulled


def buildable(days: list[str], pulled: Pulled) -> list[str]:
    """Return the days of which the copy has every row; dg.Failure if there are none.

    A day that is left out reaches no level, so it is requested again once its file is restored.
    """
    whole = [day for day in days if day not in pulled.damaged_dates]
    if not whole:
        named = "; ".join(str(file) for file in pulled.damaged if file.date in days)
        raise dg.Failure(f"nothing can be built: {named}. It was asked for again, and so will these days be")
    return whole


def built(context: dg.AssetExecutionContext, dbt: DbtCliResource, zones: Zones, days: list[str]) -> Iterator:
    """Build with dbt and yield its materialisations and checks; results that require a look at rows come at the end.

    While dbt runs, no other process can read its warehouse. So models wait for their row counts (and their checks for
    them), and failed checks wait for their rows. Errors that stop the build are also written to log and lake.
    """
    # A dbt that dies leaves no results: those of the run before would be told as its own.
    (target_path() / "run_results.json").unlink(missing_ok=True)
    made: list[Any] = []
    doubtful: list[dg.AssetCheckResult] = []
    problem: DagsterDbtCliRuntimeError | None = None
    try:
        for event in dbt.cli(BUILD, context=context, target_path=target_path()).stream():
            if isinstance(event, dg.AssetCheckResult) and not event.passed:
                doubtful.append(event)
            else:
                made.append(event)
    except DagsterDbtCliRuntimeError as error:
        problem = error
    counted: Mapping[tuple[str, str], int] = {}
    failed: list[failures.FailedCheck] = []
    if warehouses.is_built(Environment.current()):
        with warehouses.opened(zones.copy_of_lake()) as warehouse:
            counted = warehouse.row_counts()
            failed = failures.failed_checks(target_path(), warehouse) if doubtful or problem else []
    yield from with_row_counts(context, made, counted, days)
    stopping = [check for check in failed if check.stops] if problem else []
    for check in stopping:
        context.log.error(check.sentence)
    failures.keep(zones.lake(), days, stopping)
    for event in doubtful:
        yield failures.with_rows(event, failed)
    if problem:
        raise problem


@contextmanager
def requested(days: list[str]) -> Generator[None]:
    """Give dbt the operating dates in the environment, for the body; a dbt variable would cause a full parse."""
    os.environ[REQUESTED_DATES] = json.dumps(days)
    try:
        yield
    finally:
        del os.environ[REQUESTED_DATES]


def outcome(days: list[str], pulled: Pulled, copy: LakeCopy, seconds: float, run_id: str) -> Outcome:
    """Return the ledger row of a run: rows of the typed zone in, legs out.

    Redshift reads the bucket itself: days whose files changed while dbt ran are left out, as they are built again.
    """
    counted = days
    with warehouses.opened(copy) as warehouse:
        if warehouse.kind != DUCKDB:
            now = typed_versions(copy.manifests())
            counted = [day for day in days if now.get(day) == pulled.versions.get(day)]
        balance = leg_balance.count(warehouse, pulled.manifests, counted)
    return Outcome(
        stage=STAGE,
        feed="*",
        subject=name_of(days),
        day=datetime.now(UTC).date(),
        rows_in=balance.rows_in,
        rows_out=balance.legs,
        duplicates=balance.duplicates,
        rejects=balance.withdrawn,
        mixed=balance.mixed,
        mixed_example=balance.mixed_example,
        version=run_id,
        dates_touched=[day for day in counted if day in pulled.versions],
        seconds=round(seconds, 3),
    )


@dg.asset_check(asset=LEGS, name=CHECK, blocking=True, description=f"{BALANCE}: from the typed zone to the legs.")
def legs_balance(context: dg.AssetCheckExecutionContext, zones: Zones) -> dg.AssetCheckResult:
    """Check the ledger rows of this run; a run without a ledger row fails."""
    lake = zones.lake()
    keys = [item.key for item in lake.list(f"{LEDGER}/{STAGE}/")]
    newest = [lake.read_json(key) for key in keys if key.split("/")[2] == max(keys).split("/")[2]]
    rows = [row for row in newest if row and row["version"] == context.run.run_id]
    problem = "\n".join(row["message"] for row in rows if row["message"])
    problem = problem if rows else "the ledger has no row of this run: its legs were not counted"
    terms = {name: sum(row[name] for row in rows) for name in TERMS}
    return dg.AssetCheckResult(passed=not problem, description=problem or None, metadata=terms)


#: Assets that a run builds without dates, and those it builds for operating dates, each in the order of the flow.
UNDATED = (*(catalog_key(feed) for feed in feeds()), *staging.keys)
DATED = (*operating_day.keys, PUBLISHED, LATEST, BASELINES, ROUTE_STATUS)

catalog_and_staging = dg.define_asset_job(
    "catalog_and_staging",
    # On Redshift dbt tests the sources by date: their checks come with the dated models.
    selection=dg.AssetSelection.assets(*UNDATED) - dg.AssetSelection.checks(*operating_day.check_keys),
    executor_def=dg.in_process_executor,
    description="Glue tables and partitions, then what has no date: seeds, staging views, dimensions.",
)

warehouse = dg.define_asset_job(
    "warehouse",
    # The same run publishes what it builds: a run of its own would cost ten seconds to start.
    selection=dg.AssetSelection.assets(*DATED) | dg.AssetSelection.checks(*operating_day.check_keys),
    executor_def=dg.in_process_executor,
    description="Marts, for the operating dates of the run; then a new published version, its baselines and the status "
    "of routes.",
)

catch_up = dg.define_asset_job(
    "catch_up",
    selection=dg.AssetSelection.assets(*UNDATED, *DATED),
    executor_def=dg.in_process_executor,
    description="Catalog, staging and marts in one run, where new dates or new code need all of them: each run of its "
    "own costs about ten seconds to start.",
)
