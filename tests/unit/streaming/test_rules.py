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
    found = {days: rules().find("otp_a14", "route", days) for days in (1, 6, 7, 14, 27, 28, 365)}
    assert {days: rule.window for days, rule in found.items() if rule} == {
        1: "day", 6: "day", 7: "7d", 14: "7d", 27: "7d", 28: "28d", 365: "28d",
    }  # fmt: skip
    assert rules().find("otp_d0", "route", 7) is None


def test_batch_status_never_finds_a_rule_that_only_the_stream_has():
    assert rules().find("otp_a14", "hub", 1) is None
    assert rules().find("otp_d0", "first_wave", 1) is None
    assert rules().find("otp_a14_change", "route", 28) is None
    rule_of_month = rules().find("otp_d15", "network", 30)
    assert rule_of_month is not None
    assert rule_of_month.id == "d15_network_day"


def test_the_clear_hold_is_twice_the_hold():
    assert (ROUTE_DAY.hold_minutes, ROUTE_DAY.clear_hold_minutes) == (15, 30)


def test_the_table_of_the_reference_is_in_the_file():
    limits = {
        rule.id: [(limit.enter, limit.exit) for limit in rule.limits.values()] + [rule.minimum_legs, rule.hold_minutes]
        for rule in rules().rules
        if "stream" in rule.used_by
    }
    assert limits == {
        "a14_network_day": [(86, 88), (80, 83), 50, 15],
        "a14_hub_2h": [(78, 81), (72, 77), 20, 10],
        "a14_route_day": [(80, 84), (65, 72), 8, 15],
        "d0_first_wave_day": [(75, 78), (65, 70), 30, 10],
        "d15_hub_2h": [(80, 83), (76, 80), 15, 10],
        "completion_network_day": [(99.3, 99.5), (98, 98.5), 100, 0],
        "cancellation_flight": [(72 * 60, 72 * 60), (24 * 60, 24 * 60), 1, 0],
        "cancellations_hub_3h": [(2, 2), (4, 4), 10, 0],
        "diversion_flight": [(1, 1), (2, 2), 1, 0],
        "long_delay_flight": [(60, 60), (120, 120), (240, 240), 1, 5],
        "tarmac_flight": [(90, 90), (150, 150), (180, 180), 1, 0],
        "departure_delay_hub_60min": [(12, 10), (20, 16), 15, 10],
        "rotation_flight": [(20, 15), (40, 35), 1, 10],
        "feed_silence": [(10, 10), (20, 20), 3, 0],
        "flights_hub_60min": [(7, 4), (20, 15), 1, 0],
        "a14_route_vs_28d": [(-10, -7), (-20, -14), 8, 15],
    }


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("minimum_legs = 8\n", "minimum_legs = 0\n", "minimum_legs = 0", "whole number from 1"),
        ('scope = "route"', 'scope = "planet"', 'scope = "planet"', "none of network, first_wave, hub, route"),
        ('kpi = "otp_d15"', 'kpi = "d51"', 'kpi = "d51"', "none of otp_a14"),
        ('window = "2h"', 'window = "2 h"', 'window = "2 h"', "none of day"),
        ('window = "leg"', 'window = "day"', None, "does not fit scope leg"),
        ('kpi = "tarmac"', 'kpi = "otp_a14"', None, "known of network"),
        ('kpi = "departure_delay"', 'kpi = "cancellations"', None, "wants { enter_legs"),
        ("green_percent = 85\n", "green_percent = 850\n", "green_percent = 850", "between 0 and 100"),
        ("green_percent = 85\n", "green_percent = 70\n", "green_percent = 70", "below the limit of amber"),
        ("hold_minutes = 15\n", "hold_minutes = -1\n", "hold_minutes = -1", "whole number from 0"),
        ('severity = "high"', 'severity = "loud"', 'severity = "loud"', "low, medium, high, critical"),
        ("shadow = true\n", "shadow = 1\n", "shadow = 1", "neither true nor false"),
        ('used_by = ["batch"]', 'used_by = ["nobody"]', 'used_by = ["nobody"]', "list of stream, batch"),
        ('parents = ["cancel', 'parents = ["kancel', 'parents = ["kancel', "no earlier rule"),
        ("enter_minutes = 240", "enter_minutes = 110", "red = { enter_minutes = 120", "limits must rise"),
        ("enter_legs = 2 }", "enter_minutes = 2 }", "amber = { enter_minutes = 2 }", "wants { enter_legs"),
        ("medium = [60]", "medium = [60, 30]", None, "does not rise"),
        ("close_hour_utc = 12", "close_hour_utc = 24", "close_hour_utc = 24", "whole number"),
        ("close_hour_utc = 12", "closing = 12", "closing = 12", "unknown"),
        ("= 65, exit_percent = 72", "= 81, exit_percent = 82", "red = { enter_percent = 81", "rise from red"),
        (
            "= 65, exit_percent = 72",
            "= 65, exit_percent = 60",
            "red = { enter_percent = 65, exit_percent = 60",
            "left at",
        ),
        ("evident_legs = 6\n", "evident_legs = 20\n", "evident_legs = 20", "fewer legs than minimum_legs"),
        ("minimum_legs = 8\n", "minimum_legs = 8\nsnooze = 1\n", "snooze", "unknown"),
        (
            'title = { es = "Vuelo cancelado", en',
            'title = { fr = "Vol", en',
            'title = { fr = "Vol"',
            "a text for each of es, en",
        ),
        ('id = "a14_route_7d"', 'id = "a14_route_day"', None, "earlier rule"),
        ("minutes = 38\n", "minutes = 0\n", "minutes = 0", "whole number from 1"),
        ('stations = ["DEN"]', 'station = ["DEN"]', 'station = ["DEN"]', "a ground time has"),
        ('medium = ["duty_manager", "hub_control"]', 'medium = ["duty_manager"]', None, "more steps of escalation"),
        ('speaks_from = "amber"', 'speaks_from = "critical"', 'speaks_from = "critical"', "no level of this rule"),
        ('low = ["digest"]', "lowest = []", None, "roles by severity"),
        ("departures_ahead = 4\n", "departures_ahead = -1\n", "departures_ahead = -1", "whole number from 0"),
        ('source = "shortest planned turn of an', 'sauce = "', None, "is unknown"),
        (f"version = {rules().version}", "version = 0", None, "version"),
        (f"version = {rules().version}", "version = ", None, "line"),
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


@pytest.mark.parametrize(
    ("aircraft_type", "station", "minutes"),
    [
        (None, "MEX", 30),
        (None, "DEN", 43),
        ("E90", "MEX", 35),
        ("7M9", "CUN", 45),
        ("789", "MAD", 90),
        ("E90", "DEN", 35),
    ],
)
def test_a_ground_time_is_that_of_the_type_else_of_the_station_else_of_all(aircraft_type, station, minutes):
    assert rules().ground_minutes(aircraft_type, station) == minutes


def test_every_ground_time_says_where_it_is_from():
    assert all(len(ground_time.source) > 20 for ground_time in rules().ground_times)


def test_rotations_want_a_ground_time_for_all(tmp_path):
    text = RULES.read_text(encoding="utf-8").replace(
        "[[ground_time]]\nminutes = 30", "[[ground_time]]\nstations = ['TLC']\nminutes = 30", 1
    )
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match="for all types and stations"):
        rules(tmp_path / "rules.toml")


def test_a_missing_key_names_the_rule_it_is_missing_from(tmp_path):
    text = RULES.read_text(encoding="utf-8").replace("minimum_legs = 50\n", "", 1)
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=r"rules\.toml:\d+: minimum_legs: is missing"):
        rules(tmp_path / "rules.toml")
