"""Limits of chance, verdicts, intervals, percentiles; and colours that colour-blind readers can tell apart."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_dashboard import kpis, lights
from aero_dashboard.charts.style import DARK, LIGHT
from aero_dashboard.i18n import Translator
from aero_dashboard.limits import Z_95, Z_CONTROL, binomial_limits, curve, judged, with_interval

#: Linear RGB as protanopes and deuteranopes see it (Machado, Oliveira and Fernandes 2009, severity 1).
BLIND = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


@given(st.floats(0.01, 0.99), st.integers(1, 5000), st.sampled_from([Z_95, Z_CONTROL]))
def test_limits_hold_the_centre_and_close_as_legs_grow(centre, legs, z):
    low, high = binomial_limits(centre, legs, z)
    assert 0 <= low <= centre <= high <= 1
    more = binomial_limits(centre, 4 * legs, z)
    assert low <= more[0]
    assert more[1] <= high


def test_limits_are_those_of_the_score_form():
    assert binomial_limits(0.8, 100, 1.959964) == pytest.approx((0.7216014, 0.8783986))
    assert binomial_limits(0.8, 100, 3.0) == pytest.approx((0.68, 0.92))


def test_about_one_route_in_twenty_is_outside_when_only_chance_is_at_work():
    rng = np.random.default_rng(3)
    legs = rng.integers(150, 400, 4000)
    rows = pd.DataFrame({"legs": legs, "on_time_legs": rng.binomial(legs, 0.85)})
    outside = judged(rows, Z_95, 1)[0]["verdict"].isin(["below", "above"]).mean()
    assert 0.035 < outside < 0.065


def test_verdicts_say_below_above_inside_and_small():
    rows = pd.DataFrame({"legs": [100, 100, 100, 5], "on_time_legs": [60, 96, 80, 0]})
    found, centre = judged(rows, Z_95, 8)
    assert centre == pytest.approx(236 / 305)
    assert list(found["verdict"]) == ["below", "above", "inside", "small"]
    assert found["score"].iloc[0] < -1.96 < 1.96 < found["score"].iloc[1]


def test_a_perfect_network_has_no_outlier():
    rows = pd.DataFrame({"legs": [50, 60], "on_time_legs": [50, 60]})
    assert list(judged(rows, Z_95, 1)[0]["verdict"]) == ["inside", "inside"]


def test_rows_without_legs_are_no_rows():
    found, centre = judged(pd.DataFrame({"legs": [0], "on_time_legs": [0]}), Z_95, 1)
    assert found.empty
    assert centre is None


def test_the_funnel_narrows():
    limits = curve(0.85, 500, Z_95)
    width = limits["upper"] - limits["lower"]
    assert (width.diff().dropna() <= 1e-12).all()
    assert limits["legs"].iloc[-1] == 500


def test_an_interval_holds_its_share():
    rows = with_interval(pd.DataFrame({"legs": [10, 0], "on_time_legs": [10, 0]}))
    assert len(rows) == 1
    assert rows["lower"].iloc[0] < rows["share"].iloc[0] == rows["upper"].iloc[0] == 1


def test_percentiles_are_the_smallest_value_that_enough_legs_do_not_exceed():
    blocks = pd.DataFrame({"block_minutes": [100, 110, 120], "scheduled_block_minutes": [110] * 3, "legs": [1, 8, 1]})
    assert [kpis.quantile(blocks, "block_minutes", share) for share in (0.1, 0.5, 0.9, 0.91, 1)] == [
        100, 110, 110, 120, 120,
    ]  # fmt: skip
    assert kpis.block_fit(blocks).value == 0.9
    assert kpis.quantile(blocks.iloc[:0], "block_minutes", 0.5) is None


@given(st.lists(st.tuples(st.integers(60, 200), st.integers(1, 9)), min_size=1, max_size=30), st.floats(0.01, 1))
def test_percentiles_agree_with_counting(pairs, share):
    blocks = pd.DataFrame(pairs, columns=["block_minutes", "legs"])
    flown = np.repeat(blocks["block_minutes"], blocks["legs"])
    assert kpis.quantile(blocks, "block_minutes", share) == np.quantile(flown, share, method="inverted_cdf")


def test_lights_differ_in_shape_letter_and_words():
    for language in ("es", "en"):
        letters = {Translator(language)(f"light.letter_{status}") for status in ("V", "A", "R")}
        assert len(letters) == 3, language
    t = Translator("es")
    assert len({look.shape for look in lights.LOOKS.values()}) == len(lights.LOOKS) == 4
    found = {status: lights.Light(status, lights.rules().rules[0], 10, 8).text(t) for status in ("V", "A", "R", "gris")}
    assert found == {"V": "● V · verde", "A": "▲ A · ámbar", "R": "■ R · rojo", "gris": "○ gris · muestra insuficiente"}


def test_a_light_without_a_rule_is_grey_and_says_so():
    light = lights.of_share("otp_d0", "route", 7, 5, 100, 8)
    assert light.status == "gris"
    assert "sin regla" in light.text(Translator("es"))


def test_a_light_of_too_few_legs_is_grey_however_good_they_are():
    assert lights.of_share("otp_a14", "route", 1, 7, 7, 1).status == "gris"
    assert lights.of_share("otp_a14", "route", 1, 8, 8, 1).status == "V"
    assert lights.of_share("otp_a14", "route", 1, 8, 8, 9).status == "gris"


def linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.clip(matrix @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089]), 1e-4, None))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eyes", [None, *BLIND])
def test_green_amber_and_red_stay_apart_for_red_green_blind_eyes(eyes):
    matrix = np.eye(3) if eyes is None else np.array(BLIND[eyes])
    pairs = [("V", "R"), ("V", "A"), ("A", "R")]
    for better, other in pairs:
        seen = [lab(matrix @ linear(lights.LOOKS[status].colour)) for status in (better, other)]
        assert np.linalg.norm(seen[0] - seen[1]) > 20, (eyes, better, other)
    for colours in (LIGHT, DARK):
        seen = [lab(matrix @ linear(colour)) for colour in (colours.good, colours.bad)]
        assert np.linalg.norm(seen[0] - seen[1]) > 20, eyes
