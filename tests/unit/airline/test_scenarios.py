"""Scenarios: faults where they were put, days beside them as ever, and rules judged by them."""

from datetime import date

from aero_local.airline.airline import Airline
from aero_local.airline.scenarios import SCENARIOS, ScenarioWeather, expected
from aero_local.live.score import Score, score, summary
from aero_streaming.rules import rules

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
        assert [one.airport for one in expected(name, ON)] == [fault.airport for fault in faults]
    assert [(one.airport, one.is_hub) for one in expected("fog", ON)] == [("MTY", True), ("TIJ", False)]


def test_a_storm_is_told_at_its_hub_and_a_calm_day_tells_of_none():
    storm, calm = (score(name, 4, ON, rules()) for name in ("storm", "normal"))
    assert (storm.faults, storm.found) == (1, 1)
    assert storm.right_hub_alerts >= 1
    # Overdue flights count before they leave: who waits for them to leave learns of it two hours later.
    assert storm.minutes_to_detect[0] <= 120
    assert (calm.faults, calm.found, calm.right_hub_alerts, calm.echoes) == (0, 0, 0, 0)
    assert storm.alerts > 2 * calm.alerts


def test_a_strike_is_told_before_it_begins():
    strike = score("strike", 4, ON, rules())
    assert strike.found == 1
    assert strike.minutes_to_detect[0] < 0


def test_a_summary_adds_up_and_says_nothing_of_nothing():
    quiet = Score("normal", 1, 0, 0, 0, 0, 0, (), 3, 0.5, 2)
    storm = Score("storm", 1, 1, 1, 8, 4, 2, (40.0,), 30, 2.0, 9)
    assert summary([quiet])["precision"] is None
    assert summary([quiet])["recall"] is None
    both = summary([quiet, storm])
    assert (both["recall"], both["precision"], both["precision_with_echoes"]) == (1.0, 0.5, 0.75)
    assert (both["false_hub_alerts_per_day"], both["most_in_an_hour"]) == (1.0, 9)
