"""A real workgroup: times of Parquet, plans, partitions, UNLOAD, conflicts, and columns that came later."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import boto3
import duckdb
import pytest

from aero_assets.defs.catalog.glue import TypedCatalog
from aero_assets.defs.published.assets import mart_relations
from aero_assets.defs.published.unload import RedshiftSource
from aero_assets.feeds import feeds, find
from aero_assets.lake import LakeCopy
from aero_assets.manifests import ArrivalManifest
from aero_assets.published import PublishedCopy
from aero_assets.warehouses import DuckDb
from tests.account import checks
from tests.account.conftest import session_of
from tools.redshift_lint import BUILDS

pytestmark = pytest.mark.account
TIMED = [feed for feed in feeds() if any(column.type == "TIMESTAMP" for column in feed.file_columns)]


@pytest.fixture(scope="module")
def manifests(lake, tmp_path_factory) -> list[ArrivalManifest]:
    """The manifests of the typed zone."""
    return LakeCopy(tmp_path_factory.mktemp("copy") / "lake", lake).manifests()


@pytest.fixture(scope="module")
def duck(tmp_path_factory) -> Iterator[DuckDb]:
    """DuckDB over files that a test fetches."""
    with duckdb.connect() as connection:
        yield DuckDb(connection, tmp_path_factory.mktemp("fetched"))


@pytest.mark.parametrize("feed", TIMED, ids=lambda feed: feed.path)
def test_times_of_a_feed_are_those_that_duckdb_reads_of_the_same_files(warehouse, duck, lake, manifests, feed):
    files = checks.files_of_last_date(manifests, feed)
    if not files:
        pytest.skip(f"{feed.path} has no rows in this account")
    for file in files:
        path = duck.copy / file.key
        path.parent.mkdir(parents=True, exist_ok=True)
        lake.download(file.key, path)
    times = checks.first_and_last(warehouse, feed, files)
    assert times == checks.first_and_last(duck, feed, files)
    assert checks.impossible(times) == []


@pytest.mark.parametrize("build", BUILDS)
def test_every_model_and_data_test_is_planned(warehouse, tmp_path, build):
    assert checks.refused(warehouse, checks.queries(tmp_path, BUILDS[build])) == []


def test_a_build_of_one_day_reads_one_partition_of_each_feed(warehouse, manifests, tmp_path):
    feed = find("partner/airline_legs")
    date = checks.files_of_last_date(manifests, feed)[0].date
    compiled = checks.queries(tmp_path, {"AERO_OPERATING_DATES": json.dumps([date])})
    query = f"select count(*) from (\n{compiled[f'stg_{feed.system}__{feed.name}']}\n) as day"
    assert checks.partitions_read(warehouse, query) == 1


def test_a_mart_is_unloaded_as_one_file_with_its_manifest_and_the_same_content(warehouse, lake, tmp_path):
    [relation] = [relation for relation in mart_relations() if relation.name == "reference.dim_carrier"]
    source = RedshiftSource(warehouse, lake, PublishedCopy(tmp_path, lake))
    table = source.table(relation)
    part = source.write(table, table.parts[0], ())
    assert part.rows > 0
    assert source.mixed(table, table.parts[0], tmp_path / part.key) == 0


def test_of_two_sessions_that_replace_a_day_one_fails_and_no_row_is_lost(account):
    with ExitStack() as sessions:
        first, other = (sessions.enter_context(session_of(account)) for _ in range(2))
        errors, rows = checks.conflict(first, other, "operations.account_conflict")
    assert [checks.is_conflict(error) for error in errors] == [True], errors
    assert rows == 1


def test_a_partition_of_before_a_column_was_added_shows_it(warehouse, account, lake):
    catalog = TypedCatalog(account.typed_database, lake.name, boto3.client("glue"))
    assert checks.column_added_later(warehouse.rows, catalog, lake, find("partner/targets")) == ["late"]
