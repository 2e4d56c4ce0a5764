"""A feed that is silent or behind: told by the clock of arrival, parent of everything, and timers wait for it."""

from datetime import timedelta

import pytest

from aero_streaming.alerts.api import Alerts
from aero_streaming.alerts.tick import tick
from aero_streaming.backtesting.backtest import backtest
from aero_streaming.backtesting.leg_records import records_of_legs
from aero_streaming.rules import rules

from .alert_samples import Line, at, leg, moment, state


@pytest.fixture
def line():
    return Line()


def test_a_silence_is_the_parent_of_critical_alerts_too(line):
    line.tell_movements()
    line.send(leg(1, 4, "12:00", origin="JFK", destination="MEX", out_at=at("12:00"), last_out_at=at("12:00")))
    line.heartbeat("14:58")
    line.tick("14:58")
    assert line.alert("tarmac_flight", leg(1)["leg_uid"])["level"] == "red"
    line.tick("18:20")
    # Nothing was heard since 14:58: for all we know it took off a minute later.
    tarmac = line.alert("tarmac_flight", leg(1)["leg_uid"])
    assert (tarmac["level"], tarmac["parent_key"].split("#")[0]) == ("red", "feed_silence")


def test_a_feed_that_lags_ten_minutes_makes_no_false_critical(line):
    """OFF at 14:58, heard ten minutes later: the three hours of 15:00 were never reached, whatever the clock said."""
    out = leg(1, 4, origin="JFK", destination="MEX", out_at=at("12:00"), last_out_at=at("12:00"))
    told = [(120, out), (178, {**out, "state_version": 5, "off_at": at("14:58")})]
    line.tell_movements()
    for minute in range(120, 200):
        line.wall = moment("12:00") + timedelta(minutes=minute)
        for sent, row in told:
            if sent + 10 == minute:
                line.send({**row, "last_received_at": at(clock(sent)), "last_event_at": at(clock(sent))})
        line.send(leg(9999, minute, clock(minute - 10), tail="XAZZZ"))
        line.tick(clock(minute))
    assert {alert["rule_id"]: alert["level"] for alert in line.alerts().values()} == {"tarmac_flight": "red"}
    assert line.alert("tarmac_flight", leg(1)["leg_uid"])["state"] == "CLOSED"
    # It is no silence either: news arrived each minute.
    assert "feed_silence" not in {alert["rule_id"] for alert in line.alerts().values()}


def clock(minute):
    return f"{12 + minute // 60:02d}:{minute % 60:02d}"


@pytest.mark.parametrize(("speed", "seconds", "is_silent"), [
    (600, 59, False), (600, 60, True), (60, 59, False), (60, 60, True), (1, 599, False), (1, 600, True),
])  # fmt: skip
def test_in_a_replay_the_way_through_the_stream_is_no_silence(line, speed, seconds, is_silent):
    """At 600 times the speed a second is ten minutes: what counts is how long nothing arrived by the wall clock."""
    line.send(leg(version=3, received="12:00"))
    line.wall += timedelta(seconds=seconds)
    tick(line.engine, moment("12:00") + timedelta(seconds=seconds * speed), speed)
    assert bool([key for key in line.alerts() if key.startswith("feed_silence")]) == is_silent


def test_when_a_replay_stops_ticking_time_stands_still_and_nothing_is_silent(line):
    line.send(leg(version=3, received="12:00"))
    tick(line.engine, moment("12:10"), 600)
    line.wall += timedelta(hours=3)
    assert not Alerts(line.engine).is_silent()


def test_overdue_flights_of_a_hub_wait_for_a_feed_that_is_behind(line):
    waiting = state("hub_quarter", "MEX", 2, "17:20", quarter_at=at("17:00"), scheduled_legs=20, departed_legs=8,
                    awaiting_departure_legs=12)  # fmt: skip
    line.send(waiting)
    line.tick("17:50")
    assert not [key for key in line.alerts() if "_hub_" in key]


def test_a_storm_heard_ten_minutes_late_raises_no_critical_that_the_truth_denies():
    """Every record of a day on which passengers wait at JFK for up to 170 minutes, each heard ten minutes late."""
    legs = [
        {**leg(number, origin="JFK", destination="MEX", tail=f"XA{number:03d}"), "std_at": clock_at(600 + 7 * number),
         "sta_at": clock_at(900 + 7 * number), "out_at": clock_at(600 + 7 * number),
         "off_at": clock_at(600 + 7 * number + 80 + 3 * number), "on_at": clock_at(880 + 10 * number),
         "in_at": clock_at(890 + 10 * number)}
        for number in range(31)
    ]  # fmt: skip
    hidden = ("kind", "partition_key", "state_version", "last_received_at", "last_event_at", "route", "corrections")
    rows = [{name: value for name, value in leg.items() if name not in hidden} for leg in legs]
    for lag in (0, 10):
        run = backtest(records_of_legs(rows, ()), rules(), tick_minutes=1, lag_minutes=lag)
        tarmac = [line for line in run.transitions if line["alert_key"].startswith("tarmac")]
        assert {line["level_after"] for line in tarmac} == {"amber", "red"}


def clock_at(minute):
    return at(f"{minute // 60:02d}:{minute % 60:02d}")
