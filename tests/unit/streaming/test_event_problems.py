"""Records that are no events: each is refused with a code to count by and a sentence that helps."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_streaming.events import EVENT_TYPES, MAX_BYTES, Problem, parse, to_json
from tests.unit.streaming.event_samples import event

OUT = event("out", 5)


def sent(kind: str = "out", **changes) -> bytes:
    """A record that says something else; `...` takes a field away."""
    changed = {name: value for name, value in (event(kind, 5) | changes).items() if value is not ...}
    return json.dumps(changed).encode()


CASES = [
    # code, record, part of the message
    ("empty", b"", "the record is empty"),
    ("empty", b" \n", "the record is empty"),
    ("bad_encoding", to_json(OUT).replace(b"datos", b"dat\xf3s"), "not UTF-8"),
    ("bad_encoding", to_json(OUT).replace(b"datos", b"dat\\ud800s"), "half a character"),
    ("bad_encoding", '{"a": "\ud800"}', "not UTF-8"),
    ("too_large", sent(note="x" * MAX_BYTES), f"at most {MAX_BYTES}"),
    ("unreadable_json", to_json(OUT)[:-20], "not JSON"),
    ("unreadable_json", b"MVT\nAM0905/22.XAMAZ.MEX\nAD1334/1352 EA1542 CUN", "not JSON"),
    ("unreadable_json", to_json(OUT).replace(b'"version":1', b'"version":NaN'), "NaN is no JSON number"),
    ("unreadable_json", b"[" * 30_000, "not JSON"),
    ("unreadable_json", b'{"version": ' + b"9" * 5_000 + b"}", "not JSON"),
    ("not_an_object", b"[" + to_json(OUT) + b"]", "the record is a list"),
    ("not_an_object", b'"out"', "the record is a text"),
    ("not_an_object", b"null", "the record is null"),
    ("repeated_field", to_json(OUT).replace(b'"version":1', b'"version":1,"version":2'), "version is there more than"),
    ("not_flat", sent(leg={"carrier": "AM"}), "leg is an object"),
    ("not_flat", json.dumps(OUT | {"x" * 20_000: []}).encode(), "xxx"),
    ("not_flat", sent(tail=["XAAMV"]), "tail is a list"),
    ("unknown_schema_version", sent(schema_version=99), "schema_version is 99"),
    ("unknown_schema_version", sent(schema_version=True), "schema_version is True"),
    ("unknown_event_type", sent(event_type="pushback"), "event_type is 'pushback'; use one of schedule"),
    ("unknown_event_type", sent(event_type="x" * 20_000), "event_type is 'xxx"),
    ("unknown_event_type", sent(event_type=7), "event_type is 7"),
    ("unknown_source", sent(source="fax"), "source 'fax' may not send out"),
    ("unknown_source", sent(source="schedule"), "may not send out"),
    ("unknown_source", sent("schedule", source="mvt"), "may not send schedule"),
    ("missing_field", sent(schema_version=...), "schema_version is missing"),
    ("missing_field", sent(event_type=None), "event_type is missing"),
    ("missing_field", sent(received_at=...), "out without received_at"),
    ("missing_field", sent(out_at=None), "out without out_at"),
    ("missing_field", sent("schedule", std_at=...), "schedule without std_at"),
    ("bad_value", sent(event_id="A" * 32), "event_id is"),
    ("bad_value", sent(out_at="2026-11-22 19:05"), "write a UTC time like 2015-01-01T13:34:00Z"),
    ("bad_value", sent(out_at="2026-11-22T19:05:00-06:00"), "write a UTC time"),
    ("bad_value", sent(out_at="2026-02-30T19:05:00Z"), "write a UTC time"),
    ("bad_value", sent(operating_date="2026-02-30"), "write a date"),
    ("bad_value", sent(flight_number="640"), "whole number from 1 to 9999"),
    ("bad_value", sent(flight_number=True), "whole number from 1 to 9999"),
    ("bad_value", sent(version=0), "version is 0"),
    ("bad_value", sent(version=2**31), "version is 2147483648"),
    ("bad_value", sent(is_correction=0), "it must be true or false"),
    ("bad_value", sent(tail="XA-AMV"), "tail is 'XA-AMV'"),
    ("bad_value", sent(carrier="12"), "carrier is '12'"),
    ("bad_value", sent(std_utc_offset_minutes=-735), "from -720 to 840, a multiple of 15"),
    ("bad_value", sent(sta_utc_offset_minutes=855), "from -720 to 840, a multiple of 15"),
    ("bad_value", sent(sta_utc_offset_minutes=-361), "from -720 to 840, a multiple of 15"),
    ("bad_value", sent(leg_sequence=100), "from 1 to 99"),
    ("bad_value", sent("load", passengers=-1), "from 0 to 1000"),
    ("bad_value", sent("delay_codes", delay_codes="RA:30"), "delay_codes is 'RA:30'"),
    ("bad_value", to_json(OUT).replace(b'"version":1', b'"version":1e999'), "version is inf"),
    ("bad_value", to_json(OUT).replace(b'"version":1', b'"version":1,"bags":1e999'), "it is no JSON number"),
    ("bad_value", sent("booking", booked_revenue_usd=-0.01), "number from 0"),
    ("bad_value", sent("feedback", cabin="cargo"), "cabin is 'cargo'"),
    ("says_nothing", sent("estimate", estimated_out_at=..., estimated_in_at=None), "has none of estimated_out_at"),
    ("says_nothing", sent("delay_codes", delay_codes=...), "has none of delay_codes"),
    ("leg_uid_mismatch", sent(flight_number=641), "the leg named beside it is"),
    ("leg_uid_mismatch", sent(leg_uid="0" * 32), "leg_uid is 000"),
    ("same_airport", sent(destination="MEX"), "both MEX"),
    ("times_backwards", sent(sta_at="2026-11-22T19:00:00Z"), "is not after std_at"),
]


@pytest.mark.parametrize(("code", "record", "part"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_a_record_that_is_no_event_is_refused_with_its_reason(code, record, part):
    parsed = parse(record)
    assert isinstance(parsed, Problem)
    assert parsed.code == code
    assert part in parsed.message
    assert len(parsed.message) <= 600


def test_there_are_more_than_ten_kinds_of_problems_and_good_records_have_none():
    assert len({code for code, _, _ in CASES}) >= 15
    for kind in EVENT_TYPES:
        assert not isinstance(parse(to_json(event(kind))), Problem)


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.integers(), max_size=2)
)


@given(st.binary(max_size=200) | st.text(max_size=200))
@settings(deadline=None)
def test_no_record_whatever_stops_the_reader(record):
    assert isinstance(parse(record), Problem)


@given(kind=st.sampled_from(sorted(EVENT_TYPES)), data=st.data())
@settings(deadline=None, max_examples=300)
def test_an_event_with_any_value_in_any_field_is_read_or_refused(kind, data):
    good = event(kind, 5)
    name = data.draw(st.sampled_from(sorted(good)))
    parsed = parse(json.dumps(good | {name: data.draw(VALUES)}))
    assert isinstance(parsed, Problem) or parsed.keys() == good.keys()
