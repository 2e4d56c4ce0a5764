"""The true events of a day, read from the synthetic airline or from final merged legs, never from a rule."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from aero_airline.leg import Leg
from aero_airline.scenarios import Expected
from aero_drills.scoring.leg_table import uid_of
from aero_streaming.events import Event

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUICKEST_TURN_MINUTES = 30
"""In which a narrow-body can be turned: where nobody says what the aircraft brought along, later than that it did."""
LATE_MINUTES = 15
"""From here on a departure and an arrival are late."""


@dataclass(frozen=True)
class Flown:
    """One leg as it was flown; minutes, instants in minutes UTC since 1970.

    `brought_minutes`: the part of its departure delay that its aircraft inherited. `ground_minutes`: the longest time
    that its passengers sat on board on the ground. `out_heard`: the time from which anybody could know that it left.
    """

    uid: str
    operating_date: str
    tail: str | None
    origin: str
    destination: str
    std: float
    sta: float
    is_cancelled: bool
    is_diverted: bool
    is_returned: bool
    departure_delay_minutes: int | None
    arrival_delay_minutes: int | None
    brought_minutes: int
    ground_minutes: int
    out: float | None
    in_heard: float | None
    out_heard: float | None

    @property
    def route(self) -> str:
        """Origin and destination."""
        return f"{self.origin}-{self.destination}"


@dataclass(frozen=True)
class Truth:
    """The true events of a day: its legs by leg_uid, the planned problems, and the times at which its source sent data.

    `problems` is None for a real day, whose problems are unknown.
    """

    legs: Mapping[str, Flown]
    problems: tuple[Expected, ...] | None
    sent_at: tuple[float, ...] = field(default=(), repr=False)

    def chain(self, leg: Flown) -> frozenset[str]:
        """Return the legs of the aircraft that passed on a delay to this leg, from the root on, this leg included."""
        return self._chains[leg.uid]

    @cached_property
    def _chains(self) -> Mapping[str, frozenset[str]]:
        chains: dict[str, frozenset[str]] = {}
        before: Flown | None = None
        for leg in sorted(self.legs.values(), key=lambda flown: (flown.tail or "", flown.std)):
            if leg.is_cancelled:
                chains[leg.uid] = frozenset({leg.uid})
                continue
            is_inherited = before is not None and before.tail == leg.tail and leg.brought_minutes > 0
            chains[leg.uid] = frozenset({leg.uid}) | (chains[before.uid] if before and is_inherited else frozenset())
            before = leg
        return chains

    def silence_before(self, moment: float) -> float:
        """Return the number of minutes for which the source had sent nothing."""
        place = bisect_right(self.sent_at, moment)
        return moment - self.sent_at[place - 1] if place else float("inf")


def of_airline(legs: Iterable[Leg], events: Iterable[Event], problems: Iterable[Expected]) -> Truth:
    """Return the true events of a synthetic day."""
    sent = [event for event in events if event["event_type"] not in ("booking", "feedback")]
    heard: dict[tuple[str, str], float] = {}
    for event in sent:
        key = (event["leg_uid"], event["event_type"])
        heard[key] = min(heard.get(key, float("inf")), minutes(event["received_at"]))
    legs_flown = {}
    for leg in legs:
        uid = uid_of(leg)
        legs_flown[uid] = _flown(uid, leg, heard)
    return Truth(legs_flown, tuple(problems), tuple(sorted(minutes(event["received_at"]) for event in sent)))


def _flown(uid: str, leg: Leg, heard: Mapping[tuple[str, str], float]) -> Flown:
    ground = [later - earlier for earlier, later in ((leg.out, leg.off), (leg.on, leg.in_)) if earlier and later]
    return Flown(
        uid=uid,
        operating_date=f"{leg.operating_date}",
        tail=leg.tail,
        origin=leg.origin,
        destination=leg.destination,
        std=leg.std,
        sta=leg.sta,
        is_cancelled=leg.is_cancelled,
        is_diverted=leg.is_diverted,
        is_returned=bool(leg.returned),
        departure_delay_minutes=leg.departure_delay_minutes,
        arrival_delay_minutes=leg.arrival_delay_minutes,
        brought_minutes=0 if leg.is_cancelled else leg.propagated_minutes,
        ground_minutes=max(ground, default=0),
        out=leg.out if leg.first_out is None else leg.first_out,
        in_heard=heard.get((uid, "in")),
        out_heard=heard.get((uid, "out")),
    )


def of_table(legs: Iterable[Mapping[str, Any]]) -> Truth:
    """Return the true events of a real day from its final merged legs, in the form of `fct_leg`."""
    rows = sorted(legs, key=lambda leg: (leg.get("tail") or "", leg["std_at"]))
    legs_flown, before = {}, None
    for leg in rows:
        inbound = before if before is not None and _brings(before, leg) else None
        legs_flown[leg["leg_uid"]] = _of_row(leg, inbound)
        before = leg
    known = [minutes(leg[name]) for leg in rows for name in ("out_at", "off_at", "on_at", "in_at") if leg.get(name)]
    return Truth(legs_flown, None, tuple(sorted(known)))


def _brings(inbound: Mapping[str, Any], leg: Mapping[str, Any]) -> bool:
    same = inbound.get("tail") and inbound["tail"] == leg.get("tail") and inbound["destination"] == leg["origin"]
    return bool(same) and not inbound["is_cancelled"] and not inbound["is_diverted"]


def _of_row(leg: Mapping[str, Any], inbound: Mapping[str, Any] | None) -> Flown:
    std, sta = minutes(leg["std_at"]), minutes(leg["sta_at"])
    at = {name: minutes(leg[name]) if leg.get(name) else None for name in ("out_at", "off_at", "on_at", "in_at")}
    late = None if at["out_at"] is None else int((at["out_at"] - std) // 1)
    flew = not leg["is_cancelled"] and not leg["is_diverted"] and at["in_at"] is not None
    pairs = ((at["out_at"], at["off_at"]), (at["on_at"], at["in_at"]))
    ground = [int(end - begin) for begin, end in pairs if begin is not None and end is not None]
    brought = leg.get("late_aircraft_delay_minutes") or 0
    if not brought and inbound is not None and inbound.get("in_at"):
        brought = max(0, int(minutes(inbound["in_at"]) + QUICKEST_TURN_MINUTES - std))
    return Flown(
        uid=leg["leg_uid"],
        operating_date=leg["operating_date"],
        tail=leg.get("tail"),
        origin=leg["origin"],
        destination=leg["destination"],
        std=std,
        sta=sta,
        is_cancelled=bool(leg["is_cancelled"]),
        is_diverted=bool(leg["is_diverted"]),
        is_returned=False,
        departure_delay_minutes=late,
        arrival_delay_minutes=int((at["in_at"] - sta) // 1) if flew and at["in_at"] is not None else None,
        brought_minutes=0 if leg["is_cancelled"] else brought,
        ground_minutes=max(ground, default=0),
        out=at["out_at"],
        in_heard=at["in_at"],
        out_heard=at["out_at"],
    )


def minutes(text: str) -> float:
    """Return the minutes since 1970 of a UTC time given as text."""
    return (datetime.fromisoformat(text) - EPOCH) / timedelta(minutes=1)
