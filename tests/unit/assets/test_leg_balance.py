"""The balance of the legs on a small warehouse: every kind of row is counted, every kind of fault shows."""

from datetime import UTC, datetime

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest

from aero_assets import leg_balance
from aero_assets.defs.warehouse.assets import LEGS, legs_balance, outcome
from aero_assets.lake import LakeCopy, Pulled
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_assets.outcomes import Outcome
from aero_assets.partitions import operating_days
from aero_assets.warehouses import DuckDb
from tests.dbt.test_database_legs import DATABASE, database_leg
from tests.dbt.typed_lake import AIRLINE, FOURTH, airline_leg, write
from tests.fakes import FolderBucket
from tests.unit.assets.test_sensors import FolderZones

#: The work of dbt in a few lines: each event once, the last state of a row of the database, the first fact of a leg.
BUILD = """
    create schema intermediate; create schema operations;
    create table files as
    select * from read_parquet('{lake}/typed/partner/airline_legs/*/*.parquet', hive_partitioning = true,
                               hive_types = {{'operating_date': date}})
    qualify row_number() over (partition by event_id order by received_at) = 1;
    create table states as
    select * from read_parquet('{lake}/typed/opsdb/legs/*/*.parquet', hive_partitioning = true,
                               hive_types = {{'operating_date': date}})
    qualify row_number() over (partition by leg_uid order by version desc) = 1;
    create table intermediate.int_database_leg_event as
    select * replace (md5(event_id || kind) as event_id) from states, (values ('schedule'), ('out')) t (kind)
    where deleted_at is null;
    create table intermediate.int_leg_fact as
    from files union all by name from intermediate.int_database_leg_event;
    create table operations.fct_leg as
    from intermediate.int_leg_fact qualify row_number() over (partition by leg_uid order by source, event_id) = 1
"""
SPOILS = {
    "a leg lost": ("delete from operations.fct_leg where flight_number = 200", 1, 0),
    "a leg twice": ("insert into operations.fct_leg from operations.fct_leg where flight_number = 200", -1, 0),
    "a leg invented": (
        "insert into operations.fct_leg select * replace ('x' as leg_uid) from operations.fct_leg limit 1", -1, 1
    ),
    "two legs mixed": (
        "update operations.fct_leg set tail = case flight_number when 200 then 'XAAAA' else 'XA200' end "
        "where flight_number in (200, 201)", 0, 2
    ),
    "a fact lost": (
        "delete from intermediate.int_leg_fact where flight_number = 200 and source = 'partner_file'", 1, 0
    ),
    "a fact invented": (
        "insert into intermediate.int_leg_fact select * replace ('x' as event_id) from intermediate.int_leg_fact "
        "where flight_number = 200 limit 1", -1, 0
    ),
}  # fmt: skip


def fill(lake):
    """Legs of an airline's files, one of them in two arrivals, and of a database, one in two states, one withdrawn."""
    files = [airline_leg(200), airline_leg(201, tail="XAAAA")]
    write(lake, files, "2015-01-05-0aaa0aaa", AIRLINE)
    write(lake, files[:1], "2015-01-06-0bbb0bbb", AIRLINE)
    states = [database_leg(200, version=1), database_leg(200, version=3), database_leg(202)]
    states += [database_leg(203), database_leg(203, version=4, deleted_at=states[0]["received_at"])]
    write(lake, states, "2015-01-05-0ccc0ccc", DATABASE)


@pytest.fixture
def lake(tmp_path):
    fill(tmp_path)
    return tmp_path


def manifests_of(lake):
    files: dict[str, list[TypedFile]] = {}
    for path in sorted(lake.glob("typed/*/*/*/*.parquet")):
        key = f"{path.relative_to(lake)}"
        feed, on = "/".join(key.split("/")[1:3]), key.split("/")[3].partition("=")[2]
        files.setdefault(feed, []).append(TypedFile(key, "", on, pq.read_metadata(path).num_rows))
    return tuple(ArrivalManifest(feed, "2015-01-05", files=tuple(found)) for feed, found in files.items())


def count(lake, statement="select 1", days=None):
    with duckdb.connect() as warehouse:
        warehouse.execute(BUILD.format(lake=lake))
        [(rows,)] = warehouse.execute(statement).fetchall()
        assert rows, f"the statement touches no row: {statement}"
        return leg_balance.count(DuckDb(warehouse, lake), manifests_of(lake), days)


def left(found):
    return found.rows_in - found.legs - found.duplicates - found.withdrawn


def test_every_row_is_a_leg_or_counted_as_what_it_is(lake):
    found = count(lake)
    assert (found.rows_in, found.legs, found.copies, found.earlier_states, found.further_facts, found.withdrawn) == (
        8, 3, 1, 2, 1, 1,
    )  # fmt: skip
    assert (left(found), found.mixed) == (0, 0)


def test_only_the_days_asked_for_are_counted(lake):
    assert count(lake, days=[FOURTH]) == count(lake)
    nothing = count(lake, days=["2015-01-01"])
    assert (nothing.rows_in, nothing.legs, left(nothing)) == (0, 0, 0)


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_the_warehouse_spoils_does_not_balance(lake, spoil):
    statement, difference, mixed = SPOILS[spoil]
    found = count(lake, statement)
    assert (left(found), found.mixed) == (difference, mixed)


def test_a_run_enters_its_legs_into_the_ledger_under_its_name(lake, monkeypatch):
    monkeypatch.setenv("AERO_WAREHOUSE", f"{lake}/warehouse.duckdb")
    with duckdb.connect(f"{lake}/warehouse.duckdb") as warehouse:
        warehouse.execute(BUILD.format(lake=lake))
    pulled = Pulled(0, 0, 0, {FOURTH: "v"}, manifests=manifests_of(lake))
    copy = LakeCopy(lake, FolderBucket(lake))
    done = outcome([FOURTH], pulled, copy, 1.0, "run")
    assert (done.rows_in, done.rows_out, done.duplicates, done.rejects, done.balanced) == (8, 3, 4, 1, True)
    assert (done.version, done.dates_touched, done.subject) == ("run", [FOURTH], f"{FOURTH}_{FOURTH}")
    sets = ([FOURTH, "2015-01-07"], [FOURTH, "2015-01-06", "2015-01-07"])
    assert len({outcome(days, pulled, copy, 1.0, "run").subject for days in sets}) == 2


TODAY = datetime.now(UTC).date()


@pytest.mark.parametrize(
    ("legs", "problem"),
    [
        (2, ""),
        (1, f"warehouse * 2015-01-04 of {TODAY}: 3 rows in, 1 out, 1 duplicates, 0 rejects: 1 lost"),
        (0, "the ledger has no row of this run: its legs were not counted"),
    ],
)
def test_the_check_says_what_the_ledger_says_of_its_run_and_blocks_what_comes_after(tmp_path, legs, problem):
    zones = FolderZones(root=f"{tmp_path}")

    @dg.asset(key=LEGS, partitions_def=operating_days)
    def fct_leg(context: dg.AssetExecutionContext) -> None:
        lake = zones.lake()
        Outcome("warehouse", "*", "an earlier run", TODAY, 9, 1, 0, 0, version="other").record(lake)
        if legs:
            Outcome("warehouse", "*", "2015-01-04", TODAY, 3, legs, 1, 0, version=context.run_id).record(lake)

    @dg.asset(deps=[fct_leg])
    def published() -> None:
        pass

    definitions = dg.Definitions([fct_leg, published], asset_checks=[legs_balance], resources={"zones": zones})
    job = definitions.resolve_implicit_global_asset_job_def()
    done = job.execute_in_process(partition_key=FOURTH, raise_on_error=False)
    [said] = done.get_asset_check_evaluations()
    assert (said.passed, said.description or "") == (not problem, problem)
    assert done.success is (not problem)
