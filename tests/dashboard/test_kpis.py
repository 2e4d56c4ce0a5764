"""Figures from sums: ratios of sums, nothing divided by nothing, changes in the right unit."""

import pandas as pd
import pytest

from aero_dashboard import kpis

SUMS = {
    "due_legs": 100, "due_cancelled_legs": 5, "silent_legs": 2, "diverted_legs": 1, "departed_legs": 95,
    "operated_legs": 95, "dep_untracked_legs": 2, "departure_delay_minutes": 950, "load_legs": 90,
    "load_unknown_legs": 5, "seat_km": 2000.0, "passenger_km": 1700.0,
}  # fmt: skip
DAYS = pd.to_datetime(["2026-11-20", "2026-11-21"])
OTP = pd.DataFrame(
    {
        "operating_date": [*DAYS, DAYS[0]],
        "definition": ["d15", "d15", "d0"],
        "legs": [10, 30, 10],
        "on_time_legs": [10, 15, 4],
        "unknown_legs": [0, 1, 0],
    }
)


def by_key(figures):
    return {kpi.key: kpi for kpi in figures}


def test_a_figure_knows_what_it_is_of_and_what_is_not_known():
    figures = by_key(kpis.from_sums(SUMS))
    assert figures["completion"].value == 0.95
    assert figures["completion"].unknown_legs == 2
    assert figures["departure_delay"].value == 10
    assert figures["departure_delay"].unknown_legs == 2
    assert figures["cancelled"].value == 5
    assert figures["load_factor"].value == 0.85
    assert (figures["load_factor"].legs, figures["load_factor"].unknown_legs) == (90, 5)


def test_a_load_factor_of_nothing_is_not_shown():
    assert "load_factor" not in by_key(kpis.from_sums({**SUMS, "load_legs": 0, "seat_km": 0.0, "passenger_km": 0.0}))


def test_without_legs_there_is_no_value_rather_than_zero():
    assert all(kpi.value is None for kpi in kpis.from_sums(dict.fromkeys(SUMS, 0)))


def test_punctuality_over_days_is_a_ratio_of_sums_and_no_mean_of_ratios():
    figure = kpis.otp("d15", "d15", OTP)
    assert figure.value == 25 / 40 != (10 / 10 + 15 / 30) / 2
    assert figure.unknown_legs == 1


def test_the_strip_shows_the_chosen_definition_once():
    days = pd.DataFrame([{"operating_date": DAYS[0], **SUMS}])
    assert [kpi.key for kpi in kpis.strip("d15", OTP, days)][:3] == ["punctuality", "d0", "completion"]
    assert [kpi.key for kpi in kpis.strip("dot_a14", OTP, days)][:3] == ["punctuality", "d15", "d0"]


def test_the_line_of_a_card_is_its_figure_day_by_day():
    days = pd.DataFrame(
        [{"operating_date": day, **SUMS, "departed_legs": n} for day, n in zip(DAYS, (50, 0), strict=True)]
    )
    assert kpis.daily("punctuality", "d15", OTP, days) == [1.0, 0.5]
    assert kpis.daily("d0", "d15", OTP, days) == [0.4]
    assert kpis.daily("departure_delay", "d15", OTP, days) == [19.0]
    assert kpis.daily("cancelled", "d15", OTP, days) == [5.0, 5.0]


def test_a_change_of_a_share_is_in_points_and_of_minutes_in_minutes():
    now, before = kpis.otp("d15", "d15", OTP.iloc[1:2]), kpis.otp("d15", "d15", OTP.iloc[:1])
    assert kpis.change(now, before) == pytest.approx(-50)
    slow, slower = kpis.from_sums(SUMS)[1], kpis.from_sums({**SUMS, "departure_delay_minutes": 1140})[1]
    assert kpis.change(slower, slow) == 2
    assert kpis.change(now, None) is None
    assert kpis.change(now, kpis.otp("d15", "d15", OTP.iloc[:0])) is None


def test_a_definition_is_held_against_the_rules_for_its_own_figure():
    assert [kpis.rule_of(name) for name in ("cirium_a14", "oag_a14", "eurocontrol", "d0", "d15")] == [
        "otp_a14", "otp_a14_oag", "otp_a15_eurocontrol", "otp_d0", "otp_d15",
    ]  # fmt: skip


def test_a_share_of_flights_of_which_nothing_is_known_has_no_value():
    silent = pd.DataFrame([{"operating_date": DAYS[0], "definition": "dot_a14", "legs": 10, "on_time_legs": 0,
                            "unknown_legs": 10}])  # fmt: skip
    figure = kpis.otp("punctuality", "dot_a14", silent)
    assert (figure.value, figure.legs, figure.unknown_legs) == (None, 10, 10)
    assert kpis.otp("punctuality", "dot_a14", silent.assign(unknown_legs=9)).value == 0
    figures = by_key(kpis.from_sums({**dict.fromkeys(SUMS, 0), "due_legs": 10, "silent_legs": 10}))
    assert figures["cancelled"].value is None
