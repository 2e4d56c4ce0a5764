"""The model of a figure: the facts it is made of, sums that can be added up at any grain, and KPIs over sums.

`file.py` reads them from `kpis.toml`; `register.py` is what others import. Every engine gets its form of a sum
from here: SQL for dbt and DuckDB, SQL for Flink (`flink/sql.py` names the columns), a number for Python.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, get_args

from aero_streaming.figures.conditions import Columns, Condition, Row, Write

Side = Literal["leg", "departure", "arrival"]
Unit = Literal[
    "percent", "points", "per_mille", "minutes", "hours", "usd_per_km", "usd_per_leg", "usd_per_minute", "kg_per_km",
    "g_per_km", "times", "count", "usd", "km", "legs", "grade",
]  # fmt: skip
Better = Literal["high", "low", "neither"]
Treatment = Literal["counted", "missed", "left_out"]

UNITS: tuple[Unit, ...] = get_args(Unit)
UNITS_OF_RATIOS = (
    "percent", "points", "per_mille", "minutes", "hours", "usd_per_km", "usd_per_leg", "usd_per_minute", "kg_per_km",
    "g_per_km", "times",
)  # fmt: skip
SIDES = ("leg", "departure", "arrival")
KEEPERS = ("stream", "marts")
USERS = ("rules", "pages", "results", "briefs", "metrics")
KINDS_OF_LEG = ("cancelled", "diverted", "unknown", "silent", "not_due")
"""Kinds of leg that definitions of a KPI differ in."""
TREATMENTS = ("counted", "missed", "left_out")


class FigureError(ValueError):
    """A figure that cannot be used; the message names file, line, what is wrong and what is wanted."""


@dataclass(frozen=True)
class Facts:
    """A kind of row that figures are made of, and where dbt keeps it. `due` names the flags of what is due."""

    id: str
    model: str
    key: str
    date: str
    columns: Columns
    decimals: frozenset[str]
    due: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Sum:
    """Something that can be added up: rows that `where` lets through, or a column of them.

    `due_flag` is the column that says whether a row is due; None where being due does not matter. `where` is None where
    every row counts.
    """

    id: str
    of: Facts
    text: str
    side: Side = "leg"
    total: str | None = None
    floor: int | None = None
    where: Condition | None = None
    due_flag: str | None = None
    kept_in: tuple[str, ...] = ()

    @property
    def is_decimal(self) -> bool:
        """True if it adds up decimals; all others are whole."""
        return self.total in self.of.decimals

    @property
    def limit_minutes(self) -> int | None:
        """The limit of its condition."""
        return self.where.limit if self.where else None

    def condition_sql(self, write: Write = str) -> str | None:
        """Return the condition as SQL, being due included; None where every row counts."""
        parts = [write(self.due_flag)] if self.due_flag else []
        if self.where:
            text = self.where.sql(write)
            parts.append(f"({text})" if parts and " or " in text else text)
        return " and ".join(parts) or None

    def value_sql(self, write: Write = str) -> str:
        """Return what one row adds as SQL, null or 0 where it adds nothing; `sum()` of it is the sum."""
        condition = self.condition_sql(write)
        if self.total is None:
            return f"case when {condition} then 1 else 0 end" if condition else "1"
        value = write(self.total)
        if self.floor is not None:
            value = f"greatest({value}, {self.floor})"
        return f"case when {condition} then {value} end" if condition else value

    def of_row(self, row: Row) -> Any:  # noqa: ANN401 - a whole number or a decimal
        """Return what one row adds."""
        if self.due_flag and not row.get(self.due_flag):
            return 0
        if self.where and not self.where.holds(row):
            return 0
        if self.total is None:
            return 1
        value = row.get(self.total)
        if value is None:
            return 0
        return value if self.floor is None else max(value, self.floor)

    def of_rows(self, rows: Iterable[Row]) -> Any:  # noqa: ANN401 - as above
        """Add it up."""
        return sum(self.of_row(row) for row in rows)


@dataclass(frozen=True)
class Otp:
    """The form of a definition of punctuality in the table `otp_definitions`."""

    definition: str
    event: str
    reference: str
    denominator: str
    late_if_ge: int | None = None
    late_if_gt: int | None = None
    early_if_lt: int | None = None
    split: str | None = None


@dataclass(frozen=True)
class Kpi:
    """A figure that people read: sums over sums, or with `measures` something read from one flight or feed.

    Sums in `less` are taken off the numerator, and the whole is multiplied by `times`. A percentile is one of a
    `column` over the rows where it is known. `sample` is n, what the figure should be judged by; `unknown` are rows of
    which nothing is known. A share is a number from 0 to 1; people see it in percent.
    """

    id: str
    of: Facts
    unit: Unit
    better: Better
    name: Mapping[str, str]
    short: Mapping[str, str]
    help: Mapping[str, str]
    source: str
    used_by: tuple[str, ...]
    numerator: tuple[Sum, ...] = ()
    less: tuple[Sum, ...] = ()
    denominator: tuple[Sum, ...] = ()
    times: Fraction | None = None
    sample: tuple[Sum, ...] = ()
    unknown: tuple[Sum, ...] = ()
    population: Mapping[str, Treatment] = field(default_factory=lambda: MappingProxyType({}))
    scopes: tuple[str, ...] = ()
    digits: int | None = None
    change_of: str | None = None
    measures: str | None = None
    percentile: int | None = None
    column: str | None = None
    counts_ahead: bool = False
    otp: Otp | None = None

    @property
    def bad(self) -> Literal["below", "above"]:
        """On which side of a limit it is bad."""
        return "below" if self.better == "high" else "above"

    @property
    def is_share(self) -> bool:
        """True if it is a part of a whole, which Wilson's interval judges."""
        return self.unit in ("percent", "points")

    @property
    def limit_minutes(self) -> int | None:
        """From which minute on it calls a flight late, or none."""
        return next((part.limit_minutes for part in self.numerator if part.limit_minutes is not None), None)

    @property
    def sums(self) -> tuple[Sum, ...]:
        """Every sum that it needs, each once."""
        needed = (*self.numerator, *self.less, *self.denominator, *self.sample, *self.unknown)
        return tuple({part.id: part for part in needed}.values())

    def over(self, sums: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whole or decimal
        """Return the numerator over sums by their names."""
        return sum(sums[part.id] for part in self.numerator) - sum(sums[part.id] for part in self.less)

    def under(self, sums: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above, or nothing
        """Return the denominator over sums by their names; None for a plain sum."""
        return sum(sums[part.id] for part in self.denominator) if self.denominator else None

    @property
    def over_sql(self) -> str:
        """The numerator as SQL over rows of sums."""
        added = " + ".join(f"sum({part.id})" for part in self.numerator)
        return added + "".join(f" - sum({part.id})" for part in self.less)

    @property
    def under_sql(self) -> str:
        """The denominator as SQL over rows of sums; empty for a plain sum."""
        return " + ".join(f"sum({part.id})" for part in self.denominator)

    @property
    def value_sql(self) -> str:
        """The figure as SQL over rows of sums; null where there is nothing to divide by."""
        factor = f"{float(self.times or 1)!r} * "
        if self.denominator:
            return f"{factor}({self.over_sql}) / nullif({self.under_sql}, 0)"
        return f"{factor}({self.over_sql})" if self.times else self.over_sql

    def value(self, sums: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above
        """Return the figure over sums by their names; None where there is nothing to divide by."""
        under = self.under(sums)
        if under is not None and not under:
            return None
        value = self.over(sums) if under is None else self.over(sums) / under
        return float(value) * float(self.times) if self.times else value


@dataclass(frozen=True)
class Register:
    """All figures of one version."""

    version: int
    facts: Mapping[str, Facts]
    sums: Mapping[str, Sum]
    kpis: Mapping[str, Kpi]

    def kept_in(self, keeper: str) -> tuple[Sum, ...]:
        """Return the sums that the stream's states or the marts of a day carry, in the order of the file."""
        return tuple(part for part in self.sums.values() if keeper in part.kept_in)

    def used_by(self, user: str) -> tuple[Kpi, ...]:
        """Return the KPIs that rules, pages, results or briefs use, in the order of the file."""
        return tuple(kpi for kpi in self.kpis.values() if user in kpi.used_by)

    @cached_property
    def by_definition(self) -> Mapping[str, Kpi]:
        """KPIs of punctuality by the name of their definition."""
        return {kpi.otp.definition: kpi for kpi in self.kpis.values() if kpi.otp}
