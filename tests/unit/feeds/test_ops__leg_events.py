# ruff: noqa: DTZ001 - the typed zone holds UTC without a zone, and so do the expectations
"""Feed ops/leg_events: what an event becomes, and every reason to refuse one."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_streaming.events import build, to_json
from aero_streaming.events.types import EVENT_TYPES, fields_of
from tests.golden.odd_events import forged
from tests.judging import judged
from tests.unit.feeds.event_rows import wrapped
from tests.unit.streaming.event_samples import LEG, PAYLOAD, event, first_source

FEED = "ops/leg_events"
KINDS = [name for name, kind in EVENT_TYPES.items() if kind.topic == "leg-events"]
TIMES = {"event_time", "received_at"} | {
    field.name for kind in KINDS for field in fields_of(EVENT_TYPES[kind]) if field.kind == "timestamp"
}


def judge(*bodies: bytes | dict) -> list[dict]:
    return judged(FEED, wrapped(*bodies))


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_that_an_event_may_have_is_a_column_with_its_value(kind):
    """A field that is added to the vocabulary needs its column here."""
    sent = event(kind, raw_ref="raw/of/sender#7", source=first_source(kind), received=2) | PAYLOAD[kind]
    [row] = judge(sent)
    assert row["reason"] is None
    for field in fields_of(EVENT_TYPES[kind]):
        if field.name == "schema_version":
            continue
        found = row[field.name]
        if isinstance(found, datetime):
            found = f"{found.isoformat()}Z"
        assert (f"{found}" if isinstance(found, date) else found) == sent.get(field.name), field.name
    assert row["is_actual"] == EVENT_TYPES[kind].is_actual


def test_what_came_with_the_event_is_never_stamped_again():
    [row] = judge(event("out", received=90))
    assert row["received_at"] == datetime(2026, 11, 22, 20, 30)
    assert row["event_id"] == event("out")["event_id"]
    assert row["raw_ref"] == "raw/key#1", "the sender kept nothing: the raw zone is the reference"


def test_a_field_of_another_type_means_nothing(tmp_path):
    """Unknown fields are kept in raw; one that has a column elsewhere must not reach it."""
    [row] = judge(event("cancel") | {"passengers": "many", "in_at": "2026-11-22T20:48:00Z", "odd": 1})
    assert (row["reason"], row["passengers"], row["in_at"]) == (None, None, None)


def test_a_line_with_a_reason_is_refused_for_it_and_its_neighbours_are_not():
    rows = judge(event("out"), b"not json", b"", event("in"), b"\xff{}", to_json(event("load")).replace(b"AM", b"A"))
    assert [row["reason"] for row in rows] == [
        None, "unreadable_json", "empty", None, "bad_encoding", "bad_value",
    ]  # fmt: skip
    assert rows[1]["record"] == "not json"
    assert rows[1]["message"].startswith("the record is not JSON")
    assert rows[4]["record"] == "\N{REPLACEMENT CHARACTER}{}"


def changed(kind: str, leg: dict | None = None, **payload):
    received_at = payload.pop("received_at", "2026-11-22T19:01:00Z")
    return build(kind, LEG | (leg or {}), source=first_source(kind), event_time="2026-11-22T19:00:00Z",
                 received_at=received_at, **(PAYLOAD[kind] | payload))  # fmt: skip


@pytest.mark.parametrize(
    "sent",
    [
        changed("out", {"carrier": "Q9"}),
        changed("out", out_at="2026-11-24T23:00:00Z", received_at="2026-11-24T23:01:00Z"),
        changed("schedule", {"std_at": "2026-11-23T06:30:00Z", "sta_at": "2026-11-23T08:10:00Z"}),
        changed("estimate", estimated_out_at="2026-11-22T21:00:00Z"),
        changed("out", {name: None for name in ("std_at", "sta_at", "destination", "std_utc_offset_minutes")}),
    ],
)
def test_what_is_unusual_or_not_known_is_a_fact_too(sent):
    """Unknown carrier; two days late; moved past midnight under its old date; no plan known to the sender."""
    [row] = judge(sent)
    assert row["reason"] is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=80).map(lambda data: data.replace(b"\n", b" ")), max_size=5))
def test_whatever_lines_hold_every_one_is_judged_and_good_neighbours_survive(noise):
    rows = judge(event("out"), *noise, event("in"))
    assert len(rows) == 2 + len(noise)
    assert sum(row["reason"] is None for row in rows) == 2


@pytest.mark.parametrize(
    ("changes", "has_other"),
    [
        ({}, False),
        ({"std_utc_offset_minutes": -300}, True),
        ({"sta_utc_offset_minutes": 840}, True),
        ({"sta_utc_offset_minutes": None}, None),
        ({"std_utc_offset_minutes": None, "sta_utc_offset_minutes": -300}, True),
        ({"std_at": None, "sta_at": None}, None),
    ],
)
def test_an_event_with_an_offset_of_another_zone_is_kept_and_marked(changes, has_other):
    [row] = judge(forged("out", changes))
    assert (row["reason"], row["has_other_offsets"]) == (None, has_other)
