"""The extract: one asset per table of the operational database, one partition per hour, one job run for all requests.

All tables of a run come from one snapshot. Consecutive hours are one run, committed window by window.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import dagster as dg

from aero_assets.defs.raw.assets import KINDS, raw_key
from aero_assets.defs.sources.assets import table_key
from aero_assets.extracts import Wanted, report
from aero_assets.feeds import Feed, feeds
from aero_assets.outcomes import Outcome
from aero_assets.partitions import extract_hours
from aero_assets.resources import Extracts, Zones
from aero_assets.storage import Bucket

STAGE = "extract"
TABLES = {feed.name: feed for feed in feeds() if feed.arrival == "table"}
BALANCED, AS_KNOWN = "rows_balance", "schema_as_known"
#: For so long what a run has committed waits for the rest of it.
PATIENCE = timedelta(minutes=5)


@dg.multi_asset(
    name="opsdb_extract",
    specs=[
        dg.AssetSpec(
            raw_key(feed),
            deps=[table_key(feed)],
            description=f"Rows as the database had them, by the hour they were last changed in: {feed.grain}.",
            group_name="raw",
            kinds=KINDS["table"] | {"spark"},
            owners=[feed.owner],
            skippable=True,
            freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=feed.fresh_within_hours)),
        )
        for feed in TABLES.values()
    ],
    check_specs=[
        check
        for feed in TABLES.values()
        for check in (
            dg.AssetCheckSpec(
                BALANCED, asset=raw_key(feed), blocking=True, description="rows in = rows out + duplicates + rejects."
            ),
            dg.AssetCheckSpec(
                AS_KNOWN,
                asset=raw_key(feed),
                description="Its columns are those that the extract and the register know.",
            ),
        )
    ],
    can_subset=True,
    partitions_def=extract_hours,
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool="extract",
)
def opsdb_extract(
    context: dg.AssetExecutionContext, zones: Zones, extracts: Extracts
) -> Iterator[dg.MaterializeResult]:
    """Extract the hours of the run, then report the result per table."""
    chosen = [feed for feed in TABLES.values() if raw_key(feed) in context.selected_asset_keys]
    window = context.partition_time_window
    task = Wanted(uuid4().hex[:12], window.start, window.end, [feed.name for feed in chosen])
    extracts.runner().run(task, context.log.info)
    done = report(zones.raw(), task.run_id)
    for feed in chosen:
        yield result(feed, done, zones.lake())


def is_under_way(instance: dg.DagsterInstance, now: datetime) -> bool:
    """Return True while a recently started run extracts: its hours are read together afterwards, not one by one."""
    started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED], created_after=now - PATIENCE)
    keys = {raw_key(feed) for feed in TABLES.values()}
    return any(run.job_name == "extract" or keys & (run.asset_selection or set()) for run in instance.get_runs(started))


def result(feed: Feed, done: dict[str, Any], lake: Bucket) -> dg.MaterializeResult:
    """Write a table's windows to the ledger; return its materialisation with their total counts."""
    outcomes = [_outcome(feed, window) for window in done["windows"]]
    for outcome in outcomes:
        outcome.record(lake)
    extracted = [window["tables"][feed.name] for window in done["windows"]]
    drift = [line for line in done["drift"] if line.startswith(f"{feed.system}.{feed.name}.")]
    marks = [table["watermark"] for table in extracted if table["watermark"]]
    changes = {
        kind: sum(table.get("changes", {}).get(kind, 0) for table in extracted)
        for kind in ("insert", "update", "delete")
    }
    metadata = {
        "dagster/row_count": sum(table["rows"] for table in extracted),
        "rows_read": sum(table["rows_in"] for table in extracted),
        "bytes": sum(table["bytes"] for table in extracted),
        "watermark": max(marks) if marks else None,
        "seconds": round(sum(table["seconds"] for table in extracted), 3),
        "windows": len(extracted),
        "snapshot_at": done["windows"][0]["snapshot_at"],
        "commits": dg.MetadataValue.json([window["commit"] for window in done["windows"]]),
        **({"changes": dg.MetadataValue.json(changes)} if any(changes.values()) else {}),
    }
    checks = [
        dg.AssetCheckResult(
            check_name=BALANCED, asset_key=raw_key(feed), passed=all(outcome.balanced for outcome in outcomes)
        ),
        dg.AssetCheckResult(
            check_name=AS_KNOWN,
            asset_key=raw_key(feed),
            passed=not drift,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"drift": dg.MetadataValue.json(drift)},
        ),
    ]
    return dg.MaterializeResult(raw_key(feed), metadata=metadata, check_results=checks)


def _outcome(feed: Feed, window: dict[str, Any]) -> Outcome:
    """Return the ledger row of one table in one window; rows that a comparison found unchanged count as duplicates."""
    table, start = window["tables"][feed.name], datetime.fromisoformat(window["window_start"])
    return Outcome(
        stage=STAGE,
        feed=feed.path,
        subject=f"{feed.system}.{feed.name}.hh={start:%H}",
        day=start.date(),
        files_in=len(table["parts"]),
        rows_in=table["rows_in"],
        rows_out=table["rows"],
        duplicates=table.get("unchanged", 0),
        rejects=0,
        version=table["fingerprint"],
        seconds=table["seconds"],
    )
