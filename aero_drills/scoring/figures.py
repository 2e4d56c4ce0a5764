"""Figures over all scores: precision, recall, load and time to detect, by rule and in total."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from aero_drills.scoring.cases import CALM, GOAL_SCENARIOS, STORM
from aero_drills.scoring.score import BUSY_HOURS_UTC, Score, Statement
from aero_streaming.rules.model import LEVELS

FEWEST_ALERTS = 20
"""A rule with fewer judged notices over all cases is reported, not scored."""


@dataclass(frozen=True)
class Band:
    """The counts of statements of one rule at one alert level."""

    rule_id: str
    level: str
    notices: int
    right: int
    wrong: int
    facts: int
    predicted_median: float | None
    actual_median: float | None

    @property
    def judged(self) -> int:
        """The number of statements that can be right or wrong."""
        return self.right + self.wrong

    @property
    def precision(self) -> float | None:
        """The share of right statements; None if there are none."""
        return self.right / self.judged if self.judged else None


def bands(statements: Iterable[Statement]) -> list[Band]:
    """Return the bands of all rules, the lowest level first."""
    grouped: dict[tuple[str, str], list[Statement]] = {}
    for statement in statements:
        grouped.setdefault((statement.rule_id, statement.level), []).append(statement)
    ordered = sorted(grouped, key=lambda key: (key[0], LEVELS.index(key[1])))
    return [_band(rule_id, level, grouped[rule_id, level]) for rule_id, level in ordered]


def _band(rule_id: str, level: str, own: list[Statement]) -> Band:
    judged = [statement for statement in own if statement.verdict in ("right", "wrong")]
    return Band(
        rule_id=rule_id,
        level=level,
        notices=len(own),
        right=sum(statement.verdict == "right" for statement in own),
        wrong=sum(statement.verdict == "wrong" for statement in own),
        facts=sum(statement.verdict == "fact" for statement in own),
        predicted_median=_median(statement.predicted for statement in judged),
        actual_median=_median(statement.actual for statement in judged),
    )


def summary(scores: Iterable[Score]) -> dict[str, Any]:
    """Return all figures of some cases as JSON values; a share of nothing is null.

    Precision covers calm days and storms, for which the goals are set; recall covers every scenario played.
    """
    known = list(scores)
    goal = [score for score in known if score.case.scenario in GOAL_SCENARIOS]
    rules = rule_figures(known, goal)
    scored = [rule for rule in rules.values() if rule["is_scored"]]
    problems = [minutes for score in known for minutes in score.problems]
    detected = [minutes for minutes in problems if minutes is not None]
    return {
        "cases": len(known),
        "precision": _share(sum(rule["right"] for rule in scored), sum(rule["judged"] for rule in scored)),
        "problems": len(problems),
        "recall": _share(len(detected), len(problems)),
        "minutes_to_detect_median": _rounded(_median(detected)),
        "alerts_per_hour_calm": _calm_per_hour(known),
        "most_in_an_hour_of_a_storm": _most(known, STORM),
        "alerts": sum(score.alerts for score in known),
        "messages": sum(score.messages for score in known),
        "open_long_after_their_end": sum(score.old for score in known),
        "false_criticals": [text for score in known for text in score.false_criticals],
        "rules": rules,
        "scenarios": {name: _of_scenario(own) for name, own in _by_scenario(known).items()},
    }


def rule_figures(known: list[Score], judged_on: list[Score] | None = None) -> dict[str, dict[str, Any]]:
    """Return precision, recall and bands by rule; statements are taken from `judged_on` only, if it is given."""
    statements = [statement for score in (known if judged_on is None else judged_on) for statement in score.statements]
    figures: dict[str, dict[str, Any]] = {}
    for band in bands(statements):
        rule = figures.setdefault(band.rule_id, {"told": 0, "right": 0, "judged": 0, "facts": 0, "bands": {}})
        rule["told"] += band.notices
        for name in ("right", "judged", "facts"):
            rule[name] += getattr(band, name)
        rule["bands"][band.level] = {
            "told": band.notices,
            "right": band.right,
            "judged": band.judged,
            "facts": band.facts,
            "precision": _rounded(band.precision, 3),
            "predicted_median": _rounded(band.predicted_median),
            "actual_median": _rounded(band.actual_median),
        }
    for rule_id in sorted({rule_id for score in known for rule_id in score.due} - figures.keys()):
        figures[rule_id] = {"told": 0, "right": 0, "judged": 0, "facts": 0, "bands": {}}
    for rule_id, rule in figures.items():
        due, raised = (sum(getattr(score, name).get(rule_id, 0) for score in known) for name in ("due", "raised"))
        rule |= {
            "is_scored": rule["judged"] >= FEWEST_ALERTS,
            "precision": _share(rule["right"], rule["judged"]),
            "due": due,
            "raised": raised,
            "recall": _share(raised, due),
        }
    return dict(sorted(figures.items()))


def _of_scenario(own: list[Score]) -> dict[str, Any]:
    problems = [minutes for score in own for minutes in score.problems]
    statements = [statement for score in own for statement in score.statements]
    right = sum(statement.verdict == "right" for statement in statements)
    return {
        "cases": len(own),
        "alerts": sum(score.alerts for score in own),
        "messages": sum(score.messages for score in own),
        "per_hour": _rounded(_per_hour(own), 2),
        "most_in_an_hour": max(max(score.per_hour.values(), default=0) for score in own),
        "precision": _share(right, right + sum(statement.verdict == "wrong" for statement in statements)),
        "problems": len(problems),
        "found": sum(minutes is not None for minutes in problems),
        "minutes_to_detect_median": _rounded(_median(problems)),
    }


def _by_scenario(known: list[Score]) -> dict[str, list[Score]]:
    scores: dict[str, list[Score]] = {}
    for score in known:
        scores.setdefault(score.case.scenario, []).append(score)
    return scores


def _per_hour(own: list[Score]) -> float:
    first, last = BUSY_HOURS_UTC
    return sum(score.alerts_between(first, last) for score in own) / (last - first) / len(own)


def _calm_per_hour(known: list[Score]) -> float | None:
    calm = [score for score in known if score.case.scenario == CALM]
    return _rounded(_per_hour(calm), 2) if calm else None


def _most(known: list[Score], scenario: str) -> int | None:
    own: list[Mapping[int, int]] = [score.per_hour for score in known if score.case.scenario == scenario]
    return max((max(hours.values(), default=0) for hours in own), default=None)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None and abs(value) != float("inf")]
    return median(known) if known else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)
