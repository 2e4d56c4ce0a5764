"""Shares and colours of the stream beside those of the marts: equal ones pass, one flight more is named."""

from contextlib import contextmanager
from types import SimpleNamespace

import duckdb

from aero_local.live import shares

KEY = ("route", "MEX-CUN", "2026-11-25", None)
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
    "scheduled_legs": 13, "operated_legs": 12, "due_cancelled_legs": 1, "arr_tracked_legs": 12, "a14_on_time_legs": 10,
    "dep_tracked_legs": 12, "d0_on_time_legs": 6, "d15_on_time_legs": 11,
}  # fmt: skip


@contextmanager
def connect():
    with duckdb.connect() as marts:
        marts.execute(MARTS)
        yield marts


SNAPSHOT = SimpleNamespace(connect=connect)


def compared(sums):
    stream = {KEY: sums, ("network", "network", KEY[2], None): sums}
    return shares.against_marts(stream, SNAPSHOT)  # ty: ignore[invalid-argument-type]


def test_equal_shares_have_equal_colours():
    result = compared(SUMS)
    assert (result.compared, result.differing) == (2, 0)


def test_one_flight_late_in_one_of_them_is_named_with_share_and_colour():
    result = compared({**SUMS, "a14_on_time_legs": 9})
    assert result.differing == 2
    [route] = [one["figures"] for one in result.examples if one["key"] == KEY]
    assert route == {"otp_a14": {"expected": "10 of 12, 83.33 %, V", "found": "9 of 12, 75.00 %, A"}}


def test_a_route_that_only_one_of_them_has_differs():
    stream = {KEY: SUMS, ("route", "MEX-GDL", KEY[2], None): SUMS, ("network", "network", KEY[2], None): SUMS}
    result = shares.against_marts(stream, SNAPSHOT)  # ty: ignore[invalid-argument-type]
    assert (result.compared, result.differing) == (3, 1)
