"""The rules of the traffic lights: reading `rules.toml`, judging the evidence, and a status without memory.

Standard library only: the Lambda, the batch status and the dashboard read the same file through this module.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any, Literal

RULES = Path(__file__).with_name("rules.toml")
#: The 0.90 quantile of the normal distribution: bounds are one-sided.
Z_90 = 1.2816

Status = Literal["V", "A", "R", "gris"]
Evidence = Literal["wilson", "point"]
WINDOWS = {"day": 1, "7d": 7, "28d": 28}
"""Days of a window by its name."""
SCOPES = ("network", "route")
KEYS = ("id", "kpi", "scope", "window", "minimum_legs", "evidence", "green_percent", "amber", "red")


class RuleError(ValueError):
    """A rule that cannot be used; the message names file, line, what is wrong and what is wanted."""


@dataclass(frozen=True)
class Limit:
    """Where a colour begins and, with memory, where it ends; both are percentages."""

    enter_percent: float
    exit_percent: float


@dataclass(frozen=True)
class Rule:
    """One line of the table: which share of what, over which window, and what it takes to be amber or red."""

    id: str
    kpi: str
    scope: str
    window: str
    minimum_legs: int
    evidence: Evidence
    green_percent: float
    amber: Limit
    red: Limit


@dataclass(frozen=True)
class RuleSet:
    """All rules of one version."""

    version: int
    rules: tuple[Rule, ...]

    def find(self, kpi: str, scope: str, days: int) -> Rule | None:
        """Return the rule of the longest window that `days` fill; None where there is none for this KPI and scope."""
        fitting = [rule for rule in self.rules if rule.kpi == kpi and rule.scope == scope]
        filled = [rule for rule in fitting if WINDOWS[rule.window] <= max(days, 1)]
        return max(filled, key=lambda rule: WINDOWS[rule.window], default=None)


def wilson_bounds(k: int, n: int, z: float = Z_90) -> tuple[float, float]:
    """Return the lower and upper bound of Wilson's interval for k of n; each is one-sided at 90 % by default.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is no share: 0 <= k <= n and n > 0 are wanted")
    p = k / n
    middle = p + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def status(rule: Rule, k: int, n: int, minimum_legs: int = 0) -> Status:
    """Return the light of k good legs of n, as an engine without memory would enter it.

    Grey below the rule's minimum sample (or a higher one that the reader asks for), never green. Red needs the rule's
    evidence; a share below the red limit without it is amber. Between the amber and the green limit a light that was
    not amber stays green.
    """
    if n < max(rule.minimum_legs, minimum_legs, 1):
        return "gris"
    # k and n are whole: this is the double nearest to the share, as the limits in the file are.
    percent = 100 * k / n
    judged = 100 * wilson_bounds(k, n)[1] if rule.evidence == "wilson" else percent
    if judged < rule.red.enter_percent:
        return "R"
    return "A" if percent < rule.amber.enter_percent else "V"


@cache
def rules(path: Path = RULES) -> RuleSet:
    """Read and validate a rule file; raise `RuleError` naming the line."""
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path.name}: {error}") from None
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise RuleError(f"{path.name}: version is {version!r}; a whole number from 1 is wanted, raised with any change")
    found: dict[str, Rule] = {}
    for number, item in enumerate(data.get("rule", [])):
        where = _Where(path.name, text, number)
        rule = _rule(item, where)
        if rule.id in found:
            raise where.error("id", f"{rule.id!r} is the id of an earlier rule; every rule has its own")
        found[rule.id] = rule
    if not found:
        raise RuleError(f"{path.name}: there is no [[rule]]")
    return RuleSet(version, tuple(found.values()))


@dataclass(frozen=True)
class _Where:
    """Finds the lines of one rule: the TOML reader does not say where a value stood."""

    file: str
    text: str
    number: int

    def error(self, key: str, message: str) -> RuleError:
        lines, name = self.text.splitlines(), key.partition(".")[0]
        starts = [number for number, line in enumerate(lines) if line.strip() == "[[rule]]"]
        begin, end = starts[self.number], [*starts, len(lines)][self.number + 1]
        own = range(begin, end)
        line = next((at for at in own if lines[at].partition("=")[0].strip() == name), begin)
        return RuleError(f"{self.file}:{line + 1}: {key}: {message}")


def _rule(item: Mapping[str, Any], where: _Where) -> Rule:
    for key in KEYS:
        if key not in item:
            raise where.error(key, f"is missing; a rule has {', '.join(KEYS)}")
    if unknown := sorted(set(item) - set(KEYS)):
        raise where.error(unknown[0], f"is unknown; a rule has {', '.join(KEYS)}")
    for key, allowed in (("scope", SCOPES), ("window", tuple(WINDOWS)), ("evidence", ("wilson", "point"))):
        if item[key] not in allowed:
            raise where.error(key, f"{item[key]!r} is none of {', '.join(allowed)}")
    for key in ("id", "kpi"):
        if not isinstance(item[key], str) or not item[key]:
            raise where.error(key, f"{item[key]!r} is no name")
    minimum = item["minimum_legs"]
    if not isinstance(minimum, int) or isinstance(minimum, bool) or minimum < 1:
        raise where.error("minimum_legs", f"{minimum!r} is no number of legs; a whole number from 1 is wanted")
    green = _percent(item["green_percent"], "green_percent", where)
    amber, red = _limit(item["amber"], "amber", where), _limit(item["red"], "red", where)
    if not red.enter_percent < amber.enter_percent <= green:
        raise where.error("red", "limits must rise from red over amber to green")
    texts = {key: item[key] for key in ("id", "kpi", "scope", "window", "evidence")}
    return Rule(minimum_legs=minimum, green_percent=green, amber=amber, red=red, **texts)


def _limit(value: object, key: str, where: _Where) -> Limit:
    if not isinstance(value, dict) or set(value) - {"enter_percent", "exit_percent"} or "enter_percent" not in value:
        raise where.error(key, "wants { enter_percent = …, exit_percent = … }; the second may be left out")
    enter = _percent(value["enter_percent"], f"{key}.enter_percent", where)
    leave = _percent(value.get("exit_percent", enter), f"{key}.exit_percent", where)
    if leave < enter:
        raise where.error(key, f"is left at {leave} before it is entered at {enter}")
    return Limit(enter, leave)


def _percent(value: object, key: str, where: _Where) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise where.error(key, f"{value!r} is no percentage between 0 and 100")
    return float(value)
