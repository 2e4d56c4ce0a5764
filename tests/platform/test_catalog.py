"""Tables and partitions in the catalog against the register, on the emulator's Glue."""

from dataclasses import replace

from aero_assets.defs.catalog.glue import TypedCatalog, declared_columns, table_name
from aero_assets.feeds import find

FEED = find("partner/surveys")


def test_a_partition_that_was_registered_before_a_column_was_added_shows_the_column(platform):
    catalog = TypedCatalog("aero_local_typed", platform.buckets["lake"], platform.client("orchestrator", "glue"))
    earlier = replace(FEED, columns=tuple(column for column in FEED.columns if column.name != "satisfaction"))
    assert earlier.contract != FEED.contract
    assert catalog.register(earlier, ["2026-11-01", "2026-11-02"]) == (2, 0)
    assert "satisfaction" not in catalog.partitions(earlier)["2026-11-01"]
    assert catalog.register(FEED, ["2026-11-01", "2026-11-02", "2026-11-03"]) == (1, 0)
    declared = {name: kind for name, kind in declared_columns(FEED).items() if name != FEED.business_date}
    assert catalog.partitions(FEED) == dict.fromkeys(["2026-11-01", "2026-11-02", "2026-11-03"], declared)
    # The catalog goes back to what the shared platform has: no rows of this feed.
    catalog.register(FEED, [])
    assert table_name(FEED) == "partner_surveys"
