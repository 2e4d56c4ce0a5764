"""Drills that break the stream in the middle of a day and compare the result with a recount: nothing lost or doubled.

`stream` kills Flink. `restart` restarts all services (the emulator is asked to stop, because only then does it save its
state). `poison` mixes unreadable records into the events. `broker` kills one of three brokers under load.
"""

import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

from confluent_kafka import Consumer

from aero_airline.leg_life import second_of, second_text
from aero_drills import compare
from aero_local import platform, ports, topics
from aero_local.errors import Log
from aero_local.live.player import play
from aero_local.live.source import draws
from aero_local.live.watch import Watcher
from aero_local.services import kafka
from aero_local.services.known import services
from aero_local.services.supervisor import Supervisor
from aero_local.state import State
from aero_streaming.events import Event, Problem, leg_uid, parse, to_json
from aero_streaming.events.checks import IDENTITY
from aero_streaming.events.types import BIGGEST, TOPICS

LEG_EVENTS = TOPICS["leg-events"]
BEFORE_ALL = "0001-01-01"
Middle = Callable[[Supervisor], None]


def kill(supervisor: Supervisor, name: str) -> None:
    """Kill a service and its children at once, as a power failure would."""
    record = supervisor.record(name)
    if record:
        os.killpg(record.pgid, signal.SIGKILL)


def again(supervisor: Supervisor, *names: str) -> None:
    """Restart services and wait until they are ready."""
    for name in names:
        supervisor.start(name)
        supervisor.wait(name)


def flink_dies(supervisor: Supervisor) -> None:
    """Kill Flink; it restarts from its last checkpoint."""
    kill(supervisor, "flink")
    again(supervisor, "flink")


def everything_restarts(supervisor: Supervisor) -> None:
    """Kill broker and Flink, stop the emulator, and start all of them again."""
    for name in ("flink", "kafka-1"):
        kill(supervisor, name)
    supervisor.stop(["ministack"])
    again(supervisor, "ministack", "kafka-1", "flink")


def run(state: State, drill: str, events: Sequence[Event], middle: Middle, log: Log) -> dict[str, Any]:
    """Play events on a new platform, call `middle` half-way, and return the verdict."""
    with _platform(state, log) as supervisor:
        half = len(events) // 2
        began = time.monotonic()
        _send(state, events[:half])
        middle(supervisor)
        broken = time.monotonic() - began
        _send(state, events[half:])
        verdict = _verdict(state, drill, events)
    return verdict | {"sent": len(events), "seconds": {"broken": round(broken, 1)}}


def poison(state: State, events: Sequence[Event], bad: int, seed: int, log: Log) -> dict[str, Any]:
    """Send events with `bad` unreadable records of fifteen kinds among them; these must not change the result."""
    chance = draws(seed)
    kinds = _kinds(events)
    records: list[tuple[str, bytes]] = [(event["leg_uid"], to_json(event)) for event in events]
    sent: Counter[str] = Counter()
    for number in range(bad):
        code, make = kinds[number % len(kinds)]
        sent[code] += 1
        records.insert(chance.randrange(len(records) + 1), (f"poison-{number}", make(number)))
    with _platform(state, log):
        with topics.producer(kafka.bootstrap(state)) as producer:
            for key, text in records:
                producer.send_text(LEG_EVENTS, key, text)
        verdict = _verdict(state, "poison", events)
        quarantined = _quarantined(state, bad)
    missing = {code: number - quarantined[code] for code, number in sent.items() if number != quarantined[code]}
    return verdict | {
        "sent": len(records),
        "poison": bad,
        "quarantined": dict(sorted(quarantined.items())),
        "not_quarantined": missing,
    }


def broker(state: State, count: int, log: Log) -> dict[str, Any]:
    """Kill one of three brokers while `count` records are sent; every acknowledged record must be stored once."""
    shutil.rmtree(state.root, ignore_errors=True)
    state.create()
    kafka.choose_brokers(state, 3)
    supervisor = Supervisor(state, services(), log)
    names = kafka.names(state)
    needed = [port for name in names for port in supervisor.services[name].ports]
    ports.choose(state.ports_file, needed, {})
    began = time.monotonic()
    try:
        supervisor.start_together(names)
        topics.ensure_topics(kafka.bootstrap(state), 3)
        longest = _under_load(state, supervisor, count)
        received = _read(kafka.bootstrap(state), count)
    finally:
        supervisor.stop(names)
    return {
        "drill": "broker",
        "sent": count,
        "received": sum(received.values()),
        "lost": count - len(received),
        "duplicated": sum(received.values()) - len(received),
        "differing": 0,
        "longest_stall_seconds": round(longest, 1),
        "seconds": {"whole": round(time.monotonic() - began, 1)},
    }


def _under_load(state: State, supervisor: Supervisor, count: int) -> float:
    """Send records, kill the broker half-way, and return the longest time without an acknowledgement."""
    longest, last, acked = 0.0, time.monotonic(), 0
    with topics.producer(kafka.bootstrap(state)) as producer:
        for number in range(count):
            producer.send_text(LEG_EVENTS, str(number % 500), str(number))
            if number == count // 2:
                kill(supervisor, "kafka-2")
            if producer.acked != acked:
                now = time.monotonic()
                longest, last, acked = max(longest, now - last), now, producer.acked
    return max(longest, time.monotonic() - last)


def _read(bootstrap: str, count: int) -> Counter[int]:
    reader = Consumer({"bootstrap.servers": bootstrap, "group.id": "drill", "auto.offset.reset": "earliest"})
    reader.subscribe([LEG_EVENTS.name])
    received: Counter[int] = Counter()
    quiet = time.monotonic()
    try:
        while time.monotonic() - quiet < (5 if sum(received.values()) >= count else 30):
            for message in reader.consume(5000, 0.5):
                if message.error() is None:
                    received[int(message.value() or b"-1")] += 1
                    quiet = time.monotonic()
    finally:
        reader.close()
    return received


@contextmanager
def _platform(state: State, log: Log) -> Generator[Supervisor]:
    """Run emulator, broker and Flink in an empty state directory, and stop them at the end.

    They run detached, because a platform in the foreground treats the death of a service as an error, and here it is
    intended.
    """
    platform.down(state, log)
    shutil.rmtree(state.root, ignore_errors=True)
    try:
        platform.up(state, log, names=("ministack", "kafka-1", "flink"))
        yield Supervisor(state, services(), log)
    finally:
        platform.down(state, log)


def _send(state: State, events: Sequence[Event]) -> None:
    with topics.producer(kafka.bootstrap(state)) as producer:
        play(events, producer, speed=None)


def _verdict(state: State, drill: str, events: Sequence[Event]) -> dict[str, Any]:
    watcher = Watcher(state, "root")
    distinct = len({event["event_id"] for event in events})
    rest = watcher.until_rest(sorted({event["operating_date"] for event in events}), distinct)
    _, result = compare.settled(watcher, events)
    accepted = watcher.accepted()
    return {
        "drill": drill,
        "received": accepted,
        "lost": max(0, distinct - accepted),
        "duplicated": max(0, accepted - distinct),
        "differing": result.differing,
        "compared": result.compared,
        "examples": result.examples,
        "rest_seconds": round(rest, 1),
    }


def _quarantined(state: State, expected: int) -> Counter[str]:
    """Count the records that the alert Lambda quarantined, by reason; they arrive a moment after the rest."""
    s3 = state.session("root").client("s3")
    bucket = state.platform()["outputs"]["lake"]["LakeBucket"]
    deadline = time.monotonic() + 30
    while True:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="quarantine/stream/")
        keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        if len(keys) >= expected or time.monotonic() > deadline:
            break
        time.sleep(1)
    reasons: Counter[str] = Counter()
    for key in keys:
        reasons[json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())["reason"]] += 1
    return reasons


def _kinds(events: Sequence[Event]) -> list[tuple[str, Callable[[int], bytes]]]:
    """Return fifteen kinds of records that are no events or cannot be true, each with its reason of refusal."""
    good = next(event for event in events if event["event_type"] == "out")

    elsewhen: dict[str, Any] = {**good, "operating_date": BEFORE_ALL}

    def spoilt(**changes: Any) -> Callable[[int], bytes]:  # noqa: ANN401
        # Every one is another record: no two may look like copies.
        return lambda number: to_json(good | changes | {"note": f"poison {number}"})

    makers: list[Callable[[int], bytes]] = [
        lambda number: f"{{not json {number}".encode(),
        lambda number: f"[{number}]".encode(),
        lambda number: b'{"a": "\xff' + str(number).encode() + b'"}',
        lambda number: f'{{"a": {number}, "a": 2}}'.encode(),
        spoilt(leg_uid=None),
        spoilt(schema_version=99),
        spoilt(event_type="landed_on_moon"),
        spoilt(flight_number="12"),
        spoilt(destination=good["origin"]),
        spoilt(source="nobody"),
        spoilt(destination="QQX"),
        spoilt(out_at=second_text(second_of(good["out_at"]) - 365 * 86_400)),
        spoilt(received_at=second_text(second_of(good["received_at"]) - 30 * 86_400)),
        spoilt(version=BIGGEST),
        spoilt(operating_date=BEFORE_ALL, leg_uid=leg_uid(*(elsewhen[name] for name in IDENTITY))),
    ]
    kinds = []
    for make in makers:
        refused = parse(make(0))
        if isinstance(refused, Problem):
            kinds.append((refused.code, make))
    return kinds
