"""Costs, revenue, bookings and surveys as people keep them in CSV and Excel: from the dropped file to the mart."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook

from aero_assets.feeds import find
from tests.dbt.partner_files import ARRIVED, arrive
from tests.dbt.project import messages
from tests.dbt.typed_lake import airline_leg, write

DAY = "2026-11-01"
ON = datetime(2026, 11, 1)  # noqa: DTZ001
MODELS = (
    "int_leg", "int_cost", "int_coupon", "int_cargo", "int_booking", "int_feedback", "fct_leg", "fct_leg_cost",
    "fct_leg_revenue", "fct_route_day_cost", "fct_route_day_ticket", "fct_route_day_commercial", "fct_route_margin",
    "fct_own_figure_day",
)  # fmt: skip
SELECT = ("--select", *MODELS, "--exclude-resource-type", "unit_test")
FILES = {
    "partner/costs": "decimal: ,\nFecha;Vuelo;Ruta;Costo de combustible;Tripulación;Moneda\n"
    "01-nov-2026;AM905;MEX-CUN;18.500,50;1.200;MXN\n"
    "01-nov-2026;AM 906;MEX-CUN;100;;USD\n"
    "01-nov-2026;AM907;MEX-CUN;7;;EUR\n"
    "01-nov-2026;AM908;MEX-CUN;3;;USD\n"
    "01-nov-2026;AM905;MEX-CUN;1;;pesos\n",
    "partner/revenue": "Fecha,Vuelo,Ruta,Ingreso,Moneda,Pasajeros\n2026-11-01,AM905,MEX-CUN,400000,MXN,120\n"
    '2026-11-01,AM906,MEX-CUN,5000.25,USD,\n2026-11-01,AM906,MEX-QQQ,1,USD,\n2026-11-01,AM907,MEX-CUN,"1,000",USD,\n',
    "partner/cargo": "Fecha;Vuelo;Ruta;Guía;Peso (kg);Flete;Moneda\n01-nov-2026;AM905;MEX-CUN;139-1;840.5;1000;MXN\n"
    "01-nov-2026;AM905;MEX-CUN;139-2;10;20;USD\n01-nov-2026;AM908;MEX-CUN;;;5;USD\n",
    "partner/bookings": "Fecha;Vuelo;DTD;Reservas\n2026-11-01;AM905;30;50\n2026-11-01;AM905;3;110\n",
    "partner/surveys": "Folio,Fecha,Vuelo,NPS,CSAT\nr1,2026-11-01,AM905,10,5\nr2,2026-11-01,AM905,3,\n"
    "r3,2026-11-01,AM905,11,4\n",
}


@pytest.fixture(scope="module")
def dropped(built, tmp_path_factory):
    """A warehouse with three flights, a rate and one file of each kind: the warehouse, and what each file became."""
    warehouse = built.copy(tmp_path_factory.mktemp("own") / "copy")
    times = {"std_at": ON.replace(hour=16), "sta_at": ON.replace(hour=18)}
    times |= {"out_at": ON.replace(hour=16), "off_at": ON.replace(hour=16, minute=12)}
    times |= {"on_at": ON.replace(hour=17, minute=50), "in_at": ON.replace(hour=18)}
    legs = [airline_leg(number, day=DAY) | times for number in (905, 906, 907)]
    write(warehouse.lake, legs, arrived=f"{DAY}-0aaa0aaa", feed=find("partner/airline_legs"))
    stamp = {"source": "database", "is_actual": True, "version": 1, "received_at": ON, "raw_ref": "a#1"}
    rate = {"rate_date": ON.date(), "currency": "MXN", "usd_per_unit": 0.05, "published_by": "banxico", "event_id": "r"}
    write(warehouse.lake, [rate | stamp], arrived=f"{DAY}-0aaa0aaa", feed=find("opsdb/fx_rates"))
    of_906 = next(row["leg_uid"] for row in legs if row["flight_number"] == 906)
    cost = {"leg_uid": of_906, "cost_line": "fuel", "operating_date": ON.date(), "driver": "fuel_kg", "quantity": 10.0,
            "usd_per_unit": 9.0, "amount_usd": 90.0, "basis": "actual", "event_id": "c"}  # fmt: skip
    write(warehouse.lake, [cost | stamp], arrived=f"{DAY}-0aaa0aaa", feed=find("opsdb/leg_costs"))
    became = {}
    for feed, text in FILES.items():
        file = warehouse.folder / f"{feed.partition('/')[2]}.csv"
        file.write_text(text, encoding="cp1252")
        became[feed] = arrive(warehouse, feed, file)
    result = warehouse.dbt("build", *SELECT, dates=[DAY])
    assert result.success, messages(result)
    return warehouse, became, messages(result)


def test_every_row_is_counted_and_those_not_understood_are_in_quarantine(dropped):
    _, became, _ = dropped
    found = {feed: (done.outcome.rows_in, done.outcome.rows_out, done.reasons) for feed, done in became.items()}
    assert found == {
        "partner/costs": (6, 5, {"unknown_currency": 1}),
        "partner/revenue": (4, 2, {"ambiguous_number": 1, "unknown_route": 1}),
        "partner/cargo": (3, 3, {}),
        "partner/bookings": (2, 2, {}),
        "partner/surveys": (3, 2, {"out_of_scale": 1}),
    }
    assert {(done.outcome.difference, done.outcome.mixed) for done in became.values()} == {(0, 0)}


def test_costs_reach_their_mart_in_dollars_and_the_database_wins(dropped):
    warehouse, *_ = dropped
    assert warehouse.rows(
        f"select route, cost_line, driver, legs, amount_usd from finance.fct_route_day_cost "
        f"where operating_date = '{DAY}' order by all"
    ) == [
        ("MEX-CUN", "crew", "not_stated", 1, Decimal("60.00")),
        ("MEX-CUN", "fuel", "fuel_kg", 1, Decimal("90.00")),
        ("MEX-CUN", "fuel", "not_stated", 1, Decimal("925.03")),
        ("unknown", "fuel", "not_stated", 1, Decimal("3.00")),
    ]  # fmt: skip


def test_revenue_reaches_its_mart_without_inventing_coupons(dropped):
    warehouse, *_ = dropped
    assert warehouse.rows(
        f"select route, cabin, coupon_status, coupons, fare_usd, revenue_usd, flown_revenue_usd "
        f"from commercial.fct_route_day_ticket where operating_date = '{DAY}'"
    ) == [("MEX-CUN", "unknown", "flown", 120, Decimal(0), Decimal("25000.25"), Decimal("25000.25"))]


def test_cargo_reaches_its_leg_and_the_margin_in_dollars(dropped):
    warehouse, *_ = dropped
    assert warehouse.rows(
        f"select route, passenger_revenue_usd, cargo_revenue_usd, revenue_usd from finance.fct_route_margin "
        f"where operating_date = '{DAY}' order by all"
    ) == [
        ("MEX-CUN", Decimal("25000.25"), Decimal("70.00"), Decimal("25070.25")),
        ("unknown", None, Decimal("5.00"), Decimal("5.00")),
    ]  # fmt: skip
    assert warehouse.rows(
        f"select sum(cargo_revenue_usd) from commercial.fct_leg_revenue where operating_date = '{DAY}' "
        f"and leg_uid <> 'unknown'"
    ) == [(Decimal("70.00"),)]


def test_bookings_and_surveys_reach_their_mart(dropped):
    warehouse, *_ = dropped
    assert warehouse.rows(
        f"select route, booked_legs, booked_seats, booked_revenue_legs, answers, recommendations, satisfactions, "
        f"promoters, detractors, satisfaction_sum from commercial.fct_route_day_commercial "
        f"where operating_date = '{DAY}'"
    ) == [("MEX-CUN", 1, 110, 0, 2, 2, 1, 1, 1, 5)]


def test_what_became_of_every_figure_is_counted(dropped):
    warehouse, *_, told = dropped
    assert warehouse.rows(
        f"select figure, told_by, figures, counted, superseded, without_rate, without_leg "
        f"from finance.fct_own_figure_day where operating_date = '{DAY}' order by all"
    ) == [
        ("bookings", "table", 2, 1, 1, 0, 0),
        ("cargo", "table", 3, 3, 0, 0, 1),
        ("costs", "database", 1, 1, 0, 0, 0),
        ("costs", "table", 5, 3, 1, 1, 1),
        ("revenue", "table", 2, 2, 0, 0, 0),
        ("surveys", "table", 2, 2, 0, 0, 0),
    ]  # fmt: skip
    assert {line.partition(":")[0] for line in told.splitlines() if line} == {
        "costs_have_a_leg", "own_figures_have_a_rate_and_a_leg",
    }  # fmt: skip


def test_a_later_workbook_replaces_what_it_says_again(dropped, tmp_path):
    warehouse, *_ = dropped
    later = warehouse.copy(tmp_path / "later")
    book = Workbook()
    for row in (
        ("Costos",),
        ("Fecha", "Vuelo", "Ruta", "Combustible", "Moneda"),
        (ON, "AM905", "MEX-CUN", 20000, "MXN"),
    ):
        book.active.append(row)
    book.save(tmp_path / "costos.xlsx")
    arrive(later, "partner/costs", tmp_path / "costos.xlsx", ARRIVED + timedelta(days=1))
    assert later.dbt("build", *SELECT, dates=[DAY]).success
    assert later.rows(
        "select amount_usd from finance.fct_route_day_cost where driver = 'not_stated' and cost_line = 'fuel' "
        "and route = 'MEX-CUN'"
    ) == [(Decimal("1000.00"),)]
