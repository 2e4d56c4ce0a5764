"""Times of a merged leg that can be believed: golden cases, laws for any leg, and the copy that dbt has."""

import random
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aero_drills import recount
from aero_streaming.alerts.conditions import on_ground
from aero_streaming.alerts.rotation import links
from aero_streaming.flink.sql import SINKS, statements
from aero_streaming.merge import leg_times, merge
from aero_streaming.merge.leg_times import RULES, TIMES, believable, judge
from aero_streaming.rules import rules
from aero_streaming.times import minutes_between
from tests.golden import time_cases
from tests.golden.facts import facts_of_one_leg, legs_with_odd_times

PROJECT = Path(__file__).parents[3] / "dbt_project"
VARS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


@pytest.mark.parametrize("case", time_cases(), ids=lambda case: case.name)
def test_what_cannot_be_true_is_named_and_its_figures_are_left_out(case):
    leg = merge(case.facts, case.departure_policy)
    problem, times = judge(leg)
    assert problem == case.time_problem
    late = minutes_between(times["std_at"], times["out_at"]) if times["std_at"] and times["out_at"] else None
    assert late == case.figures["departure_delay_minutes"]
    assert recount.believed(leg)[0] == case.time_problem


@given(legs_with_odd_times())
def test_the_recount_says_by_hand_what_the_rules_say(leg):
    problem, times = judge(leg)
    said, known = recount.believed(leg)
    assert said == problem
    assert {"std_at": known["std"], "sta_at": known["sta"], "in_at": known["in"], "out_at": known["departure"]} == {
        name: times[name] for name in ("std_at", "sta_at", "in_at", "out_at")
    }


@given(legs_with_odd_times())
def test_what_is_believed_is_in_order_and_near_its_schedule(leg):
    times = judge(leg).times
    known = (times[name] for name in ("last_out_at", "off_at", "on_at", "in_at"))
    flown = [datetime.fromisoformat(at) for at in known if at]
    assert flown == sorted(flown)
    if times["std_at"] and times["out_at"]:
        assert abs(minutes_between(times["std_at"], times["out_at"])) <= 3 * 24 * 60


@given(legs_with_odd_times(), st.randoms(use_true_random=False))
def test_the_order_of_the_rules_of_a_round_changes_no_time(leg, shuffled: random.Random):
    rules = list(RULES)
    shuffled.shuffle(rules)
    before, leg_times.RULES = judge(leg), tuple(rules)
    try:
        after = judge(leg)
    finally:
        leg_times.RULES = RULES
    assert after.times == before.times
    assert sorted((after.time_problem or "").split()) == sorted((before.time_problem or "").split())


@given(facts_of_one_leg())
def test_a_leg_without_problem_is_believed_as_it_is(facts):
    leg = merge(facts)
    problem, times = judge(leg)
    if problem is None:
        assert times == {name: leg[name] for name in times}
    for name in times:
        assert believable({**leg, "time_problem": problem}, name) == times[name]


def test_dbt_has_the_same_rules():
    assert VARS["time_rules_version"] == leg_times.VERSION
    assert VARS["time_names"] == list(TIMES)
    declared = []
    for rule in RULES:
        known = {"round": rule.round, "code": rule.code, "earlier": rule.earlier, "later": rule.later}
        bounds = {name: getattr(rule, name) for name in ("least", "most", "most_mph")}
        held = {name: value for name, value in bounds.items() if value is not None}
        flown = {"only_as_planned": True} if rule.only_as_planned else {}
        declared.append(known | {"doubts": list(rule.doubts)} | held | flown)
    assert VARS["time_rules"] == declared


def test_rounds_follow_each_other_and_codes_name_one_rule():
    assert tuple(range(1, len(leg_times.ROUNDS) + 1)) == leg_times.ROUNDS
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    assert not [code for code in codes if " " in code]


def test_flink_is_given_every_rule_once_per_round():
    written = "\n".join(statements({"connector": "x"}, {kind: {} for kind in SINKS}))
    for rule in RULES:
        assert written.count(f"'{rule.code} '") == 1


# -- what reads the times of a leg ------------------------------------------------------------------------------------
ON_GROUND = {
    "leg_uid": "a", "origin": "JFK", "destination": "LAX", "std_at": "2015-01-01T13:30:00Z",
    "sta_at": "2015-01-01T19:50:00Z", "out_at": "2015-01-01T13:34:00Z", "last_out_at": "2015-01-01T13:34:00Z",
}  # fmt: skip


def test_nobody_sits_on_the_ground_since_a_doubtful_time():
    table = rules()
    assert on_ground(table, ON_GROUND) == ("JFK", "2015-01-01T13:34:00Z")
    doubtful = ON_GROUND | {"out_at": "2035-01-01T00:00:00Z", "last_out_at": "2035-01-01T00:00:00Z"}
    assert on_ground(table, doubtful | {"time_problem": judge(doubtful).time_problem}) is None
    landed = ON_GROUND | {"off_at": "2015-01-01T13:50:00Z", "on_at": "2015-01-01T13:40:00Z"}
    assert on_ground(table, landed) == ("LAX", "2015-01-01T13:40:00Z")
    assert on_ground(table, landed | {"time_problem": judge(landed).time_problem}) is None


def test_no_rotation_breaks_from_a_doubtful_arrival():
    inbound = ON_GROUND | {"in_at": "2015-01-09T00:00:00Z"}
    leg = {"leg_uid": "b", "origin": "LAX", "std_at": "2015-01-01T21:00:00Z"}
    assert (links(rules(), [inbound, leg])[1].late_minutes or 0) > 10_000
    doubtful = inbound | {"time_problem": judge(inbound).time_problem}
    assert (links(rules(), [doubtful, leg])[1].late_minutes or 0) < 0
