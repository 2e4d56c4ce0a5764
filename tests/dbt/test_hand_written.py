"""The SQL by hand of the benchmark gives what dbt gives: on days at the boundaries and on made-up ones."""

from bench import hand_written, plain_sql, typed_legs
from bench.operational_marts import MARTS, SELECTED
from tests.dbt.project import Warehouse

TABLES = [f"operations.{mart}" for mart in MARTS]


def differences(warehouse, by_hand):
    hand_written.build(warehouse.lake, by_hand)
    assert hand_written.marts(by_hand) == sorted(MARTS)
    return plain_sql.differing(warehouse.folder / "warehouse.duckdb", by_hand, TABLES)


def test_sql_by_hand_makes_the_tables_of_the_sample(built, tmp_path):
    assert differences(built, tmp_path / "warehouse.duckdb") == {}


def test_sql_by_hand_makes_the_tables_of_made_up_legs(parsed, tmp_path):
    lake = typed_legs.lake(tmp_path, days=3, legs=3_000, say=print)
    warehouse = Warehouse(tmp_path, parsed)
    warehouse.lake.rmdir()
    warehouse.lake.symlink_to(lake.copy)
    warehouse.build(*SELECTED)
    assert differences(warehouse, tmp_path / "by_hand.duckdb") == {}
    corrected = "operations.fct_completeness_day where first_received_at < last_received_at"
    inherited = "operations.fct_rotation where downstream_legs > 1"
    for rows in (corrected, inherited):
        assert warehouse.rows(f"select count(*) > 0 from {rows}") == [(True,)]
