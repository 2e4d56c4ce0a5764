"""From the inbox to the marts on real services: however the same flights arrive, the marts are the same to the row."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from aero_assets.defs.catalog.athena import rows as athena_rows
from aero_assets.defs.published.latest import COPIES, copy_files, table_name
from aero_assets.defs.published.latest import FOLDER as LATEST
from aero_assets.environment import PROJECT, Environment
from aero_assets.feeds import find
from aero_assets.manifests import Levels
from aero_assets.published import PublishedCopy
from aero_assets.storage import Bucket
from aero_streaming.figures import figures
from tests.platform.line import FEED, MARTS, Line

pytestmark = pytest.mark.real_data

HEADER = ",".join(find(FEED).header)
#: The 5th of January 2015 was a Monday.
LATE_LEG = (
    "2015,1,{day},{weekday},AS,98,N407AS,ANC,SEA,0005,2354,-11,21,0015,205,194,169,1448,0404,4,0430,0408,-22,0,0,,,,,,"
)
TEN_KINDS = {
    "too_few_columns": lambda cells: cells[:10],
    "bad_encoding": lambda cells: [cells[0], "\udcff", *cells[2:]],
    "bad_date": lambda cells: [cells[0], "13", *cells[2:]],
    "bad_carrier": lambda cells: [*cells[:4], "Alaska", *cells[5:]],
    "unknown_airport": lambda cells: [*cells[:7], "ZZZ", *cells[8:]],
    "bad_time": lambda cells: [*cells[:9], "2575", *cells[10:]],
    "schedule_mismatch": lambda cells: [*cells[:14], f"{int(cells[14]) + 7}", *cells[15:]],
    "distance_not_positive": lambda cells: [*cells[:17], f"-{cells[17]}", *cells[18:]],
    "bad_flag": lambda cells: [*cells[:24], "7", *cells[25:]],
    "same_airport": lambda cells: [*cells[:8], cells[7], *cells[9:]],
}


def packed(rows: list[str]) -> bytes:
    return gzip.compress("\n".join([HEADER, *rows, ""]).encode("utf-8", "surrogateescape"), 1)


@pytest.fixture(scope="module")
def rows(real_bts: Path) -> list[str]:
    return gzip.open(real_bts, "rt").read().splitlines()[1:]


@pytest.fixture(scope="module")
def whole(line: Line, rows: list[str]) -> dict[str, list[tuple]]:
    """The marts after the whole file arrived once, on a lake that was empty before."""
    assert line.settle() == ["catalog_and_staging"]
    line.dbt("build", "--exclude-resource-type", "unit_test")
    assert {mart: len(found) for mart, found in line.marts().items()} == dict.fromkeys(MARTS, 0)
    assert line.drop("jan.csv.gz", packed(rows))["status"] == "accepted"
    assert line.settle() == ["ingest", "catch_up"]
    return line.marts()


def test_the_marts_say_what_a_count_of_the_file_says(line, whole, rows):
    cells = [row.split(",") for row in rows]
    arrived = [int(cell[22]) for cell in cells if cell[22]]
    departed = [int(cell[11]) for cell in cells if cell[11]]
    found = line.results()
    assert {
        "legs": len(cells),
        "cancelled": sum(cell[24] == "1" for cell in cells),
        "diverted": sum(cell[23] == "1" for cell in cells),
        "arrived": len(arrived),
        "arr_late_15": sum(delay >= 15 for delay in arrived),
        "departed": len(departed),
        "dep_late_15": sum(delay >= 15 for delay in departed),
        "dep_on_time_d0": sum(delay <= 0 for delay in departed),
        "routes": len({(cell[7], cell[8]) for cell in cells}),
        "carriers": len({cell[4] for cell in cells}),
    }.items() <= found.items()
    assert found["delay_minutes"]["late_aircraft"] == sum(int(cell[29] or 0) for cell in cells)
    assert found["otp"]["afac_slot"] is None
    assert (found["otp"]["d0"]["on_time"], found["otp"]["d0"]["n"]) == (15_955, 29_968)
    assert (found["otp"]["cirium_a14"]["on_time"], found["otp"]["cirium_a14"]["n"]) == (22_365, 29_968)
    assert (found["otp"]["dot_a14"]["on_time"], found["otp"]["dot_a14"]["n"]) == (22_365, 30_691)
    for stage in found["hops"]:
        assert stage["rows_in"] == stage["rows_out"] + stage["duplicates"] + stage["rejects"] == len(cells)


def test_block_times_from_utc_are_the_files_for_every_leg(line, whole, rows):
    expected = sorted((cell[4], int(cell[5]), cell[7], int(cell[14])) for cell in (row.split(",") for row in rows))
    found = line.query(
        "select carrier, flight_number, origin, datediff('minute', std_at, sta_at) from operations.fct_leg"
    )
    assert sorted(found) == expected


def test_the_same_file_again_changes_nothing_and_asks_for_nothing(line, whole, rows):
    assert line.drop("jan.csv.gz", packed(rows))["status"] == "duplicate"
    assert line.drop("copy.csv.gz", packed(rows))["status"] == "duplicate"
    assert line.settle() == []
    assert line.marts() == whole


def test_halves_in_the_wrong_order_and_repeated_rows_end_in_the_same_marts(line, whole, rows):
    half = len(rows) // 2
    draw = random.Random(5)
    line.drop("jan.csv.gz", packed(rows[half:] + draw.sample(rows[half:], len(rows) // 20)))
    line.drop("copy.csv.gz", packed(rows[:half]))
    assert line.settle() == ["ingest", "warehouse"]
    assert line.marts() == whole
    found = line.results()
    [typed] = [stage for stage in found["hops"] if stage["hop"] == "typed"]
    assert typed["duplicates"] == len(rows) // 20


def test_a_hundred_damaged_rows_of_ten_kinds_are_in_quarantine_and_the_rest_in_the_marts(line, whole, rows):
    draw = random.Random(11)
    damaged = list(rows)
    broken = draw.sample([i for i, row in enumerate(rows) if row.split(",")[22]], 100)
    for number, index in enumerate(broken):
        kind = list(TEN_KINDS.values())[number % 10]
        damaged[index] = ",".join(kind(rows[index].split(",")))
    line.drop("jan.csv.gz", packed(damaged))
    line.drop("copy.csv.gz", packed(damaged))
    line.settle()
    assert line.refused() == dict.fromkeys(TEN_KINDS, 10)
    assert line.query("select count(*) from operations.fct_leg") == [(len(rows) - 100,)]
    line.drop("jan.csv.gz", packed(rows))
    line.settle()
    assert line.marts() == whole


def test_a_row_that_moves_to_another_day_leaves_the_first_one_empty_in_every_mart(line, whole):
    line.drop("late.csv", f"{HEADER}\n{LATE_LEG.format(day=5, weekday=1)}\n".encode())
    line.settle()
    counts = "select " + ", ".join(
        f"(select count(*) from operations.{mart} where operating_date = '2015-01-0{day}')"
        for day in (5, 6)
        for mart in MARTS
        if mart not in {"fct_delay_cause_day", "fct_delay_code_day"}
    )
    assert line.query(counts) == [(1, 1, 1, 6, 0, 0, 0, 0)]
    line.drop("late.csv", f"{HEADER}\n{LATE_LEG.format(day=6, weekday=2)}\n".encode())
    line.settle()
    assert line.query(counts) == [(0, 0, 0, 0, 1, 1, 1, 6)]
    assert "2015-01-05" not in Levels(line.lake, "warehouse").read()


def test_a_plain_build_on_a_full_warehouse_changes_nothing(line, whole):
    before = line.marts()
    line.dbt("build", "--exclude-resource-type", "unit_test")
    assert line.marts() == before
    assert line.settle() == []


def test_every_build_publishes_what_it_built(line, whole):
    line.publish()
    with PublishedCopy(line.state.published_copy, line.lake).pull().connect() as marts:
        found = {mart: marts.execute(f"from operations.{mart} order by all").fetchall() for mart in MARTS}
    assert found == line.marts()


def test_a_published_share_is_traced_to_lines_of_the_file(line, whole):
    line.publish()
    [(route, on, legs)] = line.query(
        "select route, operating_date::varchar, scheduled_legs from operations.fct_route_day order by 3 desc, 1 limit 1"
    )
    words = ("trace", "fct_route_day", "--route", route, "--date", on, "--metric", "otp_a14", "--json")
    program = Path(sys.executable).with_name("aero")
    done = subprocess.run((program, *words), env=line.state.env("analyst"), cwd=PROJECT, text=True, check=False,
                          capture_output=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    traced = json.loads(done.stdout)
    assert (traced["adds_up"], traced["missing"], len(traced["legs"])) == (True, [], legs)
    expected = "select sum(a14_on_time_legs), sum(arr_tracked_legs) from operations.fct_route_day"
    [sums] = line.query(f"{expected} where route = '{route}' and operating_date = '{on}'")
    assert (sum(leg["over"] for leg in traced["legs"]), sum(leg["under"] for leg in traced["legs"])) == sums
    raw = Bucket(Environment.current().raw_bucket, line.state.session("orchestrator").client("s3"))
    for leg in traced["legs"]:
        [record] = [record for record in leg["records"] if record["wins"]]
        assert record["object"]["is_there"]
        key, _, number = record["raw_ref"].partition("#")
        lines = gzip.decompress(raw.read(key) or b"").split(b"\n")  # another line of the file is no UTF-8
        cells = lines[int(number) - 1].decode().split(",")
        assert (cells[4], int(cells[5]), cells[7]) == tuple(
            leg["names"][name] for name in ("carrier", "flight_number", "origin")
        )


def test_a_file_refused_at_the_door_is_published_without_touching_the_marts(line, whole):
    line.publish()
    before = PublishedCopy(line.state.published_copy, line.lake).pull().manifest
    assert line.drop("page.csv", b"<!doctype html><title>Sign in</title>")["status"] == "rejected"
    assert (line.settle(), line.publish(), line.publish()) == ([], ["publish"], [])
    after = PublishedCopy(line.state.published_copy, line.lake).pull()
    marts = {table.name for table in before.tables if not table.name.startswith("health.")}
    assert all(after.manifest.table(name) == before.table(name) for name in marts)
    with after.connect() as reader:
        refused = reader.execute("select kind, raw_ref from health.quarantine where kind = 'file'").fetchall()
    assert ("file", f"{FEED}/page.csv") in refused


def test_the_dashboard_s_role_reads_what_is_published(line, whole):
    line.publish()
    lake = Bucket(line.lake.name, line.state.session("dashboard").client("s3"))
    snapshot = PublishedCopy(line.state.root / "as-dashboard", lake).pull()
    with snapshot.connect() as marts:
        [(legs,)] = marts.execute("select count(*) from operations.fct_leg").fetchall()
    assert legs == len(line.marts()["fct_leg"])


def test_the_raw_zone_is_in_the_catalog_and_athena_counts_what_the_typed_zone_holds(line, whole):
    done = line.defs.resolve_job_def("discovery").execute_in_process(instance=line.instance, raise_on_error=True)
    checks = {check.check_name: check for check in done.get_asset_check_evaluations()}
    assert all(check.passed for check in checks.values()), {name: check.metadata for name, check in checks.items()}
    assert set(checks) == {"agrees_with_register", "one_table_per_feed", "athena_counts_what_the_typed_zone_holds"}
    [found] = [entry for entry in done.asset_materializations_for_node("catalog__raw_zone")]
    # The emulator's crawler looks at nothing: the asset must not claim otherwise.
    assert "finds nothing" in str(found.metadata["how"].value)
    [counted] = [entry for entry in done.asset_materializations_for_node("catalog__athena_counts")]
    rows = counted.metadata["rows"].value
    assert rows[FEED][0] == rows[FEED][1] > 1_000


def numbered(value):
    return None if value is None else float(value)


def test_every_figure_has_in_athena_the_value_that_a_reader_of_the_version_finds(line, whole):
    line.publish()
    snapshot, environment = PublishedCopy(line.state.published_copy, line.lake).pull(), Environment.current()
    athena = boto3.Session().client("athena")
    tables = {table.name.partition(".")[2]: table.name for table in snapshot.manifest.tables}
    sums_of: dict[str, dict[str, str]] = {}
    for kpi in figures().kpis.values():
        if kpi.of.model in tables:
            sums_of.setdefault(tables[kpi.of.model], {}).update({part.id: part.value_sql() for part in kpi.sums})
    assert len(sums_of) > 10
    known = 0
    with snapshot.connect() as reader:
        for table, sums in sums_of.items():
            query = ", ".join(f"sum({value}) as {name}" for name, value in sums.items())
            read = reader.execute(f"select {query} from {table}").fetchone()
            [asked] = athena_rows(athena, environment, environment.published_database,
                                  f"select {query} from {table_name(table)}")  # fmt: skip
            assert [numbered(asked[name]) for name in sums] == [numbered(value) for value in read or ()], table
            known += sum(value is not None for value in read or ())
    assert known > 20


def test_athena_has_of_a_table_the_files_of_the_current_version_and_no_other(line, whole):
    line.publish()
    due = {f"{LATEST}/{table.name}/{part.name}.parquet" for table in line.manifest().tables for part in table.parts}
    assert {item.key for item in line.lake.list(f"{LATEST}/")} == {*due, COPIES}
    lost = sorted(due)[0]
    line.lake.delete([lost])
    line.lake.write(f"{LATEST}/operations.fct_leg/2014-01.parquet", b"of a month that left")
    assert copy_files(line.lake, line.manifest()) == (1, 1)
    assert {item.key for item in line.lake.list(f"{LATEST}/")} == {*due, COPIES}
