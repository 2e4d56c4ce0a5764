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
from aero_cli.demo.story import _earning, _headline, _ladder, _routes, _unit_money
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
    create schema finance; create schema commercial;
    create table finance.fct_route_margin as
        select date '2026-11-24' as operating_date, route, 2 as operated_legs, revenue::decimal(18, 2) as revenue_usd,
               (revenue - 5)::decimal(18, 2) as passenger_revenue_usd, 5::decimal(18, 2) as cargo_revenue_usd,
               (revenue - 10)::decimal(18, 2) as cm1_usd, (revenue - 60)::decimal(18, 2) as cm2_usd,
               (revenue - 90)::decimal(18, 2) as cm3_usd, (revenue - 100)::decimal(18, 2) as fully_allocated_usd,
               1000.0::decimal(18, 6) as seat_km, 100.00::decimal(18, 2) as cost_usd,
               25.00::decimal(18, 2) as actual_cost_usd
        from (values ('MEX-GDL', 300.5), ('MEX-CUN', 40.0)) as t (route, revenue);
    create table commercial.fct_route_day_ticket as
        select operating_date, passenger_revenue_usd as flown_revenue_usd from finance.fct_route_margin;
    create table commercial.fct_leg_revenue as
        select operating_date, cargo_revenue_usd from finance.fct_route_margin;
    create table commercial.fct_route_day_commercial as
        select date '2026-11-24' as operating_date, 50 as promoters, 20 as detractors, 120 as recommendations;
    create table finance.fct_route_day_cost as
        select operating_date, cost_usd as amount_usd from finance.fct_route_margin;
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


def test_the_money_of_the_demo_is_a_ladder_and_the_routes_that_earn_and_lose():
    results = collect(SNAPSHOT, [], "airline", {})  # ty: ignore[invalid-argument-type]
    money = results["money"]
    assert (float(money["revenue_usd"]), float(money["cost_usd"])) == (340.5, 200.0)
    assert [route["route"] for route in money["best_routes"]] == ["MEX-GDL", "MEX-CUN"]
    assert float(money["worst_routes"][0]["fully_allocated_usd"]) == -60.0
    console = Console(width=120, record=True)
    console.print(_ladder(money))
    console.print(_unit_money(money))
    console.print(_earning(money))
    text = console.export_text()
    assert "41.3%" in text, "140.5 of 340.5 dollars are left"
    assert "RASK 17.03, CASK 10.00 US cents per seat-kilometre; 25% of the costs are invoiced" in text
    assert "▼ MEX-CUN" in text


def test_satisfaction_is_told_with_the_answers_that_it_is_of_or_not_at_all():
    results = collect(SNAPSHOT, [], "airline", {})  # ty: ignore[invalid-argument-type]
    assert _headline(results)[-1] == "NPS +25.0 of 120 answers"
    before = collect(SNAPSHOT, [], "airline", {}, before=date(2026, 11, 24))  # ty: ignore[invalid-argument-type]
    assert (before["satisfaction"]["nps"], before["satisfaction"]["recommendations"]) == (None, 0)
    assert "NPS" not in " ".join(_headline(before))


def test_without_any_money_there_is_no_ladder():
    results = collect(SNAPSHOT, [], "airline", {}, before=date(2026, 11, 24))  # ty: ignore[invalid-argument-type]
    assert results["money"] is None


@pytest.mark.parametrize(("handed_over", "complaints"), [(330.50, 0), (330.51, 1)])
def test_money_that_is_a_cent_from_what_was_handed_over_is_a_complaint(handed_over, complaints):
    control = {"flown_revenue_usd": handed_over, "cost_usd": 200.0, "cargo_usd": 10.0}
    results = collect(SNAPSHOT, [], "airline", {}, control)  # ty: ignore[invalid-argument-type]
    results |= {"checks": {"passed": 1, "failed": [], "not_run": []}, "is_new": True}
    console = Console(width=120, record=True)
    assert _verdict(results, console) is not bool(complaints)
    assert f"{complaints} complaints" in console.export_text()


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
