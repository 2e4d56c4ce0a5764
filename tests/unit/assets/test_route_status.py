"""The status of routes: judged once per closed day over published marts, kept with its history, told once."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from aero_assets import status_days
from aero_assets.defs.alerts.route_status import route_status
from aero_assets.defs.published.day_status import judge, turned_red
from aero_assets.defs.published.judged_days import judge_closed_days
from aero_streaming.rules import rules_of_days
from tests.unit.assets.live_samples import AlertZones, LiveLine, run
from tests.unit.assets.test_sensors import instance  # noqa: F401 - a fixture

RULES = {rule.id: rule for rule in rules_of_days()}
LAST = datetime.now(UTC).date() - timedelta(days=2)


@pytest.fixture
def zones(tmp_path):
    return AlertZones(root=str(tmp_path))


@pytest.fixture
def line():
    return LiveLine()


def marts(days, cm2=200, on_time=9, targets=(), routes=("MEX-CUN",), last=LAST):
    """A warehouse of routes with ten arrivals a day; `cm2` and `on_time` may be functions of a day's age."""
    warehouse = duckdb.connect()
    warehouse.execute("create schema operations; create schema finance")
    warehouse.execute("""
        create table operations.fct_route_day (operating_date date, route varchar, arr_tracked_legs bigint,
            a14_on_time_legs bigint, scheduled_legs bigint);
        create table operations.fct_leg as select 'datos sintéticos' as data_label;
        create table finance.fct_route_margin (operating_date date, route varchar, operated_legs bigint,
            block_minutes bigint, passenger_revenue_usd decimal(18, 2), cargo_revenue_usd decimal(18, 2),
            revenue_usd decimal(18, 2), cm2_usd decimal(18, 2), seat_km decimal(18, 6), data_label varchar);
        create table finance.fct_target (
            month_start_on date, carrier varchar, route varchar, kpi varchar, target_value double)
    """)
    for age in range(days):
        on = last - timedelta(days=age)
        share = on_time(age) if callable(on_time) else on_time
        margin = cm2(age) if callable(cm2) else cm2
        for route in routes:
            warehouse.execute("insert into operations.fct_route_day values (?, ?, 10, ?, 10)", [on, route, share])
            warehouse.execute(
                "insert into finance.fct_route_margin values (?, ?, 10, 600, 1000, 0, 1000, ?, 10000, null)",
                [on, route, margin],
            )
    for target in targets:
        warehouse.execute("insert into finance.fct_target values (?, ?, ?, ?, ?)", list(target))
    return warehouse


def judged(zones, warehouse):
    return judge_closed_days(warehouse, zones.lake(), "level", datetime.now(UTC))


def found(warehouse, rule_id, held=None, day=LAST):
    return {row["route"]: row for row in judge(warehouse, day, [RULES[rule_id]], held or {})}


def test_a_route_is_judged_over_the_days_up_to_the_day_and_no_others():
    of_last_week = marts(60, on_time=lambda age: 2 if age < 7 else 10)
    row = found(of_last_week, "a14_route_7d")["MEX-CUN"]
    assert (row["light"], row["value"], row["n"], row["days"]) == ("red", pytest.approx(20), 70, 7)
    row = found(of_last_week, "a14_route_28d")["MEX-CUN"]
    assert (row["value"], row["n"], row["days"]) == (pytest.approx(80), 280, 28)
    assert row["data_label"] == "datos sintéticos"


def test_money_is_judged_by_the_sums_of_the_window():
    row = found(marts(10, cm2=-1), "cm2_route_28d")["MEX-CUN"]
    assert (row["light"], row["value"], row["n"], row["days"]) == ("red", pytest.approx(-0.1), 100, 10)


def test_a_change_is_against_the_routes_own_days_before():
    halved = marts(35)
    week = [LAST - timedelta(7)]
    halved.execute("update finance.fct_route_margin set revenue_usd = 500 where operating_date > ?", week)
    row = found(halved, "rask_route_before")["MEX-CUN"]
    assert (row["light"], row["value"], row["compared"]) == ("red", pytest.approx(-50), pytest.approx(0.1))
    assert found(marts(7), "rask_route_before")["MEX-CUN"]["light"] == "grey"


def test_answers_of_passengers_are_judged_by_their_own_number():
    warehouse = marts(1)
    warehouse.execute(
        """
        create schema customer;
        create view customer.fct_satisfaction as
        select $last::date - n::int as operating_date, 'MEX-CUN' as route, null as data_label, 10 as recommendations,
               case when n < 28 then 2 else 6 end as promoters, 3 as detractors,
               case when n < 28 then 2 else 6 end - 3 as net_promoters
        from range(118) as t(n)
    """.replace("$last", f"'{LAST}'")
    )
    row = found(warehouse, "nps_route_before")["MEX-CUN"]
    assert (row["light"], row["value"], row["compared"], row["n"]) == (
        "red", pytest.approx(-40), pytest.approx(0.3), 280
    )  # fmt: skip


def test_a_target_of_an_amount_counts_for_the_days_so_far_and_one_of_a_share_as_it_is():
    day = date(2026, 4, 15)
    month = [
        (day.replace(day=1), "all", "MEX-CUN", "operating_revenue", 30_000.0),
        (day.replace(day=1), "all", "MEX-CUN", "otp_a14", 0.8),
        (day.replace(day=1), "AM", "MEX-GDL", "otp_a14", 1.0),
    ]
    warehouse = marts(45, targets=month, last=day, routes=("MEX-CUN", "MEX-GDL"))
    revenue = found(warehouse, "revenue_target_month", day=day)
    assert list(revenue) == ["MEX-CUN"], "a route without a target is not judged by it"
    assert (revenue["MEX-CUN"]["compared"], revenue["MEX-CUN"]["value"]) == (15_000, pytest.approx(0))
    share = found(warehouse, "a14_target_month", day=day)["MEX-CUN"]
    assert (share["compared"], share["value"], share["light"]) == (0.8, pytest.approx(10), "green")


def test_a_light_says_since_when_it_has_its_colour():
    before = {"light": "red", "since": "2026-01-01"}
    row = found(marts(28, on_time=2), "a14_route_7d", {("a14_route_7d", "MEX-CUN"): before})["MEX-CUN"]
    assert (row["since"], row["light_before"], turned_red([row])) == ("2026-01-01", "red", [])
    row = found(marts(28, on_time=2), "a14_route_7d", {("a14_route_7d", "MEX-CUN"): before | {"light": "amber"}})[
        "MEX-CUN"
    ]
    assert (row["since"], turned_red([row])) == (LAST.isoformat(), [row])


def test_closed_days_are_judged_once_and_what_turned_red_is_told_once(instance, line, zones):  # noqa: F811
    warehouse = marts(10, cm2=lambda age: -2000 if age == 0 else 100)
    assert judged(zones, warehouse) == 10
    assert run(route_status, instance, line, zones).success
    assert [sent["Subject"] for sent in line.daily.published] == [f"Rutas en rojo {LAST}: 1"]
    assert judged(zones, warehouse) == 0
    assert run(route_status, instance, line, zones).success
    assert len(line.daily.published) == 1


def test_the_history_of_judged_days_is_one_table(zones):
    judged(zones, marts(3))
    table = status_days.table(zones.lake())
    assert table.schema == status_days.SCHEMA
    assert set(table.column("operating_date").to_pylist()) == {LAST - timedelta(days=age) for age in range(3)}


def test_the_last_day_is_judged_again_when_its_figures_change(zones):
    judged(zones, marts(3, on_time=2))
    judged(zones, marts(3, on_time=10))
    lights = {row["rule_id"]: row["light"] for row in status_days.history(zones.lake(), LAST) or ()}
    assert lights["a14_route_7d"] == "green"


def test_a_rule_without_figures_is_judged_when_they_come_and_a_colour_stays(zones):
    without_money = marts(3, on_time=2)
    without_money.execute("delete from finance.fct_route_margin")
    judged(zones, without_money)
    judged(zones, marts(3, on_time=10))
    early = {row["rule_id"]: row["light"] for row in status_days.history(zones.lake(), LAST - timedelta(days=1)) or ()}
    assert (early["cm2_route_28d"], early["a14_route_7d"]) == ("green", "red")


def test_nothing_is_judged_before_the_day_has_closed(zones):
    assert judged(zones, marts(1, last=datetime.now(UTC).date() + timedelta(days=1))) == 0
    assert list(zones.lake().list("_status/")) == []


@pytest.mark.parametrize("is_judged", [True, False])
def test_without_live_part_or_judged_days_nothing_is_told_and_nothing_fails(instance, line, zones, is_judged):  # noqa: F811
    line.dynamo.is_there = False
    if is_judged:
        judged(zones, marts(3, on_time=2))
    assert run(route_status, instance, line, zones).success
    assert line.daily.published == []
