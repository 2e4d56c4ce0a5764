"""The movements of one rotation: delays and how they propagate, cancellations, diversions, returns.

New delay is drawn, reactionary delay is computed: an aircraft leaves no earlier than its arrival plus the minimum
ground time. A rotation never ends later than its aircraft's next line allows: operations control cancels a round trip
that would, and no delay is drawn that cannot be absorbed by then. So rotations do not depend on each other, and all
rotations that start on one date share the random stream of that date.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from aero_airline import parameters as p
from aero_airline.delay_codes import assign
from aero_airline.episodes import AIRPORTS_WITH_EPISODES, Episode, Weather, is_peak
from aero_airline.geography import distance_km, local_date, local_hour
from aero_airline.leg import Leg
from aero_airline.lines import PlannedLeg
from aero_airline.randomness import Purpose, stream
from aero_airline.schedule import Rotation

#: Minutes by which block times may exceed the schedule until the end of a round trip.
RESERVE_MINUTES = 75
NEVER = -(1 << 40)


class _Draws(NamedTuple):
    """The random numbers of one leg: uniform, normal and exponential."""

    uniform: list[float]
    normal: list[float]
    exponential: list[float]


def fly(rotations: list[Rotation], weather: Weather) -> list[Leg]:
    """Return the legs of the rotations that start on one date, with all their events except boarding."""
    if not rotations:
        return []
    count = sum(len(trip) for rotation in rotations for trip in rotation.trips)
    chance = stream(weather.seed, Purpose.MOVEMENTS, rotations[0].started_on)
    uniform, normal, exponential = (
        drawn.tolist()
        for drawn in (
            chance.random((count, 14)), chance.standard_normal((count, 4)), chance.standard_exponential((count, 3)),
        )
    )  # fmt: skip
    draws = map(_Draws, uniform, normal, exponential)
    legs: list[Leg] = []
    for rotation in rotations:
        flight = _Flight(rotation, weather, draws)
        for trip in rotation.trips:
            flight.round_trip(trip)
        legs += flight.legs
    return legs


class _Flight:
    """One rotation in progress: its legs so far, the last IN of its aircraft, and the random numbers left."""

    def __init__(self, rotation: Rotation, weather: Weather, draws: Iterator[_Draws]) -> None:
        self.rotation, self.aircraft, self.weather, self.draws = rotation, rotation.aircraft, weather, draws
        self.legs: list[Leg] = []
        self.in_at = NEVER

    def round_trip(self, trip: tuple[tuple[PlannedLeg, int], ...]) -> None:
        """Fly or cancel a round trip."""
        legs = [self._scheduled(planned, std) for planned, std in trip]
        draws = [next(self.draws) for _ in trip]
        episodes = [(self._episode(leg.origin, leg.std), self._episode(leg.destination, leg.sta)) for leg in legs]
        self.legs += legs
        ground = self.aircraft.minimum_ground_minutes
        after = [sum(leg.sta - leg.std + ground for leg in legs[n + 1 :]) for n in range(len(legs))]
        # The latest OUT of each leg from which the aircraft can still be back in time.
        latest = [
            self.rotation.deadline - RESERVE_MINUTES - rest - (leg.sta - leg.std)
            for leg, rest in zip(legs, after, strict=True)
        ]
        reason = _cancellation(draws[0], [e for pair in episodes for e in pair if e])
        if not reason and max(legs[0].std, self.in_at + ground) > latest[0]:
            reason = "A"
        if reason:
            for leg in legs:
                leg.cancellation_code = reason
            return
        for leg, chance, around, limit in zip(legs, draws, episodes, latest, strict=True):
            self._leg(leg, chance, around, limit)

    def _scheduled(self, planned: PlannedLeg, std: int) -> Leg:
        kind = self.aircraft
        carrier = p.REGIONAL if kind.code == "E90" else p.MAINLINE
        return Leg(
            carrier, planned.flight_number, planned.leg_sequence, local_date(planned.origin, std), planned.origin,
            planned.destination, self.rotation.tail, kind.code, kind.seats,
            distance_km(planned.origin, planned.destination), std, std + planned.block,
        )  # fmt: skip

    def _episode(self, airport: str, minute: int) -> Episode | None:
        if airport not in AIRPORTS_WITH_EPISODES:
            return None
        return self.weather.at(airport, local_date(airport, minute), minute)

    def _leg(self, leg: Leg, chance: _Draws, around: tuple[Episode | None, Episode | None], latest: int) -> None:
        """Fly one leg; `latest` is the latest OUT that operations control allows."""
        episode = next((e for e in around if e and chance.uniform[2] < e.hit_share), None)
        earliest = self.in_at + self.aircraft.minimum_ground_minutes
        leg.propagated_minutes = max(0, earliest - leg.std)
        held = round(chance.exponential[0] * episode.mean_minutes) if episode else 0
        ordinary = _new_delay(leg, chance)
        new = held + (max(0, ordinary) if held or leg.propagated_minutes else ordinary)
        new = max(new, earliest - leg.std - leg.propagated_minutes, p.EARLIEST_MINUTES)
        room = max(0, latest - leg.std - leg.propagated_minutes)
        leg.new_minutes = min(new, room, p.LATEST_NEW_MINUTES)
        leg.episode = episode.kind if episode else ""
        leg.out = leg.std + leg.propagated_minutes + leg.new_minutes
        room = latest - leg.out
        room -= _return(leg, chance, room)
        diverted = _diversion(leg, chance, around, room)
        self._times(leg, chance, around, diverted)
        leg.delay_codes = assign(leg, held, episode is not None and episode is around[0], chance.uniform[6:10])

    def _times(self, leg: Leg, chance: _Draws, around: tuple[Episode | None, Episode | None], diverted: int) -> None:
        """Taxi, fly, taxi; `diverted` are the minutes lost by landing at another airport first, 0 if it did not."""
        scheduled = leg.sta - leg.std
        mean_out, spread_out = p.TAXI_OUT_BASE if leg.origin == p.BASE else p.TAXI_OUT_OTHER
        mean_in, spread_in = p.TAXI_IN_BASE if leg.destination == p.BASE else p.TAXI_IN_OTHER
        slow = around[0].taxi_minutes if around[0] else 0.0
        taxi_out = max(6.0, mean_out + spread_out * chance.normal[1] + slow * chance.exponential[1])
        taxi_in = max(3.0, mean_in + spread_in * chance.normal[2])
        air = scheduled - mean_out - mean_in - p.BLOCK_PAD_MINUTES - p.BLOCK_PAD_SHARE * scheduled
        late = max(0, leg.out - leg.std) if leg.out is not None else 0
        air -= min(p.RECOVERED_MINUTES, p.RECOVERED_SHARE * air, late / 2)
        noise = math.hypot(p.AIR_NOISE_MINUTES, p.AIR_NOISE_SHARE * scheduled)
        air = max(0.8 * air, air + noise * max(-2.5, min(3.0, chance.normal[3])))
        assert leg.out is not None  # noqa: S101 - a leg that flies has left
        leg.off = leg.out + round(min(taxi_out, 75.0))
        leg.on = leg.off + round(air) + diverted
        leg.in_ = self.in_at = leg.ready = leg.on + round(taxi_in)
        if leg.is_diverted and chance.uniform[5] >= p.DIVERTED_REACHES_SHARE:
            leg.on = leg.in_ = None


def _cancellation(chance: _Draws, episodes: list[Episode]) -> str:
    """Return the reason for which a round trip is cancelled; empty if it is not."""
    weather = max((p.CANCELLED_IN[episode.kind] for episode in episodes), default=0.0)
    if chance.uniform[0] < weather and any(episode.kind == "strike" for episode in episodes):
        return "A"
    if chance.uniform[0] < weather:
        return "B" if chance.uniform[1] < 0.8 else "C"
    if chance.uniform[0] < weather + p.CANCELLED_SHARE:
        return "A" if chance.uniform[1] < 0.85 else "C" if chance.uniform[1] < 0.98 else "D"
    return ""


def _new_delay(leg: Leg, chance: _Draws) -> int:
    """Draw the new delay of a departure in whole minutes, rounded down: a mixture that depends on the hour."""
    factor = p.HOUR_FACTOR[local_hour(leg.origin, leg.std)] * (
        p.PEAK_DELAY_FACTOR if is_peak(leg.operating_date) else 1
    )
    left = chance.uniform[3]
    if (left := left - p.HUGE_SHARE * factor) < 0:
        return math.floor(p.HUGE_FROM + p.HUGE_MEAN * chance.exponential[2])
    if (left := left - p.LARGE_SHARE * factor) < 0:
        return math.floor(p.LARGE_MEDIAN * math.exp(p.LARGE_SIGMA * chance.normal[0]))
    if left - p.SMALL_SHARE * factor < 0:
        return math.floor(p.SMALL_MEAN * chance.exponential[2])
    mean, deviation = p.PUNCTUAL
    return math.floor(mean + deviation * chance.normal[0])


def _return(leg: Leg, chance: _Draws, room: int) -> int:
    """Let a flight return to the ramp or from the air and leave again; return the minutes that this took."""
    back, minutes = chance.uniform[4], 0
    if leg.out is not None and back < p.RETURN_TO_RAMP_SHARE + p.AIR_RETURN_SHARE:
        from_air = back >= p.RETURN_TO_RAMP_SHARE
        lost = round((95 if from_air else 35) + 50 * chance.uniform[10])
        if lost <= room:
            leg.returned, leg.first_out = ("FR" if from_air else "RR"), leg.out
            leg.first_off = leg.out + 12 + round(8 * chance.uniform[11]) if from_air else None
            leg.out, minutes = leg.out + lost, lost
    return minutes


def _diversion(leg: Leg, chance: _Draws, around: tuple[Episode | None, Episode | None], room: int) -> int:
    """Return the minutes that a landing elsewhere takes, 0 if the flight is not diverted."""
    share = p.DIVERTED_SHARE * (p.DIVERTED_FACTOR[around[1].kind] if around[1] else 1.0)
    lost = round(110 + 120 * chance.uniform[12])
    if chance.uniform[13] >= share or lost > room or leg.sta - leg.std + lost > 1_100:
        return 0
    leg.is_diverted = True
    return lost
