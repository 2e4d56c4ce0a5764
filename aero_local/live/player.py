"""Plays events into Kafka at a multiple of real time, and keeps the clock of the rules running meanwhile.

During a replay the platform's clock is the `received_at` of the events sent. AWS calls `tick` every minute; here it is
called once per platform minute, so that silence, holds and the end of a day take effect at their platform time.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from aero_streaming.events import Event, topic_of
from aero_streaming.events.types import TOPICS, Topic
from aero_streaming.times import text

#: The emulator takes a tenth of a second for a tick; more often would only take from the records.
TICK_SECONDS = 2.0
TICK = timedelta(minutes=1)


@dataclass
class Played:
    """Counts of the events sent so far."""

    events: int = 0
    seconds: float = 0.0
    #: Platform time of the last event.
    at: str = ""
    started: float = 0.0

    @property
    def per_second(self) -> float:
        """Events per second of wall time."""
        return self.events / self.seconds if self.seconds else 0.0


class Producer(Protocol):
    """The methods of `topics.EventProducer` that the player uses."""

    def send(self, topic: Topic, event: Event) -> None: ...  # noqa: D102 - as there
    def poll(self, seconds: float = 0) -> None: ...  # noqa: D102
    def flush(self) -> None: ...  # noqa: D102


Tick = Callable[[datetime], object]


def play(
    events: Iterable[Event],
    producer: Producer,
    *,
    speed: float | None,
    real_time_from: datetime | None = None,
    real_time_until: datetime | None = None,
    tick: Tick | None = None,
    each_second: Callable[[Played], object] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> Played:
    """Send events in order of receipt; `speed` platform seconds pass in a second, None sends as fast as possible.

    Events received before `real_time_from` (the plan, estimates of the night) are sent at once, because a stream that
    starts in the middle of a day needs the earlier statements. Events received after `real_time_until` (survey answers,
    days later) are also sent at once.
    """
    played = Played(started=clock())
    zero: tuple[datetime, float] | None = None
    next_second, next_tick = played.started + 1, played.started
    for event in events:
        at = datetime.fromisoformat(event["received_at"])
        if speed and _is_live(at, real_time_from, real_time_until):
            zero = zero or (at, clock())
            due = zero[1] + (at - zero[0]).total_seconds() / speed
            while (now := clock()) < due:
                producer.poll(min(due - now, 0.2))
                if tick and now >= next_tick:
                    tick(zero[0] + timedelta(seconds=(now - zero[1]) * speed))
                    next_tick = clock() + max(TICK_SECONDS, TICK.total_seconds() / speed)
                next_second = _news(played, clock(), next_second, each_second)
        producer.send(TOPICS[topic_of(event)], event)
        played.events += 1
        played.at = event["received_at"]
        next_second = _news(played, clock(), next_second, each_second)
    producer.flush()
    played.seconds = clock() - played.started
    each_second(played)
    return played


def _news(played: Played, now: float, due: float, each_second: Callable[[Played], object]) -> float:
    if now < due:
        return due
    played.seconds = now - played.started
    each_second(played)
    return now + 1


def ticker(client: Any, function: str, speed: float | None) -> Tick:  # noqa: ANN401 - a boto3 Lambda client
    """Return a function that calls the tick Lambda with time and speed, and raises if the Lambda failed."""

    def tick(now: datetime) -> dict[str, Any]:
        payload = json.dumps({"now": text(now.replace(microsecond=0)), "speed": speed or 1}).encode()
        answer = client.invoke(FunctionName=function, Payload=payload)
        body = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            raise RuntimeError(f"{function} failed: {json.dumps(body)[:800]}")
        return body

    return tick


def _is_live(at: datetime, begin: datetime | None, end: datetime | None) -> bool:
    return (begin is None or at >= begin) and (end is None or at < end)
