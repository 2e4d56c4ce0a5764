"""The scores as text for a terminal of 80 columns."""

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import Any

from aero_drills.scoring.figures import FEWEST_ALERTS
from aero_drills.scoring.goals import Goal

WIDTH = 80
RULE_WIDTH = 26
LEGEND = (
    "told: alerts and steps that people heard of on calm days and in storms. right: share of those that can be "
    f"right or wrong; in brackets under {FEWEST_ALERTS} of them, reported and not scored. facts: messages that need "
    "no proof. predicted, actual: medians of what was told and of what came, in the unit of the rule. found: of what "
    "truly had to be raised, in every scenario."
)


def lines(figures: Mapping[str, Any], goals: Iterable[Goal] = ()) -> Iterator[str]:
    """Yield the figures of `figures.summary`, and the goals as met or missed."""
    yield _row("rule", "level", "told", "right", "facts", "pred.", "actual", "found")
    for rule_id, rule in figures["rules"].items():
        yield from _of_rule(rule_id, rule)
    yield ""
    yield f"{'scenario':10} days alerts  an hour  most  right  problems  minutes"
    for name, scenario in figures["scenarios"].items():
        problems = f"{scenario['found']} of {scenario['problems']}"
        yield (
            f"{name:10} {scenario['cases']:>4} {scenario['alerts']:>6} {_number(scenario['per_hour'], 2):>8} "
            f"{scenario['most_in_an_hour']:>5} {_number(scenario['precision'], 2):>6} {problems:>9} "
            f"{_number(scenario['minutes_to_detect_median']):>8}"
        )
    yield ""
    yield from wrap(LEGEND, WIDTH)
    known = list(goals)
    if known:
        yield ""
    for goal in known:
        yield f"{'met   ' if goal.is_met else 'MISSED'} {goal}"


def _of_rule(rule_id: str, rule: Mapping[str, Any]) -> Iterator[str]:
    share = "" if rule["recall"] is None else f"{rule['raised']} of {rule['due']}"
    right = _number(rule["precision"], 2)
    right = right if rule["is_scored"] or rule["precision"] is None else f"({right})"
    yield _row(rule_id, "all", f"{rule['told']}", right, f"{rule['facts']}", "", "", share)
    for level, band in rule["bands"].items():
        medians = (_number(band[name]) for name in ("predicted_median", "actual_median"))
        yield _row("", level, f"{band['told']}", _number(band["precision"], 2), f"{band['facts']}", *medians, "")


def _row(rule: str, level: str, *figures: str) -> str:
    widths = (5, 6, 5, 5, 6, 10)
    shown = " ".join(f"{figure:>{width}}" for figure, width in zip(figures, widths, strict=True))
    return f"{rule[:RULE_WIDTH]:{RULE_WIDTH}} {level:8} {shown}".rstrip()


def _number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
