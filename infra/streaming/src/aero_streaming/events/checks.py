"""Checks that make a record an event: from bytes to a flat object, as the tables ask.

Every refusal is a problem with a code to count by and a sentence for a person. `events.py` is the way in.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from math import isfinite
from typing import Any, NamedTuple

from aero_streaming.events.types import (
    DATE,
    EVENT_TYPES,
    SCHEMA_VERSION,
    TIMESTAMP,
    EventType,
    Field,
    fields_of,
    is_needed,
    sources_of,
)

Event = dict[str, Any]

MAX_BYTES = 32_768
"""Longer records are refused: no fact is that long, and a store downstream has to hold it."""

MAX_MESSAGE = 600
FLAT = "an event holds texts, numbers, flags and nulls"
#: The fields that leg_uid is the hash of, in order.
IDENTITY = ("carrier", "flight_number", "operational_suffix", "origin", "operating_date", "leg_sequence")
A_TIME = "2015-01-01T13:34:00Z"
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Problem:
    """The reason why a record is no event: a code to count by, and a sentence that says what is wrong and wanted."""

    code: str
    message: str


class EventError(ValueError):
    """An event that may not be sent; `problem` says why."""

    def __init__(self, code: str, message: str) -> None:
        # A message may quote what it refuses, however long that is.
        short = message if len(message) <= MAX_MESSAGE else f"{message[: MAX_MESSAGE - 3]}..."
        super().__init__(f"{code}: {short}")
        self.problem = Problem(code, short)


def leg_uid(carrier: str, number: int, suffix: str, origin: str, operating_date: date | str, sequence: int) -> str:
    """Return the identity of an operated leg, 32 hex digits; the typed step's macro `leg_uid` is the same."""
    text = f"{carrier}|{number}|{suffix}|{origin}|{operating_date}|{sequence}"
    return sha256(text.encode()).hexdigest()[:32]


def decode(body: str | bytes) -> Event:
    """Return the JSON object in a record, whatever it means; raise EventError if there is none."""
    try:
        data = body.encode() if isinstance(body, str) else body
        text = data.decode()
    except (UnicodeEncodeError, UnicodeDecodeError) as error:
        raise EventError("bad_encoding", f"the record is not UTF-8 text: {error.reason}") from error
    if len(data) > MAX_BYTES:
        raise EventError("too_large", f"the record has {len(data)} bytes; an event has at most {MAX_BYTES}")
    if not text.strip():
        raise EventError("empty", "the record is empty; an event is a JSON object")
    try:
        event = json.loads(text, parse_constant=_no_number, object_pairs_hook=_object)
    except EventError:
        raise
    except (ValueError, RecursionError) as error:
        raise EventError("unreadable_json", f"the record is not JSON: {error}") from error
    if not isinstance(event, dict):
        raise EventError("not_an_object", f"the record is {_name(event)}; an event is one JSON object")
    if _HALF_CHARACTER.search(text):
        _refuse_half_characters(event)
    return event


def kind_of(event: Event) -> EventType:
    """Return the type of an event, which decides what else is asked of it."""
    version = event.get("schema_version")
    if version is None:
        raise EventError("missing_field", f"schema_version is missing; this is version {SCHEMA_VERSION}")
    if isinstance(version, bool) or version != SCHEMA_VERSION:
        raise EventError("unknown_schema_version", f"schema_version is {version!r}; only {SCHEMA_VERSION} is known")
    name = event.get("event_type")
    if name is None:
        raise EventError("missing_field", f"event_type is missing; use one of {', '.join(EVENT_TYPES)}")
    kind = EVENT_TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise EventError("unknown_event_type", f"event_type is {name!r}; use one of {', '.join(EVENT_TYPES)}")
    return kind


def check(event: Event, kind: EventType) -> None:
    """Raise EventError unless it is flat, every known field is there and well formed, and the fields agree."""
    checks = checks_of(kind.name)
    for name, value in event.items():
        if value is None:
            continue
        try:
            complaint = checks.complain.get(name, _unknown)(value)
        except TypeError as error:  # it has no hash, by which complaints are cached
            raise EventError("not_flat", f"{name} is {_name(value)}; {FLAT}") from error
        if complaint:
            raise EventError("bad_value", f"{name} is {_short(value)}; {complaint}")
    for name in checks.needed:
        if event.get(name) is None:
            raise EventError("missing_field", f"{kind.name} without {name}; every {kind.name} has it")
    if event["source"] not in checks.sources:
        raise EventError(
            "unknown_source", f"source {event['source']!r} may not send {kind.name}; use one of {checks.sources}"
        )
    if kind.needs_any and all(event.get(name) is None for name in kind.needs_any):
        raise EventError("says_nothing", f"{kind.name} has none of {', '.join(kind.needs_any)}")
    _check_leg(event)


def _unknown(value: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """Return what is wrong with the value of a field that the tables do not know."""
    hash(value)
    return "it is no JSON number" if isinstance(value, float) and not isfinite(value) else None


def _check_leg(event: Event) -> None:
    own = leg_uid(*(event[name] for name in IDENTITY))
    if event["leg_uid"] != own:
        raise EventError("leg_uid_mismatch", f"leg_uid is {event['leg_uid']}, but the leg named beside it is {own}")
    if event.get("destination") == event["origin"]:
        raise EventError("same_airport", f"origin and destination are both {event['origin']}")
    std, sta = event.get("std_at"), event.get("sta_at")
    if std is not None and sta is not None and datetime.fromisoformat(std) >= datetime.fromisoformat(sta):
        raise EventError("times_backwards", f"sta_at {sta} is not after std_at {std}")


class Checks(NamedTuple):
    """Checks of one type: complaints about a field's value, fields that must be there, sources that may send it."""

    complain: dict[str, Callable[[Any], str | None]]
    needed: tuple[str, ...]
    sources: tuple[str, ...]


@cache
def checks_of(event_type: str) -> Checks:
    """Return the checks of a type, compiled from the tables."""
    kind = EVENT_TYPES[event_type]
    known = fields_of(kind)
    needed = tuple(field.name for field in known if is_needed(kind, field))
    return Checks({field.name: _complainer(field) for field in known}, needed, sources_of(kind))


@cache
def _complainer(field: Field) -> Callable[[Any], str | None]:
    """Return a function that complains about a field's value; cached, for a leg is named in each of its events."""
    if field.kind in ("integer", "number"):
        complain = _number_complainer(field)
    elif field.kind == "boolean":
        complain = _form_complainer(lambda value: isinstance(value, bool), "it must be true or false")
    elif field.kind == "text":
        match = re.compile(field.pattern).fullmatch
        complain = _form_complainer(
            lambda value: isinstance(value, str) and match(value) is not None, f"it must be like {field.pattern}"
        )
    elif field.kind == "timestamp":
        complain = _form_complainer(_reader(TIMESTAMP, datetime.fromisoformat), "write a UTC time like " + A_TIME)
    else:
        complain = _form_complainer(_reader(DATE, date.fromisoformat), f"write a date like {A_TIME[:10]}")
    return lru_cache(1_024, typed=True)(complain)


def _form_complainer(is_right: Callable[[Any], bool], complaint: str) -> Callable[[Any], str | None]:
    return lambda value: None if is_right(value) else complaint


def _reader(pattern: str, read: Callable[[str], date]) -> Callable[[Any], bool]:
    """Tell whether a value is a text in the form of a time and is one."""
    match = re.compile(pattern).fullmatch

    def is_right(value: Any) -> bool:  # noqa: ANN401 - it is what is checked
        try:
            return isinstance(value, str) and match(value) is not None and read(value) is not None
        except ValueError:
            return False

    return is_right


def _number_complainer(field: Field) -> Callable[[Any], str | None]:
    allowed = int if field.kind == "integer" else (int, float)
    least = -float("inf") if field.least is None else field.least
    most = float("inf") if field.most is None else field.most
    bounds = f"from {field.least}" + ("" if field.most is None else f" to {field.most}")
    bounds += "" if field.step == 1 else f", a multiple of {field.step}"
    complaint = f"it must be a {'whole ' if field.kind == 'integer' else ''}number {bounds}"

    def is_multiple(value: float) -> bool:
        return field.step == 1 or value % field.step == 0

    def complain(value: Any) -> str | None:  # noqa: ANN401 - it is what is checked
        is_number = isinstance(value, allowed) and not isinstance(value, bool)
        return None if is_number and least <= value <= most and is_multiple(value) else complaint

    return complain


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    item = dict(pairs)
    if len(item) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise EventError("repeated_field", f"{', '.join(twice)} is there more than once; which one counts is unknown")
    return item


def _refuse_half_characters(event: Event) -> None:
    """JSON can escape half a character (a surrogate), which no store downstream can write."""
    try:
        json.dumps(event, ensure_ascii=False).encode()
    except UnicodeError as error:
        raise EventError("bad_encoding", "a text escapes half a character (\\ud800 to \\udfff alone)") from error


def _short(value: Any) -> str:  # noqa: ANN401 - any JSON value
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _name(value: Any) -> str:  # noqa: ANN401 - any JSON value
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
