"""The balance of a publication: what its store lost, doubled, invented or mixed of the warehouse shows."""

from datetime import UTC, datetime

import dagster as dg
import duckdb
import pytest

from aero_assets.dbt import manifest
from aero_assets.defs.published import balance
from aero_assets.defs.published.assets import mart_relations, published_marts
from aero_assets.defs.published.export import DuckDbSource, Publisher, Relation
from aero_assets.environment import Environment
from aero_assets.manifests import Levels
from aero_assets.outcomes import ledger
from aero_assets.published import PublishedCopy, level
from aero_assets.warehouses import DuckDb
from tests import faults
from tests.fakes import FolderBucket
from tests.unit.assets.test_sensors import FolderZones

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RELATIONS = (
    Relation("operations.fct_leg", "from legs", "Legs. One row per leg."),
    Relation("reference.dim_route", "from routes", "Routes. One row per route."),
)


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("""
            create table legs as
            select date '2026-09-28' + (n // 10)::int as operating_date, 'R' || n % 3 as route, n as leg,
                   n::decimal(18, 6) as km, case when n % 2 = 0 then timestamp '2026-09-28 10:00:00' end as out_at
            from range(100) t(n);
            create table routes as select distinct route from legs
        """)
        yield connection


def published(warehouse, lake, root, engine=None):
    """Count, publish, read back."""
    before = balance.in_warehouse(DuckDb(warehouse, root), RELATIONS)
    done = Publisher(lake, root / "scratch").publish(engine or warehouse, RELATIONS, level="one", now=NOW)
    sources = dict.fromkeys(before, DuckDbSource(warehouse, lake, root))
    return balance.count(sources, before, done, PublishedCopy(root / "copy", lake))


def test_a_version_that_says_what_the_warehouse_says_is_level(warehouse, tmp_path):
    found = published(warehouse, FolderBucket(tmp_path / "lake"), tmp_path)
    assert (sum(found.warehouse.values()), sum(found.reader.values()), found.mixed) == (103, 103, 0)
    assert found.different == {}


@pytest.mark.parametrize(
    ("kind", "rows", "mixed"),
    [("lose", [100, 98], 0), ("double", [100, 102], 0), ("invent", [100, 102], 2), ("mix", None, 4)],
)
def test_what_the_export_spoils_does_not_balance(warehouse, tmp_path, kind, rows, mixed):
    """Two files hold legs, one a month; each is spoiled once."""

    def act(sql):
        if "operations.fct_leg" in sql:
            faults.spoil(tmp_path / "scratch" / "part.parquet", kind, "leg")

    engine = faults.Engine(warehouse, "copy (", act)
    found = published(warehouse, FolderBucket(tmp_path / "lake"), tmp_path, engine)
    assert found.different == ({"operations.fct_leg": rows} if rows else {})
    assert found.mixed == mixed


def test_a_version_that_no_reader_can_read_has_no_rows(warehouse, tmp_path):
    lake = faults.Store(tmp_path / "lake", "published/", "lose", "leg")
    found = published(warehouse, lake, tmp_path)
    assert found.reader == {}
    assert found.problem.startswith("s3://bucket/published/")


@pytest.fixture
def zones(tmp_path, monkeypatch):
    """A platform on folders whose warehouse has every mart, without rows but for a leg and its route's day."""
    monkeypatch.setenv("AERO_STATE", f"{tmp_path}/state")
    monkeypatch.setenv("AERO_WAREHOUSE", f"{tmp_path}/warehouse.duckdb")
    nodes = manifest()["nodes"].values()
    with duckdb.connect(f"{tmp_path}/warehouse.duckdb") as connection:
        for relation in mart_relations():
            schema, name = relation.name.split(".")
            [node] = [node for node in nodes if node["name"] == name and node["schema"] == schema]
            columns = [f'"{column}" {said["data_type"] or "varchar"}' for column, said in node["columns"].items()]
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {relation.name} ({', '.join(columns)})")
        connection.execute("insert into operations.fct_leg (leg_uid, operating_date) values ('one', '2026-11-01')")
        connection.execute(
            "insert into operations.fct_route_day (operating_date, scheduled_legs) values ('2026-11-01', 1)"
        )
    return FolderZones(root=f"{tmp_path}")


def test_a_version_has_the_lights_of_its_own_figures_and_is_level_with_the_lake(zones):
    """Judging comes before the files, so no second publication is due for the lights."""
    with duckdb.connect(Environment.current().warehouse.as_posix()) as warehouse:
        warehouse.execute("""
            update operations.fct_route_day set route = 'MEX-CUN', arr_tracked_legs = 100, a14_on_time_legs = 10
        """)
    dg.materialize([published_marts], resources={"zones": zones}, raise_on_error=True)
    with zones.copy_of_published().pull().connect() as reader:
        lights = reader.execute("select distinct light from operations.route_status where kpi = 'otp_a14'").fetchall()
    assert lights == [("red",)]
    assert Levels(zones.lake(), "published").read() == {"marts": level(zones.lake())}


def test_a_publication_is_in_the_ledger_as_it_was_counted_and_its_check_is_green(zones):
    done = dg.materialize([published_marts], resources={"zones": zones}, raise_on_error=True)
    # Missing flights of the last day are another check, which only warns.
    said = {check.check_name: check.passed for check in done.get_asset_check_evaluations() if check.blocking}
    assert said == {"rows_balance": True, "reads_back": True}
    [row] = ledger(zones.lake(), ["published"])
    assert row["rows_in"] == row["rows_out"] > 2
    assert (row["mixed"], row["message"]) == (0, None)
