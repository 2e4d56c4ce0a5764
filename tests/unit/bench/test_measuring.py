"""The means of measuring: rounds that alternate, flights that are valid, SQL by hand that is compared honestly."""

import sys
from datetime import date

import duckdb
import pytest

from bench import door_memory, flights, plain_sql
from bench.measure import Peak, alternate, process
from tests.fakes import FolderBucket


def test_tasks_alternate_and_every_second_round_goes_backwards():
    calls, said = [], []
    tasks = {name: lambda name=name: calls.append(name) or len(calls) for name in ("a", "b")}
    figures = alternate(3, tasks, said.append, str)
    assert "".join(calls) == "abbaab"
    assert figures == {"a": [1, 4, 5], "b": [2, 3, 6]}
    assert said[1] == "round 2 of 3: a 4, b 3"


def test_a_process_that_fails_is_no_figure():
    assert process((sys.executable, "-c", "")) > 0
    with pytest.raises(RuntimeError, match=r"(?s)ended with 3.*no disk"):
        process((sys.executable, "-c", "print('no disk'); raise SystemExit(3)"))


def test_made_up_flights_pass_every_rule_and_no_two_are_one_leg(tmp_path):
    legs_per_day = flights.BLOCK * (flights.BLOCKS + 1)
    legs = flights.write(tmp_path / "flights.csv.gz", 1, legs_per_day)
    raw, lake = FolderBucket(tmp_path / "raw"), FolderBucket(tmp_path / "lake")
    flights.arrive(raw, tmp_path / "flights.csv.gz")
    flights.compact(raw, lake, tmp_path / "scratch", legs)
    files = f"{tmp_path}/lake/typed/**/*.parquet"
    rows = duckdb.execute(f"select count(distinct leg_uid), max(flight_number) from '{files}'").fetchall()
    assert rows == [(legs_per_day, 9_999)]


def test_a_history_has_a_date_for_each_of_its_days(tmp_path):
    lake = flights.lake(tmp_path, 3, 60, lambda _: None)
    files = f"{lake.copy}/typed/partner/bts_ontime/*/*.parquet"
    dates = duckdb.execute(f"select distinct operating_date::date from read_parquet('{files}') order by 1").fetchall()
    assert dates == [(date.fromisoformat(flights.day(number)),) for number in range(3)]


def test_a_number_of_legs_that_the_flight_numbers_cannot_hold_is_refused(tmp_path):
    for legs in (0, 61, 60 * 331):
        with pytest.raises(ValueError, match="multiple of 60"):
            flights.write(tmp_path / "flights.csv.gz", 1, legs)


def test_the_file_for_the_door_has_the_rows_it_promises_of_a_hundred_bytes_each():
    lines = b"".join(door_memory.rows(7_000)).splitlines()
    assert len(lines) == 7_001
    assert {line.count(b",") for line in lines} == {30}
    assert 95 < sum(map(len, lines[1:])) / 7_000 < 110


def node(kind: str, name: str, sql: str = "", reads: tuple[str, ...] = ()) -> dict:
    return {
        "resource_type": kind,
        "schema": "s",
        "relation_name": f'"warehouse"."s"."{name}"',
        "config": {"materialized": "view" if name.startswith("stg") else "table", "column_types": {}},
        "compiled_code": sql,
        "depends_on": {"nodes": list(reads)},
    }


def test_sql_by_hand_is_executed_in_the_order_of_its_dependencies(tmp_path):
    nodes = {
        "model.mart": node("model", "mart", "select n + 1 as n from s.stg_one", ("model.stg",)),
        "model.stg": node("model", "stg_one", "select 41 as n", ("source.lake",)),
        "test.unique": node("test", "unique", "select 1", ("model.mart",)),
    }
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema s")
        for item in plain_sql.ordered(nodes):
            connection.execute(plain_sql.statement(item))
        assert connection.execute("from s.mart").fetchall() == [(42,)]
        assert connection.execute("select view_name from duckdb_views() where schema_name = 's'").fetchall() == [
            ("stg_one",)
        ]


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ("create table t as select unnest([2, 1, 1, null]) as n", {}),
        ("create table t as select unnest([2, 1, null]) as n", {"main.t": 1}),
        ("create table t as select unnest([2, 1, 1, 3]) as n", {"main.t": 2}),
        ("create table u as select 1 as n", {"main.t": -1, "main.u": -1}),
    ],
)
def test_tables_are_compared_as_multisets(tmp_path, other, differs):
    for name, sql in {"one": "create table t as select unnest([1, 2, null, 1]) as n", "other": other}.items():
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as connection:
            connection.execute(sql)
    assert plain_sql.differing(tmp_path / "one.duckdb", tmp_path / "other.duckdb") == differs


def test_a_peak_is_of_memory_and_of_files_that_are_gone_again(tmp_path):
    spilt = tmp_path / "spilt"
    program = f"""
import pathlib, time
held, spilt = bytearray(200_000_000), pathlib.Path({str(spilt)!r})
spilt.write_bytes(b"x" * 5_000_000)
time.sleep(1)
spilt.unlink()
"""
    with Peak(tmp_path) as peak:
        process((sys.executable, "-c", program))
    assert not spilt.exists()
    assert 190 < peak.memory_mb < 400
    assert 4.9 < peak.disk_mb < 6


def test_tables_differ_by_rows_and_by_how_often_they_have_them(tmp_path):
    for name, rows in {"first": "(1, 2), (1, 2), (3, 4)", "other": "(2, 1), (4, 3), (4, 3)"}.items():
        columns = "a, b" if name == "first" else "b, a"
        with duckdb.connect(str(tmp_path / name)) as connection:
            connection.execute("create schema s")
            connection.execute(f"create table s.mart as from (values {rows}) as t ({columns})")
            connection.execute(f"create table s.of_{name} as select 1 as n")
    first, other = tmp_path / "first", tmp_path / "other"
    assert plain_sql.differing(first, other) == {"s.of_first": -1, "s.of_other": -1, "s.mart": 2}
    assert plain_sql.differing(first, first) == {}
    assert plain_sql.differing(first, other, ["s.mart"]) == {"s.mart": 2}
