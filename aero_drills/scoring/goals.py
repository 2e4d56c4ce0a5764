"""The goals of the rules, stated only here. `make proof ONLY=alerts` fails if one is missed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Summary = Mapping[str, Any]

PRECISION_OF_A_RULE, PRECISION_OF_ALL, RECALL_OF_PROBLEMS = 0.6, 0.75, 0.9
CALM_PER_HOUR, STORM_IN_AN_HOUR = 3.0, 12


@dataclass(frozen=True)
class Goal:
    """One goal: its name, its limit, the measured figure, and whether the figure meets the goal."""

    name: str
    limit: str
    value: float | None
    is_met: bool

    def __str__(self) -> str:
        return f"{self.name}: {'none' if self.value is None else f'{self.value:g}'}, wanted {self.limit}"


def goals(figures: Summary, lagging: Summary | None, before: Summary) -> Iterator[Goal]:
    """Yield the goals with their figures; a missing figure counts as missed only if the goal requires a value.

    `lagging` are the figures of days with a delayed feed, `before` those of the previous rule set.
    """
    for rule_id, rule in figures["rules"].items():
        if rule["is_scored"]:
            yield _least(f"precision of {rule_id}", rule["precision"], PRECISION_OF_A_RULE)
    yield _least("precision of all scored rules", figures["precision"], PRECISION_OF_ALL)
    yield _least("recall of the problems put in", figures["recall"], RECALL_OF_PROBLEMS)
    for rule_id, recall in before["recall"].items():
        # A rule that is gone, or has nothing to find, cannot have lost anything.
        now = figures["rules"].get(rule_id, {}).get("recall")
        if now is not None:
            yield _least(f"recall of {rule_id}", now, recall)
    yield _most("alerts an hour on calm days, 12-04 UTC", figures["alerts_per_hour_calm"], CALM_PER_HOUR)
    yield _most("alerts in the worst hour of a storm", figures["most_in_an_hour_of_a_storm"], STORM_IN_AN_HOUR)
    yield _most("median minutes to detect", figures["minutes_to_detect_median"], before["minutes_to_detect_median"])
    yield _most("alerts open 10 minutes after their end", figures["open_long_after_their_end"], 0)
    if lagging is not None:
        yield _most("false criticals while the feed is behind", len(lagging["false_criticals"]), 0)


def _least(name: str, value: float | None, least: float) -> Goal:
    return _goal(name, f">= {least:g}", value, lambda known: known >= least)


def _most(name: str, value: float | None, most: float) -> Goal:
    return _goal(name, f"<= {most:g}", value, lambda known: known <= most)


def _goal(name: str, limit: str, value: float | None, meets: Callable[[float], bool]) -> Goal:
    return Goal(name, limit, value, value is not None and meets(value))
