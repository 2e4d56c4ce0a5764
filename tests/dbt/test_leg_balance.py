"""The balance of the legs: a clean day is level; what the warehouse lost, doubled, invented or mixed shows."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from aero_assets import leg_balance
from aero_assets.feeds import feeds
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_assets.warehouses import DuckDb
from tests.dbt.test_database_legs import both as database  # noqa: F401 - a fixture
from tests.dbt.test_ops_events import DAY, SELECT, day, store, with_events  # noqa: F401 - fixtures
from tests.dbt.typed_lake import AIRLINE, FOURTH, airline_leg, leg, write


@pytest.fixture(scope="module")
def whole(database, day, tmp_path_factory):  # noqa: F811 - the fixture
    """All doors at once, with copies in a second arrival: rows of files, of the database, of events."""
    warehouse = database.copy(tmp_path_factory.mktemp("balance") / "copy")
    store(warehouse, day, "2026-11-20-0aaa0aaa")
    store(warehouse, day[:50], "2026-11-21-0bbb0bbb")
    write(
        warehouse.lake, [airline_leg(200, 20, 30, delay_codes="93:20", passengers=141)], "2015-01-06-0ccc0ccc", AIRLINE
    )
    write(warehouse.lake, [leg(1), leg(2, dep=-7, arr=-9)], "2015-01-06-0ddd0ddd")
    write(warehouse.lake, [leg(1, dep=5, arr=4)], "2015-01-07-0eee0eee")
    warehouse.build(*SELECT)
    return warehouse


def count(warehouse, *statements, days=None):
    """Count the legs after statements that spoil the warehouse, and leave it as it was."""
    warehouse.parsed.current.unlink(missing_ok=True)
    warehouse.parsed.current.symlink_to(warehouse.folder)
    files: dict[str, list[TypedFile]] = {feed.path: [] for feed in feeds() if feed.tells_of_legs}
    for path in sorted(Path(warehouse.lake).glob("typed/*/*/*/arrived=*.parquet")):
        key = f"{path.relative_to(warehouse.lake)}"
        feed, on = "/".join(key.split("/")[1:3]), key.split("/")[3].partition("=")[2]
        files.setdefault(feed, []).append(TypedFile(key, "", on, pq.read_metadata(path).num_rows))
    manifests = [ArrivalManifest(feed, "2026-11-20", files=tuple(found)) for feed, found in files.items()]
    with duckdb.connect(str(warehouse.folder / "warehouse.duckdb")) as connection:
        connection.execute("begin")
        for statement in statements:
            connection.execute(statement)
        found = leg_balance.count(DuckDb(connection, warehouse.lake), manifests, days)
        connection.execute("rollback")
    return found


def left(found):
    return found.rows_in - found.legs - found.duplicates - found.withdrawn


def test_rows_of_every_door_are_legs_or_counted_as_what_they_are(whole):
    found = count(whole)
    assert (left(found), found.mixed, found.mixed_example) == (0, 0, "")
    assert found.withdrawn == 1
    assert found.earlier_states == 2
    assert found.copies > 2
    assert found.earlier_rows == 1
    assert found.further_facts > 0
    assert found.rows_in > found.legs > 0


def test_a_day_is_level_by_itself(whole):
    found = count(whole, days=[f"{DAY}"])
    assert (left(found), found.mixed) == (0, 0)
    assert 0 < found.legs < count(whole).legs


ONE = "leg_uid = (select min(leg_uid) from operations.fct_leg where operating_date = '{day}')"
SPOILS = {
    "a leg lost": ("delete from operations.fct_leg where {one}", 1, 0),
    "a leg twice": ("insert into operations.fct_leg from operations.fct_leg where {one}", -1, 0),
    "a leg invented": (
        "insert into operations.fct_leg select * replace ('invented' as leg_uid) from operations.fct_leg where {one}",
        -1, 1,
    ),
    "two legs mixed": (
        "update operations.fct_leg set flight_number = flight_number + 1000 where {one}", 0, 1,
    ),
    # It was the only one to say something of its leg.
    "a fact lost": (
        "create or replace view intermediate.int_leg_fact as from kept where event_id <> (select min(event_id) "
        "from kept where leg_uid in (select leg_uid from kept group by 1 having count(*) > 3))", 1, 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_the_warehouse_spoils_does_not_balance(whole, spoil):
    statement, difference, mixed = SPOILS[spoil]
    kept = "create or replace table kept as from intermediate.int_leg_fact"
    found = count(whole, kept, statement.format(one=ONE.format(day=FOURTH)))
    assert (left(found), found.mixed) == (difference, mixed)


def test_the_feeds_of_the_balance_are_those_that_the_facts_of_legs_are_made_from(parsed):
    nodes, sources = parsed.manifest.nodes, parsed.manifest.sources
    waiting, found = ["model.aero.int_leg_fact"], set()
    while waiting:
        for parent in nodes[waiting.pop()].depends_on.nodes:
            if parent in sources:
                found.add(f"{sources[parent].source_name}/{sources[parent].name}")
            elif parent in nodes and nodes[parent].resource_type == "model":
                waiting.append(parent)
    assert found == {feed.path for feed in feeds() if feed.tells_of_legs}
