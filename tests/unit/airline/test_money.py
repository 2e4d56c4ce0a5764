"""Tables beside the legs: money adds up, taxes stay outside, bookings grow, cancelled legs earn and cost nothing."""

import numpy as np
import pytest

from aero_airline.money import COST_DRIVERS
from aero_airline.network import market


def test_revenue_is_passengers_extras_and_cargo_and_nothing_else(tables):
    revenue = tables["revenue"]
    parts = revenue["passenger_usd"] + revenue["ancillary_usd"] + revenue["cargo_usd"]
    assert np.allclose(revenue["revenue_usd"], parts)


def test_airport_fee_and_value_added_tax_are_collected_and_never_revenue(tables):
    revenue = tables["revenue"]
    passed_on = revenue["gross_sales_usd"] - revenue["revenue_usd"]
    assert np.allclose(passed_on, revenue["tua_usd"] + revenue["iva_usd"])
    assert revenue["tua_usd"].sum() > 0
    assert revenue["iva_usd"].sum() > 0


def test_fares_of_a_leg_are_those_of_its_bookings(tables):
    final = tables["bookings"].query("days_to_departure == 0").set_index("leg")
    flown = tables["revenue"].query("passenger_usd > 0").set_index("leg")
    assert np.allclose(final.loc[flown.index, "revenue_usd"], flown["passenger_usd"])


def test_everybody_on_board_has_booked_and_a_full_flight_turns_people_away(legs, tables):
    final = tables["bookings"].query("days_to_departure == 0")["booked"].to_numpy()
    for leg, booked in zip(legs, final, strict=True):
        assert booked == min(leg.demand, leg.seats)
        assert leg.passengers == (0 if leg.is_cancelled else booked)
    spilled = sum(max(0, leg.demand - leg.seats) for leg in legs)
    assert 0.05 <= spilled / sum(leg.demand for leg in legs) <= 0.15


def test_bookings_only_grow_until_departure(tables):
    ordered = tables["bookings"].sort_values(["leg", "days_to_departure"], ascending=[True, False])
    assert (ordered.groupby("leg")["booked"].diff().dropna() >= 0).all()
    assert (ordered.groupby("leg")["revenue_usd"].diff().dropna() >= -0.01).all()


def test_leisure_books_early_and_business_late(legs, tables):
    bookings = tables["bookings"]
    kinds = bookings["leg"].map(lambda number: market(legs[number].origin, legs[number].destination).kind)
    final = bookings.query("days_to_departure == 0").groupby(kinds)["booked"].sum()
    month = bookings.query("days_to_departure == 28").groupby(kinds)["booked"].sum() / final
    assert month["business"] < 0.2 < month["mixed"] < 0.6
    assert month["mixed"] < month["leisure"] < month["long_haul"]


def test_every_cost_is_its_drivers_quantity_times_a_rate(tables):
    costs = tables["costs"]
    assert dict(zip(costs["line"], costs["driver"], strict=True)) == COST_DRIVERS
    # Quantities are kept to three decimals.
    assert np.allclose(costs["quantity"] * costs["usd_per_unit"], costs["amount_usd"], atol=3)


@pytest.mark.parametrize(("table", "amount"), [("revenue", "revenue_usd"), ("costs", "amount_usd")])
def test_a_cancelled_leg_earns_and_costs_nothing(legs, tables, table, amount):
    cancelled = [number for number, leg in enumerate(legs) if leg.is_cancelled]
    assert cancelled
    per_leg = tables[table].groupby("leg")[amount].sum()
    assert (per_leg[cancelled] == 0).all()
    assert (per_leg.drop(cancelled) > 0).all()


def test_margins_of_legs_add_up_to_the_result_of_the_airline(tables):
    revenue, costs = tables["revenue"], tables["costs"]
    margins = revenue.set_index("leg")["revenue_usd"] - costs.groupby("leg")["amount_usd"].sum()
    earned = sum(revenue[kind].sum() for kind in ("passenger_usd", "ancillary_usd", "cargo_usd"))
    spent = costs.pivot_table(index="leg", columns="line", values="amount_usd", aggfunc="sum").sum().sum()
    assert margins.sum() == pytest.approx(earned - spent, abs=0.01)
    assert margins.sum() > 0


def test_who_answers_was_on_board(legs, tables):
    answers = tables["surveys"].groupby("leg").size()
    assert all(count <= legs[number].passengers for number, count in answers.items())
    responded = tables["surveys"]["responded_at_minute"] - tables["surveys"]["leg"].map(lambda n: legs[n].ready)
    assert (responded >= 60).all()
