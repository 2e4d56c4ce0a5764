"""The choice of a message's leg among the legs of its flight and day; pure, without access to the index.

A message names carrier, number and the UTC date of the flight; some senders write the local date. The place decides
between the legs of one number: departures are told from the origin, arrivals from the destination.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from aero_ingest.message import IN, OFF, ON, OUT, Finding, Flight, Message
from aero_streaming.times import parse as moment_of

Leg = Mapping[str, Any]

#: The format whose messages say no date of the flight, and how far from its plan a leg moves that is told so.
UNDATED, PLANNED_WITHIN = "acars", timedelta(hours=12)

NO_SCHEDULE, AMBIGUOUS, NO_DATE = "no_schedule", "ambiguous_leg", "no_flight_date"


class LegIndex(Protocol):
    """An index of the legs of a flight."""

    def legs(self, flight: Flight, first: date, last: date) -> Sequence[Leg]:
        """Return the legs of a flight, by IATA carrier, whose STD lies on these UTC dates, both included."""
        ...


@dataclass(frozen=True, slots=True)
class NotFound:
    """The reason why no leg could be named: a code, and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Found:
    """The leg of a message, and what was odd on the way to it."""

    leg: Leg
    findings: tuple[Finding, ...] = ()


def find(message: Message, index: LegIndex) -> Found | NotFound:
    """Return the leg of a message, or why there is none."""
    flight, day = message.flight, message.flight_date
    if flight and day is None and message.format == UNDATED and message.movements:
        return _nearest(message, flight, index)
    if flight is None or day is None:
        return NotFound(NO_DATE, "the message names no flight and day that can be resolved")
    near = index.legs(flight, day - timedelta(days=1), day + timedelta(days=1))
    by_utc = [leg for leg in near if str(leg["std_at"])[:10] == day.isoformat()]
    choice = choose(message, by_utc)
    if isinstance(choice, Found) or choice.code == AMBIGUOUS:
        return choice
    local = [leg for leg in near if leg["operating_date"] == day.isoformat() and leg not in by_utc]
    other = choose(message, local)
    if isinstance(other, NotFound):
        return choice if choice.code == AMBIGUOUS or other.code == NO_SCHEDULE else other
    problem = f"{day} is the local date of {flight}, not its UTC date, {str(other.leg['std_at'])[:10]}"
    return Found(other.leg, (*other.findings, Finding("local_date", problem)))


def _nearest(message: Message, flight: Flight, index: LegIndex) -> Found | NotFound:
    """The leg whose plan is nearest to what happened: a message of this kind never says its flight's date."""
    movement = message.movements[0]
    day = movement.event_time.date()
    legs = list(_at_place(message, index.legs(flight, day - timedelta(days=2), day + timedelta(days=1))))
    planned = "sta_at" if movement.event_type in (ON, IN) else "std_at"
    away = [
        (abs(moment_of(leg[planned]) - movement.event_time), leg["std_at"], leg) for leg in legs if leg.get(planned)
    ]
    near = min(
        (candidate for candidate in away if candidate[0] <= PLANNED_WITHIN),
        key=lambda candidate: candidate[:2],
        default=None,
    )
    if near is None:
        hours, at = PLANNED_WITHIN.seconds // 3600, f"{movement.event_time:%Y-%m-%d %H:%M}Z"
        problem = f"no leg of {flight} planned within {hours} hours of {at} is known yet; it waits for the schedule"
        return NotFound(NO_SCHEDULE, problem)
    return Found(near[2])


def stations(message: Message) -> tuple[Message, ...]:
    """Return a message as one per leg: arrival and departure told from one airport are those of two legs.

    What else it says goes with the departure, as delays and passengers do.
    """
    arrives = [movement for movement in message.movements if movement.event_type in (ON, IN) and not movement.estimated]
    departs = [movement for movement in message.movements if movement.event_type in (OUT, OFF)]
    if not (arrives and departs) or {movement.airport for movement in (*arrives, *departs)} != {message.airport}:
        return (message,)
    rest = tuple(movement for movement in message.movements if movement not in arrives)
    arrival = replace(message, movements=tuple(arrives), delays=(), passengers=None, infants=None)
    return arrival, replace(message, movements=rest)


def choose(message: Message, legs: Sequence[Leg]) -> Found | NotFound:
    """Return the one of several legs that a message speaks of, by its place."""
    flight, day = message.flight, message.flight_date
    if not legs:
        return NotFound(NO_SCHEDULE, f"no leg of {flight} on {day} is known yet; it waits for the schedule")
    at_place = list(_at_place(message, legs))
    if len(at_place) == 1:
        return Found(at_place[0])
    if not at_place and len(legs) == 1:
        # One leg only: a place that it does not serve is where it went instead.
        return Found(legs[0])
    where = ", ".join(f"{leg['origin']}-{leg.get('destination')}" for leg in legs)
    place = message.airport or _sender(message) or "no place"
    return NotFound(AMBIGUOUS, f"{flight} has {len(legs)} legs on {day} ({where}), and {place} does not tell which")


def _at_place(message: Message, legs: Iterable[Leg]) -> Iterable[Leg]:
    arrives = any(movement.event_type in (ON, IN) and not movement.estimated for movement in message.movements)
    departs = any(movement.event_type in (OUT, OFF) for movement in message.movements)
    if message.format == "ldm":
        # Sent from where it was loaded; the first block is its next stop.
        stops = {load.destination for load in message.loads}
        by_sender = [leg for leg in legs if leg["origin"] == _sender(message)]
        return by_sender or [leg for leg in legs if leg.get("destination") in stops][:1]
    if message.format == "aidx":
        # It names both ends; the planned destination stays though the leg goes elsewhere.
        return [leg for leg in legs if (leg["origin"], leg.get("destination")) == _ends(message)]
    if message.format == "div" or (arrives and not departs):
        return [leg for leg in legs if leg.get("destination") == message.airport]
    return [leg for leg in legs if leg["origin"] == message.airport]


def _sender(message: Message) -> str | None:
    # Addresses of the Type-B network begin with a city or airport; those of AFTN, a letter longer, do not.
    return message.originator[:3] if message.originator and len(message.originator) == len("MEXKKAM") else None


def _ends(message: Message) -> tuple[str | None, str | None]:
    return message.airport, message.extra.get("destination")
