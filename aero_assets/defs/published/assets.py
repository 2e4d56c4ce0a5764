"""The publishing asset: the marts of the warehouse and the health of the data, as one new published version."""

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import duckdb

from aero_assets import completeness, status_days, warehouses
from aero_assets.dbt import manifest as dbt_manifest
from aero_assets.defs.published import balance, health
from aero_assets.defs.published.export import DuckDbSource, Published, Publisher, Relation, Source, Written
from aero_assets.defs.published.judged_days import judge_closed_days
from aero_assets.defs.published.unload import RedshiftSource, reader_type
from aero_assets.defs.warehouse.assets import BASELINES, LATEST, PUBLISHED, ROUTE_STATUS, ready
from aero_assets.manifests import Levels
from aero_assets.outcomes import BALANCE, CHECK, Outcome, totals
from aero_assets.published import CURRENT, Snapshot, create_views, level
from aero_assets.resources import Zones
from aero_assets.warehouses import DuckDb, Warehouse

LEVELS, PARTITION = "published", "marts"
#: Sources and routes that a check names; the rest is counted.
MOST_NAMED = 50
balanced = dg.AssetCheckSpec(
    CHECK, asset=PUBLISHED, blocking=True, description=f"{BALANCE}: per table from the warehouse to a reader."
)
reads_back = dg.AssetCheckSpec(
    "reads_back",
    asset=PUBLISHED,
    blocking=True,
    description="A reader who pins the version finds every file, and the day sums of its routes add up to its legs.",
)

flights_complete = dg.AssetCheckSpec(
    "flights_complete",
    asset=PUBLISHED,
    description="Every flight of the last operating day that closed has ended, and every source that was due said so.",
)


def mart_relations(nodes: dict[str, Any] | None = None) -> list[Relation]:
    """Return the relations to publish: every model under marts/, and the seeds that define figures."""
    nodes = dbt_manifest()["nodes"] if nodes is None else nodes
    relations = [
        Relation(
            f"{node['schema']}.{node['name']}",
            f"from {node['schema']}.{node['name']}",
            node["description"],
            {name: reader_type(kind) for name, kind in _types(node).items()},
        )
        for node in nodes.values()
        if (node["resource_type"] == "model" and "marts" in node["fqn"]) or node["name"] == "otp_definitions"
    ]
    return sorted(relations, key=lambda relation: relation.name)


def _types(node: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns of a mart by its contract, those of a seed by its configuration."""
    return node["config"].get("column_types") or {
        name: column["data_type"] for name, column in node["columns"].items() if column.get("data_type")
    }


@dg.asset(
    key=PUBLISHED,
    deps=[dg.AssetKey(relation.name.split(".")) for relation in mart_relations()],
    description="Marts and data health as Parquet behind one manifest that switches atomically: one row per file of "
    "a table and version.",
    group_name="published",
    kinds={"parquet", dbt_manifest()["metadata"]["adapter_type"]},
    owners=["team:analytics"],
    check_specs=[balanced, reads_back, flights_complete],
    # It reads the file that dbt writes.
    pool="warehouse",
)
def published_marts(context: dg.AssetExecutionContext, zones: Zones) -> Iterator[dg.MaterializeResult]:
    """Judge the closed days of the routes, and publish the current content of the warehouse with their lights."""
    started = datetime.now(UTC)
    # Some marts are views of the typed zone, and somebody may have removed its copy meanwhile.
    ready(context, zones)
    level_due = level(zones.lake())
    publisher, marts = Publisher(zones.lake(), zones.scratch()), mart_relations()
    kept = publisher.kept()
    with warehouses.opened(zones.copy_of_lake()) as warehouse:
        labels = _labels(warehouse)
        before = balance.in_warehouse(warehouse, marts)
        source = _source(warehouse, zones)
        written = publisher.write(source, marts, kept, labels)
        with _readable(warehouse, written, zones) as reader:
            days_judged = judge_closed_days(reader, zones.lake(), level_due, started)
            reader.register("judged_days", status_days.table(zones.lake()))
            judged = Relation("operations.route_status", "from judged_days", status_days.DESCRIPTION)
            ours = [judged, *_health(reader, zones)]
            before |= balance.in_warehouse(DuckDb(reader, zones.copy_of_lake().root), ours)
            own = DuckDbSource(reader, zones.lake(), zones.scratch())
            added = publisher.write(own, ours, kept, labels)
            done = publisher.switch([written, added], level=level_due, now=started, labels=labels)
            sources: dict[str, Source] = dict.fromkeys(before, source) | dict.fromkeys([at.name for at in ours], own)
            counts = balance.count(sources, before, done, zones.copy_of_published())
    outcome = _outcome(done, counts, started)
    outcome.record(zones.lake())
    snapshot = zones.copy_of_published().pull()
    problem = counts.problem or _read_back(snapshot)
    Levels(zones.lake(), LEVELS).advance({PARTITION: level_due})
    context.log.info(f"version {done.manifest.version}: {done.uploaded} files new, {done.reused} kept")
    rows = {table.name: table.rows for table in done.manifest.tables}
    yield dg.MaterializeResult(
        metadata={
            "version": done.manifest.version,
            "files_new": done.uploaded,
            "files_kept": done.reused,
            "files_pruned": done.pruned,
            "days_judged": days_judged,
            "rows": dg.MetadataValue.json(rows),
            "labels": ", ".join(done.manifest.labels) or "none",
            "dagster/uri": f"s3://{zones.lake().name}/{CURRENT}",
        },
        check_results=[
            dg.AssetCheckResult(
                check_name=CHECK,
                passed=outcome.balanced and not counts.different,
                description=outcome.problem or None,
                metadata=totals([outcome]) | {"different": json.dumps(counts.different)},
            ),
            dg.AssetCheckResult(
                check_name=reads_back.name,
                passed=not problem and snapshot.version == done.manifest.version,
                metadata={"problem": problem or "none", "version": snapshot.version},
            ),
            _completeness(snapshot, started),
        ],
    )


publish = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.assets(PUBLISHED, LATEST, BASELINES, ROUTE_STATUS),
    executor_def=dg.in_process_executor,
    description="A new published version, where only the ledger or the quarantine changed.",
)


def _source(warehouse: Warehouse, zones: Zones) -> Source:
    """Return the marts of the warehouse for the publisher."""
    if isinstance(warehouse, DuckDb):
        return DuckDbSource(warehouse.connection, zones.lake(), zones.scratch())
    return RedshiftSource(warehouse, zones.lake(), zones.copy_of_published())


@contextmanager
def _readable(warehouse: Warehouse, written: Written, zones: Zones) -> Generator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB with the marts: the warehouse itself, or the files that Redshift unloaded."""
    if isinstance(warehouse, DuckDb):
        yield warehouse.connection
        return
    copy = zones.copy_of_published()
    copy.hold(part for table in written.tables for part in table.parts)
    with duckdb.connect() as connection:
        create_views(connection, written.tables, copy.root)
        yield connection


def _health(connection: duckdb.DuckDBPyConnection, zones: Zones) -> list[Relation]:
    """Create the health tables in the connection."""
    reasons, refused = health.quarantine_tables(zones.lake(), zones.scratch())
    tables = {
        "feed": (health.feed_table(zones.raw(), zones.copy_of_lake().manifests()), "One row per registered feed."),
        "outcome": (health.outcome_table(zones.lake()), "The ledger. One row per stage and subject."),
        "quarantine_reason": (reasons, "One row per feed, arrival day, kind (file or row) and reason."),
        "quarantine": (refused, "A sample of what was refused. One row per refused file or record."),
    }
    for name, (table, _) in tables.items():
        connection.register(f"health_{name}", table)
    return [Relation(f"health.{name}", f"from health_{name}", description) for name, (_, description) in tables.items()]


def _labels(warehouse: Warehouse) -> list[str]:
    rows = warehouse.rows("select distinct data_label from operations.fct_leg where data_label is not null")
    return [label for (label,) in rows]


def _read_back(snapshot: Snapshot) -> str:
    """Read every table of a pinned version; return the differences, or nothing."""
    with snapshot.connect() as reader:
        for table in snapshot.manifest.tables:
            [(rows,)] = reader.execute(f"select count(*) from {table.name}").fetchall()
            if rows != table.rows:
                return f"{table.name} has {rows} rows, its manifest says {table.rows}"
        [(legs, summed)] = reader.execute("""
            select (select count(*) from operations.fct_leg),
                   (select coalesce(sum(scheduled_legs), 0) from operations.fct_route_day)
        """).fetchall()
    return "" if legs == summed else f"{legs} legs, but the route days sum to {summed}"


def _completeness(snapshot: Snapshot, now: datetime) -> dg.AssetCheckResult:
    """Check the last operating day that closed; missing legs give a warning by source and route and stop nothing."""
    closed = now - completeness.CLOSES_AFTER + timedelta(days=1)
    with snapshot.connect() as reader:
        day = completeness.of_day(reader, completeness.latest_day(reader, closed), now)
    missing = [f"{row.source} {row.carrier} {row.route}: {row.missing_legs}" for row in day.missing]
    return dg.AssetCheckResult(
        check_name=flights_complete.name,
        passed=day.is_complete,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "operating_date": f"{day.operating_date}",
            "flights": day.known_legs,
            "flights_ended": day.final_legs,
            "missing": dg.MetadataValue.json(missing[:MOST_NAMED]),
            "missing_in_all": len(missing),
        },
    )


def _outcome(done: Published, counts: balance.Counts, started: datetime) -> Outcome:
    return Outcome(
        stage="published",
        feed="*",
        subject=done.manifest.version,
        day=started.date(),
        files_in=done.uploaded + done.reused,
        rows_in=sum(counts.warehouse.values()),
        rows_out=sum(counts.reader.values()),
        duplicates=0,
        rejects=0,
        mixed=counts.mixed,
        mixed_example=counts.mixed_example,
        version=done.manifest.version,
        seconds=round((datetime.now(UTC) - started).total_seconds(), 3),
    )
