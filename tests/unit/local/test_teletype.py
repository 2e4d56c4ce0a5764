"""Events written as teletype messages: read again by the parsers and the gateway they are the leg that they were of."""

from datetime import date

import pytest

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_airline.teletype import telegrams
from aero_ingest.messages import parse
from aero_streaming.events import to_facts, topic_of
from aero_streaming.merge import merge
from aero_streaming.times import parse as moment_of
from tests.unit.ingest.test_gateway import World

#: One flight comes back to its stand, another to its origin from the air.
DAY = date(2026, 11, 5)
EVERY = 5
SAID = ("out_at", "off_at", "on_at", "in_at", "passengers", "delay_codes")


@pytest.fixture(scope="module")
def legs():
    """The true events of every fifth leg of a day, and of those that came back."""
    found = {}
    for event in day_events(Airline(1), DAY, faults=False):
        if topic_of(event) == "leg-events":
            found.setdefault(event["leg_uid"], []).append(event)
    back = {uid for uid, events in found.items() if any("return" in event["event_type"] for event in events)}
    return {uid: events for number, (uid, events) in enumerate(found.items()) if uid in back or number % EVERY == 0}


def test_no_message_of_the_day_is_odd(legs):
    odd, count = [], 0
    for events in legs.values():
        for telegram in telegrams(events):
            count += 1
            odd += parse(telegram.text, telegram.sent_at).findings
    assert odd == []
    assert count > 5 * len(legs)


def test_messages_of_a_day_become_the_legs_that_the_events_tell(legs):
    returned = 0
    for uid, events in legs.items():
        world = World()
        world.sent += [event for event in events if event["event_type"] == "schedule"]
        for telegram in telegrams(events):
            world.take(telegram.text, at=telegram.sent_at)
        assert not world.held
        [facts] = to_facts(world.sent).values()
        assert {facts[0]["leg_uid"]} == {uid}
        told, expected = merge(facts), merge(to_facts(events)[uid])
        assert {name: told[name] for name in SAID} == {name: expected[name] for name in SAID}
        returned += expected["attempts"] > 1
    assert returned == 2


def test_a_corrected_event_is_a_message_that_corrects(legs):
    events = next(events for events in legs.values() if any(event["event_type"] == "out" for event in events))
    out = next(event for event in events if event["event_type"] == "out")
    [telegram] = telegrams([out | {"is_correction": True}])
    message = parse(telegram.text, telegram.sent_at)
    assert message.is_correction
    assert [movement.event_time for movement in message.movements] == [moment_of(out["out_at"])]
