"""Scenarios: a day of the airline with planned disruptions, and the alerts that they should raise.

The expected alerts follow from the faults alone, before any rule runs: their place, their time and their kind. So a
rule set is judged independently of itself.
"""

from dataclasses import dataclass
from datetime import date

from aero_airline import parameters as p
from aero_airline.episodes import Episode, Weather
from aero_airline.geography import midnight
from aero_streaming.rules.stations import hubs_and_stations

#: Minutes for which a fault's delays still show in rolling windows after its end.
ECHO_MINUTES = 180


@dataclass(frozen=True)
class Fault:
    """A disruption at one airport for some local hours of the scenario's day."""

    kind: str
    airport: str
    from_hour: float
    to_hour: float
    hit_share: float
    mean_minutes: float
    taxi_minutes: float = 0.0

    def episode(self, on: date) -> Episode:
        """Return the fault as an episode of a date."""
        zero = midnight(self.airport, on)
        begins, ends = (zero + round(hour * 60) for hour in (self.from_hour, self.to_hour))
        return Episode(self.kind, self.airport, begins, ends, self.hit_share, self.mean_minutes, self.taxi_minutes)


SCENARIOS: dict[str, tuple[Fault, ...]] = {
    "normal": (),
    "storm": (Fault("storm", p.BASE, 14, 19, 0.8, 75.0, 12.0),),
    "fog": tuple(
        Fault("fog", airport, 5, until, 0.8, 90.0)
        for airport, until in zip(sorted(p.FOG_AIRPORTS), (11, 10), strict=True)
    ),
    "strike": (Fault("strike", p.BASE, 9, 18, 0.4, 45.0),),
}
#: Airlines cancel in good time: four hours before STD, with the round trip that the flight is part of.
KNOWN_AHEAD_MINUTES = 360
#: Flights that would reach the place in the fault wait elsewhere, and say so, from so long before it begins.
HELD_AHEAD_MINUTES = 180
#: The figures that a kind of fault shows in, at the hub where it is.
SHOWS_AS = {
    "storm": ("departure_delay", "otp_d15", "otp_a14"),
    "fog": ("departure_delay", "otp_d15", "otp_a14"),
    "strike": ("cancellations", "departure_delay", "otp_d15", "otp_a14"),
}
#: And at an airport that is no hub, where too few flights are planned to judge it: as that of its flights.
SHOWS_AS_FLIGHTS = ("long_delay", "cancellation", "diversion")


@dataclass(frozen=True)
class Expected:
    """An alert that has to be raised: its possible kinds, its place, and its first and last instant (minutes UTC).

    Cancellations may be reported `known_ahead_minutes` earlier, flights that wait for the place `HELD_AHEAD_MINUTES`
    earlier. If the place is no hub, alerts on its flights count.
    """

    airport: str
    kpis: tuple[str, ...]
    begins: int
    ends: int
    is_hub: bool
    known_ahead_minutes: int = KNOWN_AHEAD_MINUTES

    def ahead_minutes(self, kpi: str) -> int:
        """Return the minutes before its beginning from which an alert on a figure may report it."""
        if kpi.startswith("cancellation"):
            return self.known_ahead_minutes
        return HELD_AHEAD_MINUTES if kpi == "open_alerts" else 0


class ScenarioWeather(Weather):
    """The weather of a seed, except on one day, which has the faults of a scenario instead of drawn episodes."""

    def __init__(self, seed: int, scenario: str, day: date) -> None:
        super().__init__(seed)
        self._day, self._faults = day, SCENARIOS[scenario]

    def on(self, day: date) -> tuple[Episode, ...]:
        """Return the episodes of a local date."""
        return tuple(fault.episode(day) for fault in self._faults) if day == self._day else super().on(day)


def expected(scenario: str, on: date) -> list[Expected]:
    """Return the expected alerts of a day of a scenario: one entry for each fault."""
    problems = []
    for fault in SCENARIOS[scenario]:
        episode, is_hub = fault.episode(on), fault.airport in hubs_and_stations(p.MAINLINE)
        kpis = SHOWS_AS[fault.kind] if is_hub else SHOWS_AS_FLIGHTS
        problems.append(Expected(fault.airport, kpis, episode.begins, episode.ends + ECHO_MINUTES, is_hub))
    return problems
