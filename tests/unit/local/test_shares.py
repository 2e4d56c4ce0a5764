"""Shares and colours of the stream beside those of the marts: equal ones pass, one flight more is named."""

from contextlib import contextmanager
from types import SimpleNamespace

import duckdb

from aero_drills import replay_drill, shares

KEY = ("route", "MEX-CUN", "2026-11-25", None)
NETWORK = ("network", "network", KEY[2], None)
MARTS = """
    create schema operations;
    create table operations.fct_otp_day as
        select date '2026-11-25' as operating_date, 'MEX-CUN' as route, *
        from (values ('cirium_a14', 10, 12), ('d0', 6, 12), ('d15', 11, 12), ('dot_a14', 10, 13))
            as t (definition, on_time_legs, legs);
    create table operations.fct_leg as
        select date '2026-11-25' as operating_date, 'MEX-CUN' as route, n < 12 as is_operated, n = 12 as is_cancelled,
               true as is_departure_due
        from range(13) as t (n);
"""
SUMS = {
    "scheduled_legs": 13, "operated_legs": 12, "cancelled_by_quarter": {"2026-11-25 14:00": 1}, "due_cancelled_legs": 1,
    "arr_tracked_legs": 12, "a14_on_time_legs": 10,
    "dep_tracked_legs": 12, "d0_on_time_legs": 6, "d15_on_time_legs": 11,
}  # fmt: skip


@contextmanager
def connect():
    with duckdb.connect() as marts:
        marts.execute(MARTS)
        yield marts


SNAPSHOT = SimpleNamespace(connect=connect)


def compared(sums):
    stream = {KEY: sums, NETWORK: sums}
    return shares.against_marts(stream, SNAPSHOT)  # ty: ignore[invalid-argument-type]


def test_equal_shares_have_equal_colours():
    verdict = compared(SUMS)
    assert (verdict.shares.compared, verdict.shares.differing) == (8, 0)
    # A route's day has a rule for A14 alone, the network's for all four; twelve legs of a network are too few to judge.
    assert (verdict.colours.compared, verdict.colours.differing) == (5, 0)
    assert verdict.by_colour == {"V": 1, "gris": 4}


def test_one_flight_late_in_one_of_them_is_named_with_share_and_colour():
    verdict = compared({**SUMS, "a14_on_time_legs": 9})
    assert (verdict.shares.differing, verdict.colours.differing) == (2, 1)
    [share] = [example["figures"] for example in verdict.shares.examples if example["key"] == (*KEY, "otp_a14")]
    assert share == {"otp_a14": {"expected": "10 of 12, 83.33 %", "found": "9 of 12, 75.00 %"}}
    assert verdict.colours.examples == [
        {"key": (*KEY, "otp_a14"), "figures": {"otp_a14": {"expected": "V", "found": "A"}}}
    ]


def test_a_cancelled_flight_that_one_of_them_does_not_know_changes_completion_alone():
    verdict = compared({**SUMS, "cancelled_by_quarter": {}})
    assert [example["key"][-1] for example in verdict.shares.examples] == ["completion"]


def test_a_route_that_only_one_of_them_has_differs_in_all_its_figures():
    stream = {KEY: SUMS, ("route", "MEX-GDL", KEY[2], None): SUMS, NETWORK: SUMS}
    verdict = shares.against_marts(stream, SNAPSHOT)  # ty: ignore[invalid-argument-type]
    assert (verdict.shares.compared, verdict.shares.differing) == (12, 4)
    assert (verdict.colours.compared, verdict.colours.differing) == (6, 1)


def test_a_verdict_of_the_drill_counts_every_part():
    moment = compared({**SUMS, "a14_on_time_legs": 9}).to_json()
    assert replay_drill.differing({"close": compared(SUMS).to_json(), "end": moment}) == 3
