"""MVT, MVA and DIV: movement and diversion messages (compatible with AHM 780 and 781), one message at a time.

    AD1334/1352 EA1542 CUN         off-block / airborne, estimated touchdown at the next airport
    DL62/0004                      delay code and its duration
    PX168/3                        passengers / infants

Times without a day are dated by the `Clock` of `message_times`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from aero_ingest import delay_elements, flight_line
from aero_ingest.message import AIR_RETURN, DIVERT, IN, OFF, ON, OUT, RETURN_TO_RAMP, Delay, Finding, Message, Movement
from aero_ingest.message_times import AHEAD, LONGEST_BLOCK, LONGEST_TAXI, Clock, expected
from aero_ingest.mvt_elements import Element, cut
from aero_ingest.type_b import Line, Telegram

TIMES = re.compile(r"(?:([0-9]{2})?([0-9]{2})([0-9]{2}))?(?:/(?:([0-9]{2})?([0-9]{2})([0-9]{2}))?)?")
PAX = re.compile(r"([0-9]{1,3})(?:/([0-9]{1,3}))?")
DIVERSION_REASON = re.compile(r"[0-9A-Z]{2,3}")
#: Said, and of no use to anybody here: kept in the raw text.
PASSED_OVER = ("FLD", "CRT", "MAP", "TOF", "TOW", "ZFW", "RC")


@dataclass(slots=True)
class _Draft:
    """What has been read so far."""

    findings: list[Finding]
    movements: dict[tuple[str, bool], Movement] = field(default_factory=dict)
    delays: list[Delay] = field(default_factory=list)
    passengers: int | None = None
    infants: int | None = None
    next_airport: str | None = None
    next_information_at: datetime | None = None
    diversion_reason: str | None = None
    tags: list[str] = field(default_factory=list)
    supplement: str | None = None

    def complain(self, code: str, message: str, element: Element) -> None:
        self.findings.append(Finding(code, message, element.line.number, element.column))

    def put(self, movement: Movement, element: Element) -> None:
        key = (movement.event_type, movement.estimated)
        if key in self.movements and self.movements[key] != movement:
            self.complain("said_twice", f"{movement.event_type} is said twice; the last counts", element)
        self.movements[key] = movement


def parse(telegram: Telegram, std_at: datetime | None = None) -> Message:
    """Read a movement or diversion message; `std_at` dates its times better where the caller knows it.

    Raises ParseError where it names no flight.
    """
    head = flight_line.read(telegram.lines, telegram.sent_at)
    draft = _Draft([*telegram.findings, *head.findings])
    where = flight_line.airport(telegram.lines[0], head.rest, draft.findings)
    clock = Clock(telegram.sent_at, head.flight_date, is_stamped=telegram.is_stamped, std_at=std_at)
    elements, draft.supplement = cut(telegram.lines[1:], draft.findings)
    for element in elements:
        draft.tags.append(element.tag)
        _READ[element.tag](element, draft, clock, where)
    _conclude(telegram, draft, clock, telegram.lines[0])
    return Message(
        format=telegram.identifier.lower(),
        raw=telegram.raw,
        sent_at=telegram.sent_at,
        is_stamped=telegram.is_stamped,
        originator=telegram.originator,
        flight=head.flight,
        flight_date=head.flight_date,
        registration=head.registration,
        airport=where,
        movements=tuple(draft.movements.values()),
        delays=tuple(draft.delays),
        passengers=draft.passengers,
        infants=draft.infants,
        next_information_at=draft.next_information_at,
        diversion_reason=draft.diversion_reason,
        supplement=draft.supplement,
        is_correction=telegram.is_correction,
        corrects=_corrects(telegram, head, draft) if telegram.is_correction else (),
        findings=tuple(draft.findings),
    )


def _corrects(telegram: Telegram, head: flight_line.FlightLine, draft: _Draft) -> tuple[str, ...]:
    subject = f"{telegram.identifier} {head.flight} of {head.flight_date or 'an unknown day'}"
    return tuple(f"{subject}: {tag}" for tag in dict.fromkeys(draft.tags))


def _times(
    element: Element, draft: _Draft, value: str | None = None
) -> tuple[tuple[str | None, int, int] | None, tuple[str | None, int, int] | None] | None:
    """The one or two clock times of an element, each (day or None, hour, minute); None if they are none."""
    found = TIMES.fullmatch(element.value if value is None else value)
    if found is None or not (found[2] or found[5]):
        draft.complain("bad_time", f"{element.tag}{element.value[:20]}: no time can be read from it; left out", element)
        return None
    day, hour, minute, other_day, other_hour, other_minute = found.groups()
    return (
        (day, int(hour), int(minute)) if hour else None,
        (other_day, int(other_hour), int(other_minute)) if other_hour else None,
    )


def _nowhen(element: Element, draft: _Draft) -> None:
    draft.complain("bad_time", f"{element.tag}{element.value[:20]}: there is no such day or time; left out", element)


def _pair(element: Element, draft: _Draft, clock: Clock, longest: timedelta) -> tuple[datetime | None, datetime | None]:
    """Two moments that have happened, the second the first such time after the first."""
    times = _times(element, draft)
    if times is None:
        return None, None
    first, second = times
    one = clock.past(*first) if first else None
    if first and one is None:
        _nowhen(element, draft)
    if second is None:
        return one, None
    other = expected(*second[1:], one) if one and second[0] is None else clock.past(*second)
    if other is None:
        _nowhen(element, draft)
    elif one and not one <= other <= one + longest:
        problem = f"{element.tag}{element.value}: from the first time to the second would be {_spell(other - one)}"
        draft.complain("implausible_times", f"{problem}; both are kept as they stand", element)
    return one, other


def _spell(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02d} h"


def _actual(element: Element, draft: _Draft, clock: Clock, where: str | None, *, kinds: tuple[str, str]) -> None:
    """What has happened at the place of the message: `kinds` are what the first and the second time tell of."""
    for kind, moment in zip(kinds, _pair(element, draft, clock, LONGEST_TAXI), strict=True):
        if moment:
            draft.put(Movement(kind, moment, where), element)


def _ramp_return(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    moment, _ = _pair(element, draft, clock, LONGEST_TAXI)
    if moment:
        draft.put(Movement(RETURN_TO_RAMP, moment, where, until=moment), element)


def _air_return(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    on, in_ = _pair(element, draft, clock, LONGEST_TAXI)
    if moment := on or in_:
        draft.put(Movement(AIR_RETURN, moment, where, until=in_), element)


def _estimate(element: Element, draft: _Draft, clock: Clock, kind: str, where: str | None) -> datetime | None:
    value, _, airport = element.value.partition(" ")
    times = _times(element, draft, value)
    if times is None or times[0] is None:
        return None
    started = draft.movements.get((OFF, False)) or draft.movements.get((OUT, False))
    after = started.event_time if started and kind in (ON, IN) else None
    moment = clock.future(*times[0], after)
    if moment is None:
        _nowhen(element, draft)
    elif after and not after <= moment <= after + LONGEST_BLOCK:
        problem = f"{element.tag}{element.value}: {_spell(moment - after)} after departure"
        draft.complain("implausible_times", f"{problem}; kept as it stands", element)
    if moment:
        draft.put(Movement(kind, moment, airport or where, estimated=True), element)
    return moment


def _estimated_on(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    """Touchdown at the next airport, which the element names; the flight line's is where the message comes from."""
    draft.next_airport = element.value.partition(" ")[2] or draft.next_airport
    _estimate(element, draft, clock, ON, draft.next_airport)


def _estimated_in(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    _estimate(element, draft, clock, IN, draft.next_airport)


def _estimated_here(element: Element, draft: _Draft, clock: Clock, where: str | None, *, kind: str) -> None:
    _estimate(element, draft, clock, kind, where)


def _next_information(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    times = _times(element, draft)
    if times and times[0]:
        draft.next_information_at = clock.future(*times[0], None)
        if draft.next_information_at is None:
            _nowhen(element, draft)


def _delay(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    found, problems = delay_elements.codes(element.value, is_provisional=element.tag == "EDL")
    draft.delays.extend(found)
    for code, problem in problems:
        draft.complain(code, f"{element.tag}{element.value[:40]}: {problem}", element)


def _sub_codes(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    draft.delays, problems = delay_elements.with_sub_codes(draft.delays, element.value)
    for code, problem in problems:
        draft.complain(code, f"{element.tag}{element.value[:40]}: {problem}", element)


def _passengers(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    found = PAX.fullmatch(element.value)
    if found is None:
        draft.complain("bad_passengers", f"PX{element.value[:20]}: write PX168/3; left out", element)
        return
    draft.passengers = int(found[1])
    draft.infants = int(found[2]) if found[2] else None


def _diversion_reason(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    if DIVERSION_REASON.fullmatch(element.value):
        draft.diversion_reason = element.value
    else:
        draft.complain("bad_reason", f"DR{element.value[:20]}: write DR72; left out", element)


def _pass(element: Element, draft: _Draft, clock: Clock, where: str | None) -> None:
    """Nothing is read from it; the raw text has it."""


_READ: dict[str, Callable[[Element, _Draft, Clock, str | None], None]] = {
    "AD": partial(_actual, kinds=(OUT, OFF)), "AA": partial(_actual, kinds=(ON, IN)),
    "RR": _ramp_return, "FR": _air_return, "EA": _estimated_on, "EB": _estimated_in,
    "ED": partial(_estimated_here, kind=OUT), "EO": partial(_estimated_here, kind=OFF), "NI": _next_information,
    "DL": _delay, "EDL": _delay, "DLA": _sub_codes, "PX": _passengers, "DR": _diversion_reason,
    **dict.fromkeys(PASSED_OVER, _pass),
}  # fmt: skip


def _conclude(telegram: Telegram, draft: _Draft, clock: Clock, line: Line) -> None:
    """What only the whole message shows."""
    said = draft.movements.values()
    if telegram.identifier == "DIV":
        draft.movements[DIVERT, False] = Movement(DIVERT, telegram.sent_at, draft.next_airport)
        if draft.next_airport is None:
            draft.findings.append(Finding("no_airport", "the message does not say where the flight goes", line.number))
    elif not draft.tags:
        draft.findings.append(Finding("no_elements", "the message says nothing of its flight", line.number))
    if clock.is_assumed and said:
        problem = "without a time of sending the times are taken to be of the flight's date"
        draft.findings.append(Finding("date_assumed", problem, line.number))
    latest, earliest = clock.sent_at + AHEAD, clock.earliest
    early, ahead = [], []
    for one in said:
        if one.estimated:
            continue
        if one.event_time > latest:
            ahead.append(one)
        elif earliest and one.event_time < earliest:
            early.append(one)
    for code, found, problem in (
        ("before_flight", early, "before the flight's time"),
        ("not_yet", ahead, "after the message was sent"),
    ):
        if found:
            times = ", ".join(f"{one.event_type} {one.event_time:%Y-%m-%dT%H:%MZ}" for one in found)
            draft.findings.append(Finding(code, f"{times}: {problem}; kept as it stands", line.number))
