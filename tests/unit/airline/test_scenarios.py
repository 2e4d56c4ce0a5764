"""Scenarios: faults where they were put, days beside them as ever, and what has to be told because of them."""

from datetime import date

from aero_airline.airline import Airline
from aero_airline.scenarios import SCENARIOS, ScenarioWeather, expected

ON = date(2026, 11, 24)


def late_share(airline, on, airport):
    legs = [leg for leg in airline.day(on).legs if leg.origin == airport and leg.out is not None]
    return sum(leg.out - leg.std >= 15 for leg in legs) / len(legs)


def test_a_storm_is_seen_at_its_airport_on_its_day_and_nowhere_else():
    calm, storm = (Airline(7, weather=ScenarioWeather(7, name, ON)) for name in ("normal", "storm"))
    assert late_share(storm, ON, "MEX") > late_share(calm, ON, "MEX") + 0.1
    before = date(2026, 11, 20)
    assert [leg.out for leg in storm.day(before).legs] == [leg.out for leg in calm.day(before).legs]


def test_a_strike_cancels_for_the_carriers_reason():
    legs = Airline(7, weather=ScenarioWeather(7, "strike", ON)).day(ON).legs
    cancelled = [leg.cancellation_code for leg in legs if leg.is_cancelled]
    assert len(cancelled) > 20
    assert cancelled.count("A") > 0.9 * len(cancelled)


def test_what_is_expected_follows_from_the_faults_alone():
    assert expected("normal", ON) == []
    for name, faults in SCENARIOS.items():
        assert [case.airport for case in expected(name, ON)] == [fault.airport for fault in faults]
    assert [(case.airport, case.is_hub) for case in expected("fog", ON)] == [("MTY", True), ("TIJ", False)]
