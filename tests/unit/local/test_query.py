"""`aero query`: an answer from one published version, or a sentence that helps."""

from datetime import UTC, datetime

import duckdb
import pytest

from aero_assets.defs.published.export import Publisher, Relation
from aero_assets.published import PublishedCopy
from aero_cli.commands.query import ask
from aero_local.errors import AeroError
from tests.fakes import FolderBucket


@pytest.fixture
def snapshot(tmp_path):
    lake = FolderBucket(tmp_path / "lake")
    with duckdb.connect() as warehouse:
        relation = Relation("operations.fct_leg", "select 'MEX-CUN' as route, 3 as legs", "Legs. One row per leg.")
        Publisher(lake, tmp_path / "scratch").publish(warehouse, [relation], level="x", now=datetime.now(UTC))
    return PublishedCopy(tmp_path / "copy", lake).pull()


def test_a_query_is_answered(snapshot):
    assert ask(snapshot, "select route, legs from operations.fct_leg") == (["route", "legs"], [("MEX-CUN", 3)])


def test_whole_numbers_stay_whole(snapshot):
    """A sum of integers is wider than any column of ours; as a float it would end in .0."""
    assert ask(snapshot, "select sum(legs) from operations.fct_leg")[1] == [(3,)]


def test_a_query_that_names_nothing_published_is_told_what_there_is(snapshot):
    with pytest.raises(AeroError, match=r"fct_flight.*\n(.*\n)*`aero query` lists the 1 published tables"):
        ask(snapshot, "from operations.fct_flight")


@pytest.mark.parametrize("verb", ["drop table", "delete from", "alter table"])
def test_a_query_that_would_change_a_table_is_told_that_they_are_read(snapshot, verb):
    rest = " add column x int" if verb.startswith("alter") else ""
    with pytest.raises(AeroError, match=r"^The published tables are read, never changed"):
        ask(snapshot, f"{verb} operations.fct_leg{rest}")


@pytest.mark.parametrize(
    "statement", ["copy (select 1) to 'out.csv'", "attach 'other.duckdb'", "install httpfs", "from read_csv('x.csv')"]
)
def test_a_query_reaches_nothing_else_of_the_machine(snapshot, statement, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AeroError):
        ask(snapshot, statement)
    assert not (tmp_path / "out.csv").exists()
