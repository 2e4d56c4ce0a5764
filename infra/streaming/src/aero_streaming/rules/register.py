"""The rules of the traffic lights: reading `rules.toml`, judging the evidence, and a status without memory.

Standard library only: the Lambda, the batch status and the dashboard read the same file through this module.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from aero_streaming.rules.days import DayRule, day_rules
from aero_streaming.rules.file import read
from aero_streaming.rules.model import WINDOWS, Limit, Rule, RuleError, RuleSet, wilson_bounds
from aero_streaming.toml_places import read_toml

__all__ = [
    "RULES", "DayRule", "Limit", "Rule", "RuleError", "RuleSet", "Status", "rules", "rules_of_days", "status",
    "wilson_bounds",
]  # fmt: skip

RULES = Path(__file__).with_name("rules.toml")

Status = Literal["V", "A", "R", "gris"]


def status(rule: Rule, k: int, n: int, minimum_legs: int = 0) -> Status:
    """Return the light of k legs of n that the KPI counts, as an engine without memory would enter it.

    Grey below the rule's minimum sample (or a higher one that the reader asks for), never green. Red needs the rule's
    evidence; a share past the red limit without it is amber. Between the amber and the green limit a light that was
    not amber stays green.
    """
    if n < max(rule.minimum_legs, minimum_legs, 1):
        return "gris"
    # k and n are whole: this is the double nearest to the share, as the limits in the file are.
    percent = 100 * k / n
    low, high = wilson_bounds(k, n) if rule.evidence == "wilson" else (k / n, k / n)
    if rule.is_bad_below:
        is_red, is_amber = 100 * high < rule.red.enter_percent, percent < rule.amber.enter_percent
    else:
        is_red, is_amber = 100 * low >= rule.red.enter_percent, percent >= rule.amber.enter_percent
    return "R" if is_red else "A" if is_amber else "V"


@cache
def rules(path: Path = RULES) -> RuleSet:
    """Read and validate a rule file; raise `RuleError` naming the line."""
    return read(path)


@cache
def rules_of_days(path: Path = RULES) -> tuple[DayRule, ...]:
    """Return the rules over published days: those of pages over several days of a route, and the `[[day_rule]]` tables.

    Raises `RuleError` naming the line.
    """
    of_pages = [
        DayRule.of(rule)
        for rule in rules(path).rules
        if "batch" in rule.used_by and rule.scope == "route" and WINDOWS.get(rule.window, 0) > 1
    ]
    text, data = read_toml(path, RuleError)
    return (*of_pages, *day_rules(data.get("day_rule", []), path.name, text))
