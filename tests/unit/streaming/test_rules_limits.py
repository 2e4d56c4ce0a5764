"""Every limit of every rule, from the file: entered, kept, left; and how often chance alone turns a light red."""

from math import comb, nextafter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_streaming.rules import rules, wilson_bounds
from aero_streaming.rules.levels import Reading, enters, keeps, level_of
from aero_streaming.rules.model import LEVELS, Rule, rank

LIVE = [rule for rule in rules().rules if "stream" in rule.used_by]
LIMITS = [(rule, level) for rule in rules().rules for level in rule.limits]
#: So many legs that the interval is narrower than any step: the share decides.
MANY = 10**9


def ids(case: tuple[Rule, str]) -> str:
    return f"{case[0].id}-{case[1]}"


def reading(rule: Rule, value: float) -> Reading:
    """A reading of a value that chance does not blur."""
    if rule.unit == "points":
        return Reading(value, MANY, round(MANY * (value + 90) / 100), 90.0)
    return Reading(value, MANY, round(MANY * value / 100) if rule.unit == "percent" else None)


def beyond(rule: Rule, limit: float) -> float:
    """The bad side of a limit, a little further than the interval is wide."""
    return limit - 0.01 if rule.is_bad_below else limit


def short_of(rule: Rule, limit: float) -> float:
    """The good side: where low is bad the limit itself is not below it."""
    return limit if rule.is_bad_below else nextafter(limit, -1e9)


@pytest.mark.parametrize("case", LIMITS, ids=ids)
def test_a_level_is_entered_beyond_its_limit_and_not_at_the_good_side_of_it(case):
    rule, level = case
    limit = rule.limits[level]
    assert enters(rule, level, reading(rule, beyond(rule, limit.enter)))
    assert not enters(rule, level, reading(rule, short_of(rule, limit.enter)))


@pytest.mark.parametrize("case", LIMITS, ids=ids)
def test_a_held_level_is_kept_up_to_its_exit_limit_and_left_there(case):
    rule, level = case
    limit = rule.limits[level]
    inside = nextafter(limit.exit, -1e9) if rule.is_bad_below else limit.exit
    outside = limit.exit if rule.is_bad_below else nextafter(limit.exit, -1e9)
    assert keeps(rule, level, reading(rule, inside))
    assert not keeps(rule, level, reading(rule, outside))
    assert rank(level_of(rule, reading(rule, inside), level)) >= rank(level)
    assert rank(level_of(rule, reading(rule, outside), level)) < rank(level)


@pytest.mark.parametrize(
    "case", [case for case in LIMITS if case[0].limits[case[1]].enter != case[0].limits[case[1]].exit], ids=ids
)
def test_between_enter_and_exit_memory_decides(case):
    rule, level = case
    limit = rule.limits[level]
    between = reading(rule, (limit.enter + limit.exit) / 2)
    assert rank(level_of(rule, between, level)) == rank(level)
    assert rank(level_of(rule, between, None)) < rank(level)


@pytest.mark.parametrize("rule", [rule for rule in LIVE if rule.evidence == "wilson"], ids=lambda rule: rule.id)
def test_red_wants_evidence_and_amber_the_observed_share(rule):
    n = rule.minimum_legs
    usual = 90.0 if rule.unit == "points" else 0.0
    for k in range(n + 1):
        value = 100 * k / n - usual
        level = level_of(rule, Reading(value, n, k, usual or None))
        upper = 100 * wilson_bounds(k, n)[1] - usual
        expected = "red" if upper < rule.red.enter else "amber" if value < rule.amber.enter else None
        assert level == expected


def test_a_tenth_of_the_scheduled_legs_cancelled_is_red_once_two_are():
    rule = rules().by_id("cancellations_hub_3h")
    assert rule is not None
    found = {(k, n): level_of(rule, Reading(k, n)) for k, n in ((1, 5), (2, 20), (2, 21), (3, 31), (3, 30), (4, 400))}
    assert found == {(1, 5): None, (2, 20): "red", (2, 21): "amber", (3, 31): "amber", (3, 30): "red", (4, 400): "red"}


def test_nothing_to_judge_has_no_level_whatever_was_held():
    for rule in LIVE:
        assert all(level_of(rule, Reading(None, 0), held) is None for held in (None, *LEVELS))


@given(st.sampled_from(LIVE), st.sampled_from([None, "amber", "red"]), st.floats(-100, 100), st.floats(-100, 100))
def test_a_worse_value_never_has_a_milder_level(rule, held, value, second):
    better, worse = sorted((value, second), reverse=rule.is_bad_below)
    n = 1_000
    if rule.unit == "percent":
        better, worse = abs(better), abs(worse)
        better, worse = sorted((better, worse), reverse=rule.is_bad_below)
    shift = 100 if rule.unit == "points" else 0

    def level(value: float) -> int:
        k = min(n, max(0, round(n * (value + shift) / 100)))
        return rank(
            level_of(rule, Reading(100 * k / n - shift if rule.evidence == "wilson" else value, n, k, shift), held)
        )

    assert level(worse) >= level(better)


@pytest.mark.parametrize(("n", "promised"), [(8, 0.005), (20, 0.002), (50, 0.0003)])
def test_true_otp_of_90_percent_is_red_as_rarely_as_the_reference_says(n, promised):
    most = max(k for k in range(n + 1) if wilson_bounds(k, n)[1] < 0.80)
    exact = sum(comb(n, k) * 0.9**k * 0.1 ** (n - k) for k in range(most + 1))
    digits = 4 if promised < 0.001 else 3
    assert round(exact, digits) == promised


@pytest.mark.parametrize("n", [8, 20, 50])
def test_simulated_days_turn_red_no_more_often_than_chance_allows(n):
    network = rules().by_id("a14_network_day")
    assert network is not None
    draw, days = Random(7), 8_000
    most = max(k for k in range(n + 1) if wilson_bounds(k, n)[1] < 0.80)
    exact = sum(comb(n, k) * 0.9**k * 0.1 ** (n - k) for k in range(most + 1))
    red = 0
    for _ in range(days):
        k = sum(draw.random() < 0.9 for _ in range(n))
        red += level_of(network, Reading(100 * k / n, n, k)) == "red"
    spread = (exact * (1 - exact) / days) ** 0.5
    assert abs(red / days - exact) <= 4 * spread + 1 / days
