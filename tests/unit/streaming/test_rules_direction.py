"""A light turns red on the bad side of its KPI: below the limits where low is bad, from them on where high is bad."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aero_streaming.rules import status
from aero_streaming.rules.levels import Reading, enters


def rule(is_bad_below, evidence, amber, red):
    limits = {name: SimpleNamespace(enter=limit, enter_percent=limit, exit=limit, or_percent=None)
              for name, limit in (("amber", amber), ("red", red))}  # fmt: skip
    return SimpleNamespace(
        is_bad_below=is_bad_below, evidence=evidence, minimum_legs=1, evident_legs=None, unit="percent", limits=limits,
        **limits,
    )  # fmt: skip


LATE = {evidence: rule(False, evidence, 20, 40) for evidence in ("wilson", "point")}
PUNCTUAL = {evidence: rule(True, evidence, 80, 60) for evidence in ("wilson", "point")}


@pytest.mark.parametrize("evidence", ["wilson", "point"])
def test_no_late_flight_is_green_and_all_late_is_red(evidence):
    assert status(LATE[evidence], 0, 20) == "V"
    assert status(LATE[evidence], 5, 20) == "A"
    assert status(LATE[evidence], 20, 20) == "R"


@given(st.integers(1, 200), st.data(), st.sampled_from(["wilson", "point"]))
def test_late_flights_of_n_have_the_light_of_the_punctual_rest_but_for_the_limit_itself(n, data, evidence):
    k = data.draw(st.integers(0, n))
    if 100 * k / n not in (20.0, 40.0):
        assert status(LATE[evidence], k, n) == status(PUNCTUAL[evidence], n - k, n)


def test_a_red_share_where_high_is_bad_needs_the_lower_bound():
    few, many = Reading(50.0, 4, 2), Reading(50.0, 400, 200)
    assert not enters(LATE["wilson"], "red", few)
    assert enters(LATE["wilson"], "red", many)
    assert enters(LATE["point"], "red", few)
