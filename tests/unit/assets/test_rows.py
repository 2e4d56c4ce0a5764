"""Raw records to typed rows: a line is a line, whatever is in it."""

import re

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.defs.typed.macros import MACROS
from tests.unit.feeds.test_partner__bts_ontime import CANCELLED, DIVERTED, GUAM, PLAIN, judge


def test_a_stray_quote_swallows_nothing():
    rows = judge(GUAM, '"' + PLAIN, CANCELLED, "", DIVERTED)
    assert [row["reason"] is None for row in rows] == [True, False, True, True]


def test_quoted_values_are_unquoted():
    quoted = ",".join(f'"{value}"' for value in PLAIN.split(","))
    [plain, unquoted] = judge(PLAIN, quoted)
    assert unquoted["reason"] is None
    assert unquoted["leg_uid"] == plain["leg_uid"]


@pytest.mark.parametrize("pad", [" ", "   ", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_space_around_a_value_is_not_part_of_it(pad, quote):
    padded = ",".join(f"{quote}{pad}{value}{pad}{quote}" for value in PLAIN.split(","))
    [plain, spaced] = judge(PLAIN, padded)
    assert spaced["reason"] is None
    assert (spaced["leg_uid"], spaced["tail"]) == (plain["leg_uid"], plain["tail"])


@pytest.fixture(scope="module")
def whole():
    """Return `whole` of the typed step as a function of texts."""
    with duckdb.connect() as connection:
        connection.execute(
            "create temp table airport (iata varchar, country varchar, point double[], valid_from date, valid_to date)"
        )
        connection.execute(MACROS)
        sql = "select whole(text) from (select unnest($texts::varchar[]) as text)"
        yield lambda texts: [value for (value,) in connection.execute(sql, {"texts": texts}).fetchall()]


@given(st.lists(st.from_regex(r"[-+ ]?[0-9]{0,11}([.e_][0-9]{0,4})?[ x]?", fullmatch=True), min_size=1))
def test_a_whole_number_is_what_looks_like_one_and_nothing_else(whole, texts):
    looks = [re.fullmatch(r"([-+]?[0-9]+)(\.(?!000$)0+)?", text, re.ASCII) for text in texts]
    numbers = [int(look[1]) if look else None for look in looks]
    assert whole(texts) == [number if number is not None and -(2**31) <= number < 2**31 else None for number in numbers]


def test_windows_line_ends_are_not_part_of_the_record():
    assert judge(PLAIN + "\r")[0]["event_id"] == judge(PLAIN)[0]["event_id"]


@pytest.mark.parametrize("end", ["", "\r", "\r\r"])
def test_a_carriage_return_inside_a_line_joins_no_values(end):
    [whole, cut, last] = judge(PLAIN + end, PLAIN.replace(",98,", ",9\r8,") + end, PLAIN + end)
    assert (whole["reason"], last["reason"]) == (None, None)
    assert cut["reason"] == "bad_flight_number"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=120).map(lambda b: b.replace(b"\n", b" ")), max_size=6))
def test_whatever_the_lines_hold_every_one_is_judged_and_good_neighbours_survive(noise):
    rows = judge(PLAIN, *noise, GUAM)
    records = b"\n".join(noise).decode("utf-8", "replace").split("\n")
    # As for the door, which sees bytes: other spaces of Unicode make no blank line.
    assert len(rows) == 2 + sum(bool(record.encode().strip()) for record in records)
    assert sum(row["reason"] is None for row in rows) == 2
