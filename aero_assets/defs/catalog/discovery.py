"""Discovery on request: the crawl of the raw zone against the register, and row counts of feeds in Athena."""

from collections.abc import Iterator
from typing import Any

import boto3
import dagster as dg

from aero_assets.arrivals import list_arrivals
from aero_assets.defs.catalog.assets import catalog_key
from aero_assets.defs.catalog.athena import count
from aero_assets.defs.catalog.crawl import several
from aero_assets.defs.catalog.glue import table_name
from aero_assets.defs.catalog.raw_tables import RawCatalog
from aero_assets.environment import Environment
from aero_assets.feeds import feeds
from aero_assets.resources import Zones

OWNER = "team:data-platform"
AGREES = dg.AssetCheckSpec(
    "agrees_with_register",
    asset=dg.AssetKey(["catalog", "raw_zone"]),
    description="Every feed with arrivals has a table, no table belongs to nobody, columns are the register's.",
)
ONE_TABLE = dg.AssetCheckSpec(
    "one_table_per_feed",
    asset=dg.AssetKey(["catalog", "raw_zone"]),
    description="By its documented rules the crawler makes of the listing one table per feed, and no other.",
)
EQUAL = dg.AssetCheckSpec(
    "athena_counts_what_the_typed_zone_holds",
    asset=dg.AssetKey(["catalog", "athena_counts"]),
    description="Every feed has as many rows in Athena as its manifests count in the typed zone.",
)


@dg.asset(
    key=["catalog", "raw_zone"],
    description="Tables of the raw zone as the crawler finds them, held against the register: one row per feed.",
    group_name="catalog",
    kinds={"glue"},
    owners=[OWNER],
    check_specs=[AGREES, ONE_TABLE],
    pool="catalog",
)
def raw_zone(context: dg.AssetExecutionContext, zones: Zones) -> Iterator[dg.MaterializeResult]:
    """Crawl the raw zone, register tables that no crawler can find here, and compare them with the register."""
    environment, raw = Environment.current(), zones.raw()
    catalog = RawCatalog(environment.raw_database, raw.name, f"aero-{environment.name}-raw")
    last = catalog.crawl()
    tables_before = len(catalog.tables())
    registered: list[str] = []
    if environment.is_local:
        # The emulator's crawler is a timer: it looks at nothing.
        registered = catalog.register(feeds())
    due = catalog.crawl_rules().tables(item.key for item in raw.list(""))
    divided, unknown = several(due), sorted(due.keys() - {feed.path for feed in feeds()})
    with_objects = [feed.path for feed in feeds() if list_arrivals(raw, feed)]
    difference = catalog.compare(feeds(), with_objects)
    how = (
        "registered from the register: the crawler here finds nothing"
        if environment.is_local
        else "found by the crawler"
    )
    context.log.info(f"{tables_before} tables before, {len(registered)} registered; {how}")
    yield dg.MaterializeResult(
        metadata={
            "how": how,
            "crawl": dg.MetadataValue.json({name: str(value) for name, value in last.items()}),
            "tables": len(catalog.tables()),
            "registered": registered,
        },
        check_results=[
            dg.AssetCheckResult(
                check_name=AGREES.name,
                passed=difference.is_none,
                metadata={
                    "missing": list(difference.missing),
                    "unknown": list(difference.unknown),
                    "columns": dg.MetadataValue.json(difference.columns),
                },
            ),
            dg.AssetCheckResult(
                check_name=ONE_TABLE.name,
                passed=not (divided or unknown),
                metadata={"tables": sorted(due), "divided": dg.MetadataValue.json(divided), "unknown": unknown},
            ),
        ],
    )


@dg.asset(
    key=["catalog", "athena_counts"],
    deps=[catalog_key(feed) for feed in feeds()],
    description="Rows that Athena counts and rows that the typed zone holds, one row per feed.",
    group_name="catalog",
    kinds={"athena"},
    owners=[OWNER],
    check_specs=[EQUAL],
)
def athena_counts(context: dg.AssetExecutionContext, zones: Zones) -> Iterator[dg.MaterializeResult]:
    """Count the rows of every feed that has rows, in Athena and in the manifests."""
    environment, athena = Environment.current(), boto3.Session().client("athena")
    held: dict[str, int] = {}
    for manifest in zones.copy_of_lake().manifests():
        held[manifest.feed] = held.get(manifest.feed, 0) + sum(file.rows for file in manifest.files)
    rows: dict[str, Any] = {}
    for feed in feeds():
        if held.get(feed.path):
            rows[feed.path] = [count(athena, environment, table_name(feed)), held[feed.path]]
            context.log.info(f"{feed.path}: {rows[feed.path][0]:,} in Athena, {held[feed.path]:,} in the typed zone")
    different = {path: pair for path, pair in rows.items() if pair[0] != pair[1]}
    yield dg.MaterializeResult(
        metadata={"rows": dg.MetadataValue.json(rows)},
        check_results=[
            dg.AssetCheckResult(
                check_name=EQUAL.name, passed=not different, metadata={"different": dg.MetadataValue.json(different)}
            )
        ],
    )


discovery = dg.define_asset_job(
    "discovery",
    selection=dg.AssetSelection.assets(raw_zone, athena_counts),
    description="Crawl the raw zone, hold it against the register, and count every feed in Athena.",
)
