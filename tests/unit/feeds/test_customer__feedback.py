"""Feed customer/feedback: what an event becomes, and every reason to refuse one."""

from datetime import date, datetime

from aero_streaming.events.types import EVENT_TYPES, fields_of
from tests.judging import judged
from tests.unit.feeds.event_rows import wrapped
from tests.unit.streaming.event_samples import event

FEED, KIND = "customer/feedback", "feedback"


def test_every_field_that_an_event_may_have_is_a_column_with_its_value():
    sent = event(KIND)
    [row] = judged(FEED, wrapped(sent))
    assert row["reason"] is None
    unused = {"schema_version", "raw_ref", "tail", "aircraft_type", "seats"}
    unused |= {"std_at", "sta_at", "std_utc_offset_minutes", "sta_utc_offset_minutes"}
    for field in fields_of(EVENT_TYPES[KIND]):
        if field.name in unused:
            continue
        found = row[field.name]
        if isinstance(found, datetime):
            found = f"{found.isoformat()}Z"
        assert (f"{found}" if isinstance(found, date) else found) == sent[field.name], field.name


def test_a_field_that_its_form_refuses_is_refused_by_that_word():
    [row] = judged(FEED, wrapped(event(KIND) | {"leg_sequence": 0}))
    assert row["reason"] == "bad_value"
