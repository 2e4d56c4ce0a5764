"""Legs as known at the close of their day: what comes later changes fct_leg, and no row of fct_leg_at_close.

The proof is a second lake that never received what came later: its legs are those of the first one at the close.
"""

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aero_assets.completeness import closes_at
from aero_assets.feeds import Feed, find
from aero_assets.trace.known_legs import COLUMNS, known_legs
from aero_streaming.events import topic_of
from tests.dbt.project import Warehouse, messages
from tests.dbt.random_legs import loaded, reported
from tests.dbt.test_database_legs import DATABASE, database_leg
from tests.dbt.test_ops_events import DAY, day  # noqa: F401 - a fixture
from tests.dbt.test_trace import with_manifests
from tests.dbt.typed_lake import AIRLINE, FEED, FOURTH, Row, airline_leg, leg, write, write_empty
from tests.judging import judged
from tests.unit.feeds.event_rows import wrapped

ON = date.fromisoformat(FOURTH)
CLOSE = closes_at(ON)
IN_TIME, LATE = CLOSE - timedelta(hours=3), CLOSE + timedelta(hours=3)
SECOND_LATE = timedelta(seconds=1)
EVENTS = find("ops/leg_events")
SELECT = ("--select", "+fct_leg", "+fct_leg_at_close", "+dim_airport", "+dim_carrier")
LEG = "select {} from operations.{} where operating_date = '" + FOURTH + "' and flight_number = {}"
Told = list[tuple[Feed, list[Row]]]


def story() -> Told:
    """Legs by number: 1 corrected late, 2 at the last instant, 3 too late, 4 sent again, 5 left again, 6 withdrawn."""
    first_copy = leg(4, FOURTH, 7, 7, received_at=IN_TIME)
    files = [
        leg(1, FOURTH, 5, 5, received_at=IN_TIME),
        leg(1, FOURTH, 33, 44, version=2, received_at=LATE),
        leg(2, FOURTH, received_at=CLOSE),
        leg(3, FOURTH, received_at=CLOSE + SECOND_LATE),
        first_copy,
        {**first_copy, "received_at": LATE, "raw_ref": "again#1"},
    ]
    reports = [
        airline_leg(5, 20, None, off_at=None, delay_codes="93:20", received_at=IN_TIME),
        airline_leg(5, 80, 75, attempt=2, received_at=LATE),
    ]
    rows = [
        database_leg(6, 5, 6, version=1, received_at=IN_TIME),
        database_leg(6, 5, 6, version=2, received_at=LATE, deleted_at=LATE),
        database_leg(7, 5, 30, version=1, received_at=IN_TIME),
        database_leg(7, 5, 30, version=2, received_at=LATE, delay_codes="41:20"),
    ]
    return [(FEED, files), (AIRLINE, reports), (DATABASE, rows)]


def by_chance(rng: random.Random) -> Told:
    """Legs of one day with every fate, told up to three times around the close."""

    def again(row: Row) -> list[Row]:
        # The same hour may bring both: the later version wins wherever it stands.
        times = [CLOSE + timedelta(minutes=rng.randint(-900, 900)) for _ in range(rng.randint(1, 3))]
        return [
            row | {"received_at": at, "version": number, "event_id": f"{number}{row['event_id'][1:]}"}
            | ({"out_at": row["out_at"] + timedelta(minutes=number)} if row["out_at"] else {})
            for number, at in enumerate(times, 1)
        ]  # fmt: skip

    files: list[Row] = [row for number in range(100, 260) for row in again(_moved(reported(rng, number)))]
    reports = [row for number in range(100) for row in again(_moved(loaded(rng, number)))]
    return [(FEED, files), (AIRLINE, reports)]


def _moved(row: Row) -> Row:
    """Move a leg of any day to ON."""
    days = ON - row["operating_date"]
    times = {name: value + days for name, value in row.items() if name.endswith("_at") and value is not None}
    return row | times | {"operating_date": ON}


def told_by(told: Told, known_by: datetime | None = None) -> Told:
    return [(feed, [row for row in rows if known_by is None or row["received_at"] <= known_by]) for feed, rows in told]


def built(parsed, folder: Path, told: Told, **variables: Any) -> Warehouse:
    warehouse = Warehouse(folder, parsed)
    write_empty(warehouse.lake)
    for feed, rows in told:
        write(warehouse.lake, rows, arrived="2026-11-20-0abc0abc", feed=feed)
    result = warehouse.dbt("build", *SELECT, **variables)
    assert result.success, messages(result)
    return warehouse


@pytest.fixture(scope="module")
def told(day) -> Told:  # noqa: F811 - the fixture
    events = wrapped(*(event for event in day if topic_of(event) == EVENTS.topic))
    rows = [row for row in judged(EVENTS, events, date(2026, 11, 20)) if not row["reason"]]
    joined: dict[str, tuple[Feed, list[Row]]] = {}
    for feed, more in [*story(), *by_chance(random.Random(20261130)), (EVENTS, rows)]:
        joined.setdefault(feed.path, (feed, []))[1].extend(more)
    return list(joined.values())


@pytest.fixture(scope="module")
def warehouse(parsed, told, tmp_path_factory) -> Warehouse:
    return built(parsed, tmp_path_factory.mktemp("close"), told)


def test_a_correction_of_the_next_day_changes_the_leg_and_not_the_leg_at_close(warehouse):
    delays = "departure_delay_minutes, arrival_delay_minutes"
    assert warehouse.rows(LEG.format(delays, "fct_leg", 1)) == [(33, 44)]
    assert warehouse.rows(LEG.format(delays, "fct_leg_at_close", 1)) == [(5, 5)]
    assert warehouse.rows(LEG.format("closed_at", "fct_leg_at_close", 1)) == [(CLOSE,)]


def test_a_leg_that_came_after_the_close_is_not_known_at_it(warehouse):
    counts = [warehouse.rows(LEG.format("count(*)", "fct_leg_at_close", number)) for number in (2, 3, 4)]
    assert counts == [[(1,)], [(0,)], [(1,)]]
    assert warehouse.rows(LEG.format("count(*)", "fct_leg", 3)) == [(1,)]


def test_a_second_departure_and_a_withdrawal_that_came_late_have_not_happened_at_the_close(warehouse):
    said = "attempts, in_at is null, delay_codes"
    assert warehouse.rows(LEG.format(said, "fct_leg", 5)) == [(2, False, "93:20")]
    assert warehouse.rows(LEG.format(said, "fct_leg_at_close", 5)) == [(1, True, "93:20")]
    assert warehouse.rows(LEG.format("count(*)", "fct_leg", 6)) == [(0,)]
    assert warehouse.rows(LEG.format("count(*)", "fct_leg_at_close", 6)) == [(1,)]
    assert warehouse.rows(LEG.format("delay_codes", "fct_leg_at_close", 7)) == [(None,)]
    assert warehouse.rows(LEG.format("delay_codes", "fct_leg", 7)) == [("41:20",)]


@pytest.mark.parametrize("on", [ON, DAY])
def test_a_lake_without_what_came_later_has_the_legs_of_the_close(parsed, warehouse, told, tmp_path, on):
    close = closes_at(on)
    other = built(parsed, tmp_path / "then", told_by(told, close), as_of=f"{close}")
    [(columns,)] = warehouse.rows(
        "select string_agg(column_name, ', ' order by column_index) from duckdb_columns() where table_name = 'fct_leg'"
    )
    of_day = f"select {columns} from operations.{{}} where operating_date = '{on}' order by leg_uid"
    then, at_close = other.rows(of_day.format("fct_leg")), warehouse.rows(of_day.format("fct_leg_at_close"))
    assert at_close == then
    assert len(at_close) > 50
    now = {row[0]: row for row in warehouse.rows(of_day.format("fct_leg"))}
    assert [row for row in at_close if now.get(row[0]) != row], "nothing came later: nothing is tested"


@pytest.mark.parametrize(("table", "is_at_close"), [("fct_leg", False), ("fct_leg_at_close", True)])
@pytest.mark.parametrize("on", [ON, DAY])
def test_the_legs_that_the_command_shows_are_those_of_the_warehouse(warehouse, tmp_path, table, is_at_close, on):
    lake = with_manifests(warehouse.lake, tmp_path / "manifests")
    legs = known_legs(lake, on, closes_at(on) if is_at_close else None, tmp_path)
    sql = f"select {', '.join(COLUMNS)} from operations.{table} where operating_date = '{on}' order by leg_uid"
    expected = [dict(zip(COLUMNS, row, strict=True)) for row in warehouse.rows(sql)]
    assert sorted(legs, key=lambda row: row["leg_uid"]) == expected


def test_the_analysis_of_any_instant_gives_the_legs_of_the_close_at_the_close(warehouse):
    sql = warehouse.compiled("legs_as_of", dates=[FOURTH], as_of=f"{CLOSE}")
    expected = warehouse.rows(
        f"select * from operations.fct_leg_at_close where operating_date = '{FOURTH}' order by all"
    )
    assert warehouse.rows(f"select *, timestamp '{CLOSE}' from ({sql}) order by all") == expected


def test_a_day_that_is_built_again_later_is_the_same(warehouse, told, tmp_path):
    """Whatever comes after the close, however often the day is rebuilt."""
    copy = warehouse.copy(tmp_path / "copy")
    sql = "select * from operations.fct_leg_at_close order by all"
    before = copy.rows(sql)
    more = [leg(1, FOURTH, 99, 99, version=3, received_at=LATE + timedelta(days=9))]
    write(copy.lake, more, arrived="2026-11-25-0abc0abc", feed=FEED)
    models = ("int_leg", "fct_leg", "fct_leg_at_close")
    result = copy.dbt("build", "--select", *models, "--exclude-resource-type", "unit_test", dates=[FOURTH])
    assert result.success, messages(result)
    assert copy.rows(LEG.format("departure_delay_minutes", "fct_leg", 1)) == [(99,)]
    assert copy.rows(sql) == before
