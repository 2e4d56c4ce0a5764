"""Rules over published days: their model, their reading from `rules.toml`, and the light of a window of days.

A `[[day_rule]]` judges one KPI of the register over the days up to a closed operating day: its value, or its change
against the airline's own days before, the same days of the year before, or the month's target. Evidence and
hysteresis are those of the other rules (`levels.py`). Standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aero_streaming.figures import Kpi, figures
from aero_streaming.rules.file import check_order
from aero_streaming.rules.levels import Reading, level_of
from aero_streaming.rules.model import KPIS, SEVERITIES, WINDOWS, Limit, Rule, RuleError
from aero_streaming.toml_checks import no_more_than, texts, whole
from aero_streaming.toml_places import Place

Against = Literal["", "days_before", "year_before", "target"]
Light = Literal["green", "amber", "red", "grey"]

AGAINST: tuple[Against, ...] = ("", "days_before", "year_before", "target")
NEEDED = ("id", "kpi", "days", "minimum", "amber", "red", "title", "action")
OPTIONAL = ("against", "evidence", "severity", "days_before")
MOST_DAYS = 400


@dataclass(frozen=True)
class DayRule:
    """One KPI of a route over `days` days that end with the judged one.

    `minimum_legs` is the least sample: of the sums that `Kpi.sample` names, else of the denominator. With `against` the
    value is a change: in points of a share, in percent of any other figure. `days_before` is the length of the days
    before that `against = "days_before"` means.
    """

    id: str
    kpi: Kpi
    days: int
    minimum_legs: int
    evidence: Literal["wilson", "point"]
    against: Against
    days_before: int
    limits: Mapping[str, Limit]
    severity: str
    title: Mapping[str, str]
    action: Mapping[str, str]
    evident_legs: int = 0

    @classmethod
    def of(cls, rule: Rule) -> "DayRule":
        """Return a rule of the pages over a window of days, to be judged once a day as well."""
        kpi = KPIS[rule.kpi]
        return cls(
            id=rule.id,
            kpi=kpi,
            days=WINDOWS[rule.window],
            minimum_legs=rule.minimum_legs,
            evidence="wilson" if rule.evidence == "wilson" else "point",
            against="",
            days_before=0,
            limits=rule.limits,
            severity="low",
            title=rule.title or {language: f"{name} ({rule.window})" for language, name in kpi.name.items()},
            action=rule.action,
        )

    @property
    def is_bad_below(self) -> bool:
        """True if low values are the bad ones."""
        return self.kpi.bad == "below"

    @property
    def unit(self) -> str:
        """The unit of value and limits."""
        return _unit(self.kpi, self.against)

    @property
    def amber(self) -> Limit:
        """The first level; every rule has it."""
        return self.limits["amber"]

    def reading(self, value: float | None, n: int, k: int | None, compared: float | None) -> Reading:
        """Return a value of the KPI as the rule reads it, `compared` with its baseline or target.

        Shares come as numbers from 0 to 1. A change has no value if the baseline is unknown, 0 or negative.
        """
        if value is None or not self.against:
            return Reading(None if value is None else self._shown(value), n, k)
        if compared is None or (compared <= 0 and not self.kpi.is_share):
            return Reading(None, n)
        change = 100 * (value - compared) if self.kpi.is_share else 100 * (value / compared - 1)
        return Reading(change, n)

    def light(self, reading: Reading, held: str | None = None) -> Light:
        """Return the light of a reading; grey below the minimum sample and without a value, never green then."""
        if reading.value is None or reading.n < self.minimum_legs:
            return "grey"
        level = level_of(self, reading, held if held in self.limits else None)
        return "green" if level is None else "red" if level == "red" else "amber"

    def _shown(self, value: float) -> float:
        return 100 * value if self.kpi.is_share else value


def _unit(kpi: Kpi, against: Against) -> str:
    if not against:
        return kpi.unit
    return "points" if kpi.is_share else "percent"


def day_rules(items: list[Mapping[str, Any]], file: str, text: str) -> tuple[DayRule, ...]:
    """Read and validate the `[[day_rule]]` tables of a rule file; raise `RuleError` naming the line."""
    by_id: dict[str, DayRule] = {}
    for number, item in enumerate(items):
        where = Place(file, text, RuleError, "day_rule", number)
        rule = _day_rule(item, where)
        if rule.id in by_id:
            where.refuse("id", f"{rule.id!r} is the id of an earlier rule; every rule has its own")
        by_id[rule.id] = rule
    return tuple(by_id.values())


def _day_rule(item: Mapping[str, Any], where: Place) -> DayRule:
    for key in NEEDED:
        if key not in item:
            where.refuse(key, f"is missing; a rule over days has {', '.join(NEEDED)}")
    no_more_than(item, (*NEEDED, *OPTIONAL), where, "a rule over days")
    if not isinstance(item["id"], str) or not item["id"] or "#" in item["id"]:
        where.refuse("id", f"{item['id']!r} is no name")
    kpi = figures().kpis.get(item["kpi"])
    if kpi is None or not kpi.numerator or kpi.better == "neither":
        where.refuse("kpi", f"{item['kpi']!r} is no KPI of sums with a better side (kpis.toml)")
    against, evidence = item.get("against", ""), item.get("evidence", "point")
    if against not in AGAINST:
        where.refuse("against", f"{against!r} is none of {', '.join(AGAINST[1:])}")
    if evidence not in ("wilson", "point"):
        where.refuse("evidence", f"{evidence!r} is neither wilson nor point")
    if evidence == "wilson" and (against or kpi.less or not kpi.is_share):
        where.refuse("evidence", "wilson judges a share itself, no change and no amount")
    severity = item.get("severity", "low")
    if severity not in SEVERITIES:
        where.refuse("severity", f"{severity!r} is none of {', '.join(SEVERITIES)}")
    days_before = whole(item.get("days_before", 0), "days_before", where, 0, MOST_DAYS, "number of days")
    if (against == "days_before") != bool(days_before):
        where.refuse("days_before", 'and against = "days_before" belong together')
    return DayRule(
        id=item["id"],
        kpi=kpi,
        days=whole(item["days"], "days", where, 1, MOST_DAYS, "number of days"),
        minimum_legs=whole(item["minimum"], "minimum", where, 1, 10_000_000, "sample"),
        evidence=evidence,
        against=against,
        days_before=days_before,
        limits=_limits(item, _unit(kpi, against), kpi, where),
        severity=severity,
        title=texts(item["title"], "title", where),
        action=texts(item["action"], "action", where),
    )


def _limits(item: Mapping[str, Any], unit: str, kpi: Kpi, where: Place) -> dict[str, Limit]:
    limits = {level: _limit(item[level], level, unit, where) for level in ("amber", "red")}
    check_order(limits, kpi.bad, where)
    return limits


def _limit(value: object, key: str, unit: str, where: Place) -> Limit:
    enter, leave = f"enter_{unit}", f"exit_{unit}"
    if not isinstance(value, dict) or set(value) - {enter, leave} or enter not in value:
        where.refuse(key, f"wants {{ {enter} = …, {leave} = … }}; the second may be left out")
    for name in value:
        number = value[name]
        if isinstance(number, bool) or not isinstance(number, int | float):
            where.refuse(key, f"{number!r} is no number")
    return Limit(float(value[enter]), float(value.get(leave, value[enter])))
