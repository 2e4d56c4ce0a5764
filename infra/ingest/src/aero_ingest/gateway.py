"""The gateway: it turns messages and schedules of every channel into events on the topics.

It finds the leg, makes the events and sends them. A message whose leg nobody has planned yet waits, and is tried again
until its schedule comes; one that cannot be read, or speaks of no leg for certain, is put aside with a reason. So is
one that says what cannot be true, with the code of the limit that it breaks (`aero_streaming/events/limits.py`), and a
record of a schedule that another one of its file contradicts. Nothing here knows Kafka, DynamoDB or S3: the Lambda and
`aero ingest` bring them along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Protocol

from aero_ingest import database_events
from aero_ingest.gateway_tally import PutAside, Tally, Waiting, unreadable
from aero_ingest.leg_choice import NO_SCHEDULE, Found, LegIndex, NotFound, find, stations
from aero_ingest.message import AIR_RETURN, RETURN_TO_RAMP, Finding, Flight, Message, ParseError, Unreadable
from aero_ingest.message_events import Returns, events_of
from aero_ingest.messages import parse, parse_all
from aero_ingest.planned_legs import PlannedLegs, uid_of
from aero_ingest.schedule_events import CONTRADICTORY, contradictions, legs_between, schedule_events
from aero_ingest.ssim import is_ssim
from aero_ingest.ssim import read as read_ssim
from aero_ingest.ssim_legs import DatedLeg, Offsets
from aero_ingest.ssim_records import LegRecord
from aero_streaming.events import Event
from aero_streaming.events.limits import CODES
from aero_streaming.times import parse as moment_of
from aero_streaming.times import text as utc_text

#: Days around its arrival in which a plan is told to the stream, whose state lasts for days, not for a season.
TOLD_BEFORE, TOLD_AFTER = timedelta(days=3), timedelta(days=3)
#: A message that has waited so long for its schedule waits for nothing.
WAITS = timedelta(days=10)


class Memory(Protocol):
    """The state that must outlast an invocation."""

    def returns(self, uid: str) -> Returns:
        """Return what is remembered of the returns of a leg."""
        ...

    def keep_returns(self, uid: str, returns: Returns) -> None:
        """Remember them."""
        ...

    def wait(self, waiting: Waiting) -> None:
        """Keep a message that waits; again is once."""
        ...

    def waiting(self) -> Iterable[Waiting]:
        """Return what waits, the oldest first."""
        ...

    def done(self, waiting: Waiting) -> None:
        """Forget one that waits no more."""
        ...


@dataclass(frozen=True)
class Knowledge:
    """Reference tables: ICAO codes of carriers, letters of delay codes, clocks of stations."""

    iata_of: Mapping[str, str] = field(default_factory=dict)
    delay_letters: Mapping[str, str] = field(default_factory=dict)
    offset_of: Offsets = lambda station, at: None


class Gateway:
    """Turns messages into events; `send` takes an event, and whoever made it flushes before the tally counts.

    After the flush the caller settles what was retried.
    """

    def __init__(self, index: LegIndex, memory: Memory, send: Callable[[Event], object], knowledge: Knowledge) -> None:
        self._index, self._memory, self._send, self._knows = PlannedLegs(index), memory, send, knowledge

    def take(self, lines: Iterable[str], received_at: datetime, raw_ref: str, came_at: datetime | None = None) -> Tally:
        """Take in the messages of a text, or the legs of its schedule, which first came at `came_at` if not now."""
        tally, lines = Tally(), iter(lines)
        first = next(lines, "")
        lines = chain([first], lines)
        if is_ssim(first):
            self._schedule(lines, received_at, raw_ref, came_at or received_at, tally)
            return tally
        for result in parse_all(lines, received_at):
            tally.messages += 1
            if isinstance(result, Unreadable):
                self._unreadable(tally, result, raw_ref, received_at)
            else:
                self._message(result, received_at, raw_ref, tally)
        return tally

    def take_rows(self, lines: Iterable[str], received_at: datetime, raw_ref: str) -> Tally:
        """Take in rows of the operational database's table of legs, as the raw zone holds them; a row is a message."""
        tally = Tally()
        for line in lines:
            tally.messages += 1
            try:
                row = database_events.read(line)
                is_near = database_events.is_told(row, received_at, TOLD_BEFORE, TOLD_AFTER)
                database_events.check_offsets(row, self._knows.offset_of)
                events = [*database_events.events_of_row(row, raw_ref)] if is_near else []
            except ParseError as error:
                judged_alike = (*CODES, database_events.OFFSET_MISMATCH)
                reason = error.code if error.code in judged_alike else "unusable_row"
                self._put_aside(tally, reason, error.message, line, raw_ref, received_at)
                continue
            for event in events:
                self._send(event)
                if event["event_type"] == "schedule":
                    self._index.plan(event)
            tally.accepted += 1
            tally.events += len(events)
        return tally

    def retry(self, now: datetime) -> Tally:
        """Try again what waits; what has waited too long is put aside."""
        tally = Tally()
        self._index.forget()
        for waiting in self._memory.waiting():
            tally.messages += 1
            received_at = moment_of(waiting.received_at)
            message = parse(waiting.text, received_at)
            choice = find(self._by_iata(message), self._index)
            if isinstance(choice, NotFound) and choice.code == NO_SCHEDULE and now - received_at < WAITS:
                tally.waiting += 1
                continue
            self._message(message, received_at, waiting.raw_ref, tally, may_wait=False)
            tally.finished.append(waiting)
        return tally

    def settle(self, tally: Tally) -> None:
        """Forget what waits no more; before its events are acknowledged that would lose it."""
        for finished in tally.finished:
            self._memory.done(finished)
        tally.finished = []

    def _message(
        self, message: Message, received_at: datetime, raw_ref: str, tally: Tally, *, may_wait: bool = True
    ) -> None:
        message = self._by_iata(message)
        choices = [(part, find(part, self._index)) for part in stations(message)]
        lost = next((choice for _, choice in choices if isinstance(choice, NotFound)), None)
        if lost and lost.code == NO_SCHEDULE and may_wait:
            self._wait(tally, message, lost, raw_ref, received_at)
            return
        findings: list[Finding] = []
        for leg_message, choice in choices:
            if isinstance(choice, Found):
                findings += self._tell(leg_message, choice, received_at, raw_ref, tally)
        tally.note(message.findings)
        if lost:
            self._put_aside(tally, lost.code, lost.message, message.raw, raw_ref, received_at)
        else:
            self._settled(tally, findings, message.raw, raw_ref, received_at)

    def _tell(
        self, message: Message, choice: Found, received_at: datetime, raw_ref: str, tally: Tally
    ) -> list[Finding]:  # fmt: skip
        """Send what a message says of its leg; return what of it became no event."""
        message = self._dated_by(message, choice.leg, received_at)
        uid = uid_of(choice.leg)
        returns = self._memory.returns(uid) if _speaks_of_returns(message) else Returns()
        events, findings = events_of(
            message, choice.leg, received_at=received_at, raw_ref=raw_ref, returns=returns,
            delay_letters=self._knows.delay_letters,
        )  # fmt: skip
        if _speaks_of_returns(message):
            self._memory.keep_returns(uid, returns)
        tally.note((*choice.findings, *findings))
        for event in events:
            self._send(event)
        tally.events += len(events)
        return findings

    def _settled(
        self, tally: Tally, findings: Iterable[Finding], text: str, raw_ref: str, received_at: datetime
    ) -> None:  # fmt: skip
        """Count a message as accepted, or put it aside where an event of it cannot be; its other events count."""
        refused = next((finding for finding in findings if finding.code in (*CODES, CONTRADICTORY)), None)
        if refused:
            self._put_aside(tally, refused.code, refused.message, text, raw_ref, received_at)
        else:
            tally.accepted += 1

    def _wait(
        self, tally: Tally, message: Message, reason: NotFound, raw_ref: str, received_at: datetime
    ) -> None:  # fmt: skip
        at, flight = utc_text(received_at), f"{message.flight}/{message.flight_date}"
        waiting = Waiting(message.raw, at, raw_ref, flight)
        self._memory.wait(waiting)
        tally.waiting += 1
        tally.held.append(PutAside(reason.code, reason.message, message.raw, raw_ref, at, waiting.identity))

    def _dated_by(self, message: Message, leg: Mapping[str, Any], received_at: datetime) -> Message:
        """The message with its times dated by the leg's STD, which is known only now."""
        if message.format == "ldm" or not leg.get("std_at"):
            return message
        again = self._by_iata(parse(message.raw, received_at, std_at=moment_of(leg["std_at"])))
        kinds = {(movement.event_type, movement.estimated) for movement in message.movements}
        kept = tuple(movement for movement in again.movements if (movement.event_type, movement.estimated) in kinds)
        return replace(message, movements=kept)

    def _by_iata(self, message: Message) -> Message:
        """The message with its carrier's IATA code: legs go by it."""
        flight = message.flight
        code = self._knows.iata_of.get(flight.carrier) if flight else None
        return replace(message, flight=Flight(code, flight.number, flight.suffix)) if flight and code else message

    def _unreadable(self, tally: Tally, refused: Unreadable, raw_ref: str, received_at: datetime) -> None:
        tally.put_aside.append(unreadable(refused.error, refused.raw, raw_ref, utc_text(received_at)))

    def _put_aside(
        self, tally: Tally, reason: str, message: str, text: str, raw_ref: str, received_at: datetime
    ) -> None:
        tally.put_aside.append(PutAside(reason, message, text, raw_ref, utc_text(received_at)))

    def _schedule(
        self, lines: Iterable[str], received_at: datetime, raw_ref: str, came_at: datetime, tally: Tally
    ) -> None:
        """The legs around today as plans; a record is a message here."""
        first, last = (received_at - TOLD_BEFORE).date(), (received_at + TOLD_AFTER).date()
        near: list[tuple[LegRecord, list[DatedLeg]]] = []
        for record in read_ssim(lines):
            tally.messages += 1
            if isinstance(record, Unreadable):
                self._unreadable(tally, record, raw_ref, received_at)
            elif legs := legs_between(record, self._knows.offset_of, first, last):
                near.append((record, legs))
            else:
                self._scheduled(record, raw_ref, received_at, tally)
        contradicted = contradictions(leg for _, legs in near for leg in legs)
        for record, legs in near:
            made_at = record.block.created_at or came_at
            for event in schedule_events(record, legs, contradicted, made_at, received_at, raw_ref):
                self._send(event)
                self._index.plan(event)
                tally.events += 1
            self._scheduled(record, raw_ref, received_at, tally)

    def _scheduled(self, record: LegRecord, raw_ref: str, received_at: datetime, tally: Tally) -> None:
        self._settled(tally, record.findings, record.raw, raw_ref, received_at)
        tally.note(record.findings)


def _speaks_of_returns(message: Message) -> bool:
    return any(movement.event_type in (RETURN_TO_RAMP, AIR_RETURN) for movement in message.movements)
