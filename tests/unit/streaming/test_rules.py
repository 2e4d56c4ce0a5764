"""The rules of the traffic lights: the file, the evidence, the status."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_streaming.rules import RULES, RuleError, rules, status, wilson_bounds

ROUTE_DAY = next(rule for rule in rules().rules if rule.id == "a14_route_day")
NETWORK_DAY = next(rule for rule in rules().rules if rule.id == "a14_network_day")
COMPLETION = next(rule for rule in rules().rules if rule.id == "completion_network_day")
shares = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("k", "n", "upper"),
    [
        (4, 8, 0.7064),
        (5, 8, 0.8046),
        (6, 10, 0.7704),
        (7, 10, 0.8462),
        (13, 20, 0.7705),
        (14, 20, 0.8120),
        (74, 100, 0.7920),
        (75, 100, 0.8012),
    ],
)
def test_the_upper_wilson_bound_is_that_of_the_published_anchors(k, n, upper):
    assert wilson_bounds(k, n)[1] == pytest.approx(upper, abs=5e-5)


@pytest.mark.parametrize(
    ("n", "at_80", "at_65"),
    [(3, 1, 0), (5, 2, 1), (8, 4, 3), (10, 6, 4), (15, 10, 7), (20, 13, 10), (30, 21, 16), (50, 36, 28), (100, 74, 58)],
)
def test_red_begins_at_the_counts_of_the_reference_table(n, at_80, at_65):
    for limit, most in ((0.80, at_80), (0.65, at_65)):
        assert max(k for k in range(n + 1) if wilson_bounds(k, n)[1] < limit) == most


@given(shares)
def test_the_interval_holds_the_share_and_mirrors(share):
    k, n = share
    lower, upper = wilson_bounds(k, n)
    assert 0 <= lower <= upper <= 1
    assert lower - 1e-12 <= k / n <= upper + 1e-12
    mirrored = wilson_bounds(n - k, n)
    assert math.isclose(mirrored[0], 1 - upper, abs_tol=1e-12)


@given(shares)
def test_more_legs_on_time_never_make_a_light_worse(share):
    order = ["R", "A", "V"]
    k, n = share
    if n >= ROUTE_DAY.minimum_legs and k < n:
        assert order.index(status(ROUTE_DAY, k, n)) <= order.index(status(ROUTE_DAY, k + 1, n))


def test_below_the_minimum_sample_a_light_is_grey_and_never_green():
    assert status(ROUTE_DAY, 7, 7) == "gris"
    assert status(ROUTE_DAY, 0, 0) == "gris"
    assert status(ROUTE_DAY, 8, 8) == "V"
    assert status(ROUTE_DAY, 8, 8, minimum_legs=20) == "gris"


def test_a_share_below_the_red_limit_without_evidence_is_amber():
    # 5 of 8 is 62.5 %, under the red limit of 65, but the bound is 80.5 %.
    assert status(ROUTE_DAY, 5, 8) == "A"
    assert status(ROUTE_DAY, 3, 8) == "R"


def test_a_limit_itself_is_not_below_the_limit():
    assert status(NETWORK_DAY, 43, 50) == "V"
    assert status(NETWORK_DAY, 42, 50) == "A"
    assert status(COMPLETION, 993, 1000) == "V"
    assert status(COMPLETION, 992, 1000) == "A"
    assert status(COMPLETION, 980, 1000) == "A"
    assert status(COMPLETION, 979, 1000) == "R"


def test_the_rule_is_that_of_the_longest_window_the_days_fill():
    found = {days: rules().find("a14", "route", days) for days in (1, 6, 7, 14, 27, 28, 365)}
    assert {days: rule.window for days, rule in found.items() if rule} == {
        1: "day", 6: "day", 7: "7d", 14: "7d", 27: "7d", 28: "28d", 365: "28d",
    }  # fmt: skip
    assert rules().find("d0", "route", 7) is None


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("minimum_legs = 8\n", "minimum_legs = 0\n", "minimum_legs = 0", "whole number from 1"),
        ('scope = "route"', 'scope = "planet"', 'scope = "planet"', "none of network, route"),
        ("green_percent = 85\n", "green_percent = 850\n", "green_percent = 850", "between 0 and 100"),
        ("= 65, exit_percent = 72", "= 81, exit_percent = 82", "red = { enter_percent = 81", "rise from red"),
        (
            "= 65, exit_percent = 72",
            "= 65, exit_percent = 60",
            "red = { enter_percent = 65, exit_percent = 60",
            "left at",
        ),
        ("minimum_legs = 8\n", "minimum_legs = 8\nsnooze = 1\n", "snooze", "unknown"),
        ('id = "a14_route_7d"', 'id = "a14_route_day"', None, "earlier rule"),
        ("version = 1", "version = 0", None, "version"),
        ("version = 1", "version = ", None, "line"),
    ],
)
def test_an_error_in_the_file_names_the_line(tmp_path, old, new, key, says):
    text = RULES.read_text(encoding="utf-8").replace(old, new, 1)
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=says) as caught:
        rules(tmp_path / "rules.toml")
    if key:
        line = next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(key))
        assert f"rules.toml:{line}:" in str(caught.value)


def test_a_missing_key_names_the_rule_it_is_missing_from(tmp_path):
    text = RULES.read_text(encoding="utf-8").replace("minimum_legs = 50\n", "", 1)
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=r"rules\.toml:\d+: minimum_legs: is missing"):
        rules(tmp_path / "rules.toml")
