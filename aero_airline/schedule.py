"""The schedule: the aircraft and the exact times of every line on a date. A pure function of the date.

The aircraft of a base and type go through its lines in a fixed cycle with as many days as there are aircraft, one day
apart from each other. So every line starts on every date, each aircraft has one line at a time, and the assignment of
today can be computed without that of yesterday. Days of the cycle without a line are maintenance and spares.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from aero_airline import parameters as p
from aero_airline.geography import DAY, midnight, offset
from aero_airline.lines import STANDARD_TIME, PlannedLeg, aircraft_of, packed_lines
from aero_airline.network import based_elsewhere

#: No leg leaves later than this many local dates after its line starts.
LONGEST_LINE_DAYS = 3
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Rotation:
    """A line of flying that starts on a date, with its aircraft; instants in minutes UTC."""

    number: int  #: of the line, for the random stream
    started_on: date
    aircraft: p.AircraftType
    tail: str
    trips: tuple[tuple[tuple[PlannedLeg, int], ...], ...]  #: (leg, STD) of every round trip that flies
    deadline: int  #: when the aircraft must be on block, or its next line would start late


class Schedule:
    """The schedule of the whole airline: lines, numbers and tails."""

    def __init__(self) -> None:
        self.lines = packed_lines()
        self._tails = _tails()
        self._places = self._cycle()

    def _cycle(self) -> list[tuple[int, int]]:
        """Return for every line the day of its pool's cycle on which it starts, and the minutes until the next line."""
        places: dict[int, tuple[int, int]] = {}
        pools: dict[tuple[str, str], list[int]] = {}
        for number, line in enumerate(self.lines):
            pools.setdefault((line.base, line.aircraft_type), []).append(number)
        for (base, kind), numbers in pools.items():
            fleet = aircraft_of(base, kind)
            days = sum(self.lines[number].days for number in numbers)
            if days > fleet:
                raise ValueError(f"{base} {kind}: {days} days of flying for {fleet} aircraft")
            start = 0
            for number, follower in zip(numbers, numbers[1:] + numbers[:1], strict=True):
                line = self.lines[number]
                # The last line of the cycle is followed by the days without flying.
                idle = fleet - days if follower == numbers[0] else 0
                places[number] = (start, (line.days + idle) * DAY + self.lines[follower].first_departure)
                start += line.days
        return [places[number] for number in range(len(self.lines))]

    def tails(self, aircraft_type: str) -> list[str]:
        """Return the registrations of a type."""
        return [tail for (_, kind), tails in self._tails.items() if kind == aircraft_type for tail in tails]

    def rotations(self, on: date) -> Iterator[Rotation]:
        """Yield the lines that start on a date; a line without any round trip on that weekday is left out."""
        for number, line in enumerate(self.lines):
            zero = midnight(line.base, on)
            trips = tuple(
                tuple((leg, _std(leg, zero)) for leg in trip.legs)
                for trip in line.trips
                if (on + timedelta(days=trip.day)).isoweekday() in trip.days
            )
            if trips:
                aircraft = p.TYPES[line.aircraft_type]
                start, until_next = self._places[number]
                tails = self._tails[(line.base, line.aircraft_type)]
                tail = tails[(start - on.toordinal()) % len(tails)]
                deadline = zero + until_next - aircraft.minimum_ground_minutes
                yield Rotation(number, on, aircraft, tail, trips, deadline)


def _std(leg: PlannedLeg, zero: int) -> int:
    """Return the scheduled departure (minutes UTC); for a fixed local time it depends on summer time."""
    std = zero + leg.departs
    if leg.keeps_local_time:
        std += offset(leg.origin, STANDARD_TIME) - offset(leg.origin, std)
    return std


def _tails() -> dict[tuple[str, str], list[str]]:
    """Return made-up registrations by base and type: XA and three letters, the first of which stands for the type."""
    bases = (p.BASE, *sorted({base for base, _ in based_elsewhere()}))
    tails: dict[tuple[str, str], list[str]] = {}
    for letter, kind in zip("VWXYZU", p.FLEET, strict=True):
        names = (f"XA{letter}{first}{second}" for first in LETTERS for second in LETTERS)
        for base in bases:
            tails[(base, kind.code)] = [next(names) for _ in range(aircraft_of(base, kind.code))]
    return tails
