"""The model of a rule: its parts as data classes, and Wilson's interval.

`file.py` reads them from `rules.toml`, `levels.py` judges by them, `register.py` is what others import.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt
from types import MappingProxyType
from typing import Literal

from aero_streaming.figures import Kpi, figures

#: The 0.90 quantile of the normal distribution: bounds are one-sided.
Z_90 = 1.2816

Evidence = Literal["wilson", "point", "event"]

LEVELS: tuple[str, ...] = ("amber", "red", "critical")
SEVERITIES = ("low", "medium", "high", "critical")
WINDOWS = {"day": 1, "7d": 7, "28d": 28}
"""Days of a window by its name."""
ROLLING = {"60min": 60, "2h": 120, "3h": 180}
"""Minutes of a window that rolls, by its name; it is made of quarters of an hour."""
MOMENTS = ("leg", "now")
"""Windows of what is no window: a single flight, and a feed at this moment."""
SCOPES = ("network", "first_wave", "hub", "route", "leg", "feed")
#: Parents come before their children.
SCOPE_ORDER = {scope: place for place, scope in enumerate(("feed", "network", "first_wave", "hub", "route", "leg"))}


#: The figures of the register that rules may judge.
KPIS: Mapping[str, Kpi] = {kpi.id: kpi for kpi in figures().used_by("rules")}


class RuleError(ValueError):
    """A rule that cannot be used; the message names file, line, what is wrong and what is wanted."""


@dataclass(frozen=True)
class Limit:
    """The limit at which a level begins and, with memory, the one at which it ends, in the unit of the KPI.

    `or_percent`: a count of legs also enters at this share of the scheduled legs, once it enters amber by number.
    """

    enter: float
    exit: float
    or_percent: float | None = None

    @property
    def enter_percent(self) -> float:
        """The percentage at which a share enters."""
        return self.enter

    @property
    def exit_percent(self) -> float:
        """The percentage at which a share leaves."""
        return self.exit


@dataclass(frozen=True)
class Rule:
    """One line of the table: which figure of what, over which window, and what it takes to be amber, red or critical.

    Times are minutes of event time. `parents` are rules whose open alert makes one of this rule a child, at or above
    the level `speaks_from` of the parent; with `has_root_leg` an open alert of the aircraft's flight before does so
    too. From `evident_legs` on, if set, a red that Wilson's bound proves is red though the sample is below
    `minimum_legs`; amber and green still need that many. A rule on a hub speaks only while so many departures,
    `departures_ahead`, lie in the next two hours.
    """

    id: str
    kpi: str
    scope: str
    window: str
    minimum_legs: int
    evidence: Evidence
    limits: Mapping[str, Limit]
    green_percent: float
    used_by: tuple[str, ...] = ("stream", "batch")
    hold_minutes: int = 0
    cooldown_minutes: int = 30
    severity: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    escalation_minutes: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    ahead_minutes: int = 0
    baseline_minimum_legs: int = 0
    evident_legs: int = 0
    departures_ahead: int = 0
    is_shadow: bool = False
    is_leading: bool = False
    parents: tuple[str, ...] = ()
    speaks_from: str = "red"
    has_root_leg: bool = False
    title: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    action: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    follow_up: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def amber(self) -> Limit:
        """The first level; every rule has it."""
        return self.limits["amber"]

    @property
    def red(self) -> Limit:
        """The second level; every rule has it."""
        return self.limits["red"]

    @property
    def unit(self) -> str:
        """The unit of value and limits."""
        return KPIS[self.kpi].unit

    @property
    def is_bad_below(self) -> bool:
        """True if low values are the bad ones."""
        return KPIS[self.kpi].bad == "below"

    @property
    def counts_due(self) -> bool:
        """True if its value changes with the clock alone, because legs become due."""
        kpi = KPIS[self.kpi]
        return any(part.due_flag for part in (*kpi.numerator, *kpi.less, *kpi.denominator))

    @property
    def clear_hold_minutes(self) -> int:
        """Minutes that it must be better before a level is left."""
        return 2 * self.hold_minutes

    @property
    def judged_legs(self) -> int:
        """The sample below which nothing at all is said."""
        return min(self.evident_legs or self.minimum_legs, self.minimum_legs)

    def role(self, severity: str, step: int) -> str:
        """Return who is told at a step of the escalation, 0 when it fires; empty where nobody is named."""
        named = self.roles.get(severity, ())
        return named[min(step, len(named) - 1)] if named else ""

    @property
    def counts_alerts(self) -> bool:
        """True if it counts open alerts on flights, not sums of the stream."""
        return self.kpi == "open_alerts"

    @property
    def is_rolling(self) -> bool:
        """True if it looks at quarters of an hour around the clock."""
        return self.window in ROLLING


@dataclass(frozen=True)
class GroundTime:
    """Minutes that an aircraft needs between IN and OUT, of these types at these stations; none named means all."""

    minutes: int
    source: str
    aircraft_types: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()

    def speaks_of(self, aircraft_type: str | None, station: str) -> bool:
        """Tell whether it is about this type at this station."""
        return (not self.aircraft_types or aircraft_type in self.aircraft_types) and (
            not self.stations or station in self.stations
        )

    @property
    def particularity(self) -> tuple[bool, bool]:
        """The rank of its scope: a rule for a type goes before one for a station, one for both goes first."""
        return bool(self.aircraft_types), bool(self.stations)


@dataclass(frozen=True)
class RuleSet:
    """All rules of one version, and what they share."""

    version: int
    rules: tuple[Rule, ...]
    close_hour_utc: int = 12
    united_states: frozenset[str] = frozenset()
    ground_times: tuple[GroundTime, ...] = ()
    arrival_seconds: int = 0
    alerts_per_hour: int = 6

    def ground_minutes(self, aircraft_type: str | None, station: str) -> int:
        """Return the minutes an aircraft needs on the ground, by the most particular of the ground times."""
        fitting = [ground_time for ground_time in self.ground_times if ground_time.speaks_of(aircraft_type, station)]
        return max(fitting, key=lambda ground_time: ground_time.particularity).minutes

    def find(self, kpi: str, scope: str, days: int) -> Rule | None:
        """Return the rule of the longest window that `days` fill; None where there is none for this KPI and scope."""
        fitting = [
            rule
            for rule in self.rules
            if rule.kpi == kpi and rule.scope == scope and rule.window in WINDOWS and "batch" in rule.used_by
        ]
        filled = [rule for rule in fitting if WINDOWS[rule.window] <= max(days, 1)]
        return max(filled, key=lambda rule: WINDOWS[rule.window], default=None)

    def by_id(self, rule_id: str) -> Rule | None:
        """Return a rule by its id; None where this version has none of that name."""
        return self._by_id.get(rule_id)

    def live(self, scope: str) -> tuple[Rule, ...]:
        """Return the rules that the stream is judged by, of one scope."""
        return self._live.get(scope, ())

    @cached_property
    def _by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def _live(self) -> Mapping[str, tuple[Rule, ...]]:
        live = [rule for rule in self.rules if "stream" in rule.used_by]
        return {scope: tuple(rule for rule in live if rule.scope == scope) for scope in SCOPES}


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


def rank(level: str | None) -> int:
    """Return how grave a level is: 0 for none, 1 amber, 2 red, 3 critical."""
    return LEVELS.index(level) + 1 if level in LEVELS else 0
