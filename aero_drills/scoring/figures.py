"""Scores added up: precision, recall, load and time to detect, by rule and over all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from aero_drills.scoring.cases import CALM, GOAL_SCENARIOS, STORM
from aero_drills.scoring.score import BUSY_HOURS_UTC, Score, Statement
from aero_streaming.rules.model import LEVELS

FEWEST_ALERTS = 20
"""A rule that was told fewer times over all cases is reported, not scored."""


@dataclass(frozen=True)
class Band:
    """The statements of one rule at one level."""

    rule_id: str
    level: str
    told: int
    right: int
    wrong: int
    facts: int
    predicted_median: float | None
    actual_median: float | None

    @property
    def judged(self) -> int:
        """Statements that can be right or wrong."""
        return self.right + self.wrong

    @property
    def precision(self) -> float | None:
        """The share that was right; None of none."""
        return self.right / self.judged if self.judged else None


def bands(statements: Iterable[Statement]) -> list[Band]:
    """Return the bands of all rules, the mildest first."""
    grouped: dict[tuple[str, str], list[Statement]] = {}
    for one in statements:
        grouped.setdefault((one.rule_id, one.level), []).append(one)
    ordered = sorted(grouped, key=lambda key: (key[0], LEVELS.index(key[1])))
    return [_band(rule_id, level, grouped[rule_id, level]) for rule_id, level in ordered]


def _band(rule_id: str, level: str, own: list[Statement]) -> Band:
    judged = [one for one in own if one.verdict in ("right", "wrong")]
    return Band(
        rule_id=rule_id,
        level=level,
        told=len(own),
        right=sum(one.verdict == "right" for one in own),
        wrong=sum(one.verdict == "wrong" for one in own),
        facts=sum(one.verdict == "fact" for one in own),
        predicted_median=_median(one.predicted for one in judged),
        actual_median=_median(one.actual for one in judged),
    )


def summary(scores: Iterable[Score]) -> dict[str, Any]:
    """Return all figures of some cases as JSON has them; a share of nothing is null.

    Precision is that of calm days and storms, which the goals speak of; recall that of every scenario played.
    """
    known = list(scores)
    goal = [one for one in known if one.case.scenario in GOAL_SCENARIOS]
    rules = rule_figures(known, goal)
    scored = [rule for rule in rules.values() if rule["is_scored"]]
    problems = [minutes for one in known for minutes in one.problems]
    detected = [minutes for minutes in problems if minutes is not None]
    return {
        "cases": len(known),
        "precision": _share(sum(rule["right"] for rule in scored), sum(rule["judged"] for rule in scored)),
        "problems": len(problems),
        "recall": _share(len(detected), len(problems)),
        "minutes_to_detect_median": _rounded(_median(detected)),
        "alerts_per_hour_calm": _calm_per_hour(known),
        "most_in_an_hour_of_a_storm": _most(known, STORM),
        "alerts": sum(one.alerts for one in known),
        "messages": sum(one.messages for one in known),
        "open_long_after_their_end": sum(one.old for one in known),
        "false_criticals": [text for one in known for text in one.false_criticals],
        "rules": rules,
        "scenarios": {name: _of_scenario(own) for name, own in _by_scenario(known).items()},
    }


def rule_figures(known: list[Score], judged_on: list[Score] | None = None) -> dict[str, dict[str, Any]]:
    """Return precision, recall and bands by rule; statements count of `judged_on` alone where it is given."""
    statements = [one for score in (known if judged_on is None else judged_on) for one in score.statements]
    found: dict[str, dict[str, Any]] = {}
    for band in bands(statements):
        rule = found.setdefault(band.rule_id, {"told": 0, "right": 0, "judged": 0, "facts": 0, "bands": {}})
        for name in ("told", "right", "judged", "facts"):
            rule[name] += getattr(band, name)
        rule["bands"][band.level] = {
            "told": band.told,
            "right": band.right,
            "judged": band.judged,
            "facts": band.facts,
            "precision": _rounded(band.precision, 3),
            "predicted_median": _rounded(band.predicted_median),
            "actual_median": _rounded(band.actual_median),
        }
    for rule_id in sorted({rule_id for one in known for rule_id in one.due} - found.keys()):
        found[rule_id] = {"told": 0, "right": 0, "judged": 0, "facts": 0, "bands": {}}
    for rule_id, rule in found.items():
        due, raised = (sum(getattr(one, name).get(rule_id, 0) for one in known) for name in ("due", "raised"))
        rule |= {
            "is_scored": rule["judged"] >= FEWEST_ALERTS,
            "precision": _share(rule["right"], rule["judged"]),
            "due": due,
            "raised": raised,
            "recall": _share(raised, due),
        }
    return dict(sorted(found.items()))


def _of_scenario(own: list[Score]) -> dict[str, Any]:
    problems = [minutes for one in own for minutes in one.problems]
    statements = [one for score in own for one in score.statements]
    right = sum(one.verdict == "right" for one in statements)
    return {
        "cases": len(own),
        "alerts": sum(one.alerts for one in own),
        "messages": sum(one.messages for one in own),
        "per_hour": _rounded(_per_hour(own), 2),
        "most_in_an_hour": max(max(one.per_hour.values(), default=0) for one in own),
        "precision": _share(right, right + sum(one.verdict == "wrong" for one in statements)),
        "problems": len(problems),
        "found": sum(minutes is not None for minutes in problems),
        "minutes_to_detect_median": _rounded(_median(problems)),
    }


def _by_scenario(known: list[Score]) -> dict[str, list[Score]]:
    found: dict[str, list[Score]] = {}
    for one in known:
        found.setdefault(one.case.scenario, []).append(one)
    return found


def _per_hour(own: list[Score]) -> float:
    first, last = BUSY_HOURS_UTC
    return sum(one.alerts_between(first, last) for one in own) / (last - first) / len(own)


def _calm_per_hour(known: list[Score]) -> float | None:
    calm = [one for one in known if one.case.scenario == CALM]
    return _rounded(_per_hour(calm), 2) if calm else None


def _most(known: list[Score], scenario: str) -> int | None:
    own: list[Mapping[int, int]] = [one.per_hour for one in known if one.case.scenario == scenario]
    return max((max(hours.values(), default=0) for hours in own), default=None)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None and abs(value) != float("inf")]
    return median(known) if known else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)
