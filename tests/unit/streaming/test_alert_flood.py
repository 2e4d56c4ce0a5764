"""More flights of a hub alerted than a person can read: one alert speaks for them, and its end repeats none."""

import pytest

from .alert_samples import Line, at, leg, rule

FLOOD, LATE = "flights_hub_60min", "long_delay_flight"
ENOUGH = int(rule(FLOOD).amber.enter)


@pytest.fixture
def line():
    line = Line()
    line.plan()
    return line


def late_flights(line, count, minutes=65, first=1, clocks=("17:55", "18:00"), **values):
    """Flights that are expected so late, told twice: their holds are over at the second time."""
    for version, clock in enumerate(clocks, 2):
        for number in range(first, first + count):
            tail = f"XA{number:03d}"
            line.send(leg(number, version, clock, expected_delay_minutes=minutes, tail=tail, **values))


def test_one_alert_speaks_for_the_late_flights_of_a_hub_and_what_comes_later_is_not_told(line):
    late_flights(line, ENOUGH)
    assert len(line.told(LATE)) == ENOUGH
    line.tick("18:01")
    hub = line.alert(FLOOD, "MEX")
    assert (hub["state"], hub["level"], hub["value"], len(line.told(FLOOD))) == ("FIRING", "amber", ENOUGH, 1)
    line.tick("18:02")
    assert {alert["state"] for alert in line.alerts().values() if alert["rule_id"] == LATE} == {"SUPPRESSED"}
    late_flights(line, 1, first=50, clocks=("18:03", "18:08"))
    child = line.alert(LATE, leg(50)["leg_uid"])
    assert (child["state"], child["parent_key"]) == ("SUPPRESSED", hub["alert_key"])
    assert len(line.told(LATE)) == ENOUGH


def test_one_flight_less_is_no_flood(line):
    late_flights(line, ENOUGH - 1)
    line.tick("18:01")
    assert line.kinds(FLOOD) == []


def test_flights_of_another_hub_do_not_count_and_are_told(line):
    late_flights(line, ENOUGH - 1)
    late_flights(line, 3, first=30, clocks=("18:01", "18:06"), origin="GDL", destination="TIJ")
    line.tick("18:07")
    assert line.kinds(FLOOD) == []
    late_flights(line, 1, first=40, clocks=("18:08", "18:13"))
    line.tick("18:14")
    line.tick("18:15")
    assert line.alert(LATE, leg(30)["leg_uid"])["state"] == "FIRING"
    assert line.alert(LATE, leg(40)["leg_uid"])["state"] == "SUPPRESSED"


def test_a_critical_delay_is_told_whoever_speaks_for_the_hub(line):
    late_flights(line, ENOUGH)
    line.tick("18:01")
    late_flights(line, 1, minutes=250, first=50, clocks=("18:03", "18:08"))
    alert = line.alert(LATE, leg(50)["leg_uid"])
    assert (alert["level"], alert["state"]) == ("critical", "FIRING")
    assert len(line.told(LATE)) == ENOUGH + 1


def test_it_lasts_while_it_speaks_for_flights_however_old_their_alerts_are_and_repeats_none_at_its_end(line):
    late_flights(line, ENOUGH + 3)
    line.tick("18:01")
    line.tick("18:02")
    line.heartbeat("19:30")
    line.tick("19:30")
    assert line.alert(FLOOD, "MEX")["state"] == "FIRING"
    for number in range(1, ENOUGH + 1):
        line.send(leg(number, 9, "19:31", tail=f"XA{number:03d}", out_at=at("19:30"), expected_delay_minutes=90))
    for clock in ("19:32", "19:33", "19:34"):
        line.tick(clock)
    assert (line.alert(FLOOD, "MEX")["state"], line.alert(FLOOD, "MEX")["close_reason"]) == ("CLOSED", "RESUELTA")
    assert {line.alert(LATE, leg(ENOUGH + n)["leg_uid"])["state"] for n in (1, 2, 3)} == {"FIRING"}
    assert len(line.told(LATE)) == ENOUGH + 3
