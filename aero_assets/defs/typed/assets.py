"""Typed zone: each arrival day rewritten as Parquet by business date, schema and UTC enforced, the rest in
quarantine.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg

from aero_assets import healing, set_aside
from aero_assets.arrivals import list_arrivals, plan
from aero_assets.defs.raw.assets import raw_key
from aero_assets.defs.typed.compaction import Compacted, Compactor, compact_day
from aero_assets.feeds import Feed, feeds
from aero_assets.outcomes import BALANCE, CHECK, problems, totals
from aero_assets.partitions import arrival_days
from aero_assets.resources import Zones
from aero_assets.run_dates import dates_of
from aero_assets.storage import DamagedObjectError


def typed_key(feed: Feed) -> dg.AssetKey:
    """Return the asset key of a feed in the typed zone."""
    return dg.AssetKey(["typed", *feed.key])


def typed_asset(feed: Feed) -> dg.AssetsDefinition:
    """Build the asset that compacts the arrival days of one feed."""
    balanced = dg.AssetCheckSpec(
        CHECK, asset=typed_key(feed), blocking=True, description=f"{BALANCE}, for every arrival day of the run."
    )

    @dg.asset(
        key=typed_key(feed),
        deps=[raw_key(feed)],
        description=f"Typed rows in UTC by business date, refused rows in quarantine: {feed.grain}.",
        group_name="typed",
        kinds={"parquet", "duckdb"},
        owners=[feed.owner],
        partitions_def=arrival_days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=feed.fresh_within_hours)),
        check_specs=[balanced],
        pool="lake",
    )
    def _typed(context: dg.AssetExecutionContext, zones: Zones) -> Iterator[dg.MaterializeResult]:
        compactor = Compactor(zones.raw(), zones.lake(), zones.scratch())
        planned = plan(list_arrivals(zones.raw(), feed), set_aside.listed(zones.lake()).get(feed.path, {}))
        done: list[Compacted] = []
        damaged: list[DamagedObjectError] = []
        for on in map(date.fromisoformat, dates_of(context)):
            try:
                done.append(compact_day(compactor, feed, planned, on, log=context.log.info))
            except DamagedObjectError as error:
                # The day keeps what it had; the other days of the run go on.
                healing.note(zones.lake(), error.key, feed.path, on, f"{error}")
                damaged.append(error)
        if damaged:
            raise dg.Failure(f"{len(done)} arrival days are compacted, {len(damaged)} are not. {damaged[0]}")
        outcomes = [item.outcome for item in done]
        reasons: dict[str, int] = {}
        for item in done:
            for reason, count in item.reasons.items():
                reasons[reason] = reasons.get(reason, 0) + count
        sums = totals(outcomes)
        touched = sorted({day for item in done for day in item.dates_touched})
        yield dg.MaterializeResult(
            metadata={
                **sums,
                "dagster/row_count": sums["rows_out"],
                "dates_touched": dg.MetadataValue.json(touched),
                "refused": dg.MetadataValue.json(reasons),
            },
            check_results=[
                dg.AssetCheckResult(
                    check_name=CHECK,
                    passed=not (problem := problems(outcomes)),
                    description=problem or None,
                    metadata=sums,
                )
            ],
        )

    return _typed


typed_zone = [typed_asset(feed) for feed in feeds()]

ingest = dg.define_asset_job(
    "ingest",
    selection=dg.AssetSelection.assets(*(typed_key(feed) for feed in feeds())),
    executor_def=dg.in_process_executor,
    description="Raw to typed, by arrival day.",
)
