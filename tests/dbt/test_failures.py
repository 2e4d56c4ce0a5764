"""A test that stops a build names its rows, and the records as received that they are made of."""

from types import SimpleNamespace
from typing import Any

import dagster as dg
import duckdb
import pytest
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from aero_assets.defs.warehouse import assets
from aero_assets.defs.warehouse.assets import LEGS
from aero_assets.defs.warehouse.failures import ON_PAGE, failed_checks, keep, kept, named_days
from aero_assets.lake import LakeCopy
from aero_assets.warehouses import DuckDb
from tests.dbt.typed_lake import FIRST, leg, write
from tests.fakes import FolderBucket

FILLED = (
    "filled_fct_leg_operating_date__carrier__origin__is_cancelled__is_diverted__is_operated__is_departure_due__"
    "is_arrival_due"
)
SELECT = ("--write-json", "--select", "int_leg", "fct_leg", "--exclude-resource-type", "unit_test")


def failures_of(warehouse):
    """Look at the last build as the orchestrator does."""
    with duckdb.connect(f"{warehouse.folder}/warehouse.duckdb", read_only=True) as connection:
        return failed_checks(warehouse.folder / "target", DuckDb(connection, warehouse.lake))


@pytest.mark.parametrize(
    ("check", "odd"),
    [
        ("leg_facts_have_what_the_merge_needs", {"event_id": "short"}),
        (FILLED, {"origin": None, "raw_ref": "partner/bts_ontime/b.csv.gz#7"}),
    ],
)
def test_the_rows_of_a_failed_test_lead_to_the_records_behind_them(a_copy, tmp_path, check, odd):
    warehouse = a_copy()
    row = leg(60, **odd)
    write(warehouse.lake, [row, leg(61)], arrived="2015-01-04-0ccc0ccc")
    assert not warehouse.dbt("build", *SELECT, dates=[FIRST]).success
    found = failures_of(warehouse)
    assert [failure.check for failure in found] == [check]
    assert [shown["leg_uid"] for shown in found[0].rows] == [row["leg_uid"]]
    record = {"event_id": row["event_id"], "raw_ref": row["raw_ref"], "source": "partner_file"}
    assert found[0].records == [{"operating_date": FIRST, **record}]
    assert "aero set-aside EVENT_ID" in found[0].sentence

    lake = FolderBucket(tmp_path / "bucket")
    keep(lake, [FIRST, "2015-01-02"], found)
    assert [check["check"] for check in kept(lake)[FIRST]["checks"]] == [check]
    assert named_days(lake) == {FIRST}
    keep(lake, [FIRST], [])
    assert list(kept(lake)) == ["2015-01-02"]


class Dbt:
    """A dbt that builds the warehouse of a test, tells of a check that failed and one that passed, and ends badly."""

    def __init__(self, warehouse, check):
        self.warehouse, self.check = warehouse, check

    def cli(self, *_, **__):
        return self

    def stream(self):
        assert not self.warehouse.dbt("build", *SELECT, dates=[FIRST]).success
        yield dg.AssetCheckResult(passed=False, asset_key=LEGS, check_name=self.check, metadata={"unique_id": "a"})
        yield dg.Output(None, "operations__fct_leg", metadata={"unique_id": "model"})
        yield dg.AssetCheckResult(passed=True, asset_key=LEGS, check_name="another")
        raise DagsterDbtCliRuntimeError("dbt ended with 1")


def test_the_page_of_a_check_that_failed_shows_its_rows_and_what_to_set_aside(a_copy, tmp_path, monkeypatch):
    warehouse, check = a_copy(), "leg_facts_have_what_the_merge_needs"
    rows = [leg(60 + number, event_id=f"short-{number}") for number in range(7)]
    write(warehouse.lake, rows, arrived="2015-01-04-0ccc0ccc")
    (tmp_path / "dbt").symlink_to(warehouse.folder / "target")
    monkeypatch.setenv("AERO_STATE", f"{tmp_path}")
    monkeypatch.setenv("AERO_WAREHOUSE", f"{warehouse.folder / 'warehouse.duckdb'}")
    lake, log = FolderBucket(tmp_path / "bucket"), []
    context: Any = SimpleNamespace(log=SimpleNamespace(error=log.append), asset_key_for_output=lambda name: LEGS)
    zones: Any = SimpleNamespace(lake=lambda: lake, copy_of_lake=lambda: LakeCopy(warehouse.lake, lake))
    dbt: Any = Dbt(warehouse, check)
    events = assets.built(context, dbt, zones, [FIRST])
    model, passed, failed = next(events), next(events), next(events)
    with pytest.raises(DagsterDbtCliRuntimeError, match="ended with 1"):
        next(events)
    assert (
        model.metadata["dagster/row_count"].value == warehouse.rows("select count(*) from operations.fct_leg")[0][0] > 0
    )
    assert model.metadata["dates"].value == FIRST
    assert (passed.check_name, failed.check_name) == ("another", check)
    shown = failed.metadata
    assert {name: shown[name].value for name in ("unique_id", "test")} == {"unique_id": "a", "test": check}
    assert len(shown["rows"].records) == ON_PAGE == len(shown["records"].value)
    assert {record.data["leg_uid"] for record in shown["rows"].records} <= {row["leg_uid"] for row in rows}
    assert shown["to set one aside"].value.startswith("aero set-aside short-")
    assert check in log[0]
    assert [check["check"] for check in kept(lake)[FIRST]["checks"]] == [check]


def test_a_build_that_went_well_names_nothing(built):
    assert failures_of(built) == []
