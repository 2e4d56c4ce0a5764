"""Limits of a single event: Python and the lake give the same code, and none for good events."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_assets.environment import ConfigurationError, Environment
from aero_assets.feeds import feeds, find
from aero_streaming.events import EventError, Problem, build, parse, read, to_json, topic_of
from aero_streaming.events import limits as event_limits
from aero_streaming.events.types import EVENT_TYPES
from tests.golden.odd_events import forged, odd_events, random_events
from tests.judging import judged
from tests.unit.feeds.event_rows import wrapped
from tests.unit.streaming.event_samples import LEG, event

ARRIVED = date(2026, 11, 20)
FEEDS = {feed.topic: feed.path for feed in feeds() if feed.topic}


def midnight(arrived: date) -> datetime:
    return datetime(arrived.year, arrived.month, arrived.day, tzinfo=UTC)


def by_python(event: dict, arrived: date = ARRIVED) -> str | None:
    parsed = parse(to_json(event), midnight(arrived), Environment.current().clock)
    return parsed.code if isinstance(parsed, Problem) else None


def by_the_lake(*events: dict, arrived: date = ARRIVED) -> list[str | None]:
    """Return the reasons of events of one topic."""
    if not events:
        return []
    return [row["reason"] for row in judged(FEEDS[topic_of(events[0])], wrapped(*events, arrived_at=midnight(arrived)))]


@pytest.mark.parametrize(("odd", "code"), [case[1:] for case in odd_events()], ids=[case[0] for case in odd_events()])
def test_an_odd_event_is_well_formed_and_judged_by_python(odd, code):
    assert not isinstance(read(to_json(odd)), Problem)
    assert by_python(odd) == code


@pytest.mark.parametrize("topic", FEEDS)
def test_the_lake_judges_odd_events_as_python_does(topic):
    cases = [case for case in odd_events() if topic_of(case[1]) == topic]
    found = by_the_lake(*(odd for _, odd, _ in cases))
    assert {name: reason for (name, _, _), reason in zip(cases, found, strict=True)} == {
        name: code for name, _, code in cases
    }


@pytest.mark.parametrize(
    ("changes", "arrived", "code"),
    [
        ({"operating_date": "2027-11-27", "std_at": None, "sta_at": None}, date(2026, 11, 23), None),
        ({"operating_date": "2027-11-27", "std_at": None, "sta_at": None}, date(2026, 11, 20), "date_out_of_range"),
        ({"received_at": "2029-11-22T19:06:00Z"}, date(2026, 11, 23), "stamp_ahead"),
        ({"received_at": "2029-11-22T19:06:00Z"}, date(2029, 11, 23), None),
    ],
)
def test_an_event_is_held_to_its_arrival(changes, arrived, code):
    odd = forged("cancel", changes)
    assert (by_python(odd, arrived), by_the_lake(odd, arrived=arrived)) == (code, [code])


#: On the 22nd at midnight arrive a leg's events of the evening before, of the minutes after and of the next years.
STAMPS = [
    ("ten minutes ahead", "cancel", "2026-11-22T00:10:00Z", {}, None),
    ("more than ten minutes ahead", "cancel", "2026-11-22T00:10:00.000001Z", {}, "stamp_ahead"),
    ("hours ahead", "out", "2026-11-22T19:06:00Z", {}, "stamp_ahead"),
    ("a year ahead", "cancel", "2027-11-20T00:00:00Z", {}, "stamp_ahead"),
    ("said ten minutes after it was received", "cancel", "2026-11-22T00:05:00Z",
     {"event_time": "2026-11-22T00:11:00Z"}, "stamp_ahead"),
    ("left ten minutes after it was received", "out", "2026-11-22T00:05:00Z",
     {"event_time": "2026-11-22T00:04:00Z", "out_at": "2026-11-22T00:11:00Z", "std_at": "2026-11-22T00:00:00Z",
      "sta_at": None}, "stamp_ahead"),
    ("books ahead", "booking", "2026-11-22T00:11:00Z", {}, "stamp_ahead"),
    ("an answer ahead", "feedback", "2026-11-22T00:11:00Z", {}, "stamp_ahead"),
    ("of the day before", "cancel", "2026-11-21T19:06:00Z", {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "received_at", "changes", "code"), [case[1:] for case in STAMPS],
                         ids=[case[0] for case in STAMPS])  # fmt: skip
def test_by_the_wall_clock_a_stamp_is_at_most_ten_minutes_ahead_of_its_arrival(
    monkeypatch, kind, received_at, changes, code
):
    odd = forged(kind, {"version": 1, "event_time": received_at, "received_at": received_at} | changes)
    arrived = date(2026, 11, 22)
    assert (by_python(odd, arrived), by_the_lake(odd, arrived=arrived)) == (None, [None])
    monkeypatch.setenv("AERO_CLOCK", "wall")
    assert (by_python(odd, arrived), by_the_lake(odd, arrived=arrived)) == (code, [code])


def test_a_row_of_the_database_is_held_to_the_wall_clock_too(monkeypatch):
    """Whoever is judged as events is judged by all of their limits."""
    monkeypatch.setenv("AERO_CLOCK", "wall")
    assert find("opsdb/legs").limits == event_limits.LIMITS


def test_a_line_whose_arrival_nobody_wrote_came_in_the_hour_of_its_object(monkeypatch):
    monkeypatch.setenv("AERO_CLOCK", "wall")
    stamps = ("2026-11-22T01:10:00Z", "2026-11-22T01:10:01Z")
    lines = b"".join(
        to_json(forged("cancel", {"version": 1, "event_time": at, "received_at": at})) + b"\n" for at in stamps
    )
    rows = judged(FEEDS["leg-events"], lines, date(2026, 11, 22))
    assert [row["reason"] for row in rows] == [None, "stamp_ahead"]


def test_another_clock_is_another_contract_of_feeds_of_events_alone(monkeypatch):
    def contracts() -> dict[str, str]:
        return {feed.path: replace(feed).contract for feed in feeds()}

    before = contracts()
    monkeypatch.setenv("AERO_CLOCK", "wall")
    after = contracts()
    assert {path for path in before if before[path] != after[path]} == {feed.path for feed in feeds() if feed.judged_as}


def test_a_clock_that_nobody_knows_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("AERO_CLOCK", "sundial")
    with pytest.raises(ConfigurationError, match="AERO_CLOCK='sundial' is unknown; it is one of event, wall"):
        _ = find("ops/leg_events").limits


def test_every_code_has_a_case():
    assert {code for _, _, code in odd_events()} == {None, *event_limits.CODES}


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_a_good_event_of_every_type_breaks_no_limit(kind):
    assert by_python(event(kind)) is None


def test_an_event_beyond_a_limit_is_not_made():
    with pytest.raises(EventError) as raised:
        build("out", LEG | {"origin": "QQX"}, source="mvt", event_time="2026-11-22T19:05:00Z",
              received_at="2026-11-22T19:06:00Z", out_at="2026-11-22T19:05:00Z")  # fmt: skip
    assert raised.value.problem.code == "unknown_airport"


def test_a_message_of_a_limit_names_field_value_and_rule():
    [row] = judged(FEEDS["leg-events"], wrapped(forged("out", {"out_at": "2046-06-01T00:00:00Z"})), ARRIVED)
    problem = parse(to_json(forged("out", {"out_at": "2046-06-01T00:00:00Z"})))
    assert isinstance(problem, Problem)
    assert row["message"] == problem.message
    assert problem.message.startswith("out_at is 2046-06-01T00:00:00Z, received_at is 2026-11-22T19:06:00Z; ")


def test_feeds_of_events_look_as_far_ahead_as_the_limits():
    assert {feed.max_days_ahead for feed in feeds() if feed.judged_as} == {event_limits.MAX_DAYS_AHEAD}


def test_an_airport_more_leaves_the_contracts_of_feeds_alone_and_another_limit_does_not(monkeypatch):
    [feed] = [feed for feed in feeds() if feed.path == "ops/leg_events"]
    assert "MEX" in event_limits.airports()
    assert "MEX" not in repr(event_limits.LIMITS)
    before = feed.contract
    monkeypatch.setattr("aero_assets.feeds.model.LIMITS", event_limits.LIMITS[1:])
    assert type(feed)(**{name: getattr(feed, name) for name in feed.__dataclass_fields__}).contract != before


def test_what_stands_behind_the_zone_of_an_airport_needs_no_quotes():
    """The Flink job takes the last columns of a line apart by their commas."""
    with event_limits.airports_csv().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    last = ("zone", "valid_from", "valid_to", "zone_source")
    assert [*rows[0]][-4:] == [*last]
    assert next(iter(rows[0])) == "iata"
    assert not any("," in row[name] or '"' in row[name] for row in rows for name in last)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=True))
def test_python_and_the_lake_say_the_same_of_any_event(chance):
    events = random_events(chance, 80)
    for topic in FEEDS:
        ours = [event for event in events if topic_of(event) == topic]
        assert by_the_lake(*ours) == [by_python(event) for event in ours]
