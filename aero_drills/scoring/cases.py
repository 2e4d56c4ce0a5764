"""The days on which rules are scored: their seeds, their scenarios, and the delay of the feed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from aero_airline.scenarios import SCENARIOS

TUNING_SEEDS = (1, 2, 3, 4, 5)
"""Limits may be chosen by these."""
SCORED_SEEDS = (201, 202, 203, 204, 205)
"""Goals are held on these. Nobody chooses a limit by them."""
CALM, STORM = "normal", "storm"
GOAL_SCENARIOS = (CALM, STORM)
DAY = date(2026, 11, 24)
LAG_MINUTES = 10
"""How far the feed is behind in the case of a lag."""


@dataclass(frozen=True)
class Case:
    """One synthetic operating day: its scenario, its seed, and the minutes by which its feed is delayed."""

    scenario: str
    seed: int
    on: date = DAY
    lag_minutes: int = 0

    @property
    def name(self) -> str:
        """The name shown to people."""
        return f"{self.scenario} {self.seed}" + (f", feed {self.lag_minutes} min behind" if self.lag_minutes else "")


def cases(
    seeds: Iterable[int] = SCORED_SEEDS, scenarios: Iterable[str] = tuple(SCENARIOS), on: date = DAY
) -> list[Case]:
    """Return every scenario with every seed."""
    chosen = list(seeds)
    return [Case(scenario, seed, on) for scenario in scenarios for seed in chosen]


def lagging(seeds: Iterable[int] = SCORED_SEEDS, on: date = DAY) -> list[Case]:
    """Return calm days and storms with a feed that is delayed all day."""
    chosen = list(seeds)
    return [Case(scenario, seed, on, LAG_MINUTES) for scenario in GOAL_SCENARIOS for seed in chosen]
