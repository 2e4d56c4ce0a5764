"""Turns the statements of a message about a leg into events, which are the same for every channel.

Versions. A sender repeats and corrects itself, so what it said later wins, in whatever order it arrives: the version of
every fact is made from the time of sending, and of two messages of one minute the correction wins. A message without a
time of sending has version 1, its correction 2; any message that has one beats it.

Returns. The departure attempts of a leg are counted by the event times of its returns, so a corrected return must keep
the event time of the one it corrects. `Returns` remembers them by leg, in either order of arrival.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aero_ingest.leg_choice import Leg
from aero_ingest.message import (
    AIR_RETURN,
    CANCEL,
    DIVERT,
    IN,
    OFF,
    ON,
    OUT,
    REINSTATE,
    RETURN_TO_RAMP,
    Delay,
    Finding,
    Message,
    Movement,
)
from aero_streaming.events import Event, EventError, build, dated_version, restate
from aero_streaming.events.limits import CODES
from aero_streaming.events.types import DELAY_CODE, LEG
from aero_streaming.times import parse as moment_of
from aero_streaming.times import text as utc_text

#: PX counts infants, as in the samples that show both: passengers are those with a seat, as a load message counts them.
PX_COUNTS_INFANTS = True
#: Among the versions of one minute, see `dated_version`.
CORRECTED = 1
#: A correction of a return speaks of one that was at most so far from it.
SAME_RETURN = timedelta(minutes=30)
#: The names of our event types in a message, and their fields.
MOVED = {OUT: ("out", "out_at"), OFF: ("off", "off_at"), ON: ("on", "on_at"), IN: ("in", "in_at")}
MOST_CODES = 4
#: Diversions are told by those who tell movements; AIDX is the word of an airport's or airline's operations.
SOURCES = {"div": "mvt", "aidx": "ops_event"}
_CODE = re.compile(DELAY_CODE)
#: Time before STD at which a message without a time of sending is taken to have been sent.
BEFORE_PLAN = timedelta(days=1)
KNOWN = tuple(field.name for field in LEG if field.name != "leg_uid")


@dataclass
class Returns:
    """Event times of the returns of one leg: by type, the time that messages stated, and the one it is known by.

    `confirmed` are those that a message other than a correction stated; a correction can only claim the others.
    """

    known_by: dict[tuple[str, str], str] = field(default_factory=dict)
    confirmed: set[tuple[str, str]] = field(default_factory=set)

    def event_time(self, kind: str, at: datetime, *, is_correction: bool) -> datetime:
        """Return the event time by which a return is known, and remember it."""
        stated = (kind, utc_text(at))
        if stated not in self.known_by:
            self.known_by[stated] = self._near(kind, at, is_correction) or stated[1]
        anchor = self.known_by[stated]
        if not is_correction:
            self.confirmed.add((kind, anchor))
        return moment_of(anchor)

    def _near(self, kind: str, at: datetime, is_correction: bool) -> str | None:
        anchors = {anchor for (other, _), anchor in self.known_by.items() if other == kind}
        free = {anchor for anchor in anchors if is_correction or (kind, anchor) not in self.confirmed}
        near = [(abs(moment_of(anchor) - at), anchor) for anchor in free]
        return min(((away, anchor) for away, anchor in near if away <= SAME_RETURN), default=(None, None))[1]


def events_of(
    message: Message,
    leg: Leg,
    *,
    received_at: datetime,
    raw_ref: str | None = None,
    returns: Returns | None = None,
    delay_letters: Mapping[str, str] | None = None,
) -> tuple[list[Event], list[Finding]]:
    """Return the events that a message is to its leg, and what of it could not become one.

    `leg` has the names of event fields; `delay_letters` maps the letters of delay codes to digits.
    """
    maker = _Maker(message, leg, received_at, raw_ref, returns or Returns())
    maker.movements()
    maker.estimates()
    maker.delays(delay_letters or {})
    maker.load()
    return maker.events, maker.findings


class _Maker:
    """Builds the events of one message."""

    def __init__(
        self, message: Message, leg: Leg, received_at: datetime, raw_ref: str | None, returns: Returns
    ) -> None:
        self.message, self.returns = message, returns
        self.said = {name: leg[name] for name in KNOWN if leg.get(name) is not None}
        if message.registration:
            if message.registration != leg.get("tail"):
                # Type and seats are those of the aircraft that the plan had in mind.
                self.said.pop("aircraft_type", None)
                self.said.pop("seats", None)
            self.said["tail"] = message.registration
        self.source = SOURCES.get(message.format, message.format)
        self.received_at, self.raw_ref = received_at, raw_ref
        # Without a time of sending any channel would have its own; the plan is the same for all, and the day before it
        # is over when such a message comes.
        planned = moment_of(leg["std_at"]) - BEFORE_PLAN if leg.get("std_at") else message.sent_at
        self.said_at = message.sent_at if message.is_stamped else planned
        self.events: list[Event] = []
        self.findings: list[Finding] = []

    def movements(self) -> None:
        """Add the movements: at the ends of the leg, or at a third airport."""
        for movement in self.message.movements:
            if movement.estimated:
                continue
            if movement.event_type in MOVED:
                self._moved(movement)
            elif movement.event_type in (CANCEL, REINSTATE):
                self._make(movement.event_type, movement.event_time)
            elif movement.event_type == DIVERT:
                self._make("divert", movement.event_time, diverted_to=movement.airport)
            else:
                self._returned(movement)

    def _moved(self, movement: Movement) -> None:
        kind, name = MOVED[movement.event_type]
        if self._is_here(movement):
            self._make(kind, movement.event_time, **{name: movement.event_time})
        elif movement.event_type in (ON, IN) and movement.airport != self.said.get("origin"):
            # Touchdown elsewhere is a diversion; ON and IN of the leg are those at its destination.
            if not any(event["event_type"] == "divert" for event in self.events):
                self._make("divert", movement.event_time, diverted_to=movement.airport)
        else:
            route = f"{self.said['origin']}-{self.said.get('destination')}"
            problem = f"{movement.event_type} at {movement.airport}, where {route} has none"
            self.findings.append(Finding("other_station", problem))

    def _returned(self, movement: Movement) -> None:
        is_correction = self.message.is_correction
        event_time = self.returns.event_time(movement.event_type, movement.event_time, is_correction=is_correction)
        if movement.event_type == RETURN_TO_RAMP:
            self._make(RETURN_TO_RAMP, event_time, return_in_at=movement.event_time)
        elif movement.event_time == movement.until:
            self._make(AIR_RETURN, event_time, return_in_at=movement.until)
        else:
            self._make(AIR_RETURN, event_time, return_on_at=movement.event_time, return_in_at=movement.until)

    def estimates(self) -> None:
        """One event for all that is expected of the leg; where a diverted flight lands is not its destination."""
        expected = {
            f"estimated_{MOVED[movement.event_type][1]}": movement.event_time
            for movement in self.message.movements
            if movement.estimated
            and (
                movement.airport in (None, self._place(movement.event_type)) or self._place(movement.event_type) is None
            )
        }
        if expected:
            self._make("estimate", self.said_at, **expected)

    def _is_here(self, movement: Movement) -> bool:
        due = self._place(movement.event_type)
        return movement.airport is None or due is None or movement.airport == due

    def _place(self, kind: str) -> str | None:
        """Return the airport where the leg has a movement of this kind."""
        return self.said.get("origin" if kind in (OUT, OFF) else "destination")

    def delays(self, letters: Mapping[str, str]) -> None:
        """The codes that have minutes, in digits."""
        parts = []
        for delay in self.message.delays:
            code = delay.code if delay.code.isdigit() else letters.get(delay.code)
            if code is None or not _CODE.fullmatch(code) or not delay.minutes:
                self._complain(delay)
            else:
                parts.append(f"{code}:{delay.minutes}")
        if parts:
            self._make("delay_codes", self.said_at, delay_codes=";".join(parts[:MOST_CODES]))

    def _complain(self, delay: Delay) -> None:
        why = "has no minutes" if not delay.minutes else "is no code of AHM 730"
        self.findings.append(Finding("unusable_delay", f"delay {delay.code} ({delay.scheme}) {why}; kept in raw only"))

    def load(self) -> None:
        """Add the load: people on board, infants apart."""
        people = self.message.passengers
        if people is None:
            return
        if self.message.format != "ldm" and PX_COUNTS_INFANTS:
            people = max(0, people - (self.message.infants or 0))
        self._make("load", self.said_at, passengers=people)

    def _make(self, kind: str, event_time: datetime, **payload: Any) -> None:  # noqa: ANN401 - fields of the type
        try:
            event = build(
                kind, self.said, source=self.source, event_time=event_time, received_at=self.received_at,
                raw_ref=self.raw_ref, **payload,
            )  # fmt: skip
            self.events.append(restate(event, version=self._version(kind), is_correction=self.message.is_correction))
        except EventError as error:
            code, why = error.problem.code, error.problem.message
            # Impossible times get the code that the stream would give them; the gateway puts the message aside for it.
            self.findings.append(Finding(code if code in CODES else "no_event", f"{kind}: {why}"))

    def _version(self, kind: str) -> int:
        corrected = CORRECTED if self.message.is_correction else 0
        if not self.message.is_stamped:
            return 1 + corrected
        return dated_version(kind, utc_text(self.message.sent_at)) + corrected
