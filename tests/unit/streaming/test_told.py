"""Movements that a feed never tells: their absence raises no alert, and the first one that is told counts again."""

import pytest

from aero_streaming.alerts.api import Alerts
from aero_streaming.backtesting.backtest import backtest
from aero_streaming.backtesting.leg_records import records_of_legs
from aero_streaming.rules import rules

from .alert_samples import Line, at, leg, state

TIMES = ("out_at", "off_at", "on_at", "in_at")
HIDDEN = ("kind", "partition_key", "state_version", "last_received_at", "last_event_at", "route", "corrections")
TIMERS = {"tarmac_flight", "d15_hub_2h", "a14_hub_2h", "departure_delay_hub_60min"}
"""Rules that wait for a movement by the clock."""


@pytest.fixture
def line():
    return Line()


def clock_at(minute):
    return at(f"{minute // 60:02d}:{minute % 60:02d}")


def punctual(number):
    """A flight between two hubs, one of them under the US rule, that keeps its schedule."""
    std = 360 + 10 * number
    pair = {"origin": "JFK", "destination": "MEX"} if number % 2 else {"origin": "MEX", "destination": "JFK"}
    minutes = {"std_at": std, "out_at": std, "off_at": std + 15, "on_at": std + 290, "in_at": std + 300,
               "sta_at": std + 300}  # fmt: skip
    row = (
        leg(number) | pair | {"tail": f"XA{number:03d}"} | {name: clock_at(minute) for name, minute in minutes.items()}
    )
    return {name: value for name, value in row.items() if name not in HIDDEN}


PUNCTUAL = [punctual(number) for number in range(1, 60)]


@pytest.mark.parametrize("missing", [
    (), ("off_at",), ("off_at", "on_at"), ("in_at",), ("on_at", "in_at"), ("out_at",), ("out_at", "off_at"),
    ("out_at", "off_at", "on_at"), ("off_at", "on_at", "in_at"), TIMES,
])  # fmt: skip
def test_a_day_on_time_raises_no_timer_whatever_movements_its_source_leaves_out(missing):
    rows = [{name: value for name, value in row.items() if name not in missing} for row in PUNCTUAL]
    run = backtest(records_of_legs(rows, ("MEX", "JFK")), rules())
    assert set(run.per_rule) & TIMERS == set()


def test_a_wait_on_the_ground_counts_when_the_carrier_has_told_a_take_off(line):
    waiting = leg(1, 4, "12:00", origin="JFK", destination="MEX", out_at=at("12:00"), last_out_at=at("12:00"))
    line.send(waiting, leg(2, 4, "12:00", origin="JFK", carrier="ZZ", out_at=at("12:00"), last_out_at=at("12:00")))
    line.heartbeat("14:00")
    line.tick("14:00")
    assert not line.alerts()
    line.tell_movements()
    line.tick("14:05")
    assert [alert["scope_id"] for alert in line.alerts().values()] == [waiting["leg_uid"]]


def test_take_offs_of_the_day_before_count_and_older_ones_do_not(line):
    waiting = leg(1, 4, "12:00", origin="JFK", destination="MEX", out_at=at("12:00"), last_out_at=at("12:00"))
    for told_on, count in (("2026-11-23", 0), ("2026-11-24", 1)):
        flown = {"operating_date": told_on, "off_at": at("06:00", told_on), "in_at": at("08:00", told_on)}
        line.send({**leg(5, 4, "11:00"), "leg_uid": told_on.replace("-", "").ljust(32, "0"), **flown})
        line.send(waiting)
        line.heartbeat("14:00")
        line.tick("14:00")
        assert len([alert for alert in line.alerts().values() if alert["rule_id"] == "tarmac_flight"]) == count


def test_flights_of_a_hub_are_overdue_once_the_hub_has_told_a_departure(line):
    waiting = state("hub_quarter", "MEX", 2, "17:46", quarter_at=at("17:00"), scheduled_legs=20,
                    awaiting_departure_legs=20, awaiting_arrival_legs=20)  # fmt: skip
    line.plan()
    line.send(waiting)
    assert not line.alerts()
    lights = Alerts(line.engine).lights("hub", "2026-11-25")
    assert {light.status for light in lights if light.rule_id in TIMERS} == {"gris"}
    line.send(state("hub_quarter", "MEX", 1, "17:46", quarter_at=at("16:00"), scheduled_legs=5, departed_legs=5,
                    dep_tracked_legs=5))  # fmt: skip
    line.send({**waiting, "state_version": 3})
    assert line.alert("d15_hub_2h", "MEX")["level"] == "red"
    assert "a14_hub_2h" not in {alert["rule_id"] for alert in line.alerts().values()}
