"""Exceptional days: storms, fog, volcanic ash, and the dates of peak travel.

An episode is a period of one local day at one airport, drawn from the date alone. Several flights share it, so on a bad
day many flights are late together.
"""

from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from dateutil.easter import easter

from aero_airline import parameters as p
from aero_airline.geography import midnight
from aero_airline.randomness import Purpose, stream

AIRPORTS_WITH_EPISODES = frozenset({p.BASE, *p.FOG_AIRPORTS})


class Episode(NamedTuple):
    """Weather or flow control at an airport; instants in minutes UTC."""

    kind: str  #: storm, fog or ash
    airport: str
    begins: int
    ends: int
    hit_share: float  #: of the departures to and from it that are held
    mean_minutes: float
    taxi_minutes: float


class Weather:
    """The episodes of every date, from a seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._days: dict[date, tuple[Episode, ...]] = {}

    def on(self, day: date) -> tuple[Episode, ...]:
        """Return the episodes of a local date."""
        if day not in self._days:
            self._days[day] = tuple(self._draw(day))
        return self._days[day]

    def at(self, airport: str, day: date, minute: int) -> Episode | None:
        """Return the episode at an airport at an instant of its local date; the worst one if there are several."""
        under_way = [e for e in self.on(day) if e.airport == airport and e.begins <= minute < e.ends]
        return max(under_way, key=lambda e: e.mean_minutes, default=None)

    def _draw(self, day: date) -> list[Episode]:
        drawn = stream(self.seed, Purpose.WEATHER, day).random(12).tolist()
        episodes = []
        if day.month in (6, 7, 8, 9) and drawn[0] < p.STORM_PROBABILITY:
            hours = (15 + 2 * drawn[1], 18 + 2 * drawn[2])
            figures = (p.STORM_HIT_SHARE, p.STORM_MEAN_MINUTES, p.STORM_TAXI_MINUTES)
            episodes.append(_episode("storm", p.BASE, day, hours, figures))
        for airport, chance, length in zip(p.FOG_AIRPORTS, drawn[3:7:2], drawn[4:7:2], strict=True):
            if day.month in (11, 12, 1, 2) and chance < p.FOG_PROBABILITY:
                figures = (p.FOG_HIT_SHARE, p.FOG_MEAN_MINUTES, 0.0)
                episodes.append(_episode("fog", airport, day, (5, 7 + 2 * length), figures))
        if drawn[7] < p.ASH_PROBABILITY:
            begins = 5 + 10 * drawn[8]
            figures = (p.ASH_HIT_SHARE, p.ASH_MEAN_MINUTES, 4.0)
            episodes.append(_episode("ash", p.BASE, day, (begins, begins + 3 + 4 * drawn[9]), figures))
        return episodes


def _episode(
    kind: str, airport: str, day: date, hours: tuple[float, float], figures: tuple[float, float, float]
) -> Episode:
    zero = midnight(airport, day)
    return Episode(kind, airport, zero + round(hours[0] * 60), zero + round(hours[1] * 60), *figures)


@cache
def is_peak(day: date) -> bool:
    """Return True on dates of peak travel in Mexico: Independence Day, end of the year, Easter, long weekends."""
    if (day.month, day.day) in {(9, 15), (9, 16)} or (day.month == 12 and day.day >= 24):
        return True
    if -9 <= (day - easter(day.year)).days <= 7:  # from the Friday before Palm Sunday to the Sunday after Easter
        return True
    return any(day in (monday - timedelta(days=3), monday) for monday in _long_weekends(day.year))


@cache
def _long_weekends(year: int) -> tuple[date, ...]:
    """Mondays of the three movable holidays: first of February, third of March, third of November."""

    def monday(month: int, number: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (number - 1))

    return monday(2, 1), monday(3, 3), monday(11, 3)
