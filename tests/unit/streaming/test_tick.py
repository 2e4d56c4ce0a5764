"""The tick: silence, passengers on the ground, holds, escalation, shelves, the end of the day, the outbox."""

from datetime import timedelta
from typing import Any

import pytest

from aero_streaming.alerts.api import Alerts
from aero_streaming.alerts.tick import tick

from .alert_samples import Line, at, event, leg, moment, state
from .fakes import Crash, refused

ROUTE = "a14_route_day"


@pytest.fixture
def line():
    return Line()


def red_route(version=2, **values):
    return state("route", "MEX-CUN", version, arrived_legs=20, arr_late_15_legs=15, **values)


def test_a_hold_matures_with_no_further_record(line):
    line.send(red_route())
    assert line.alert(ROUTE, "MEX-CUN")["state"] == "PENDING"
    line.heartbeat("18:14")
    line.tick("18:14")
    assert (line.alert(ROUTE, "MEX-CUN")["state"], line.told(ROUTE)) == ("PENDING", [])
    line.tick("18:15")
    assert (line.alert(ROUTE, "MEX-CUN")["state"], len(line.told(ROUTE))) == ("FIRING", 1)


def test_a_tick_that_finds_nothing_new_writes_nothing(line):
    line.send(red_route())
    line.tick("18:15")
    writes = line.dynamo.writes
    line.tick("18:15")
    assert line.dynamo.writes == writes


@pytest.mark.parametrize(("is_heard", "level"), [(True, "red"), (False, None)])
def test_cancelled_flights_count_when_they_are_due_as_far_as_the_feed_has_come(line, is_heard, level):
    ahead = {"2026-11-25 18:30": 50}
    day: Any = {"scheduled_legs": 200, "departed_legs": 150, "cancelled_legs": 50, "cancelled_by_quarter": ahead}
    line.send(state("network", "network", 1, **day))
    line.tick("18:04")
    assert "completion_network_day" not in {alert["rule_id"] for alert in line.alerts().values()}
    if is_heard:
        line.heartbeat("18:31")
    line.tick("18:31")
    levels = {alert["rule_id"]: alert["level"] for alert in line.alerts().values()}
    assert levels.get("completion_network_day") == level


def test_a_silent_feed_turns_every_figure_grey_with_no_event_at_all(line):
    line.send(red_route(scheduled_legs=20, accounted_legs=20), event("cancel", received="18:00"))
    api = Alerts(line.engine)
    assert [light.status for light in api.lights("route", "2026-11-25")] == ["R"]
    line.tick("18:10")
    feed = line.alert("feed_silence", "leg-events")
    assert (feed["level"], feed["value"], line.alert(ROUTE, "MEX-CUN")["state"]) == ("amber", 10, "SUPPRESSED")
    done = line.tick("18:20")
    assert done.silent_feeds == ("leg-events",)
    assert line.alert("feed_silence", "leg-events")["level"] == "red"
    states = {alert["rule_id"]: alert["state"] for alert in line.alerts().values()}
    assert states == {"feed_silence": "FIRING", ROUTE: "UNKNOWN", "cancellation_flight": "FIRING"}
    assert [light.status for light in api.lights("route", "2026-11-25")] == ["gris"]


@pytest.mark.parametrize(("planned", "cancelled", "is_told"), [(2, 0, False), (3, 0, True), (5, 3, False)])
def test_a_silence_in_which_nothing_was_to_fly_wakes_nobody(line, planned, cancelled, is_told):
    line.send(leg(version=3, received="18:00", is_diverted=True))
    for clock, legs in (("18:00", 9), ("18:15", planned), ("18:30", 9)):
        line.send(state("hub_quarter", "MEX", received="18:00", quarter_at=at(clock), scheduled_legs=legs,
                        cancelled_legs=min(cancelled, legs)))  # fmt: skip
    line.tick("18:25")
    told = [key for key in line.alerts() if key.startswith("feed_silence")]
    assert bool(told) == is_told
    # Grey it is in any case.
    assert line.alert("diversion_flight", leg()["leg_uid"])["state"] == "UNKNOWN"


def test_a_flight_whose_merged_leg_is_known_turns_grey_too(line):
    line.send(leg(version=3, received="18:00", is_diverted=True))
    line.tick("18:20")
    assert line.alert("diversion_flight", leg()["leg_uid"])["state"] == "UNKNOWN"


def test_when_the_feed_speaks_again_figures_are_known_and_the_silence_is_resolved(line):
    line.send(red_route(scheduled_legs=20, accounted_legs=20))
    line.tick("18:30")
    line.send(leg(version=1, received="18:31"))
    line.tick("18:31")
    assert line.alert("feed_silence", "leg-events")["close_reason"] == "RESUELTA"
    assert line.alert(ROUTE, "MEX-CUN")["state"] == "FIRING"
    assert line.kinds(ROUTE) == ["FIRED", "GREY", "SUPPRESSED", "KNOWN", "RELEASED"]
    assert len(line.told(ROUTE)) == 1


def test_an_old_record_again_is_no_sign_of_life(line):
    line.send(red_route(scheduled_legs=20, accounted_legs=20))
    line.tick("18:30")
    before = line.dynamo.snapshot()
    line.send(red_route(scheduled_legs=20, accounted_legs=20))
    assert line.dynamo.snapshot() == before


def test_a_feed_that_was_never_heard_raises_nothing_and_its_lights_are_grey(line):
    line.tick("18:00")
    assert line.alerts() == {}
    assert Alerts(line.engine).is_silent()


def test_passengers_on_the_ground_are_seen_by_time_alone(line):
    line.tell_movements()
    line.send(leg(1, 4, "12:00", origin="JFK", destination="MEX", out_at=at("12:00"), last_out_at=at("12:00")),
              leg(2, 6, "12:00", destination="JFK", off_at=at("09:00"), on_at=at("11:30")),
              leg(3, 4, "12:00", origin="MEX", destination="JFK", out_at=at("12:00")),
              leg(4, 6, "12:00", origin="JFK", destination="MEX", out_at=at("12:00"), last_out_at=at("12:00"),
                  return_count=1, last_return_at=at("12:05")))  # fmt: skip
    for clock in ("12:59", "13:00", "13:29", "13:30", "14:29", "14:30", "15:00"):
        line.heartbeat(clock)
        line.tick(clock)
    found = {a["facts"]["flight_number"]: (a["level"], a["severity"], a["value"]) for a in line.alerts().values()
             if a["rule_id"] == "tarmac_flight"}  # fmt: skip
    assert found == {1: ("critical", "critical", 180), 2: ("critical", "critical", 210)}


def test_taking_off_ends_the_time_on_the_ground(line):
    waiting = leg(1, 4, "12:00", origin="JFK", destination="MEX", out_at=at("12:00"), last_out_at=at("12:00"))
    line.tell_movements()
    line.send(waiting)
    line.heartbeat("13:40")
    line.tick("13:40")
    assert line.alert("tarmac_flight", leg(1)["leg_uid"])["state"] == "FIRING"
    line.send({**waiting, "state_version": 5, "off_at": at("13:41"), "last_received_at": at("13:42"),
               "last_event_at": at("13:41")})  # fmt: skip
    alert = line.alert("tarmac_flight", leg(1)["leg_uid"])
    assert (alert["state"], alert["close_reason"]) == ("CLOSED", "RESUELTA")


def test_nobody_answering_escalates_and_an_answer_stops_it(line):
    line.send(leg(version=3, received="18:00", is_diverted=True))
    line.heartbeat("18:10")
    line.tick("18:10")
    assert line.kinds("diversion_flight") == ["FIRED", "ESCALATED"]
    api = Alerts(line.engine)
    (alert,) = api.open_alerts()
    api.acknowledge(alert.alert_key, "Ana", None, alert.revision)
    line.heartbeat("18:31")
    line.tick("18:31")
    assert line.kinds("diversion_flight") == ["FIRED", "ESCALATED", "ACKNOWLEDGED"]
    assert line.sns.published[-1]["MessageAttributes"]["step"]["StringValue"] == "1"


def test_a_shelf_ends_by_the_clock_of_the_platform(line):
    line.send(leg(version=3, received="18:00", is_diverted=True))
    api = Alerts(line.engine)
    (alert,) = api.open_alerts()
    api.shelve(alert.alert_key, moment("18:15"), "Ana", "en camino", alert.revision)
    line.heartbeat("18:14")
    line.tick("18:14")
    assert line.alert("diversion_flight", leg()["leg_uid"])["state"] == "SHELVED"
    line.tick("18:15")
    assert line.alert("diversion_flight", leg()["leg_uid"])["state"] == "FIRING"


def test_a_parent_that_closes_lets_its_children_speak(line):
    network = state("network", "network", 5, arrived_legs=60, arr_late_15_legs=40, scheduled_legs=60, accounted_legs=60)
    line.send(network, red_route(scheduled_legs=20, accounted_legs=20))
    assert line.alert(ROUTE, "MEX-CUN")["state"] == "SUPPRESSED"
    line.send({**network, "state_version": 6, "arr_late_15_legs": 0, "a14_on_time_legs": 60, "corrections": 40})
    line.tick("18:01")
    assert (line.alert(ROUTE, "MEX-CUN")["state"], line.kinds(ROUTE)) == ("FIRING", ["FIRED", "RELEASED"])


def test_what_is_open_at_close_ends_with_the_day_and_is_not_told(line):
    never_left = {"std_at": at("11:00", "2026-11-26"), "sta_at": at("13:00", "2026-11-26"), "is_diverted": True}
    line.send({**leg(version=3, received="18:00"), **never_left}, red_route(scheduled_legs=20, accounted_legs=20))
    notified_before = len(line.sns.published)
    line.wall = moment("11:59", "2026-11-26")
    line.send(leg(5, 1, "11:59", operating_date="2026-11-26", last_received_at=at("11:59", "2026-11-26")))
    line.tick("12:00", "2026-11-26")
    assert {alert["close_reason"] for alert in line.alerts().values()} == {"FIN_DEL_DIA"}
    assert len(line.sns.published) == notified_before
    late = leg(7, 3, is_diverted=True, last_received_at=at("12:01", "2026-11-26"))
    line.send(late)
    assert late["leg_uid"] not in {alert["scope_id"] for alert in line.alerts().values()}


def test_windows_move_on_without_records(line):
    line.send(*[state("hub_quarter", "MEX", 2, "18:00", quarter_at=at(clock), scheduled_legs=20, accounted_legs=20,
                      cancelled_legs=2) for clock in ("17:15", "17:30", "17:45")])  # fmt: skip
    assert line.alert("cancellations_hub_3h", "MEX")["state"] == "FIRING"
    for minutes in range(15, 180, 15):
        now = moment("18:00") + timedelta(minutes=minutes)
        line.heartbeat(now.strftime("%H:%M"))
        line.tick(now.strftime("%H:%M"))
    alert = line.alert("cancellations_hub_3h", "MEX")
    assert (alert["state"], alert["close_reason"]) == ("CLOSED", "SIN_MUESTRA")


def test_the_sweeper_tells_what_stayed_in_the_outbox_once_it_is_a_minute_old(line):
    line.sns.fails = [Crash()]
    with pytest.raises(Crash):
        line.send(leg(version=3, received="18:00", is_diverted=True))
    line.restart()
    assert line.tick("18:00").swept == 0
    line.wall += timedelta(seconds=61)
    assert line.tick("18:01").swept == 1
    line.wall += timedelta(seconds=61)
    assert line.tick("18:02").swept == 0
    assert len(line.sns.published) == 1


def test_a_killed_tick_is_done_again_by_the_next(line):
    line.send(red_route())
    line.dynamo.fails["transact_write_items"] = [refused("InternalServerError")] * 3
    with pytest.raises(ExceptionGroup):
        line.tick("18:15")
    line.tick("18:16")
    assert line.kinds(ROUTE) == ["FIRED"]


def test_time_given_by_a_replay_carries_the_clock_forward_and_never_back(line):
    line.send(red_route())
    line.tick("19:00")
    line.tick("18:30")
    (clock,) = [row for row in line.dynamo.rows("leg-state") if row["key"] == "clock"]
    assert clock["at"] == at("19:00")


def test_by_the_wall_clock_evaluation_does_not_wait_for_records():
    line = Line(by_wall=True)
    line.send(red_route(received="17:59"))
    line.wall += timedelta(minutes=9)
    line.send(leg(2, received="18:08"))
    line.wall += timedelta(minutes=7)
    assert tick(line.engine).now > at("18:16")[:-4]
    assert line.alert(ROUTE, "MEX-CUN")["state"] == "FIRING"


def test_by_the_wall_clock_a_record_from_the_future_hides_no_silence():
    line = Line(by_wall=True)
    line.send(
        leg(version=3, received="17:59"),
        leg(2, version=3, received="17:59", last_received_at=at("12:00", "2031-01-01")),
    )
    line.wall += timedelta(minutes=25)
    assert tick(line.engine).silent_feeds == ("leg-events",)
    assert Alerts(line.engine).is_silent()


def test_in_a_replay_one_record_of_another_century_is_no_clock():
    line = Line()
    line.send(leg(version=3, received="17:00"))
    line.send(leg(2, version=3, last_received_at=at("12:00", "2099-01-01")))
    assert Alerts(line.engine).now() == moment("17:00")

    # Sums keep that time for good; the legs beside them say what time it is.
    line.send(leg(3, version=3, received="17:05"), state(last_received_at=at("12:00", "2099-01-01")))

    assert Alerts(line.engine).now() == moment("17:05")
    assert not Alerts(line.engine).is_silent()
