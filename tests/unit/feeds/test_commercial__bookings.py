"""Feed commercial/bookings: what an event becomes, and every reason to refuse one."""

from datetime import date, datetime

import pytest

from aero_streaming.events import to_json
from aero_streaming.events.types import EVENT_TYPES, fields_of
from tests.judging import judged
from tests.unit.feeds.event_rows import wrapped
from tests.unit.streaming.event_samples import event

FEED, KIND = "commercial/bookings", "booking"


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


@pytest.mark.parametrize("revenue", ["1e400", "10000001", "123456789012345678"])
def test_a_revenue_that_no_leg_has_is_refused(revenue):
    """One of them would be more than a sum of dollars and cents can hold, and stop every route of its day."""
    sent = to_json(event(KIND, booked_revenue_usd=12_345.5)).replace(b"12345.5", revenue.encode())
    [row] = judged(FEED, wrapped(sent))
    assert row["reason"] == "bad_value"
