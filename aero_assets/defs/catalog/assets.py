"""Catalog: typed tables and partitions for Glue, Athena and Spectrum, equal to the declarations of the register."""

from collections.abc import Iterator
from hashlib import sha256

import dagster as dg

from aero_assets.defs.catalog.glue import TypedCatalog, declared_columns
from aero_assets.defs.typed.assets import typed_key
from aero_assets.environment import Environment
from aero_assets.feeds import Feed, feeds
from aero_assets.manifests import ArrivalManifest, Levels
from aero_assets.resources import Zones, recent_client

LEVELS = "catalog"


def catalog_key(feed: Feed) -> dg.AssetKey:
    """Return the asset key of a feed's table in the catalog; dbt's source has the same key."""
    return dg.AssetKey(["catalog", *feed.key])


def dates_of(feed: Feed, manifests: list[ArrivalManifest]) -> list[str]:
    """Return the business dates for which a feed has typed rows."""
    return sorted({day for item in manifests if item.feed == feed.path for day in item.dates})


def level(feed: Feed, manifests: list[ArrivalManifest]) -> str:
    """Return the level that the catalog must reach: a digest of the contract and the existing dates."""
    return sha256("\n".join([feed.contract, *dates_of(feed, manifests)]).encode()).hexdigest()[:16]


def catalog_asset(feed: Feed) -> dg.AssetsDefinition:
    """Build the asset that registers one feed."""
    columns_match = dg.AssetCheckSpec(
        "columns_match",
        asset=catalog_key(feed),
        blocking=True,
        description="Columns and types in the catalog equal those the register declares.",
    )

    @dg.asset(
        key=catalog_key(feed),
        deps=[typed_key(feed)],
        description=f"Glue table over the typed zone with explicit partitions: {feed.grain}.",
        group_name="catalog",
        kinds={"glue"},
        owners=[feed.owner],
        check_specs=[columns_match],
        pool="catalog",
    )
    def _catalog(context: dg.AssetExecutionContext, zones: Zones) -> Iterator[dg.MaterializeResult]:
        manifests = zones.copy_of_lake().manifests()
        # One client for the tables of all feeds: each new one would cost a third of a second.
        catalog = TypedCatalog(Environment.current().typed_database, zones.lake().name, recent_client("glue"))
        dates = dates_of(feed, manifests)
        added, removed = catalog.register(feed, dates)
        actual, declared = catalog.columns(feed), declared_columns(feed)
        Levels(zones.lake(), LEVELS).advance({feed.path: level(feed, manifests)})
        context.log.info(f"{feed.path}: {len(dates)} partitions, {added} added, {removed} removed")
        different = sorted(set(actual.items()) ^ set(declared.items()))
        yield dg.MaterializeResult(
            metadata={"partitions": len(dates), "added": added, "removed": removed},
            check_results=[
                dg.AssetCheckResult(
                    check_name=columns_match.name,
                    passed=actual == declared,
                    metadata={"different": dg.MetadataValue.json([list(item) for item in different])},
                )
            ],
        )

    return _catalog


catalog = [catalog_asset(feed) for feed in feeds()]
