"""Events: what makes them the same fact, what they say to the merge, and that no order or repetition can matter."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.defs.typed.macros import MACROS
from aero_streaming.events import (
    TOPICS,
    EventError,
    attempts,
    build,
    correct,
    dated_version,
    leg_uid,
    parse,
    restate,
    to_fact,
    to_facts,
    to_json,
    topic_of,
)
from aero_streaming.events.types import EVENT_TYPES, fields_of, sources_of
from aero_streaming.events.types import LEG as LEG_FIELDS
from aero_streaming.merge import FIELDS, SOURCES, validate
from tests.unit.streaming.event_samples import LEG, PAYLOAD, at, event, events_of_one_leg, merged

ALL = [event(kind) for kind in EVENT_TYPES]
OF_LEGS = [name for name, kind in EVENT_TYPES.items() if kind.topic == "leg-events"]


@pytest.fixture(scope="module")
def typed_step():
    with duckdb.connect() as connection:
        connection.execute(
            "create table airport(iata varchar, country varchar, point double[], valid_from date, valid_to date)"
        )
        connection.execute(MACROS)
        yield connection


@settings(max_examples=60, deadline=None)
@given(
    carrier=st.from_regex("[A-Z][A-Z0-9]", fullmatch=True),
    number=st.integers(1, 9999),
    suffix=st.sampled_from(["", "D", "Z"]),
    origin=st.from_regex("[A-Z]{3}", fullmatch=True),
    on=st.dates(date(1987, 10, 1), date(2049, 12, 31)),
    sequence=st.integers(1, 9),
)
def test_a_leg_has_the_same_uid_here_and_in_the_typed_step(typed_step, carrier, number, suffix, origin, on, sequence):
    [[typed]] = typed_step.execute(
        "select leg_uid($1, $2::integer, $3, $4, $5::date, $6::integer)",
        [carrier, number, suffix, origin, on, sequence],
    ).fetchall()
    assert leg_uid(carrier, number, suffix, origin, on, sequence) == typed
    assert leg_uid(carrier, number, suffix, origin, f"{on}", sequence) == typed


@pytest.mark.parametrize("event", ALL, ids=lambda event: event["event_type"])
def test_an_event_is_read_as_it_was_sent(event):
    assert parse(to_json(event)) == event
    assert parse(to_json(event).decode()) == event


@pytest.mark.parametrize("event", ALL, ids=lambda event: event["event_type"])
def test_unknown_fields_are_kept(event):
    more = event | {"gate": "C12", "is_remote": True, "bags": 3, "note": None}
    assert parse(to_json(more)) == more


def test_the_samples_show_every_type_and_every_topic():
    assert set(PAYLOAD) == set(EVENT_TYPES)
    assert {topic_of(event) for event in ALL} == set(TOPICS) == {"leg-events", "bookings", "feedback"}
    assert {topic.key for topic in TOPICS.values()} == {"leg_uid"}


def test_the_same_fact_sent_twice_has_the_same_id_however_it_came():
    first = event("out", 5, received=6)
    assert event("out", 5, received=90)["event_id"] == first["event_id"]
    assert restate(first, raw_ref="leg-events/0@17")["event_id"] == first["event_id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"out_at": at(6)}, {"event_time": at(6)}, {"source": "mvt"}, {"tail": "XAAMZ"}, {"version": 2},
        {"is_correction": True}, {"seats": None}, {"destination": "GDL"},
    ],
)  # fmt: skip
def test_a_fact_that_says_anything_else_has_another_id(changes):
    first = event("out", 5)
    assert restate(first, **changes)["event_id"] != first["event_id"]


def test_ids_are_the_same_on_every_machine_and_in_every_year():
    assert event("out", 5)["event_id"] == "af80305c9155ff8ed266b99b7c240b58"
    assert event("out", 5)["leg_uid"] == "51816ead3fc38113d2930571ee5a976c"


def test_a_time_may_be_given_in_any_zone_and_is_sent_in_utc():
    local = build("out", LEG, source="ops_event", event_time=datetime.fromisoformat("2026-11-22T13:05:00-06:00"),
                  received_at=at(6), out_at=at(5))  # fmt: skip
    assert local == event("out", 5)
    assert local["event_time"] == "2026-11-22T19:05:00Z"


def test_a_correction_is_another_fact_about_the_same_moment_and_wins():
    sent = event("out", 6, received=7, out_at=at(6))
    corrected = correct(sent, at(3), out_at=at(5))
    assert (corrected["version"], corrected["is_correction"]) == (2, True)
    assert corrected["event_time"] == sent["event_time"]
    assert corrected["event_id"] != sent["event_id"]
    assert merged([corrected, sent])["out_at"] == "2026-11-22T19:05:00Z"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"gate": "C12"}, "unknown_field: out has no field gate"),
        ({"out_at": None}, "missing_field: out without out_at"),
        ({"out_at": datetime(2026, 11, 22, 19, 5)}, "has no zone"),  # noqa: DTZ001 - that is what is wrong
        ({"out_at": "19:05"}, "bad_value: out_at is '19:05'; write a UTC time like"),
        ({"tail": ["XAAMV"]}, "not_flat: tail is a list"),
        ({"seats": float("nan")}, "seats is nan"),
        ({"source": "fax"}, "unknown_source: source 'fax' may not send out"),
        ({"source": "schedule"}, "unknown_source"),
    ],
)
def test_an_event_that_nobody_could_use_is_never_made(wrong, complaint):
    with pytest.raises(EventError, match=complaint):
        event("out", 5, **wrong)


def test_an_event_without_a_readable_time_or_leg_is_never_made():
    with pytest.raises(EventError, match="event_time is '19:05'"):
        build("cancel", LEG, source="ops_event", event_time="19:05", received_at=at(0))
    with pytest.raises(EventError, match="missing_field: out without carrier"):
        event("out", 5, leg={name: value for name, value in LEG.items() if name != "carrier"} | {"leg_uid": "0" * 32})


# -- what they say to the merge ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", OF_LEGS)
def test_every_leg_event_is_a_fact_that_the_merge_accepts(kind):
    fact = to_fact(event(kind))
    validate(fact)
    assert fact["event_id"] == event(kind)["event_id"]


def test_together_they_can_say_every_field_of_the_merge():
    causes: dict[str, Any] = {field.name: 0 for field in FIELDS if field.name.endswith("delay_minutes")}
    facts = [to_fact(event(kind)) for kind in OF_LEGS] + [to_fact(event("delay_codes", **causes))]
    assert {field.name for field in FIELDS} <= {name for fact in facts for name in fact}


def test_every_source_of_the_merge_can_send_leg_events_and_plans_come_from_schedules_and_the_database():
    assert TOPICS["leg-events"].sources == SOURCES
    assert sources_of(EVENT_TYPES["schedule"]) == ("database", "schedule")
    assert "schedule" not in sources_of(EVENT_TYPES["out"])


def test_no_field_has_two_meanings():
    shared = {field.name for field in LEG_FIELDS}
    for kind in EVENT_TYPES.values():
        names = [field.name for field in fields_of(kind)]
        assert len(names) == len(set(names))
        assert not shared & {field.name for field in kind.fields}


def test_bookings_and_feedback_say_nothing_about_the_leg():
    assert to_facts([event("booking"), event("feedback")]) == {}


def test_an_estimate_is_shown_until_it_happens_and_the_latest_one_counts_whatever_came_first():
    late = event("estimate", -10, received=5, estimated_out_at=at(40))
    early = event("estimate", -45, received=8, estimated_out_at=at(20))
    assert (
        merged([late, early])["estimated_out_at"] == merged([early, late])["estimated_out_at"] == "2026-11-22T19:40:00Z"
    )
    leg = merged([late, early, event("out", 5)])
    assert (leg["out_at"], leg["estimated_out_at"]) == ("2026-11-22T19:05:00Z", None)


def test_a_leg_that_is_cancelled_and_reinstated_is_operated_in_every_order_of_arrival():
    for first, second, third in permutations((1, 60, 120)):
        plan = event("schedule", -1_000, received=first)
        cancel = event("cancel", -240, received=second)
        reinstate = event("reinstate", -200, received=third)
        for order in permutations((plan, cancel, reinstate)):
            assert merged(order)["is_cancelled"] is False


def test_the_last_word_about_a_cancellation_counts():
    words = [event("cancel", -240), event("reinstate", -200), event("cancel", -90, cancellation_code="B")]
    leg = merged(words[::-1])
    assert (leg["is_cancelled"], leg["cancellation_code"]) == (True, "B")


def test_in_the_same_minute_a_reinstatement_beats_the_cancellation_it_takes_back():
    cancel, reinstate = event("cancel", -200, received=9), event("reinstate", -200, received=2)
    corrected = correct(cancel, at(30), cancellation_code="B")
    assert merged([reinstate, cancel, corrected])["is_cancelled"] is False


def test_a_later_plan_does_not_bring_a_cancelled_leg_back():
    leg = merged([event("cancel", -240), event("schedule", -30)])
    assert leg["is_cancelled"] is True


def test_dated_versions_rise_with_time_and_fit_the_merge():
    assert dated_version("cancel", "1987-01-01T00:00:00Z") == 1
    assert dated_version("cancel", "2026-11-22T19:00:59Z") == dated_version("cancel", "2026-11-22T19:00:00Z")
    assert dated_version("cancel", "2026-11-22T19:01:00Z") == dated_version("cancel", "2026-11-22T19:00:00Z") + 64
    assert dated_version("reinstate", "2049-12-31T23:59:00Z") < 2**31


def test_attempts_count_the_returns_before_an_event():
    out, ramp, again = event("out", 2), event("return_to_ramp", 15), event("out", 40, out_at=at(40))
    air, third = event("air_return", 80), event("out", 120, out_at=at(120))
    counted = attempts([third, air, out, again, ramp])
    assert [counted[event["event_id"]] for event in (out, ramp, again, air, third)] == [1, 1, 2, 2, 3]


def test_departure_delay_is_of_the_first_out_and_the_flight_of_the_last_attempt():
    life = [
        event("out", 2, out_at=at(2)), event("off", 12, off_at=at(12)), event("air_return", 35),
        event("out", 90, out_at=at(90)), event("off", 101, off_at=at(101)), event("in", 180, in_at=at(180)),
    ]  # fmt: skip
    leg = merged(life)
    assert (leg["attempts"], leg["out_at"], leg["last_out_at"]) == (2, "2026-11-22T19:02:00Z", "2026-11-22T20:30:00Z")
    assert (leg["off_at"], leg["on_at"], leg["in_at"]) == ("2026-11-22T20:41:00Z", None, "2026-11-22T22:00:00Z")


def test_a_departure_that_nobody_reported_stays_unknown():
    # Back on stand at +15, back from the air at +42: there was a second departure, and no message about it.
    leg = merged([event("air_return", 42), event("out", 4, out_at=at(4)), event("return_to_ramp", 15)])
    assert (leg["attempts"], leg["out_at"]) == (2, "2026-11-22T19:04:00Z")
    assert (leg["last_out_at"], leg["off_at"], leg["on_at"], leg["in_at"]) == (None, None, None, None)


def test_a_corrected_return_counts_once():
    ramp = event("return_to_ramp", 15)
    corrected = correct(ramp, at(50), return_in_at=at(17))
    out = event("out", 40, out_at=at(40))
    assert attempts([out, corrected, ramp])[out["event_id"]] == 2
    assert attempts([out, corrected])[out["event_id"]] == 2


@given(events=events_of_one_leg(), data=st.data())
@settings(deadline=None, max_examples=60)
def test_permutation_and_repetition_of_events_never_change_the_leg(events, data):
    again = data.draw(st.lists(st.sampled_from(events), max_size=4))
    later = [event | {"received_at": "2031-01-01T00:00:00Z", "raw_ref": "again"} for event in again]
    shuffled = data.draw(st.permutations([*events, *again, *later]))
    assert merged(shuffled) == merged(events)


@given(events=events_of_one_leg())
@settings(deadline=None, max_examples=60)
def test_events_travel_without_loss(events):
    assert [parse(to_json(event)) for event in events] == events


def test_midnight_utc_is_no_special_time():
    assert event("out", 300, out_at=at(300))["out_at"] == f"{datetime(2026, 11, 23, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}"
