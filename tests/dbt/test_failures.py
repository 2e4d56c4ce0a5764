"""A test that stops a build names its rows, and the records as received that they are made of."""

import pytest

from aero_assets.defs.warehouse.failures import failed_checks, keep, kept, named_days
from tests.dbt.typed_lake import FIRST, leg, write
from tests.fakes import FolderBucket

SELECT = ("--select", "int_leg", "fct_leg", "--exclude-resource-type", "unit_test")


@pytest.mark.parametrize(
    ("check", "odd"),
    [
        ("leg_facts_have_what_the_merge_needs", {"event_id": "short"}),
        ("not_null_fct_leg_origin", {"origin": None, "raw_ref": "partner/bts_ontime/b.csv.gz#7"}),
    ],
)
def test_the_rows_of_a_failed_test_lead_to_the_records_behind_them(a_copy, tmp_path, check, odd):
    warehouse = a_copy()
    row = leg(60, **odd)
    write(warehouse.lake, [row, leg(61)], arrived="2015-01-04-0ccc0ccc")
    assert not warehouse.dbt("build", *SELECT, dates=[FIRST]).success
    found = failed_checks(warehouse.folder / "target", warehouse.folder / "warehouse.duckdb")
    assert [one.check for one in found] == [check]
    assert [shown["leg_uid"] for shown in found[0].rows] == [row["leg_uid"]]
    assert found[0].records == [{"event_id": row["event_id"], "raw_ref": row["raw_ref"], "source": "partner_file"}]
    assert "aero set-aside EVENT_ID" in found[0].sentence

    lake = FolderBucket(tmp_path / "bucket")
    keep(lake, [FIRST, "2015-01-02"], found)
    assert [one["check"] for one in kept(lake)[FIRST]["checks"]] == [check]
    assert named_days(lake) == {FIRST}
    keep(lake, [FIRST], [])
    assert list(kept(lake)) == ["2015-01-02"]


def test_a_build_that_went_well_names_nothing(built):
    assert failed_checks(built.folder / "target", built.folder / "warehouse.duckdb") == []
