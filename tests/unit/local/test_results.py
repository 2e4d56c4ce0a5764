"""Results of a demo are those of its input, also where the platform was told of more since."""

from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

import duckdb
import pytest
from rich.console import Console

from aero_assets.lake import LakeCopy
from aero_assets.outcomes import Outcome
from aero_cli.demo.demo import _verdict
from aero_cli.demo.results import collect, stages, untold
from aero_cli.demo.story import _headline, _routes
from tests.fakes import FolderBucket
from tests.unit.assets import test_leg_balance as small

MARTS = """
    create schema operations; create schema reference; create schema health;
    create table operations.fct_leg as
        select *, false as is_cancelled, false as is_diverted, true as is_operated,
               20 as departure_delay_minutes, 100 as seats, null as time_problem,
               90 as passengers, 9.0 as passenger_km, 10.0 as seat_km, 'AM' as carrier, 'MEX-GDL' as route
        from (values (date '2026-11-24', 10), (date '2026-11-25', 30), (date '2026-11-26', 40))
            as t (operating_date, arrival_delay_minutes);
    create table operations.fct_otp_day as
        select operating_date, 'a14' as definition, 1 as legs, 0 as on_time_legs, 0 as unknown_legs
        from operations.fct_leg;
    create table operations.fct_delay_cause_day as
        select operating_date, 'weather' as cause, 15 as delay_minutes from operations.fct_leg;
    create table operations.fct_route_day as
        select operating_date, route, 1 as operated_legs, 30 as arrived_legs, 1 as arr_late_15_legs,
               31 as arr_tracked_legs, 29 as a14_on_time_legs, 20 as departure_delay_minutes from operations.fct_leg;
    create table reference.otp_definitions as select 'a14' as definition;
    create table health.quarantine_reason (feed varchar, kind varchar, reason varchar, records bigint);
    create table health.quarantine (feed varchar, kind varchar, reason varchar, message varchar);
"""
NAMES = ("legs", "cancelled", "diverted", "departed", "arrived", "arr_late_15", "departure_delay_minutes", "seats",
         "passengers", "garbled_rows")  # fmt: skip


@contextmanager
def connect():
    with duckdb.connect() as marts:
        marts.execute(MARTS)
        yield marts


SNAPSHOT = SimpleNamespace(connect=connect, manifest=SimpleNamespace(labels=()), version="v1")


def test_days_that_the_input_says_nothing_of_are_no_part_of_its_results():
    control = dict.fromkeys(NAMES, 0)
    whole = collect(SNAPSHOT, [], "airline", {}, control)  # ty: ignore[invalid-argument-type]
    part = collect(SNAPSHOT, [], "airline", {}, control, date(2026, 11, 26))  # ty: ignore[invalid-argument-type]

    def figures(found):
        return (
            found["legs"], found["arr_late_15"], found["control"]["seats"]["found"], found["otp"]["a14"]["n"],
            found["delay_minutes"]["weather"], found["worst_routes"][0]["operated"], found["last_operating_date"],
        )  # fmt: skip

    assert figures(whole) == (3, 2, 300, 3, 45, 3, "2026-11-26")
    assert figures(part) == (2, 1, 200, 2, 30, 2, "2026-11-25")


def test_routes_are_shown_by_the_punctuality_of_the_register_where_a_diversion_counts():
    found = collect(SNAPSHOT, [], "airline", {})  # ty: ignore[invalid-argument-type]
    [route] = found["worst_routes"]
    assert (route["arr_tracked"], route["otp_a14"]) == (93, 87 / 93), "not of the 90 that arrived"
    console = Console(width=100, record=True)
    console.print(_routes(found))
    assert "93.5%" in console.export_text()


@pytest.mark.parametrize(
    ("operated", "ending"), [(3, "0 diverted"), (1, "0 diverted, of 2 not told whether they left")]
)
def test_flights_of_which_nobody_told_whether_they_left_are_counted_beside_the_cancelled_ones(operated, ending):
    results = collect(SNAPSHOT, [], "airline", {})  # ty: ignore[invalid-argument-type]
    assert _headline(results | {"operated": operated})[1] == f"0 cancelled (0.0%), {ending}"


def test_cancellations_and_diversions_that_no_source_tells_are_unknown_and_not_none():
    results = collect(SNAPSHOT, [], "airline", {}, unknown={"diverted", "cancelled"})  # ty: ignore[invalid-argument-type]
    assert (results["cancelled"], results["diverted"], results["months"][0]["cancelled"]) == (None, None, None)
    assert _headline(results)[1] == "cancellations not told, diversions not told"


@pytest.mark.parametrize(
    ("cells", "unknown"),
    [
        ("(true, null), (false, null)", {"diverted"}),
        ("(null, null)", {"cancelled", "diverted"}),
        ("(false, false)", set()),
    ],
)
def test_a_count_is_unknown_where_every_leg_leaves_it_out(tmp_path, cells, unknown):
    with duckdb.connect(str(tmp_path / "warehouse")) as connection:
        connection.execute(f"""
            create schema intermediate;
            create table intermediate.int_leg as
            select date '2026-11-24' as operating_date, * from (values {cells}) as t (is_cancelled, is_diverted)
        """)
    assert untold(tmp_path / "warehouse") == unknown
    assert untold(tmp_path / "warehouse", date(2026, 11, 24)) == set(), "no leg, no word"


def test_every_stage_is_counted_and_one_that_is_not_level_is_a_complaint(tmp_path):
    copy, lake = tmp_path / "copy", FolderBucket(tmp_path / "lake")
    small.fill(copy)
    for manifest in small.manifests_of(copy):
        manifest.save(lake)
    Outcome("door", "f", "a", date(2026, 11, 20), 8, 8, 0, 0).record(lake)
    Outcome("typed", "f", "a", date(2026, 11, 20), 8, 6, 1, 1, mixed=2).record(lake)
    with duckdb.connect(f"{tmp_path}/w.duckdb") as warehouse:
        warehouse.execute(small.BUILD.format(lake=copy))
    found = stages(LakeCopy(copy, lake), tmp_path / "w.duckdb", SNAPSHOT)  # ty: ignore[invalid-argument-type]
    assert [tuple(stage.values()) for stage in found] == [
        ("door", 8, 8, 0, 0, 0), ("typed", 8, 6, 1, 1, 2), ("warehouse", 8, 3, 4, 1, 0), ("published", 3, 3, 0, 0, 0),
    ]  # fmt: skip
    results = {"hops": found, "is_new": True, "control": None, "checks": {"passed": 1, "failed": [], "not_run": []}}
    with (console := Console(width=200)).capture() as said:
        assert not _verdict(results, console)
    assert "typed: 8 rows in, 6 out, 1 duplicates, 1 rejects, 2 mixed up: they do not add up" in said.get()
    found[1]["mixed"] = 0
    assert _verdict(results, console)
