"""Backtests: the real engine over history, per hour, and two rule sets against each other."""

from dataclasses import replace

import pytest

from aero_streaming.backtesting.backtest import backtest, compare
from aero_streaming.backtesting.leg_records import records_of_legs
from aero_streaming.rules import rules
from aero_streaming.times import parse

from .alert_samples import DAY, at, event, leg


def flown(number, departure, late, **values):
    record = leg(number, **values)
    for name in ("kind", "partition_key", "state_version", "last_received_at", "last_event_at", "route"):
        del record[name]

    def moment(minute):
        return at(f"{14 + minute // 60:02d}:{minute % 60:02d}")

    return {
        **record, "std_at": moment(departure), "sta_at": moment(departure + 60), "tail": f"XA{number:03d}",
        "out_at": moment(departure + late), "off_at": moment(departure + late + 10),
        "on_at": moment(departure + late + 55), "in_at": moment(departure + late + 60),
    }  # fmt: skip


LEGS = [flown(number, 10 * number, 70 if number % 2 else 0) for number in range(1, 13)]


def test_legs_of_a_table_become_records_whose_last_sums_are_a_count_of_the_table():
    records = list(records_of_legs(LEGS, ["MEX"]))
    assert [record["last_received_at"] for record in records] == sorted(
        record["last_received_at"] for record in records
    )
    last = {}
    for record in records:
        if record["kind"] == "state":
            key = (record["scope_type"], record["scope_id"], record["quarter_at"])
            assert record["state_version"] == last.get(key, {"state_version": 0})["state_version"] + 1
            last[key] = record
    route = last["route", "MEX-CUN", None]
    counted = {name: route[name] for name in ("scheduled_legs", "accounted_legs", "departed_legs", "arr_late_60_legs")}
    assert counted == {"scheduled_legs": 12, "accounted_legs": 12, "departed_legs": 12, "arr_late_60_legs": 6}
    assert route["departure_delay_minutes"] == 6 * 70
    quarters = [sums for (kind, _, _), sums in last.items() if kind == "hub_quarter"]
    assert sum(quarter["departed_legs"] for quarter in quarters) == 12
    # 14:10 UTC and before 14:00 UTC on the clock of the origin is 08:10: no first wave.
    assert not [kind for kind, _, _ in last if kind == "first_wave"]


def test_a_backtest_counts_alerts_by_hour_and_rule_and_notifies_nobody():
    run = backtest(list(records_of_legs(LEGS)), rules())
    assert run.per_rule["long_delay_flight"] == 6
    assert run.per_rule["a14_route_day"] == 1
    assert sum(run.per_hour.values()) == sum(run.per_rule.values())
    assert {hour[:10] for hour in run.per_hour} == {DAY}
    assert run.mean_per_hour == pytest.approx(sum(run.per_hour.values()) / run.hours)


def test_the_same_records_give_the_same_backtest():
    records = list(records_of_legs(LEGS))
    assert backtest(records, rules()) == backtest(records, rules())


def test_records_of_the_stream_are_taken_as_they_are():
    rows = [event("cancel", 1, "12:00"), leg(1, 2, "12:00", is_cancelled=True, cancelled_at=at("12:00")),
            leg(2, 3, "13:00", is_diverted=True)]  # fmt: skip
    run = backtest(rows, rules())
    # An hour without a record between them is a silence, too.
    assert dict(run.per_rule) == {"cancellation_flight": 1, "diversion_flight": 1, "feed_silence": 1}


def test_two_rule_sets_differ_in_the_alerts_that_only_one_raises():
    strict = tuple(
        replace(rule, limits={**rule.limits, "amber": replace(rule.amber, enter=80.0, exit=80.0)})
        if rule.id == "long_delay_flight"
        else rule
        for rule in rules().rules
    )
    records = list(records_of_legs(LEGS))
    found = compare(records, rules(), replace(rules(), rules=strict))
    assert len(found.only_old) == 6
    assert {key.split("#")[0] for key, _, _ in found.only_old} == {"long_delay_flight"}
    assert found.only_new == ()
    fired = [line for line in found.new.transitions if line["kind"] == "FIRED" and not line["is_shadow"]]
    assert found.both == len(fired)


def test_nothing_gives_an_empty_backtest():
    run = backtest([], rules())
    assert (run.hours, run.mean_per_hour, run.alerts) == (0, 0.0, ())


def test_records_of_a_feed_that_is_behind_are_judged_when_they_come():
    records = list(records_of_legs(LEGS))

    def fired(lag_minutes):
        run = backtest(records, rules(), tick_minutes=1, lag_minutes=lag_minutes)
        lines = [line for line in run.transitions if line["kind"] == "FIRED" and "long_delay" in line["alert_key"]]
        return {line["alert_key"]: parse(line["at"]) for line in lines}

    late, now = fired(10), fired(0)
    assert late.keys() == now.keys()
    assert {(late[key] - now[key]).total_seconds() for key in now} == {600}


def test_a_backtest_tells_of_every_day_that_begins():
    said = []
    backtest(list(records_of_legs(LEGS)), rules(), log=said.append)
    assert said
    assert all(line.startswith("2026-11-2") for line in said)


def test_every_line_of_the_log_keeps_what_its_alert_knew_of_the_flight_then():
    run = backtest(list(records_of_legs(LEGS)), rules())
    assert run.facts.keys() == {line["transition_id"] for line in run.transitions}
    lines = [line for line in run.transitions if "long_delay" in line["alert_key"]]
    assert {run.facts[line["transition_id"]]["flight_number"] for line in lines} == {1, 3, 5, 7, 9, 11}
