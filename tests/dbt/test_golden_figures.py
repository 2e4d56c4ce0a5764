"""Every figure of the golden day as warehouse, MetricFlow and pages have it: marts compiled by dbt, functions of the
pages.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from aero_assets.metrics import Metrics, Question
from aero_dashboard import kpis, queries
from aero_local import recount
from aero_streaming.figures import figures
from tests.dbt.project import FOLDER, Parsed, Warehouse
from tests.dbt.test_leg_times import COLUMNS, _value
from tests.golden.figures import AS_OF, ON, golden_day

ANSWERS = golden_day().answers
OTP = {kpi.id: kpi.otp.definition for kpi in figures().kpis.values() if kpi.otp and kpi.id in ANSWERS}
#: Figures that the marts of a day have all sums of.
KEPT = [
    name
    for name in ANSWERS
    if all("marts" in one.kept_in for one in (*figures().kpis[name].numerator, *figures().kpis[name].denominator))
]
SCOPE = queries.Scope(AS_OF.date(), AS_OF.date())


@pytest.fixture(scope="module")
def marts(built: Warehouse) -> Iterator[Any]:
    """The golden day from merged legs on, built by the SQL that dbt runs, as of the golden time."""
    engine: Any = duckdb.connect()
    engine.execute("attach ':memory:' as warehouse; use warehouse")
    for schema in ("intermediate", "operations", "reference"):
        engine.execute(f"create schema {schema}")
    columns = {**COLUMNS, "operating_date": "date"}
    engine.execute(
        f"create table intermediate.int_leg ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
    )
    rows = [
        [ON if name == "operating_date" else _value(name, dict(leg)) for name in columns]
        for leg in recount.legs(golden_day().events).values()
    ]
    engine.executemany(f"insert into intermediate.int_leg values ({', '.join('?' * len(columns))})", rows)
    seed = FOLDER / "seeds" / "reference" / "otp_definitions.csv"
    engine.execute(f"create table reference.otp_definitions as from read_csv('{seed}')")
    for model in ("fct_leg", "fct_route_day", "fct_otp_day"):
        sql = built.compiled(model, as_of=f"{AS_OF:%Y-%m-%d %H:%M:%S}")
        engine.execute(f"create table operations.{model} as {sql}")
    yield engine
    engine.close()


@pytest.mark.parametrize("kpi_id", ANSWERS)
def test_legs_of_the_warehouse_give_the_golden_answer(marts, kpi_id: str) -> None:
    kpi = figures().kpis[kpi_id]
    sums = ", ".join(f"coalesce(sum({one.value_sql()}), 0)::double as {one.id}" for one in kpi.sums)
    [found] = marts.execute(f"select {sums} from operations.fct_leg").df().to_dict("records")
    assert (kpi.over(found), kpi.under(found)) == pytest.approx(ANSWERS[kpi_id])


@pytest.mark.parametrize("kpi_id", ANSWERS)
def test_metricflow_gives_the_golden_answer(marts, parsed: Parsed, kpi_id: str) -> None:
    metrics = Metrics.of_project(parsed.semantic_manifest)
    golden_over, golden_under = ANSWERS[kpi_id]
    golden = golden_over if golden_under is None else golden_over / golden_under
    assert marts.execute(metrics.sql(Question([kpi_id]))).fetchall() == [(pytest.approx(golden),)]


@pytest.mark.parametrize("kpi_id", KEPT)
def test_sums_of_days_give_the_golden_answer(marts, kpi_id: str) -> None:
    kpi = figures().kpis[kpi_id]
    over, value = marts.execute(f"select {kpi.over_sql}, {kpi.value_sql} from operations.fct_route_day").fetchone()
    golden_over, golden_under = ANSWERS[kpi_id]
    golden = golden_over if golden_under is None else golden_over / golden_under
    assert (float(over), float(value)) == pytest.approx((golden_over, golden))


@pytest.mark.parametrize("kpi_id", OTP)
def test_punctuality_of_the_marts_and_of_the_pages_is_the_golden_answer(marts, kpi_id: str) -> None:
    days = queries.otp_by_day(marts, SCOPE)
    found = kpis.otp("punctuality", OTP[kpi_id], days)
    assert (found.numerator, found.denominator) == ANSWERS[kpi_id]


@pytest.mark.parametrize("kpi_id", kpis.STRIP)
def test_the_strip_of_the_pages_is_the_golden_answer(marts, kpi_id: str) -> None:
    sums = kpis.total(queries.sums_by_day(marts, SCOPE))
    [found] = [one for one in kpis.from_sums(sums) if one.key == kpi_id]
    assert (found.numerator, found.denominator) == pytest.approx(ANSWERS[kpi_id])


def test_the_block_fit_of_the_page_is_the_golden_answer(marts) -> None:
    found = kpis.block_fit(queries.block_minutes(marts, SCOPE))
    assert (found.numerator, found.denominator) == ANSWERS["block_fit"]


def test_the_page_says_how_many_flights_nobody_has_heard_of(marts) -> None:
    sums = kpis.total(queries.sums_by_day(marts, SCOPE))
    [completion] = [one for one in kpis.from_sums(sums) if one.key == "completion"]
    assert (completion.legs, completion.unknown_legs) == (13, 1)


def test_the_golden_day_is_not_complete_while_flights_are_not_due(marts) -> None:
    assert marts.execute("select count(*) from operations.fct_leg where not is_departure_due").fetchone() == (2,)
    assert queries.span(marts) == (AS_OF.date(), AS_OF.date(), AS_OF.date())


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
