"""The made-up airline lands in the public ranges of the one it resembles (28 days of November 2026, fixed seed)."""

import statistics

from aero_airline.demand import demand_ratio, expected_load_factor
from aero_airline.geography import is_domestic, local_hour
from aero_airline.surveys import net_promoter_score
from tests.unit.airline.conftest import DAYS


def share(values) -> float:
    values = list(values)
    return sum(values) / len(values)


def flown(legs):
    return [leg for leg in legs if not leg.is_cancelled]


def ask(legs) -> float:
    return sum(leg.seats * leg.distance_km for leg in flown(legs))


def test_it_has_the_size_of_the_airline(legs):
    assert 510 <= len(legs) / DAYS <= 545
    assert 66_000 <= sum(leg.passengers for leg in legs) / DAYS <= 72_000
    # 35.9 billion ASM a year are 158 million ASK a day.
    assert 140e6 <= ask(legs) / DAYS <= 165e6
    assert 0.75 <= share("MEX" in (leg.origin, leg.destination) for leg in legs) <= 0.86


def test_departures_are_as_punctual_as_published(legs):
    delays = [leg.departure_delay_minutes for leg in flown(legs)]
    assert 0.62 <= share(delay <= 0 for delay in delays) <= 0.72
    assert 0.88 <= share(delay < 15 for delay in delays) <= 0.92
    assert 5.5 <= statistics.fmean(max(delay, 0) for delay in delays) <= 8.5


def test_arrivals_are_as_punctual_as_published(legs):
    # A diverted leg is operated and not on time (Cirium A14).
    on_time = [leg.arrival_delay_minutes is not None and leg.arrival_delay_minutes < 15 for leg in flown(legs)]
    assert 0.86 <= share(on_time) <= 0.92


def test_nearly_all_legs_are_flown(legs):
    assert 0.99 <= share(not leg.is_cancelled for leg in legs) <= 0.999
    assert 0.0005 <= share(leg.is_diverted for leg in flown(legs)) <= 0.003
    assert {leg.returned for leg in legs} == {"", "RR", "FR"}


def test_reactionary_delay_has_its_share_of_the_minutes(legs):
    late = sum(max(leg.departure_delay_minutes, 0) for leg in flown(legs))
    assert 0.38 <= sum(leg.propagated_minutes for leg in flown(legs)) / late <= 0.45


def test_mornings_are_punctual_and_evenings_are_not(legs):
    def on_time(hours):
        return share(
            leg.departure_delay_minutes < 15 for leg in flown(legs) if local_hour(leg.origin, leg.std) in hours
        )

    assert on_time(range(5, 10)) > on_time(range(10, 17)) + 0.01 > on_time(range(17, 22)) + 0.03


def test_schedules_hold_about_seven_tenths_of_the_flights(legs):
    fits = [leg.in_ - leg.out <= leg.sta - leg.std for leg in flown(legs) if leg.in_ and not leg.is_diverted]
    assert 0.65 <= share(fits) <= 0.78


def test_flights_are_as_full_as_published(legs):
    rpk = sum(leg.passengers * leg.distance_km for leg in legs)
    assert 0.83 <= rpk / ask(legs) <= 0.87


def test_routes_have_load_factors_of_their_own(legs):
    seats, passengers = {}, {}
    for leg in flown(legs):
        route = frozenset((leg.origin, leg.destination))
        seats[route] = seats.get(route, 0) + leg.seats
        passengers[route] = passengers.get(route, 0) + leg.passengers
    load = sorted(passengers[route] / seats[route] for route in seats)
    assert 0.74 <= load[len(load) // 20] < load[len(load) * 19 // 20] <= 0.93


def test_the_spill_formula_gives_the_published_example_and_runs_both_ways():
    # mean 160, K 0.28: 166 seats carry 87.3 %, 181 seats 83.3 %
    assert abs(expected_load_factor(160 / 166) - 0.873) < 0.001
    assert abs(expected_load_factor(160 / 181) - 0.833) < 0.001
    assert abs(expected_load_factor(demand_ratio(0.86)) - 0.86) < 1e-4


def test_revenue_and_cost_per_seat_kilometre_are_as_published(legs, tables):
    cents = 100 / ask(legs)
    assert 9.0 <= tables["revenue"]["revenue_usd"].sum() * cents <= 9.6
    assert 7.4 <= tables["costs"]["amount_usd"].sum() * cents <= 8.0
    fuel = tables["costs"].query("line == 'fuel'")["amount_usd"].sum() * cents
    assert 1.7 <= fuel <= 2.2


def test_long_trips_are_long_and_short_ones_short(legs):
    def trip(home):
        there = [leg for leg in legs if is_domestic(leg.origin, leg.destination) == home]
        return sum(leg.passengers * leg.distance_km for leg in there) / sum(leg.passengers for leg in there)

    assert 850 <= trip(True) <= 1_100
    assert 3_300 <= trip(False) <= 4_500


def test_passengers_recommend_it_less_when_it_was_late(legs, tables):
    surveys = tables["surveys"]
    assert 30 <= net_promoter_score(surveys["recommendation"]) <= 45
    late = surveys["leg"].map(lambda number: legs[number].ready - legs[number].sta)
    assert surveys["recommendation"].between(0, 10).all()
    on_time, delayed, very = (
        net_promoter_score(surveys.loc[chosen, "recommendation"]) for chosen in (late < 15, late >= 15, late >= 60)
    )
    assert on_time > delayed + 10 > very + 20


def test_rotation_and_start_up_dominate_the_codes(legs):
    minutes: dict[str, int] = {}
    for leg in legs:
        for code, amount in leg.delay_codes:
            minutes[code] = minutes.get(code, 0) + amount
    ranked = sorted(minutes, key=lambda code: -minutes[code])
    assert ranked[0] == "93"
    assert "89" in ranked[:4]
    assert minutes.keys() <= {"93", "81", "83", "89", "41", "46", "15", "32", "63", "66", "71", "72", "36", "31", "18",
                              "91", "85", "86"}  # fmt: skip
