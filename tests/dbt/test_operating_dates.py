"""Incremental by requested dates: what a build touches, and what it leaves alone."""

import duckdb
import pytest

from tests.dbt.project import messages
from tests.dbt.typed_lake import FIRST, SECOND, THIRD, leg, sample, write, write_empty


def _without(day: str) -> list[dict]:
    return [row for row in sample() if str(row["operating_date"]) != day]


def _of(day: str, marts: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    return {table: [row for row in rows if day in map(str, row)] for table, rows in marts.items()}


def test_a_plain_build_changes_nothing(a_copy):
    warehouse = a_copy()
    before = warehouse.marts()
    warehouse.build("--exclude-resource-type", "unit_test")
    assert warehouse.marts() == before


def test_requested_dates_are_rebuilt_and_no_others(a_copy):
    """A day that became empty empties; a day that changed but was not asked for stays as it was."""
    warehouse = a_copy()
    before = warehouse.marts()
    changed = [row for row in _without(THIRD) if row["flight_number"] != 21]
    write(warehouse.lake, [*changed, leg(40, FIRST, dep=2, arr=2)])
    warehouse.build("--select", "tag:operating_day", "--exclude-resource-type", "unit_test", dates=[FIRST, THIRD])
    after = warehouse.marts()

    assert set(map(len, _of(THIRD, before).values())) > {0}
    assert not any(_of(THIRD, after).values())
    assert _of(SECOND, after) == _of(SECOND, before)
    assert len(_of(FIRST, after)["operations.fct_leg"]) == 14

    # Nothing was asked for: nothing happens, although the lake is ahead.
    warehouse.build("--select", "tag:operating_day", "--exclude-resource-type", "test", "unit_test", dates=[])
    assert warehouse.marts() == after

    # A build of all days brings the rest; a full refresh agrees.
    warehouse.build("--select", "tag:operating_day", "--exclude-resource-type", "test", "unit_test")
    everything = warehouse.marts()
    assert len(_of(SECOND, everything)["operations.fct_leg"]) == 6
    warehouse.build("--full-refresh", "--select", "tag:operating_day", "--exclude-resource-type", "test", "unit_test")
    assert warehouse.marts() == everything


def test_an_empty_lake_has_every_mart_and_never_shrinks_one(parsed, built, a_copy, tmp_path):
    """Built as the orchestrator builds it: what has no date first, on a warehouse without anything."""
    warehouse = type(built)(tmp_path / "empty", parsed)
    write_empty(warehouse.lake)
    warehouse.build("--select", "tag:unpartitioned", "--exclude-resource-type", "unit_test")
    warehouse.build("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
    empty = warehouse.marts()
    assert empty.keys() == built.marts().keys()
    assert not any(empty.values())

    full = a_copy()
    before = full.marts()
    for path in (full.lake / "typed").rglob("arrived=2015*.parquet"):
        path.unlink()
    full.build("--select", "tag:operating_day", "--exclude-resource-type", "test", "unit_test")
    assert full.marts() == before


def test_files_of_other_dates_are_not_opened(built):
    [(_, plan)] = built.rows(f"explain analyze {built.compiled('int_leg', dates=[SECOND])}")
    assert "Scanning Files: 1/4" in plan


@pytest.mark.parametrize(
    ("arguments", "dates", "complaint"),
    [
        ((), ["2015-1-1"], "not an ISO date; write it as YYYY-MM-DD"),
        ((), "2015-01-01", "must be a list of ISO dates"),
        (("--full-refresh",), [FIRST], "would drop every other day"),
    ],
)
def test_dates_that_cannot_be_meant_are_refused(a_copy, arguments, dates, complaint):
    warehouse = a_copy()
    before = warehouse.marts()
    result = warehouse.dbt("run", "--select", "int_leg", *arguments, dates=dates)
    assert not result.success
    assert complaint in messages(result)
    assert warehouse.marts() == before


def test_a_seed_that_gained_a_column_replaces_the_table_of_the_older_columns(built, tmp_path):
    older = built.copy(tmp_path / "older")
    with duckdb.connect(str(older.folder / "warehouse.duckdb")) as connection:
        connection.execute("alter table reference.delay_codes drop column is_imputable")
    older.build("--select", "delay_codes", "dim_delay_code", "--exclude-resource-type", "unit_test")
    assert older.rows("select count(*) from reference.delay_codes where is_imputable is not null")[0][0] > 0
