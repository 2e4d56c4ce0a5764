"""The synthetic airline: operating days made of rotations, each with its own random stream."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import pandas as pd

from aero_airline import demand, money, surveys
from aero_airline.episodes import Weather
from aero_airline.faults import Report, reports
from aero_airline.files import Ledger, Totals, write
from aero_airline.leg import Leg
from aero_airline.movements import fly
from aero_airline.schedule import LONGEST_LINE_DAYS, Schedule

#: Days of rotations that are kept: as many as one operating day and its neighbours need.
KEPT_DAYS = 12


class Day:
    """One operating day: its legs, and the tables that belong to them (`leg` is the position in `legs`)."""

    def __init__(self, on: date, legs: list[Leg], seed: int) -> None:
        self.on, self.legs, self._seed = on, legs, seed

    @cached_property
    def bookings(self) -> pd.DataFrame:
        """One row per leg and days to departure: bookings and their revenue so far."""
        return demand.bookings(self.legs, self._seed)

    @cached_property
    def revenue(self) -> pd.DataFrame:
        """One row per leg: revenue by kind, and TUA and IVA beside it."""
        return money.revenue(self.legs, self.bookings, self._seed)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """One row per leg and cost line."""
        return money.costs(self.legs)

    @cached_property
    def surveys(self) -> pd.DataFrame:
        """One row per response of a passenger."""
        return surveys.surveys(self.legs, self._seed)


class Airline:
    """An airline in the likeness of a Mexican full-service carrier (datos sintéticos), deterministic from a seed.

    `reports_since` is the first operating day whose legs it ever reports: the file of that day holds no corrections of
    the day before. Without it every file does. `weather` replaces what the seed draws.
    """

    def __init__(self, seed: int = 2026, reports_since: date | None = None, weather: Weather | None = None) -> None:
        self.seed, self.reports_since = seed, reports_since
        self.schedule = Schedule()
        self.weather = weather or Weather(seed)
        self._rotations: dict[date, list[Leg]] = {}

    def day(self, on: date) -> Day:
        """Return one operating day; legs in order of departure, carrier and number."""
        started = (on - timedelta(days=back) for back in range(LONGEST_LINE_DAYS + 1))
        legs = [leg for start in started for leg in self._flown(start) if leg.operating_date == on]
        legs.sort(key=lambda leg: (leg.std, leg.carrier, leg.flight_number, leg.leg_sequence))
        demand.board(legs, self.seed)
        return Day(on, legs, self.seed)

    def legs(self, first: date, days: int) -> list[Leg]:
        """Return the legs of `days` operating days from `first` as they truly went."""
        return [leg for number in range(days) for leg in self.day(first + timedelta(days=number)).legs]

    def files(self, first: date, days: int, folder: Path, each_day: Callable[[int], object] = lambda _: None) -> Totals:
        """Write one `airline_legs_YYYY-MM-DD.csv.gz` per operating day; return the totals over all files.

        `each_day` is called with the number of days written so far.

        A file holds the day's legs as known that evening and the corrections of the day before, with the faults of real
        senders. The bytes of a day's file do not depend on the window.
        """
        if days < 1:
            raise ValueError(f"{days} days: give at least 1")
        if self.reports_since is not None and first < self.reports_since:
            raise ValueError(f"{first} is before the first day the airline reports, {self.reports_since}")
        folder.mkdir(parents=True, exist_ok=True)
        ledger = Ledger()
        yesterday = self._reports(first - timedelta(days=1))
        for number in range(days):
            on = first + timedelta(days=number)
            today = self._reports(on)
            write(folder / f"airline_legs_{on}.csv.gz", on, today, yesterday, self.seed, ledger)
            each_day(number + 1)
            yesterday = today
        return ledger.totals()

    def _reports(self, on: date) -> list[Report]:
        """Return the reports about an operating day; none for days before the airline reports."""
        if self.reports_since is not None and on < self.reports_since:
            return []
        return reports(self.day(on).legs, self.schedule, self.seed)

    def _flown(self, started_on: date) -> list[Leg]:
        """The legs of all rotations that start on a date."""
        if started_on not in self._rotations:
            if len(self._rotations) >= KEPT_DAYS:
                del self._rotations[next(iter(self._rotations))]  # the one made first
            self._rotations[started_on] = fly(list(self.schedule.rotations(started_on)), self.weather)
        return self._rotations[started_on]
