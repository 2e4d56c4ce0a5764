"""The level of a reading by a rule: evidence and hysteresis, no time, no memory but the level held so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aero_streaming.rules.model import LEVELS, Limit, Rule, rank, wilson_bounds

if TYPE_CHECKING:
    from aero_streaming.rules.days import DayRule


@dataclass(frozen=True)
class Reading:
    """An observation: a value in the unit of the KPI, n legs, k good ones of them (shares), its baseline."""

    value: float | None
    n: int = 1
    k: int | None = None
    baseline: float | None = None


def enters(rule: Rule | DayRule, level: str, reading: Reading) -> bool:
    """Tell whether a reading enters a level that is not held.

    Shares with Wilson's evidence: amber by the observed share, red and critical by the bound of the interval that is
    the better one (the upper where a low share is bad). The observed share of a sample below the minimum says nothing.
    """
    limit, value = rule.limits[level], reading.value
    if value is None or (level == "amber" and rule.evident_legs and reading.n < rule.minimum_legs):
        return False
    judged = _judged(rule, level, reading, value)
    if rule.is_bad_below:
        return judged < limit.enter
    return judged >= limit.enter or _by_share(rule, limit, reading, value)


def keeps(rule: Rule | DayRule, level: str, reading: Reading) -> bool:
    """Tell whether a reading keeps a level that is held: the observed value has not passed the exit limit."""
    limit, value = rule.limits[level], reading.value
    if value is None:
        return False
    return value < limit.exit if rule.is_bad_below else value >= limit.exit or _by_share(rule, limit, reading, value)


def level_of(rule: Rule | DayRule, reading: Reading, held: str | None = None) -> str | None:
    """Return the highest level that a reading enters, or keeps where it is held; None where it is none."""
    reached = None
    for level in LEVELS:
        if level in rule.limits and (
            enters(rule, level, reading) or (rank(level) <= rank(held) and keeps(rule, level, reading))
        ):
            reached = level
    return reached


def limit_of(rule: Rule | DayRule, level: str | None) -> float:
    """Return the limit that a level is entered at; that of amber where there is no level."""
    return rule.limits[level or "amber"].enter


def _judged(rule: Rule | DayRule, level: str, reading: Reading, value: float) -> float:
    if rule.evidence != "wilson" or level == "amber" or reading.k is None:
        return value
    better = 100 * wilson_bounds(reading.k, reading.n)[1 if rule.is_bad_below else 0]
    return better - (reading.baseline or 0.0) if rule.unit == "points" else better


def _by_share(rule: Rule | DayRule, limit: Limit, reading: Reading, value: float) -> bool:
    if limit.or_percent is None or not reading.n:
        return False
    return value >= rule.amber.enter and 100 * value / reading.n >= limit.or_percent
