"""Playing events: order kept, the past at once, the day at its speed, and the clock going meanwhile."""

from datetime import UTC, datetime

import pytest

from aero_local.live.player import play
from tests.unit.streaming.event_samples import event


class Sent:
    """A producer that remembers, and whose waiting is all the time that passes."""

    def __init__(self):
        self.events = []
        self.at = []
        self.now = 0.0

    def send(self, topic, event):
        self.events.append(event)
        self.at.append(self.now)

    def poll(self, seconds=0):
        self.now += seconds

    def flush(self):
        pass


def received(*minutes):
    return [event("out", 0, received=minute) for minute in minutes]


def test_as_fast_as_possible_sends_everything_in_order():
    events, producer = received(1, 5, 900), Sent()
    played = play(events, producer, speed=None)
    assert producer.events == events
    assert (played.events, played.at) == (3, events[-1]["received_at"])


def test_the_day_goes_at_its_speed_and_what_was_before_and_comes_after_at_once():
    events, producer = received(0, 60, 61, 62, 6000), Sent()
    begin, end = (datetime.fromisoformat(events[at]["received_at"]) for at in (1, 4))
    play(events, producer, speed=600, real_time_from=begin, real_time_until=end, clock=lambda: producer.now)
    gaps = [later - earlier for earlier, later in zip(producer.at, producer.at[1:], strict=False)]
    assert producer.events == events
    assert gaps == pytest.approx([0, 0.1, 0.1, 0])


def test_the_clock_of_the_rules_moves_with_the_day():
    events, seen = received(0, 30), []
    producer = Sent()
    play(events, producer, speed=3600, tick=seen.append, clock=lambda: producer.now)
    first, last = (datetime.fromisoformat(event["received_at"]).astimezone(UTC) for event in events)
    assert seen
    assert all(first <= moment <= last for moment in seen)
