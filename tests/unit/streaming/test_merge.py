"""The leg merge, in plain Python: golden cases, and what holds for any facts whatever."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_streaming.merge import FIELDS, FactError, check_tables, merge, sort_key, validate
from tests.golden import leg_columns, merge_cases
from tests.golden.facts import facts_of_one_leg

CASES = merge_cases()
FACT = {
    "leg_uid": "0" * 32,
    "event_id": "a" * 32,
    "source": "mvt",
    "attempt": 1,
    "is_actual": True,
    "version": 1,
    "received_at": "2015-01-01T13:36:00Z",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_oracle_makes_the_expected_leg(case):
    assert merge(case.facts, case.departure_policy) == case.leg


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_order_of_the_facts_does_not_matter(case):
    assert merge(case.facts[::-1], case.departure_policy) == case.leg


def test_there_are_cases_for_every_field():
    said = {name for case in CASES for name, value in case.leg.items() if value is not None}
    assert set(leg_columns()) - said <= {"estimated_on_at"}


@given(facts=facts_of_one_leg(), data=st.data())
@settings(deadline=None)
def test_permutation_and_repetition_never_change_the_leg(facts, data):
    again = data.draw(st.lists(st.sampled_from(facts), max_size=4))
    later = [{**fact, "received_at": "2031-01-01T00:00:00Z"} for fact in again]
    shuffled = data.draw(st.permutations([*facts, *again, *later]))
    policy = data.draw(st.sampled_from(["first_out", "last_out"]))
    assert merge(shuffled, policy) == merge(facts, policy)


@given(facts=facts_of_one_leg())
@settings(deadline=None)
def test_a_merged_value_was_said_by_some_fact(facts):
    leg = merge(facts)
    for field in FIELDS:
        if field.attempt == "any" and field.type != "timestamp":
            assert leg[field.name] in {None, *(fact.get(field.name) for fact in facts)}


def test_keys_have_one_width_before_the_value():
    early = {**FACT, "version": 0, "out_at": "2015-01-01T13:34:00Z"}
    late = {**FACT, "version": 2**31 - 1, "received_at": "2015-01-01T13:36:00.123456Z"}
    [field] = [field for field in FIELDS if field.name == "out_at"]
    assert sort_key(field, early) == (
        f"1|80|0000000000|2015-01-01 13:36:00.000000|{'a' * 32}|2015-01-01 13:34:00.000000"
    )
    assert sort_key(field, late) is None


def test_a_time_with_an_offset_is_the_same_moment_in_utc():
    leg = merge([{**FACT, "out_at": "2015-01-01T07:34:00-06:00"}])
    assert leg["out_at"] == "2015-01-01T13:34:00Z"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"event_id": "A" * 32}, "event_id must be 32 lower-case hex digits"),
        ({"event_id": None}, "event_id must be 32 lower-case hex digits"),
        ({"source": "fax"}, "no priority for source 'fax'"),
        ({"is_actual": None}, "is_actual must be true"),
        ({"version": -1}, "version is -1"),
        ({"version": 2**31}, "version is 2147483648"),
        ({"attempt": 0}, "attempt is 0"),
        ({"attempt": True}, "attempt is True"),
        ({"received_at": "2015-01-01T13:36:00"}, "received_at .* has no zone"),
        ({"out_at": "13:34"}, "out_at is '13:34'"),
        ({"passengers": "168"}, "passengers is '168'"),
        ({"is_cancelled": 0}, "is_cancelled is 0"),
        ({"tail": ""}, "tail is ''"),
        ({"tail": "X" * 257}, "tail is 'XXX"),
    ],
)
def test_a_fact_that_cannot_be_merged_is_refused_with_its_reason(wrong, complaint):
    with pytest.raises(FactError, match=complaint):
        validate({**FACT, **wrong})


def test_facts_of_two_legs_are_not_merged():
    with pytest.raises(FactError, match="group them by leg_uid"):
        merge([FACT, {**FACT, "leg_uid": "1" * 32, "event_id": "b" * 32}])


def test_an_unknown_departure_policy_is_refused():
    with pytest.raises(ValueError, match="first_out or last_out"):
        merge([FACT], "second_out")  # ty: ignore[invalid-argument-type]


@pytest.mark.parametrize(
    ("priority", "complaint"),
    [
        ({"operational": {"acars": 90}}, "class operational must rank every source"),
        ({}, "has no priorities"),
    ],
)
def test_a_merge_table_with_a_gap_is_refused(priority, complaint):
    with pytest.raises(ValueError, match=complaint):
        check_tables(FIELDS[:0] if priority else FIELDS[:1], priority)
