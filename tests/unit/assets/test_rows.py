"""Raw records to typed rows: a line is a line, whatever is in it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.feeds.test_partner__bts_ontime import CANCELLED, DIVERTED, GUAM, PLAIN, judge


def test_a_stray_quote_swallows_nothing():
    found = judge(GUAM, '"' + PLAIN, CANCELLED, "", DIVERTED)
    assert [row["reason"] is None for row in found] == [True, False, True, True]


def test_quoted_values_are_unquoted():
    quoted = ",".join(f'"{value}"' for value in PLAIN.split(","))
    [plain, unquoted] = judge(PLAIN, quoted)
    assert unquoted["reason"] is None
    assert unquoted["leg_uid"] == plain["leg_uid"]


def test_windows_line_ends_are_not_part_of_the_record():
    assert judge(PLAIN + "\r")[0]["event_id"] == judge(PLAIN)[0]["event_id"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=120).map(lambda b: b.replace(b"\n", b" ")), max_size=6))
def test_whatever_the_lines_hold_every_one_is_judged_and_good_neighbours_survive(noise):
    found = judge(PLAIN, *noise, GUAM)
    records = b"\n".join(noise).replace(b"\r", b"").decode("utf-8", "replace").split("\n")
    assert len(found) == 2 + sum(bool(record.strip()) for record in records)
    assert sum(row["reason"] is None for row in found) == 2
