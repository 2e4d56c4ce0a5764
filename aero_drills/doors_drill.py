"""Drill: the same legs sent by database, messages and events must give one leg each, in stream and warehouse.

The database has all of the first legs of a day of the airline. A quarter of them is also sent as events, a quarter as
teletype messages, a quarter as both. Messages are a minute earlier than the events and name one passenger more, so that
every leg shows which source won. The expected result is computed from the airline's day by separate code, without the
leg merge.
"""

import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from confluent_kafka import Consumer, TopicPartition

from aero_airline.airline import Airline
from aero_airline.delay_codes import text as codes_text
from aero_airline.events import day_events
from aero_airline.faults import reports
from aero_airline.leg import Leg
from aero_airline.leg_life import minute_text
from aero_airline.opsdb import uid
from aero_airline.teletype import Telegram, telegrams
from aero_assets.arrivals import extracts
from aero_assets.defs.streaming.gateway import LEGS, send_extracts
from aero_assets.environment import Environment
from aero_assets.extracts import LocalSpark, Wanted, report
from aero_assets.published import PublishedCopy
from aero_assets.resources import Gateway
from aero_assets.storage import Bucket
from aero_drills import compare
from aero_drills.replay_drill import agreed
from aero_local import opsdb, platform, topics
from aero_local.errors import Log
from aero_local.live.ingest import ingest_paths
from aero_local.live.player import play
from aero_local.live.watch import Watcher
from aero_local.services import kafka, postgres
from aero_local.services.known import live
from aero_local.state import State
from aero_streaming.events import Event, Problem, parse, restate, topic_of
from aero_streaming.events.types import TOPICS
from aero_streaming.times import parse as moment_of
from aero_streaming.times import text as utc_text

TABLE = "legs"
#: Differences of messages from events: times a minute earlier, one passenger more.
AHEAD = timedelta(minutes=1)
MORE_PASSENGERS = 1
MOVEMENTS = ("out", "off", "on", "in")
TIMES = tuple(f"{name}_at" for name in MOVEMENTS)
#: The figures that are compared for each leg.
FIGURES = (*TIMES, "is_cancelled", "is_diverted", "passengers", "delay_codes")
LEGS_KNOWN_SECONDS = 120


@dataclass
class Day:
    """The input of each source, and the figures that every leg must have at the end, by leg_uid."""

    on: date
    events: list[Event] = field(default_factory=list)
    messages: list[Telegram] = field(default_factory=list)
    doors: dict[str, str] = field(default_factory=dict)
    expected: dict[str, dict[str, Any]] = field(default_factory=dict)


def compose(airline: Airline, on: date, count: int) -> Day:
    """Distribute the first legs of an operating day over the sources."""
    legs = airline.day(on).legs[:count]
    rows = [report.corrected or report.first for report in reports(legs, airline.schedule, airline.seed)]
    events_of: dict[str, list[Event]] = {}
    for event in day_events(airline, on, faults=False):
        if topic_of(event) == "leg-events":
            events_of.setdefault(event["leg_uid"], []).append(event)
    day = Day(on)
    for number, (leg, row) in enumerate(zip(legs, rows, strict=True)):
        name, by_events, by_messages = uid(leg), bool(number % 2), bool(number // 2 % 2)
        doors = ("database", *(["events"] if by_events else []), *(["messages"] if by_messages else []))
        day.doors[name] = "+".join(doors)
        day.events += events_of[name] if by_events else []
        day.messages += telegrams(_as_sent(event) for event in events_of[name]) if by_messages else []
        day.expected[name] = _expected(leg, row, by_events, by_messages)
    day.events.sort(key=lambda event: (event["received_at"], event["event_id"]))
    day.messages.sort(key=lambda telegram: telegram.sent_at)
    return day


def _as_sent(event: Event) -> Event:
    """Return the event as a station would report it in a message."""
    kind = event["event_type"]
    if kind in MOVEMENTS:
        earlier = utc_text(moment_of(event[f"{kind}_at"]) - AHEAD)
        return restate(event, event_time=earlier, **{f"{kind}_at": earlier})
    return restate(event, passengers=event["passengers"] + MORE_PASSENGERS) if kind == "load" else event


def _expected(leg: Leg, row: Leg, by_events: bool, by_messages: bool) -> dict[str, Any]:
    """Return the expected leg: messages win over events, and events over the database, which wins for delay codes."""
    reaches_stream = by_events or by_messages
    known = leg if reaches_stream else row
    # A row of a later attempt does not know when the first one began.
    out = (leg.first_out or leg.out) if reaches_stream else (None if row.first_out is not None else row.out)
    ahead = int(AHEAD.total_seconds() // 60) if by_messages else 0
    times = (out, known.off, known.on, known.in_)
    passengers = None if leg.is_cancelled else leg.passengers + (MORE_PASSENGERS if by_messages else 0)
    moments = [None if at is None else minute_text(at - ahead) for at in times]
    values = (*moments, leg.is_cancelled, leg.is_diverted, passengers, codes_text(row.delay_codes) or None)
    return dict(zip(FIGURES, values, strict=True))


def run(state: State, airline: Airline, on: date, count: int, log: Log) -> dict[str, Any]:
    """Send all inputs to a new platform and return the verdict; the state directory is empty at the start."""
    platform.down(state, log)
    shutil.rmtree(state.root, ignore_errors=True)
    began = time.monotonic()
    day = compose(airline, on, count)
    with platform.foreground(state, log, names=(*platform.WORKERS, "postgres", *live(state))):
        verdict: dict[str, Any] = {"drill": "doors", "operating_date": f"{on}", "legs": len(day.doors)}
        verdict["by_doors"] = dict(sorted(Counter(day.doors.values()).items()))
        verdict["database"] = _database(state, airline, day, count, log)
        with topics.producer(kafka.bootstrap(state)) as producer:
            play(day.events, producer, speed=None)
        verdict["messages"] = _messages(state, day, log)
        sent = _on_topic(kafka.bootstrap(state))
        verdict |= _held(state, day, sent, log)
    verdict["seconds"] = round(time.monotonic() - began, 1)
    return verdict


def _database(state: State, airline: Airline, day: Day, count: int, log: Log) -> dict[str, Any]:
    """Fill the database to the end of the corrections, extract it and send it to the gateway, like the hourly job."""
    opsdb.prepare(state, log)
    connection = postgres.connect(state)
    try:
        filled = opsdb.fill(connection, airline, day.on, 1, most_legs=count)
    finally:
        connection.close()
    first = datetime(day.on.year, day.on.month, day.on.day, tzinfo=UTC) - timedelta(days=1)
    task = Wanted(uuid4().hex[:12], first, first + opsdb.DONE_AFTER + timedelta(days=1), [TABLE])
    with state.acting_as("orchestrator"):
        raw = Bucket(Environment.current().raw_bucket)
        LocalSpark().run(task, log)
        windows = report(raw, task.run_id)["windows"]
        # Each hour as if it had just ended: what the stream remembers goes by that.
        for window in extracts(raw, LEGS):
            send_extracts(raw, LEGS, [window], Gateway(), window.arrived_at)
    return {"rows_entered": filled.rows, "rows_extracted": sum(window["tables"][TABLE]["rows"] for window in windows)}


def _messages(state: State, day: Day, log: Log) -> dict[str, Any]:
    """Send the day's messages as one file, as of the day after the next, when all legs have landed and are known."""
    watcher, deadline = Watcher(state, "root"), time.monotonic() + LEGS_KNOWN_SECONDS
    while len([row for row in watcher.rows("leg_state", "leg#") if row.get("std_at")]) < len(day.doors):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(day.doors)} legs were told, not all of them are known: see `aero logs flink`")
        time.sleep(1)
    file = state.root / "messages.txt"
    file.write_text("\n".join(telegram.text for telegram in day.messages))
    received_at = datetime(day.on.year, day.on.month, day.on.day, tzinfo=UTC) + timedelta(days=2)
    result = ingest_paths(state, file, received_at, log)
    return {name: result[name] for name in ("messages", "accepted", "waiting")} | {
        "put_aside": [aside["message"] for aside in result["put_aside"]]
    }


def _on_topic(bootstrap: str) -> list[Event]:
    """Return every event on the topic, of any sender, once no new one has come for a while."""
    name = TOPICS["leg-events"].name
    client = Consumer({"bootstrap.servers": bootstrap, "group.id": "doors", "enable.auto.commit": False})
    on_topic: list[Event] = []
    try:
        parts = [TopicPartition(name, number, 0) for number in client.list_topics(name).topics[name].partitions]
        client.assign(parts)
        while messages := client.consume(5000, 5):
            events = [parse(message.value() or b"") for message in messages if message.error() is None]
            on_topic += [event for event in events if not isinstance(event, Problem)]
    finally:
        client.close()
    return on_topic


def _held(state: State, day: Day, sent: Sequence[Event], log: Log) -> dict[str, Any]:
    """Compare stream and warehouse with a recount of the topic, and every leg with its expected figures."""
    watcher, on = Watcher(state, "root"), f"{day.on}"
    distinct = {event["event_id"] for event in sent}
    watcher.until_rest([on], len(distinct))
    stream, recounted = compare.settled(watcher, sent)
    marts = agreed(state, stream, log)
    with state.acting_as("orchestrator"):
        copy = PublishedCopy(state.published_copy, Bucket(Environment.current().lake_bucket))
        with copy.pull().connect() as connection:
            in_warehouse = connection.execute(
                f"select leg_uid, {', '.join(FIGURES)} from operations.fct_leg"
            ).fetchall()
    in_marts = {name: _spelt(dict(zip(FIGURES, figures, strict=True))) for name, *figures in in_warehouse}
    rows = watcher.rows("leg_state", "leg#")
    in_stream = {row["leg_uid"]: _spelt(row) for row in rows if not row.get("is_deleted")}
    by_source = Counter(event["source"] for event in {event["event_id"]: event for event in sent}.values())
    return {
        "events_by_source": dict(sorted(by_source.items())),
        "accepted": watcher.accepted(),
        "distinct": len(distinct),
        "recount": recounted.to_json(),
        "warehouse": marts.to_json(),
        "stream_legs": _compared(day, in_stream),
        "warehouse_legs": _compared(day, in_marts),
    }


def _spelt(leg: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a leg in one form: times as texts, unknown values as None."""
    spelt = {name: leg.get(name) for name in FIGURES}
    for name, value in spelt.items():
        if isinstance(value, datetime):
            spelt[name] = utc_text(value.replace(tzinfo=UTC))
    return spelt | {name: bool(spelt[name]) for name in ("is_cancelled", "is_diverted")}


def _compared(day: Day, held: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    result = compare.Comparison()
    for name in sorted(day.expected.keys() | held.keys()):
        result.hold((name, day.doors.get(name)), day.expected.get(name), held.get(name))
    return result.to_json()


def failed(verdict: dict[str, Any]) -> bool:
    """Return True if any leg or figure differs from the expected one."""
    parts = ("recount", "warehouse", "stream_legs", "warehouse_legs")
    messages = verdict["messages"]
    return bool(
        any(verdict[part]["differing"] for part in parts)
        or verdict["accepted"] != verdict["distinct"]
        or messages["waiting"]
        or messages["put_aside"]
    )
