"""Legs of the operational database as events, in the same form as those of messages.

    {"arrived_at": "…", "reason": null, "message": null, "body": "{\\"leg_uid\\": …, \\"row_version\\": 2, …}"}

A line of the raw zone is one row as it stood when it was extracted. It becomes the plan of its leg and one event per
thing that it knows, so the stream merges the same facts as the warehouse does from the table itself.

Versions are made from the number of the row's change, twice as many: what a row says of a plan (not cancelled, not
diverted) has the even one, what contradicts it the odd one above. The warehouse makes the same events of the table
itself (`int_database_leg_event`), so a row that nobody told the stream still wins there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aero_ingest.message import ParseError
from aero_ingest.message_events import KNOWN
from aero_streaming.events import Event, EventError, build, registrations, restate
from aero_streaming.events.limits import CODES
from aero_streaming.times import parse as moment_of
from aero_streaming.times import text as utc_text

FEED = "opsdb/legs"
SOURCE = "database"
#: A row that is changed so long after its leg was over was reviewed: it takes back what was said [A].
REVIEWED_AFTER = timedelta(hours=6)
TIMES = ("std_at", "sta_at", "out_at", "off_at", "on_at", "in_at")
FIRST_ATTEMPT = 1
#: A stated UTC offset is not the one of its airport; the lake refuses the row with the same code.
OFFSET_MISMATCH = "offset_mismatch"


@dataclass(frozen=True)
class LegRow:
    """A row of the table of legs, times in the form of events, and when it came."""

    values: Mapping[str, Any]
    arrived_at: str
    version: int
    updated_at: str

    @property
    def is_correction(self) -> bool:
        """True if it was changed after everybody was done with the leg."""
        over = self.values.get("in_at") or self.values["sta_at"]
        return moment_of(self.updated_at) - moment_of(over) > REVIEWED_AFTER


def read(line: str) -> LegRow:
    """Return the row that a line of the raw zone holds; raise ParseError if it holds none."""
    try:
        outer = json.loads(line)
        row = json.loads(outer["body"])
        values = row | {name: utc_text(moment_of(row[name])) for name in TIMES if row.get(name)}
        values["tail"] = registrations.known(row.get("tail"))
        values["operational_suffix"] = row.get("operational_suffix") or ""
        updated_at = utc_text(moment_of(row["updated_at"]))
        return LegRow(values, outer["arrived_at"], int(row["row_version"]), updated_at)
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError) as error:
        raise ParseError("bad_row", f"no row of the table of legs: {type(error).__name__}: {error}") from error


def events_of_row(row: LegRow, raw_ref: str | None = None) -> Iterator[Event]:
    """Yield the events that a row is; raise ParseError where its values cannot be those of an event.

    Whoever asks takes all of them or none: the lake refuses such a row as a whole.
    """
    try:
        yield from _events(row, raw_ref)
    except EventError as error:
        problem = error.problem
        code = problem.code if problem.code in CODES else "bad_row"
        raise ParseError(code, f"leg {row.values.get('leg_uid')}: {problem.message}") from error
    except KeyError as error:
        raise ParseError("bad_row", f"leg {row.values.get('leg_uid')}: {error} is missing") from error


def _events(row: LegRow, raw_ref: str | None) -> Iterator[Event]:
    values = row.values
    leg = {name: values[name] for name in KNOWN if values.get(name) is not None}

    def event_of(kind: str, event_time: str, above: int = 0, **payload: Any) -> Event:  # noqa: ANN401 - of the type
        made = build(
            kind, leg, source=SOURCE, event_time=event_time, received_at=row.arrived_at, raw_ref=raw_ref, **payload
        )
        return restate(made, version=2 * row.version + above, is_correction=row.is_correction)

    yield event_of("schedule", row.updated_at, distance_miles=values.get("distance_miles"))
    if values.get("is_cancelled"):
        yield event_of("cancel", row.updated_at, 1, cancellation_code=values.get("cancellation_code"))
    if values.get("is_diverted"):
        yield event_of("divert", row.updated_at, 1)
    for kind in ("out", "off", "on", "in"):
        at = values.get(f"{kind}_at")
        if at:
            event = event_of(kind, at, **{f"{kind}_at": at})
            # The departure that counts is the first; a row of a later attempt has only its own.
            if not (kind == "out" and values.get("attempt", FIRST_ATTEMPT) > FIRST_ATTEMPT):
                yield event
    if values.get("delay_codes"):
        yield event_of("delay_codes", row.updated_at, delay_codes=values["delay_codes"])
    if values.get("passengers") is not None and not values.get("is_cancelled"):
        yield event_of("load", row.updated_at, passengers=values["passengers"])


def check_offsets(row: LegRow, offset_of: Callable[[str, datetime], int | None]) -> None:
    """Raise ParseError where a UTC offset of a row is not that of its airport; one nobody knows is not judged."""
    for time, station in (("std", "origin"), ("sta", "destination")):
        stated, at = row.values.get(f"{time}_utc_offset_minutes"), row.values.get(f"{time}_at")
        known = offset_of(row.values.get(station) or "", moment_of(at)) if stated is not None and at else None
        if known not in (None, stated):
            problem = f"{time}_utc_offset_minutes is {stated}, and {row.values[station]} has {known} at {at}"
            raise ParseError(OFFSET_MISMATCH, f"leg {row.values.get('leg_uid')}: {problem}")


def is_told(row: LegRow, around: datetime, before: timedelta, after: timedelta) -> bool:
    """Tell whether a row's leg lies so near to a moment that the stream should know of it."""
    std = moment_of(row.values["std_at"])
    return around - before <= std <= around + after
