"""The context of a row: parents, the hub's windows, the aircraft's other legs, baselines."""

import pytest

from aero_streaming.alerts.api import Alerts
from aero_streaming.alerts.items import to_item

from .alert_samples import DAY, Line, at, leg, state
from .fakes import Crash

LATE = "long_delay_flight"


@pytest.fixture
def line():
    line = Line()
    line.plan()
    return line


def test_a_route_is_the_child_of_its_red_hub_and_is_not_told(line):
    slices = [
        state("hub_quarter", "MEX", 9, quarter_at=at(clock), scheduled_legs=10, accounted_legs=10, arrived_legs=10,
              arr_late_15_legs=9, received="18:00") for clock in ("17:00", "17:15", "17:30")
    ]  # fmt: skip
    line.send(*slices)
    hub = line.alert("a14_hub_2h", "MEX")
    assert (hub["level"], hub["n"], hub["value"]) == ("red", 30, 10.0)
    notified_before = len(line.sns.published)
    line.send(state("route", "MEX-CUN", 9, arrived_legs=10, arr_late_15_legs=9, accounted_legs=40))
    route = line.alert("a14_route_day", "MEX-CUN")
    assert (route["state"], route["parent_key"]) == ("SUPPRESSED", hub["alert_key"])
    assert len(line.sns.published) == notified_before
    line.send(state("route", "GDL-TIJ", 9, arrived_legs=10, arr_late_15_legs=9, accounted_legs=40))
    assert line.alert("a14_route_day", "GDL-TIJ")["state"] == "FIRING"


def test_parent_and_child_in_one_batch_are_judged_parent_first(line):
    line.send(
        state("route", "MEX-CUN", 9, arrived_legs=10, arr_late_15_legs=9, scheduled_legs=10, accounted_legs=10),
        state("network", "network", 9, arrived_legs=60, arr_late_15_legs=40, scheduled_legs=60, accounted_legs=60),
    )
    assert line.alert("a14_route_day", "MEX-CUN")["state"] == "SUPPRESSED"
    assert line.kinds("a14_route_day") == ["FIRED"]


def test_a_window_looks_at_its_quarters_and_no_others(line):
    def quarter(clock, late, received):
        return state("hub_quarter", "MEX", 2, received, quarter_at=at(clock), scheduled_legs=20, accounted_legs=20,
                     departed_legs=20, dep_late_15_legs=late)  # fmt: skip

    line.send(quarter("15:45", 20, "17:46"), quarter("16:00", 20, "17:46"), quarter("17:30", 0, "17:46"))
    assert (line.alert("d15_hub_2h", "MEX")["value"], line.alert("d15_hub_2h", "MEX")["n"]) == (50.0, 40)


def test_a_flight_that_is_overdue_counts_as_late_before_it_leaves(line):
    waiting = state("hub_quarter", "MEX", 2, "17:46", quarter_at=at("17:00"), scheduled_legs=20, departed_legs=8,
                    awaiting_departure_legs=12)  # fmt: skip
    line.send(waiting)
    alert = line.alert("d15_hub_2h", "MEX")
    # The last of them was planned for 17:14: 31 minutes late at least.
    assert (alert["level"], alert["value"], alert["n"]) == ("red", 40.0, 20)
    assert line.alert("departure_delay_hub_60min", "MEX")["value"] == pytest.approx(12 * 31 / 20)


def test_a_flight_is_not_overdue_while_it_may_still_leave_in_time(line):
    for clock in ("17:31", "17:45", "18:00"):
        line.send(state("hub_quarter", "MEX", 2, "17:46", quarter_at=at(clock[:3] + f"{int(clock[3:]) // 15 * 15:02}"),
                        scheduled_legs=20, departed_legs=8, awaiting_departure_legs=12))  # fmt: skip
    assert line.alerts() == {}


def test_an_arrival_that_is_overdue_counts_as_late_and_one_that_came_no_more(line):
    quarter = state("hub_quarter", "MEX", 2, "17:46", quarter_at=at("17:00"), scheduled_legs=25, arrived_legs=15,
                    awaiting_arrival_legs=10)  # fmt: skip
    line.send(quarter)
    assert (line.alert("a14_hub_2h", "MEX")["value"], line.alert("a14_hub_2h", "MEX")["n"]) == (60.0, 25)
    line.send({**quarter, "state_version": 3, "arrived_legs": 25, "awaiting_arrival_legs": 0, "accounted_legs": 25})
    assert "a14_hub_2h" not in {key.split("#")[0] for key, alert in line.alerts().items() if alert["state"] != "NORMAL"}


def test_a_red_that_a_small_sample_proves_is_red_and_what_it_does_not_prove_is_grey(line):
    def quarter(version, late):
        return state("hub_quarter", "MEX", version, "17:46", quarter_at=at("17:00"), scheduled_legs=8,
                     departed_legs=8, dep_late_15_legs=late)  # fmt: skip

    line.send(quarter(2, 3))
    assert line.alerts() == {}
    line.send(quarter(3, 4))
    assert (line.alert("d15_hub_2h", "MEX")["level"], line.alert("d15_hub_2h", "MEX")["n"]) == ("red", 8)


def test_a_repeat_does_what_a_crash_left_undone_for_the_next_leg(line):
    late = leg(1, 2, received="17:00", origin="CUN", destination="MEX", std_at=at("15:00"), sta_at=at("17:00"),
               estimated_in_at=at("18:10"))  # fmt: skip
    line.send(leg(2, 1, received="16:00"))

    def crash(name, asked):
        # Leg state is written; the process dies before it looks for the aircraft's next leg.
        if name == "query":
            raise Crash

    line.dynamo.before = crash
    with pytest.raises(Crash):
        line.send(late)
    line.dynamo.before = lambda name, asked: None
    assert line.alerts() == {}
    line.restart()
    line.send(late)
    assert line.alert("rotation_flight", late["leg_uid"])["state"] == "PENDING"


def test_a_delay_that_the_aircraft_brings_along_is_the_child_of_the_leg_it_began_with(line):
    root = leg(1, 3, received="16:30", origin="CUN", destination="MEX", std_at=at("15:00"), sta_at=at("17:00"),
               out_at=at("16:30"), estimated_in_at=at("18:50"), expected_delay_minutes=90)  # fmt: skip
    line.send(root, leg(2, 3, received="16:30"))
    line.heartbeat("16:45")
    line.tick("16:45")
    chain = line.alert("rotation_flight", root["leg_uid"])
    assert chain["state"] == "FIRING"
    line.send(leg(2, 4, received="16:46", expected_delay_minutes=80))
    line.send(leg(2, 5, received="16:52", expected_delay_minutes=80))
    child = line.alert(LATE, leg(2)["leg_uid"])
    assert (child["state"], child["parent_key"]) == ("SUPPRESSED", chain["alert_key"])


def test_a_relative_rule_is_grey_without_a_baseline_and_judges_with_one(line):
    row = state("route", version=3, arrived_legs=20, arr_late_15_legs=12, scheduled_legs=20, accounted_legs=20)
    line.send(row)
    assert not [a for a in line.alerts().values() if a["rule_id"] == "a14_route_vs_28d"]
    item = {"baseline_key": "otp_a14#route#MEX-CUN", "value": 88.0, "n": 300, "days": 28, "as_of": "2026-11-24"}
    line.dynamo.items["baselines"]["otp_a14#route#MEX-CUN", ""] = to_item(item)
    line.restart()
    line.send({**row, "state_version": 4})
    alert = line.alert("a14_route_vs_28d", "MEX-CUN")
    assert (alert["value"], alert["baseline"], alert["level"], alert["is_shadow"]) == (-48.0, 88.0, "red", True)


def bad_hour(hub="MEX", version=9):
    return state("hub_quarter", hub, version, "17:46", quarter_at=at("17:30"), scheduled_legs=20, accounted_legs=20,
                 departed_legs=20, dep_late_15_legs=18)  # fmt: skip


@pytest.mark.parametrize(("hub", "is_told"), [("MEX", True), ("NLU", True), ("ATL", False)])
def test_alerts_are_of_hubs_and_stations_have_colours_only(hub, is_told):
    line = Line()
    line.plan(hub)
    line.send(bad_hour(hub))
    assert bool([key for key in line.alerts() if key.startswith("d15_hub_2h")]) == is_told
    lights = {light.scope_id: light.status for light in Alerts(line.engine).lights("hub", DAY)
              if light.rule_id == "d15_hub_2h"}  # fmt: skip
    assert lights == {hub: "R"}


@pytest.mark.parametrize(("legs", "clock", "is_told"), [
    (4, "18:30", True), (3, "18:30", False), (9, "19:30", True), (9, "19:45", False), (9, "17:45", True),
])  # fmt: skip
def test_a_hub_from_which_little_leaves_any_more_is_nobodys_task(legs, clock, is_told):
    line = Line()
    line.plan(clock=clock, legs=legs)
    line.send(bad_hour())
    assert bool([key for key in line.alerts() if key.startswith("d15_hub_2h")]) == is_told


def test_an_alert_of_a_hub_is_over_when_the_last_departures_have_left(line):
    line.send(bad_hour())
    line.heartbeat("18:00")
    line.tick("18:00")
    assert line.alert("d15_hub_2h", "MEX")["state"] == "FIRING"
    line.send(state("hub_quarter", "MEX", 2, "18:01", quarter_at=at("18:30"), scheduled_legs=10,
                    awaiting_departure_legs=3))  # fmt: skip
    alert = line.alert("d15_hub_2h", "MEX")
    assert (alert["state"], alert["close_reason"], alert["level"]) == ("CLOSED", "CONCLUIDA", "red")
