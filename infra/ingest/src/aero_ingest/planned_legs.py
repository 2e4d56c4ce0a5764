"""The legs that a gateway can find: those of the index, and those that it has planned itself since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aero_ingest.leg_choice import Leg, LegIndex
from aero_ingest.message import Flight
from aero_streaming.events import Event, leg_uid
from aero_streaming.events.checks import IDENTITY


def uid_of(leg: Leg) -> str:
    """Return the identity of a leg."""
    return leg_uid(*(leg[name] for name in IDENTITY))


class PlannedLegs:
    """An index of legs, and what was planned since: it takes seconds until the index knows."""

    def __init__(self, index: LegIndex) -> None:
        self._index = index
        self._own: dict[Flight, dict[str, Leg]] = {}
        self._asked: dict[tuple[Flight, date, date], Sequence[Leg]] = {}

    def forget(self) -> None:
        """Ask the index anew from here on."""
        self._asked.clear()

    def plan(self, event: Event) -> None:
        """Remember the leg of a plan that was sent."""
        flight = Flight(event["carrier"], event["flight_number"], event["operational_suffix"])
        self._own.setdefault(flight, {})[event["leg_uid"]] = event

    def legs(self, flight: Flight, first: date, last: date) -> Sequence[Leg]:
        """Return the legs of a flight whose STD lies on these UTC dates, both included."""
        asked = (flight, first, last)
        if asked not in self._asked:
            self._asked[asked] = self._index.legs(flight, first, last)
        by_uid = {uid_of(leg): leg for leg in self._asked[asked]}
        for uid, leg in self._own.get(flight, {}).items():
            if first.isoformat() <= leg["std_at"][:10] <= last.isoformat():
                by_uid.setdefault(uid, leg)
        return list(by_uid.values())
