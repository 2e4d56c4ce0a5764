"""Events: the one way to make, read and merge them; what they carry is said in `types.py`.

Standard library only: emitters, parsers, the transform, Flink's driver and the Lambdas carry this module.

An event is a flat JSON object. Its id is a hash of the fact alone: what is known about the way it came
(`received_at`, `raw_ref`, `schema_version`) does not enter, so the same fact sent twice has the same id. A correction
has a higher version and is another fact.

Versions. What happened once (OUT, a load, delay codes) counts its corrections: 1, 2 ... What is said again and again
(plan, estimate, cancellation and reinstatement, bookings) is dated: its version is made from the minute of its event
time, so the later word wins whatever arrives first. In the same minute a reinstatement beats the cancellation that it
takes back. The reason of a cancellation stays in the merged leg after a reinstatement: read it only where the leg is
cancelled.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from aero_streaming.events import limits as event_limits
from aero_streaming.events import registrations
from aero_streaming.events.checks import (
    IDENTITY,
    MAX_BYTES,
    Event,
    EventError,
    Problem,
    check,
    checks_of,
    decode,
    kind_of,
    leg_uid,
)
from aero_streaming.events.types import (
    DESCRIPTION,
    EDITIONS,
    EVENT_TYPES,
    SCHEMA_VERSION,
    TOPICS,
    VERSIONS_BEGIN,
    EventType,
)
from aero_streaming.merge import FIELDS, Fact

__all__ = [
    "EVENT_TYPES", "MAX_BYTES", "SCHEMA_VERSION", "TOPICS", "Event", "EventError", "Problem", "attempts", "build",
    "correct", "dated_version", "event_id", "leg_uid", "parse", "read", "restate", "to_fact", "to_facts",
    "to_json", "topic_of",
]  # fmt: skip

NOT_IN_ID = frozenset({"event_id", "received_at", "raw_ref", "schema_version"})
_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_MERGED = {field.name for field in FIELDS}


def event_id(event: Mapping[str, Any]) -> str:
    """Return the id of a fact, 32 hex digits, whatever way it came."""
    fact = {name: value for name, value in event.items() if name not in NOT_IN_ID and value is not None}
    return sha256(_ENCODE(fact).encode()).hexdigest()[:32]


def dated_version(event_type: str, event_time: str) -> int:
    """Return the version of something that is said again and again: later is higher, see the module."""
    try:
        since = datetime.fromisoformat(event_time) - VERSIONS_BEGIN
    except (TypeError, ValueError) as error:
        raise EventError("bad_value", f"event_time is {event_time!r}; write UTC as 2015-01-01T13:34:00Z") from error
    minute = since.days * 1440 + since.seconds // 60
    return max(1, minute * EDITIONS + (EDITIONS // 2 if event_type == "reinstate" else 0))


def build(
    event_type: str,
    leg: Mapping[str, Any],
    *,
    source: str,
    event_time: datetime | str,
    received_at: datetime | str,
    raw_ref: str | None = None,
    **payload: Any,  # noqa: ANN401 - checked against the table
) -> Event:
    """Return a checked event, version as first sent, with its id; times may be datetimes, absent values are left out.

    `leg` holds the leg's identity and what the source knows of its description; leg_uid follows from it. Raises
    EventError for a value that the tables do not allow, and for a field that they do not know.
    """
    event: Event = {
        "event_type": event_type,
        "schema_version": SCHEMA_VERSION,
        "source": source,
        "event_time": event_time,
        "received_at": received_at,
        "is_correction": False,
        "raw_ref": raw_ref,
        **leg,
        **payload,
    }
    event = {name: _plain(value) for name, value in event.items() if value is not None}
    kind = kind_of(event)
    if "leg_uid" not in event and event.keys() >= set(IDENTITY):
        event["leg_uid"] = leg_uid(*(event[name] for name in IDENTITY))
    event["version"] = dated_version(event_type, event["event_time"]) if kind.is_dated else 1
    return _sealed(event, kind)


def restate(event: Event, **changes: Any) -> Event:  # noqa: ANN401 - checked again
    """Return an event with other values and the id of what it says now; None takes a value away."""
    changed = {name: _plain(value) for name, value in (event | changes).items() if value is not None}
    return _sealed(changed, kind_of(changed))


def correct(event: Event, received_at: datetime | str, **changes: Any) -> Event:  # noqa: ANN401 - checked again
    """Return the next version of an event, with other values. It keeps its event time, by which it is known."""
    return restate(event, received_at=received_at, version=event["version"] + 1, is_correction=True, **changes)


def parse(
    body: str | bytes, arrived_at: datetime | None = None, clock: str = event_limits.EVENT_CLOCK
) -> Event | Problem:
    """Return the event that a record holds, unknown fields included, or the problem that keeps it from being one.

    With `arrived_at` it is also judged by when it reached us, as stream and lake do on a platform of this clock.
    """
    event = read(body)
    try:
        if not isinstance(event, Problem):
            event_limits.check(event, arrived_at, clock)
    except EventError as error:
        return error.problem
    return event


def read(body: str | bytes) -> Event | Problem:
    """Return the event that a record holds if it is well formed; whether it can be true is for `parse` to say."""
    try:
        event = decode(body)
        check(event, kind_of(event))
    except EventError as error:
        return error.problem
    return event


def to_json(event: Event) -> bytes:
    """Return the record as it is sent: one line, keys in order, so the same event is the same bytes."""
    return _ENCODE(event).encode()


def topic_of(event: Event) -> str:
    """Return the topic that an event is sent to."""
    return EVENT_TYPES[event["event_type"]].topic


def attempts(events: Iterable[Event]) -> dict[str, int]:
    """Return the departure attempt that each event of one leg speaks of, by event id.

    1 + the number of returns with an earlier event time. Computed from the set: order and repetition do not matter, and
    a corrected return, which keeps its event time, counts once.
    """
    known = {event["event_id"]: event for event in events}
    returns = {
        datetime.fromisoformat(event["event_time"])
        for event in known.values()
        if event["event_type"] in ("return_to_ramp", "air_return")
    }
    return {
        name: 1 + sum(moment < datetime.fromisoformat(event["event_time"]) for moment in returns)
        for name, event in known.items()
    }


def to_fact(event: Event, attempt: int = 1) -> Fact:
    """Return what an event of the topic leg-events says to the leg merge, as part of a departure attempt."""
    kind = EVENT_TYPES[event["event_type"]]
    fields = _described(event) if kind.describes_leg else {}
    for field in kind.fields:
        name = field.name.removeprefix("estimated_")
        if name in _MERGED:
            fields[name] = event.get(field.name)
    return {
        "event_id": event["event_id"],
        "leg_uid": event["leg_uid"],
        "source": event["source"],
        "attempt": attempt,
        "is_actual": kind.is_actual,
        "version": event["version"],
        "received_at": event["received_at"],
        "raw_ref": event.get("raw_ref"),
        **kind.states,
        **{name: value for name, value in fields.items() if value is not None},
    }


def _described(event: Event) -> dict[str, Any]:
    """Return what an event says of the leg itself; a placeholder names no aircraft."""
    return {name: event.get(name) for name in DESCRIPTION} | {"tail": registrations.known(event.get("tail"))}


def to_facts(events: Iterable[Event]) -> dict[str, list[Fact]]:
    """Return the merge's facts of all leg events by leg_uid, each with its attempt; other topics say nothing to it."""
    legs: dict[str, list[Event]] = {}
    for event in events:
        if topic_of(event) == "leg-events":
            legs.setdefault(event["leg_uid"], []).append(event)
    facts = {}
    for leg, known in legs.items():
        attempt = attempts(known)
        facts[leg] = [to_fact(event, attempt[event["event_id"]]) for event in known]
    return facts


def _sealed(event: Event, kind: EventType) -> Event:
    """Identity, and no event that the tables do not allow."""
    if unknown := event.keys() - checks_of(kind.name).complain.keys():
        raise EventError("unknown_field", f"{kind.name} has no field {', '.join(sorted(unknown))}")
    event["event_id"] = event_id(event)
    check(event, kind)
    event_limits.check(event)
    return event


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Times as texts, in UTC; nearly everything is plain already."""
    if not isinstance(value, date):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise EventError("bad_value", f"{value} has no zone; give it tzinfo")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat()
