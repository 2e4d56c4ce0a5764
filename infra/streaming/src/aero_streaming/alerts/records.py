"""Records of the alerts feed: from bytes to checked rows, and what is kept of a batch.

A record that cannot be used is a `Poison` with a reason; nothing behind this module meets a missing field or a wrong
type. `Batch` keeps, per key, the row of the highest version, and the events once each.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from aero_streaming.alerts.conditions import Row
from aero_streaming.alerts.sums import SUMS
from aero_streaming.figures import figures
from aero_streaming.times import parse

REQUIRED = {
    "event": ("event_id", "event_type", "event_time", "received_at", "leg_uid", "carrier", "flight_number", "origin",
              "operating_date"),
    "leg": ("leg_uid", "state_version", "last_received_at", "carrier", "flight_number", "origin", "operating_date"),
    "state": ("scope_type", "scope_id", "operating_date", "state_version", "last_received_at"),
}  # fmt: skip
"""What a record of each kind must have."""
SCOPE_TYPES = ("route", "hub", "network", "first_wave", "hub_quarter")
WHOLE = frozenset({
    *SUMS, *(figure.id for figure in figures().kept_in("stream")),
    "flight_number", "leg_sequence", "version", "seats", "passengers", "attempts", "return_count", "events",
    "corrections", "departure_delay_minutes", "expected_delay_minutes", "arrival_delay_minutes", "crossed_minutes",
    "std_utc_offset_minutes", "sta_utc_offset_minutes",
    "booked_seats", "answers", "promoters", "detractors", "satisfaction_sum", "distance_miles",
    "carrier_delay_minutes", "weather_delay_minutes", "nas_delay_minutes", "security_delay_minutes",
    "late_aircraft_delay_minutes",
})  # fmt: skip
FLAGS = frozenset({"is_cancelled", "is_diverted", "is_actual", "is_correction"})
TEXTS = frozenset({
    "event_id", "event_type", "leg_uid", "carrier", "operational_suffix", "origin", "destination", "route", "tail",
    "source", "scope_type", "scope_id", "last_return_type", "data_label", "partition_key", "cancellation_code",
    "diverted_to", "delay_codes", "aircraft_type", "time_problem",
})  # fmt: skip
PARTS = (
    ("a14_on_time_legs", "arr_tracked_legs"), ("d0_on_time_legs", "dep_tracked_legs"),
    ("d15_on_time_legs", "dep_tracked_legs"),
    ("arr_late_15_legs", "arrived_legs"), ("dep_late_15_legs", "departed_legs"),
    ("dep_on_time_d0_legs", "departed_legs"), ("cancelled_legs", "scheduled_legs"), ("operated_legs", "scheduled_legs"),
    ("diverted_legs", "operated_legs"),
)  # fmt: skip
"""Sums of a state that are a part of another."""
MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Poison:
    """A record that cannot be used, and why."""

    reason: str
    message: str


class _Refused(ValueError):
    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.poison = Poison(reason, message)


@dataclass(frozen=True)
class Record:
    """One usable record: its kind, its row, whether it takes the row away, where it stands in the stream."""

    kind: str
    key: str
    row: Row
    is_delete: bool
    sequence: str


def leg_key(leg_uid: str) -> str:
    """Return the key of a leg in leg-state."""
    return f"leg#{leg_uid}"


def state_key(scope_type: str, scope_id: str, operating_date: str, quarter_at: str | None = None) -> str:
    """Return the key of a state in leg-state; a quarter of an hour has its start in it."""
    return "#".join(("state", scope_type, scope_id, operating_date, *([quarter_at] if quarter_at else [])))


def decode(data: str, sequence: str = "") -> Record | Poison:
    """Return what a Kinesis record holds (`data` as Lambda gives it, base64), or why it cannot be used."""
    try:
        try:
            body = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise _Refused("bad_base64", f"{error}") from None
        return read(body, sequence)
    except _Refused as refused:
        return refused.poison


def read(body: bytes, sequence: str = "") -> Record | Poison:
    """Return what the bytes of a record hold, or why they cannot be used."""
    try:
        document = _document(body)
        row, is_delete = _row(document)
        kind = row.get("kind")
        if kind == "unreadable":
            # Flink could not read it: it is set aside here with Flink's reason, once per place in its topic.
            return Poison(f"{row.get('reason')}", f"{row.get('topic')}: {row.get('message')}")
        if kind not in REQUIRED:
            raise _Refused("unknown_kind", f"kind is {kind!r}; event, leg and state are known")
        _check(row, kind)
    except _Refused as refused:
        return refused.poison
    if kind == "event":
        return Record(kind, row["event_id"], row, False, sequence)
    if kind == "leg":
        return Record(kind, leg_key(row["leg_uid"]), row, is_delete, sequence)
    key = state_key(row["scope_type"], row["scope_id"], row["operating_date"], row.get("quarter_at"))
    return Record(kind, key, row, is_delete, sequence)


def _document(body: bytes) -> dict[str, Any]:
    if len(body) > MOST_BYTES:
        raise _Refused("too_large", f"{len(body)} bytes; {MOST_BYTES} at most")
    try:
        document = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _Refused("bad_encoding", f"not UTF-8: {error}") from None
    except (ValueError, RecursionError) as error:
        raise _Refused("bad_json", f"{error}") from None
    if not isinstance(document, dict):
        raise _Refused("not_an_object", f"a {type(document).__name__} where an object is wanted")
    return document


def _row(document: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The row of a plain record or of a changelog envelope, and whether it is taken away."""
    if "op" not in document:
        return document, False
    side = {"c": "after", "u": "after", "r": "after", "d": "before"}.get(f"{document['op']}")
    row = document.get(side) if side else None
    if not isinstance(row, dict):
        raise _Refused("bad_envelope", f"op {document['op']!r} without the row it speaks of")
    return row, document["op"] == "d"


def _check(row: Row, kind: str) -> None:
    for name in REQUIRED[kind]:
        if row.get(name) is None:
            raise _Refused("missing_field", f"{kind} record without {name}")
    for name, value in row.items():
        if value is None:
            continue
        check = _CHECKS.get(name) or (_is_time if name.endswith(("_at", "_time")) else None)
        if check and not check(value):
            raise _Refused("bad_value", f"{name} is {value!r}")
    if kind == "state" and row["scope_type"] not in SCOPE_TYPES:
        raise _Refused("bad_value", f"scope_type is {row['scope_type']!r}; {', '.join(SCOPE_TYPES)} are known")
    if kind == "state" and (row["scope_type"] == "hub_quarter") != bool(row.get("quarter_at")):
        raise _Refused("missing_field", "quarters, and only they, have quarter_at")
    for good, whole in PARTS if kind == "state" else ():
        if not 0 <= (row.get(good) or 0) <= (row.get(whole) or 0):
            raise _Refused("bad_value", f"{good} is {row.get(good)!r} of {row.get(whole)!r} {whole}")


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and value.endswith("Z") and parse(value) is not None
    except ValueError:
        return False


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and date.fromisoformat(value) is not None
    except ValueError:
        return False


_CHECKS: dict[str, Callable[[object], bool]] = {
    **{name: lambda value: isinstance(value, int) and not isinstance(value, bool) for name in WHOLE},
    **{name: lambda value: isinstance(value, bool) for name in FLAGS},
    **{name: lambda value: isinstance(value, str) for name in TEXTS},
    "operating_date": _is_date,
    "cancelled_by_quarter": lambda value: isinstance(value, dict) and all(type(legs) is int for legs in value.values()),
}


@dataclass
class Batch:
    """The contents of a batch: events once each, rows by key at their highest version, poison, arrivals.

    `sequences` holds, per key, where its first record stands: what to ask for again if that key fails.
    """

    events: dict[str, Row] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    sequences: dict[str, str] = field(default_factory=dict)
    poison: list[tuple[str, Poison]] = field(default_factory=list)
    received: set[str] = field(default_factory=set)
    records: int = 0

    def add(self, record: Record) -> None:
        """Take one record in."""
        self.sequences.setdefault(record.key, record.sequence)
        if record.kind == "event":
            self.events.setdefault(record.key, record.row)
            self.received.add(record.row["received_at"])
            return
        self.received.add(record.row["last_received_at"])
        row = {**record.row, "is_deleted": True} if record.is_delete else record.row
        if is_newer(row, self.rows.get(record.key)):
            self.rows[record.key] = row

    def last_received_at(self, until: datetime | None = None) -> str:
        """Return the latest arrival, of those up to `until`; empty where there is none."""
        moments = {parse(at): at for at in self.received}
        latest = max((moment for moment in moments if until is None or moment <= until), default=None)
        return "" if latest is None else moments[latest]


def is_newer(row: Row, known: Mapping[str, Any] | None) -> bool:
    """Tell whether a row replaces what is known of its key.

    The higher version does. At the same version a row beats its own removal, so a removal counts only where no row of
    that version was seen.
    """
    if known is None:
        return True
    if row["state_version"] != known["state_version"]:
        return row["state_version"] > known["state_version"]
    return bool(known.get("is_deleted")) and not row.get("is_deleted")


def batch_of(records: Iterable[tuple[str, str]]) -> Batch:
    """Decode and sort a batch of (sequence, data)."""
    batch = Batch()
    for sequence, data in records:
        batch.records += 1
        record = decode(data, sequence)
        if isinstance(record, Poison):
            batch.poison.append((sequence, record))
        else:
            batch.add(record)
    return batch
