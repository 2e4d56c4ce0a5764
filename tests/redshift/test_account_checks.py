"""The checks of a real workgroup that PostgreSQL can answer: they pass where all is well, and see what is not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from aero_assets.manifests import TypedFile
from aero_assets.warehouses import DuckDb, Redshift
from tests.account import checks
from tests.dbt.typed_lake import FEED, FIRST, sample, write, write_empty
from tests.redshift import external

CONFLICT = "public.account_conflict"


@pytest.fixture
def sessions(target) -> Iterator[list[Redshift]]:
    """Two sessions in one database."""
    opened = [target.session() for _ in range(2)]
    yield opened
    for session in opened:
        session.connection.close()


@pytest.fixture
def lake(target, tmp_path) -> Path:
    """A lake of legs at the boundaries, as Spectrum would show it."""
    write_empty(tmp_path)
    write(tmp_path, sample())
    external.show(target.dsn, tmp_path)
    return tmp_path


def files_of(lake: Path, date: str) -> list[TypedFile]:
    return [
        TypedFile(f"{path.relative_to(lake)}", "", date, 1)
        for path in (lake / "typed" / FEED.path / f"{FEED.business_date}={date}").glob("*.parquet")
    ]


def test_times_are_equal_in_both_engines_and_possible(sessions, lake):
    files = files_of(lake, FIRST)
    with duckdb.connect() as connection:
        times = checks.first_and_last(DuckDb(connection, lake), FEED, files)
    assert {f"{value}" for value in times["std_at"]} == {"2015-01-01 10:00:00"}
    assert checks.first_and_last(sessions[0], FEED, files) == times
    assert checks.impossible(times) == []


@pytest.mark.parametrize("read", [checks.AFTER, checks.FIRST - timedelta(seconds=1)])
def test_a_time_that_was_read_in_another_unit_is_impossible(read):
    good = (checks.FIRST, checks.AFTER - timedelta(seconds=1))
    assert checks.impossible({"std_at": (None, read), "sta_at": good, "out_at": (None, None)}) == ["std_at"]


def test_a_query_that_the_engine_cannot_plan_is_named_with_its_reason(sessions):
    queries = {"good": "select 1 as a", "bad": "select legs from public.no_such_table"}
    [problem] = checks.refused(sessions[0], queries)
    assert problem.startswith("bad: ")
    assert "no_such_table" in problem


def test_of_two_sessions_one_fails_and_no_row_is_lost(sessions):
    errors, rows = checks.conflict(*sessions, CONFLICT, "begin isolation level serializable")
    assert [checks.is_conflict(error) for error in errors] == [True]
    assert rows == 1


def test_sessions_that_do_not_see_each_other_are_noticed(sessions):
    """PostgreSQL's own level of isolation lets both through."""
    assert checks.conflict(*sessions, CONFLICT) == ([], 2)
