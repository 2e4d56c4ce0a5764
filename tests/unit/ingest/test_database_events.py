"""Rows of the database as events: what they say, which version they have, and what the gateway makes of them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from aero_extract.raw_store import Stamp
from aero_ingest.database_events import events_of_row, read
from aero_ingest.message import ParseError
from aero_streaming.events import Problem, leg_uid, parse, to_facts, to_json
from aero_streaming.merge import merge
from tests.judging import judged
from tests.unit.feeds.table_rows import WINDOW_END, rows
from tests.unit.ingest.message_samples import REFERENCE, sample
from tests.unit.ingest.test_gateway import World

NOW = datetime(2026, 11, 1, 18, tzinfo=UTC)
FLOWN = {
    "leg_uid": "0" * 32, "operating_date": "2026-11-22", "carrier": "AM", "flight_number": 905, "leg_sequence": 1,
    "origin": "MEX", "destination": "CUN", "tail": "XAMAZ", "aircraft_type": "7M8", "seats": 166,
    "distance_miles": 808, "std_at": "2026-11-22T13:30:00.000000Z", "sta_at": "2026-11-22T15:50:00.000000Z",
    "std_utc_offset_minutes": -360, "sta_utc_offset_minutes": -300, "attempt": 1,
    "out_at": "2026-11-22T13:35:00.000000Z", "off_at": "2026-11-22T13:51:00.000000Z",
    "on_at": "2026-11-22T15:40:00.000000Z", "in_at": "2026-11-22T15:47:00.000000Z", "is_cancelled": False,
    "is_diverted": False, "delay_codes": "62:4", "passengers": 160, "row_version": 2,
    "updated_at": "2026-11-22T17:15:00.000000Z",
}  # fmt: skip


def line(row, end="2026-11-23T12:00:00.000000Z"):
    """A row as the extract writes it: nulls are left out."""
    said = {name: value for name, value in row.items() if value is not None}
    return Stamp("opsdb/legs", end).line(json.dumps(said, default=str))[0]


def told(**changes):
    return list(events_of_row(read(line(FLOWN | changes))))


def by_kind(events):
    return {event["event_type"]: event for event in events}


def test_every_row_of_the_airline_is_events_that_every_reader_accepts():
    for row in rows("legs"):
        events = list(events_of_row(read(line(row, WINDOW_END)), "s3://raw/part"))
        assert not [event for event in events if isinstance(parse(to_json(event)), Problem)]
        assert {event["leg_uid"] for event in events} == {row["leg_uid"]}
        assert {(event["source"], event["received_at"]) for event in events} == {("database", WINDOW_END)}


def test_a_row_says_its_plan_and_each_thing_that_it_knows_and_merged_they_are_the_row():
    events = told()
    assert [event["event_type"] for event in events] == ["schedule", "out", "off", "on", "in", "delay_codes", "load"]
    assert {event["version"] for event in events} == {4}
    [facts] = to_facts(events).values()
    leg = merge(facts)
    assert (leg["out_at"], leg["in_at"], leg["passengers"]) == ("2026-11-22T13:35:00Z", "2026-11-22T15:47:00Z", 160)
    assert (leg["tail"], leg["delay_codes"], leg["is_cancelled"]) == ("XAMAZ", "62:4", False)


def test_the_same_row_again_is_the_same_events_whenever_it_was_extracted():
    later = list(events_of_row(read(line(FLOWN, "2026-11-23T18:00:00.000000Z"))))
    assert [event["event_id"] for event in later] == [event["event_id"] for event in told()]


def test_what_contradicts_the_plan_beats_it_and_the_next_row_beats_both():
    off = {name: None for name in ("out_at", "off_at", "on_at", "in_at", "passengers", "delay_codes")}
    cancelled = told(**off, is_cancelled=True, cancellation_code="B")
    [facts] = to_facts(cancelled).values()
    assert (merge(facts)["is_cancelled"], merge(facts)["cancellation_code"]) == (True, "B")
    [both] = to_facts([*cancelled, *told(row_version=3)]).values()
    assert merge(both)["is_cancelled"] is False
    assert [event["version"] for event in cancelled] == [4, 5]


def test_a_row_of_a_later_attempt_says_nothing_of_the_departure_that_counts():
    assert "out" not in by_kind(told(attempt=2))
    assert "off" in by_kind(told(attempt=2))


@pytest.mark.parametrize(("hours", "is_review"), [(1, False), (5.9, False), (6.1, True)])
def test_a_row_changed_long_after_its_leg_was_over_is_a_correction(hours, is_review):
    updated_at = datetime(2026, 11, 22, 15, 47, tzinfo=UTC) + timedelta(hours=hours)
    assert {event["is_correction"] for event in told(updated_at=updated_at.isoformat())} == {is_review}


@pytest.mark.parametrize(
    "text",
    [
        "", "no json", "[]", "{}", '{"body": 3}', '{"arrived_at": "2026-11-01T18:00:00Z", "body": "{}"}',
        line(FLOWN | {"std_at": "tomorrow"}), line(FLOWN | {"row_version": "two"}),
        line(FLOWN | {"row_version": float("inf")}), line(FLOWN | {"updated_at": None}),
    ],
)  # fmt: skip
def test_what_is_no_row_is_refused_and_nothing_else_is_raised(text):
    with pytest.raises(ParseError, match="no row of the table of legs"):
        read(text)


@pytest.mark.parametrize("changes", [{"tail": "XA-MAZ!"}, {"seats": -1}, {"origin": None}, {"delay_codes": "9B:3O"}])
def test_a_row_that_cannot_be_an_event_says_which_leg_and_why(changes):
    with pytest.raises(ParseError, match=f"leg {'0' * 32}: "):
        told(**changes)


def test_the_gateway_tells_rows_around_today_and_puts_aside_what_is_none():
    world = World()
    text = [line(FLOWN), line(FLOWN | {"std_at": "2026-12-22T13:30:00Z"}), "no json\n", line(FLOWN | {"seats": -1})]
    tally = world.gateway().take_rows(text, REFERENCE, "s3://raw/part")
    assert (tally.messages, tally.accepted, tally.events) == (4, 2, 7)
    assert [aside.reason for aside in tally.put_aside] == ["unusable_row"] * 2
    assert [aside.text for aside in tally.put_aside] == text[2:]


def test_a_message_that_waits_finds_its_leg_in_the_row_of_the_database():
    world = World()
    world.take(sample("mvt_01_departure"))
    assert len(world.held) == 1
    world.gateway().take_rows([line(FLOWN)], REFERENCE, "s3://raw/part")
    assert world.retry(REFERENCE).accepted == 1
    # The message is nearer to the aircraft than the row, and the row knows the codes as reviewed.
    assert (world.merged()["out_at"], world.merged()["in_at"]) == ("2026-11-22T13:34:00Z", "2026-11-22T15:47:00Z")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"destination": "QQX"}, "unknown_airport"),
        ({"out_at": "2026-11-20T13:35:00Z"}, "far_from_schedule"),
        ({"out_at": "2026-11-20T13:35:00Z", "attempt": 2}, "far_from_schedule"),
        ({"updated_at": "2026-11-24T00:00:00Z"}, "stamp_ahead"),
        ({"std_utc_offset_minutes": -300}, "offset_mismatch"),
        ({"sta_utc_offset_minutes": -360}, "offset_mismatch"),
        ({"std_at": "2026-11-22T13:30:00Z", "std_utc_offset_minutes": 840}, "offset_mismatch"),
    ],
)
def test_a_row_that_breaks_a_limit_is_put_aside_as_a_whole_with_the_code_that_the_lake_gives(changes, code):
    world = World()
    text = line(FLOWN | {"leg_uid": leg_uid("AM", 905, "", "MEX", "2026-11-22", 1)} | changes)
    tally = world.gateway().take_rows([text], REFERENCE, "s3://raw/part")
    assert ([aside.reason for aside in tally.put_aside], world.sent) == ([code], [])
    [row] = judged("opsdb/legs", text.encode())
    assert row["reason"] == code
