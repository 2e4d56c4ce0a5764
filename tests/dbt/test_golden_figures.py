"""Every figure of the golden days as warehouse, MetricFlow and pages have it: marts compiled by dbt, functions of the
pages.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from aero_assets import complete_days
from aero_assets.metrics import Metrics, Question
from aero_dashboard import kpis, lights, queries
from aero_drills import recount
from aero_streaming.alerts.api import colour_of
from aero_streaming.alerts.sums import of_state
from aero_streaming.backtesting.event_records import records_of_events
from aero_streaming.figures import figures
from aero_streaming.rules import rules
from tests.dbt.project import FOLDER, Parsed, Warehouse
from tests.dbt.test_leg_times import COLUMNS, _value
from tests.golden.figures import CASES, GOLDEN, GoldenDay

DAY = GOLDEN["figures"]
OTP = {kpi.id: kpi.otp.definition for kpi in figures().kpis.values() if kpi.otp}
#: Figures that the marts of a day have all sums of.
KEPT = [
    (day, name)
    for day, name in CASES
    for kpi in [figures().kpis[name]]
    if all("marts" in total.kept_in for total in (*kpi.numerator, *kpi.less, *kpi.denominator))
]


@pytest.fixture(scope="module")
def marts_of(built: Warehouse) -> Iterator[dict[str, Any]]:
    """The golden days from merged legs on, built by the SQL that dbt runs, each as of its golden time."""
    engines = {name: marts_from(built, day) for name, day in GOLDEN.items()}
    yield engines
    for engine in engines.values():
        engine.close()


@pytest.fixture
def marts(marts_of: dict[str, Any]) -> Any:
    """The golden day that has a leg of every kind."""
    return marts_of["figures"]


def marts_from(built: Warehouse, day: GoldenDay) -> Any:
    """Build the marts of a golden day in memory."""
    engine: Any = duckdb.connect()
    engine.execute("attach ':memory:' as warehouse; use warehouse")
    for schema in ("intermediate", "operations", "reference"):
        engine.execute(f"create schema {schema}")
    columns = {**COLUMNS, "operating_date": "date"}
    engine.execute(
        f"create table intermediate.int_leg ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
    )
    rows = [
        [day.on if name == "operating_date" else _value(name, dict(leg)) for name in columns]
        for leg in recount.legs(day.events).values()
    ]
    engine.executemany(f"insert into intermediate.int_leg values ({', '.join('?' * len(columns))})", rows)
    seed = FOLDER / "seeds" / "reference" / "otp_definitions.csv"
    engine.execute(f"create table reference.otp_definitions as from read_csv('{seed}')")
    for model in ("fct_leg", "fct_route_day", "fct_otp_day"):
        sql = built.compiled(model, as_of=f"{day.as_of:%Y-%m-%d %H:%M:%S}")
        engine.execute(f"create table operations.{model} as {sql}")
    return engine


def scope_of(day: GoldenDay) -> queries.Scope:
    """The day as a reader of the pages chooses it."""
    return queries.Scope(day.as_of.date(), day.as_of.date())


@pytest.mark.parametrize(("day", "kpi_id"), CASES)
def test_legs_of_the_warehouse_give_the_golden_answer(marts_of, day: str, kpi_id: str) -> None:
    kpi = figures().kpis[kpi_id]
    sums = ", ".join(f"coalesce(sum({total.value_sql()}), 0)::double as {total.id}" for total in kpi.sums)
    [found] = marts_of[day].execute(f"select {sums} from operations.fct_leg").df().to_dict("records")
    assert (kpi.over(found), kpi.under(found)) == pytest.approx(GOLDEN[day].answers[kpi_id])


@pytest.mark.parametrize(("day", "kpi_id"), CASES)
def test_metricflow_gives_the_golden_answer(marts_of, parsed: Parsed, day: str, kpi_id: str) -> None:
    metrics = Metrics.of_project(parsed.semantic_manifest)
    [(value,)] = marts_of[day].execute(metrics.sql(Question([kpi_id]))).fetchall()
    assert float(value) == pytest.approx(value_of(day, kpi_id))


@pytest.mark.parametrize(("day", "kpi_id"), KEPT)
def test_sums_of_days_give_the_golden_answer(marts_of, day: str, kpi_id: str) -> None:
    kpi = figures().kpis[kpi_id]
    query = f"select {kpi.over_sql}, {kpi.value_sql} from operations.fct_route_day"
    over, value = marts_of[day].execute(query).fetchone()
    assert (float(over), float(value)) == pytest.approx((GOLDEN[day].answers[kpi_id][0], value_of(day, kpi_id)))


@pytest.mark.parametrize(("day", "kpi_id"), [(day, kpi_id) for day, kpi_id in CASES if kpi_id in OTP])
def test_punctuality_of_the_marts_and_of_the_pages_is_the_golden_answer(marts_of, day: str, kpi_id: str) -> None:
    days = queries.otp_by_day(marts_of[day], scope_of(GOLDEN[day]))
    figure = kpis.otp("punctuality", OTP[kpi_id], days)
    assert (figure.numerator, figure.denominator) == GOLDEN[day].answers[kpi_id]


@pytest.mark.parametrize(("day", "kpi_id"), [(day, kpi_id) for day, kpi_id in CASES if kpi_id in kpis.STRIP])
def test_the_strip_of_the_pages_is_the_golden_answer(marts_of, day: str, kpi_id: str) -> None:
    sums = kpis.total(queries.sums_by_day(marts_of[day], scope_of(GOLDEN[day])))
    [found] = [kpi for kpi in kpis.from_sums(sums) if kpi.key == kpi_id]
    assert (found.numerator, found.denominator) == pytest.approx(GOLDEN[day].answers[kpi_id])


def test_the_day_of_two_hundred_legs_is_one_number_and_one_colour_on_board_and_page(marts_of) -> None:
    golden, engine = GOLDEN["two_hundred_legs"], marts_of["two_hundred_legs"]
    days, sums = (read(engine, scope_of(golden)) for read in (queries.otp_by_day, queries.sums_by_day))
    page = {
        kpi.rule: (kpi.numerator, kpi.denominator, light.status)
        for kpi in kpis.strip("cirium_a14", days, sums)
        if (light := lights.of_kpi(kpi, "network", 1, 0))
    }
    state = [row for row in records_of_events(golden.events) if row.get("scope_type") == "network"][-1]
    board = {}
    for rule in (known for name in page if (known := rules().find(f"{name}", "network", 1))):
        seen = of_state(rules(), rule, state, golden.as_of)
        board[rule.kpi] = (seen.k, seen.n, colour_of(rule, seen))
    assert page == board == {
        "otp_a14": (153, 180, "A"), "otp_d15": (157, 174, "V"), "otp_d0": (157, 174, "V"),
        "completion": (180, 200, "R"),
    }  # fmt: skip


def value_of(day: str, kpi_id: str) -> float:
    """The golden answer as one number."""
    over, under = GOLDEN[day].answers[kpi_id]
    return (over if under is None else over / under) * GOLDEN[day].factors.get(kpi_id, 1)


def test_the_block_fit_of_the_page_is_the_golden_answer(marts) -> None:
    found = kpis.block_fit(queries.block_minutes(marts, scope_of(DAY)))
    assert (found.numerator, found.denominator) == DAY.answers["block_fit"]


def test_the_page_says_how_many_flights_nobody_has_heard_of(marts) -> None:
    sums = kpis.total(queries.sums_by_day(marts, scope_of(DAY)))
    [completion] = [kpi for kpi in kpis.from_sums(sums) if kpi.key == "completion"]
    assert (completion.legs, completion.unknown_legs) == (13, 1)


def test_the_golden_day_is_not_complete_while_flights_are_not_due(marts) -> None:
    assert marts.execute("select count(*) from operations.fct_leg where not is_departure_due").fetchone() == (2,)
    assert complete_days.span(marts) == (DAY.as_of.date(),) * 3


def test_a_day_ahead_of_the_clock_is_as_far_as_its_flights_are(marts, built: Warehouse) -> None:
    sql = built.compiled("fct_leg", as_of="2026-11-21 12:00:00")
    due = marts.execute(f"select count(*) filter (is_departure_due), count(*) filter (is_arrival_due) from ({sql})")
    assert due.fetchone() == (14, 13)  # the last movement is OUT at 22:00


def test_a_plan_that_nothing_has_happened_on_is_not_due_before_its_time(marts, built: Warehouse) -> None:
    marts.execute("create or replace temp table kept as from intermediate.int_leg")
    nothing = "out_at = null, last_out_at = null, off_at = null, on_at = null, in_at = null, is_diverted = null"
    marts.execute(f"update intermediate.int_leg set {nothing}")
    counts = []
    for as_of in ("2026-11-21 12:00:00", "2026-11-22 13:59:59", "2026-11-22 14:00:00", "2026-11-23 12:00:00"):
        sql = built.compiled("fct_leg", as_of=as_of)
        counts += marts.execute(f"select count(*) from ({sql}) where is_departure_due").fetchone()
    marts.execute("create or replace table intermediate.int_leg as from kept")
    assert counts == [0, 0, 13, 16]
