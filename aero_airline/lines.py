"""Lines of flying: round trips packed into the work of one aircraft for one day or two, starting and ending at its
base.

The packing is a function of the network alone; no chance is involved, so flight numbers and times are the schedule.
Minutes count from local midnight at the base on the line's first day, in standard time. No base changes its clock.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil

from aero_airline import parameters as p
from aero_airline.geography import DAY, block_minutes, is_domestic, offset
from aero_airline.network import Route, based_elsewhere, long_haul, routes

#: An instant at which every clock north of the equator shows standard time (mid-January 2026).
STANDARD_TIME = 29_474_640
GOLDEN = 0.618_033_988_75


@dataclass(frozen=True)
class PlannedLeg:
    """A leg of the repeated schedule; with `keeps_local_time` its local time is fixed, not the elapsed time."""

    origin: str
    destination: str
    departs: int
    block: int
    flight_number: int = 0
    leg_sequence: int = 1
    keeps_local_time: bool = False

    @property
    def arrives(self) -> int:
        """Scheduled on-block, minutes from the line's first midnight."""
        return self.departs + self.block


@dataclass(frozen=True)
class RoundTrip:
    """Legs that leave the base and return to it; flown or cancelled together, on the weekdays of `days`."""

    legs: tuple[PlannedLeg, ...]
    days: frozenset[int]

    @property
    def day(self) -> int:
        """The day of the line, from 0, on which it leaves."""
        return self.legs[0].departs // DAY


@dataclass
class Line:
    """The round trips of one aircraft over `days` days."""

    base: str
    aircraft_type: str
    days: int
    trips: list[RoundTrip] = field(default_factory=list)

    @property
    def first_departure(self) -> int:
        """The earliest scheduled departure; its round trip may not fly every day."""
        return min(trip.legs[0].departs for trip in self.trips)


@dataclass
class _Gap:
    """Free time in a line; the aircraft is ready at `start` and must be ready again at `end`."""

    line: Line
    day: int
    start: int
    end: int
    after_flight: bool = False
    before_flight: bool = False


def aircraft_of(base: str, aircraft_type: str) -> int:
    """Return the number of aircraft of a type at a base."""
    elsewhere = sum(n for (where, kind), n in based_elsewhere().items() if kind == aircraft_type and where != base)
    if base != p.BASE:
        return based_elsewhere().get((base, aircraft_type), 0)
    return p.TYPES[aircraft_type].count - elsewhere


def turn_minutes(aircraft_type: str, origin: str, destination: str) -> int:
    """Return the planned turn after a leg."""
    kind = p.TYPES[aircraft_type]
    return kind.turn_domestic_minutes if is_domestic(origin, destination) else kind.turn_international_minutes


def packed_lines() -> list[Line]:
    """Return all lines, with flight numbers, in the order of the aircraft's cycle within each base and type."""
    pools = sorted({(route.base, route.aircraft_type) for route in routes()})
    lines = [line for base, kind in pools for line in _pack(base, kind)] + list(_by_hand())
    return _numbered(lines)


def _pack(base: str, aircraft_type: str) -> list[Line]:
    """Fill the lines of one base and type: overnight round trips first, then the others in order of wanted time."""
    flown = [route for route in routes() if (route.base, route.aircraft_type) == (base, aircraft_type)]
    flying = aircraft_of(base, aircraft_type) - ceil(aircraft_of(base, aircraft_type) * p.NOT_FLYING_SHARE)
    gaps: list[_Gap] = []
    for trip in _over_night(flown):
        line = Line(base, aircraft_type, 2, [trip])
        out, back = trip.legs
        ready = back.arrives + turn_minutes(aircraft_type, out.origin, out.destination)
        gaps.append(_Gap(line, 0, p.FIRST_DEPARTURE_MINUTE, out.departs, before_flight=True))
        gaps.append(_Gap(line, 1, ready, DAY + p.LAST_ARRIVAL_MINUTE, after_flight=True))
    plain = flying - len(gaps)
    if plain < 0:
        raise ValueError(f"{base} {aircraft_type}: {flying} aircraft cannot fly {len(gaps) // 2} trips over night")
    gaps += [
        _Gap(Line(base, aircraft_type, 1), 0, p.FIRST_DEPARTURE_MINUTE, p.LAST_ARRIVAL_MINUTE) for _ in range(plain)
    ]
    lines = list({id(gap.line): gap.line for gap in gaps}.values())
    # The long ones first: they are the hardest to fit.
    for length, departure, route in sorted(_wanted(flown), key=lambda item: (-item[0], item[1], item[2].destination)):
        _place(route, length, departure, gaps)
    for line in lines:
        line.trips.sort(key=lambda trip: trip.legs[0].departs)
    return [line for line in lines if line.trips]


def _phase(route: Route) -> float:
    """A fraction that differs between the routes of a base, evenly spread."""
    return (routes().index(route) * GOLDEN) % 1


def _wanted(flown: Iterable[Route]) -> Iterator[tuple[int, int, Route]]:
    """Yield the round trips of one day: their length and their ideal departure, spread evenly over the day."""
    for route in flown:
        count = route.round_trips - route.night_stops - route.red_eyes
        length = _legs(route, 0)[-1].arrives
        span = min(p.LAST_WANTED_MINUTE, p.LAST_ARRIVAL_MINUTE - length) - p.FIRST_DEPARTURE_MINUTE
        for number in range(count):
            yield length, round(p.FIRST_DEPARTURE_MINUTE + (number + _phase(route)) / count * span), route


def _legs(
    route: Route, departs: int, back_departs: int | None = None, anchored: bool = False
) -> tuple[PlannedLeg, ...]:
    out = PlannedLeg(route.base, route.destination, departs, block_minutes(route.base, route.destination, False))
    turn = turn_minutes(route.aircraft_type, route.base, route.destination)
    leaves = out.arrives + turn if back_departs is None else max(back_departs, out.arrives + turn)
    block = block_minutes(route.destination, route.base, False)
    return out, PlannedLeg(route.destination, route.base, leaves, block, keeps_local_time=anchored)


def _over_night(flown: Iterable[Route]) -> Iterator[RoundTrip]:
    """Yield the round trips that come back the next morning or through the night."""
    for route in flown:
        shift = 5 * round((_phase(route) - 0.5) * 12)  # within half an hour
        behind = offset(route.base, STANDARD_TIME) - offset(route.destination, STANDARD_TIME)
        for number in range(route.night_stops):
            back = p.NIGHT_STOP_BACK_MINUTE + max(0, behind) + shift
            yield RoundTrip(_legs(route, p.NIGHT_STOP_OUT_MINUTE + shift - 40 * number, back), route.days)
        for number in range(route.red_eyes):
            # Their local time is fixed: it must not pass midnight when the clock changes.
            back = p.RED_EYE_BACK_LOCAL_MINUTE - 20 * number + behind
            out = p.RED_EYE_OUT_MINUTE - abs(shift) - 30 * number
            yield RoundTrip(_legs(route, out, back, anchored=True), route.days)


def _place(route: Route, length: int, departure: int, gaps: list[_Gap]) -> None:
    """Put a round trip near its wanted time, with the least idle time of the aircraft."""
    offers = [offer for number, gap in enumerate(gaps) for offer in _offer(route, length, departure, gap, number)]
    if not offers:
        raise ValueError(
            f"{route.base}-{route.destination} at {departure // 60:02d}:{departure % 60:02d} fits into no line of the "
            f"{route.aircraft_type}: fly it less often in network.csv, or base more aircraft there"
        )
    _, number, legs = min(offers, key=lambda offer: offer[:2])
    gap = gaps.pop(number)
    gap.line.trips.append(RoundTrip(legs, route.days))
    ready = legs[-1].arrives + turn_minutes(route.aircraft_type, route.base, route.destination)
    gaps.append(_Gap(gap.line, gap.day, gap.start, legs[0].departs, gap.after_flight, True))
    gaps.append(_Gap(gap.line, gap.day, ready, gap.end, True, gap.before_flight))


def _offer(
    route: Route, length: int, departure: int, gap: _Gap, number: int
) -> Iterator[tuple[tuple[int, int], int, tuple[PlannedLeg, ...]]]:
    """Yield at most one use of a gap: (minutes from the wanted time, idle minutes beside it), its number, legs."""
    turn = turn_minutes(route.aircraft_type, route.base, route.destination)
    latest = (gap.end - length - (turn if gap.before_flight else 0)) // 5 * 5
    earliest = 5 * ceil(gap.start / 5)
    ideal = departure + gap.day * DAY
    departs = 5 * (max(earliest, min(latest, ideal)) // 5)
    if gap.after_flight and departs - earliest < p.PULL_MINUTES:
        departs = earliest
    elif gap.before_flight and latest - departs < p.PULL_MINUTES:
        departs = latest
    if not earliest <= departs <= latest:
        return
    legs = _clear_of_midnight(route, departs)
    if legs[0].departs <= latest:
        beside = [departs - gap.start] * gap.after_flight + [latest - departs] * gap.before_flight
        yield (abs(departs - ideal) // p.PULL_MINUTES, min(beside, default=DAY)), number, legs


def _clear_of_midnight(route: Route, departs: int) -> tuple[PlannedLeg, ...]:
    """Move a round trip so that its return does not leave near midnight.

    If the destination changes its clock, a departure near midnight would change its date too, and one date would have
    the same flight twice.
    """
    while True:
        legs = _legs(route, departs)
        behind = offset(route.base, STANDARD_TIME) - offset(route.destination, STANDARD_TIME)
        local = (legs[1].departs - behind) % DAY
        if 60 <= local < DAY - 65:
            return legs
        departs += 5


def _by_hand() -> Iterator[Line]:
    """Yield the wide-body lines, planned by hand: two days each."""
    lines: dict[int, Line] = {}
    for trip in long_haul():
        line = lines.setdefault(trip.line, Line(p.BASE, trip.aircraft_type, 2))
        wide = p.TYPES[trip.aircraft_type].wide
        departs, legs = trip.departs_minute, []
        pairs = list(pairwise(trip.path))
        for number, (origin, destination) in enumerate(pairs):
            back = number == len(pairs) - 1
            flight = trip.flight_numbers[1 if back else 0]
            block = block_minutes(origin, destination, wide)
            legs.append(PlannedLeg(origin, destination, departs, block, flight, 1 if back else number + 1))
            departs += block + (0 if back else trip.turns_minutes[number])
        line.trips.append(RoundTrip(tuple(legs), trip.days))
    yield from lines.values()


def _numbered(lines: list[Line]) -> list[Line]:
    """Number round trips that have no flight numbers: even out, odd back, in order of route and time."""
    taken = {leg.flight_number for line in lines for trip in line.trips for leg in trip.legs}
    open_numbers = {
        kind: iter(_free(first, taken)) for kind, first in (("connect", 2100), ("home", 102), ("abroad", 600))
    }
    todo = sorted(
        ((trip.legs[0].origin, trip.legs[0].destination, trip.legs[0].departs % DAY, n, m)
         for n, line in enumerate(lines) for m, trip in enumerate(line.trips) if not trip.legs[0].flight_number)
    )  # fmt: skip
    for origin, destination, _, n, m in todo:
        kind = (
            "connect" if lines[n].aircraft_type == "E90" else "home" if is_domestic(origin, destination) else "abroad"
        )
        number, trip = next(open_numbers[kind]), lines[n].trips[m]
        legs = tuple(replace(leg, flight_number=number + k) for k, leg in enumerate(trip.legs))
        lines[n].trips[m] = RoundTrip(legs, trip.days)
    return lines


def _free(first: int, taken: set[int]) -> Iterator[int]:
    number = first
    while True:
        if number not in taken and number + 1 not in taken:
            yield number
        number += 2
