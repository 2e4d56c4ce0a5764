"""A published number and the legs that make it: numerator and denominator apart, each with what every leg adds.

The register of figures says what a leg adds to a sum. The same sums stand as columns in the marts of a day, and where
a mart has them, the legs are compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aero_assets.trace.leg_rows import LEG_COLUMNS, leg_rows
from aero_streaming.figures import figures

if TYPE_CHECKING:
    import duckdb

    from aero_assets.published import Manifest, Table
    from aero_streaming.figures import Facts, Kpi, Sum

DATE = "operating_date"
#: The table of punctuality by definition, and its columns for numerator and denominator.
OTP_MART, OTP_OVER, OTP_UNDER = "operations.fct_otp_day", "on_time_legs", "legs"
#: A column that every mart of sums of legs has.
SUMS_OF_LEGS = "scheduled_legs"
LEGS = "operations.fct_leg"


class TraceError(ValueError):
    """A number that cannot be traced as it was asked for; `is_usage` is False where only the data are missing."""

    def __init__(self, message: str, *, is_usage: bool = True) -> None:
        super().__init__(message)
        self.is_usage = is_usage


@dataclass(frozen=True)
class Figure:
    """A KPI of the register, or one of its sums."""

    name: str
    unit: str
    facts: Facts
    over: tuple[Sum, ...]
    less: tuple[Sum, ...] = ()
    under: tuple[Sum, ...] = ()
    kpi: Kpi | None = None

    @classmethod
    def named(cls, name: str) -> Figure:
        """Return a figure by its name in the register; TraceError if it has none, or is no figure of sums."""
        register = figures()
        if kpi := register.kpis.get(name):
            if kpi.change_of or not kpi.numerator:
                why = kpi.measures or f"It is the change of {kpi.change_of}: trace that figure on both days."
                raise TraceError(f"{name} is no figure of sums, so no legs add up to it. {why}")
            return cls(name, kpi.unit, kpi.of, kpi.numerator, kpi.less, kpi.denominator, kpi)
        if part := register.sums.get(name):
            return cls(name, "count", part.of, (part,))
        known = ", ".join(kpi.id for kpi in register.kpis.values() if kpi.numerator and not kpi.change_of)
        raise TraceError(f"The register of figures has no {name}. KPIs: {known}; sums are in docs/kpis.md.")

    @property
    def sums(self) -> tuple[Sum, ...]:
        """Every sum of it, each once."""
        return tuple({part.id: part for part in (*self.over, *self.less, *self.under)}.values())

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the facts that decide about it."""
        names: list[str] = []
        for part in self.sums:
            names += [*(part.where.names if part.where else ()), *filter(None, (part.total, part.due_flag))]
        return tuple(sorted(set(names)))

    def numerator(self, sums: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whole or decimal
        """Return the numerator over sums by their names."""
        return sum(sums[part.id] for part in self.over) - sum(sums[part.id] for part in self.less)

    def denominator(self, sums: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above, None of a plain sum
        """Return the denominator over sums by their names."""
        return sum(sums[part.id] for part in self.under) if self.under else None

    def value(self, sums: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above, None without a divisor
        """Return the figure over sums by their names."""
        return self.kpi.value(sums) if self.kpi else self.numerator(sums)


@dataclass(frozen=True)
class Question:
    """A number of a mart: its figure, its day, and the rows of the mart, by column."""

    mart: str
    metric: str
    day: date
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Leg:
    """A leg in the scope of a number: its names, the columns that decide, and what it adds to every sum."""

    leg_uid: str
    names: Mapping[str, Any]
    columns: Mapping[str, Any]
    adds: Mapping[str, Any]
    over: Any
    under: Any

    @property
    def counts(self) -> bool:
        """True if it is part of the number."""
        return bool(self.over or self.under)


@dataclass(frozen=True)
class Number:
    """A traced number. `in_mart` are its sums as the mart states them; None where the mart has no such column."""

    question: Question
    figure: Figure
    mart_rows: int
    sums: Mapping[str, Any]
    in_mart: Mapping[str, Any]
    legs: tuple[Leg, ...]

    @cached_property
    def value(self) -> Any:  # noqa: ANN401 - as `Figure.value`
        """The figure, over the sums of the mart where it has them, and those of the legs where it has none."""
        own = {name: value for name, value in self.in_mart.items() if value is not None}
        return self.figure.value({**self.sums, **own})

    @property
    def differences(self) -> list[str]:
        """Sums that the mart and its legs do not agree on."""
        return [
            f"{name} is {value} in {self.question.mart} and {self.sums[name]} over its legs"
            for name, value in self.in_mart.items()
            if value is not None and value != self.sums[name]
        ]


def trace_number(connection: duckdb.DuckDBPyConnection, manifest: Manifest, question: Question) -> Number:
    """Take a number apart into the legs of a pinned version; TraceError if the question has no answer."""
    figure = Figure.named(question.metric)
    table = mart_of(manifest, question.mart, figure)
    _check_scope(table, question, figure)
    rows, in_mart = _of_mart(connection, table, figure, question)
    if not rows:
        raise TraceError(_nothing(connection, table, question), is_usage=False)
    legs = _legs(connection, manifest, figure, question)
    sums = {part.id: sum(leg.adds[part.id] for leg in legs) for part in figure.sums}
    named = Question(table.name, question.metric, question.day, question.only)
    return Number(named, figure, rows, sums, in_mart, tuple(legs))


def mart_of(manifest: Manifest, name: str, figure: Figure) -> Table:
    """Return the published mart that is meant, with or without its schema; TraceError if it cannot hold the figure."""
    fitting = [table for table in manifest.tables if holds(table, figure)]
    chosen = [table for table in manifest.tables if name in (table.name, table.name.split(".")[1])]
    if not chosen or chosen[0] not in fitting:
        names = ", ".join(table.name.split(".")[1] for table in fitting) or "none"
        problem = f"{name} has no {figure.name}" if chosen else f"No published table is called {name}"
        raise TraceError(f"{problem}. Marts of a day with this figure: {names}.")
    return chosen[0]


def holds(table: Table, figure: Figure) -> bool:
    """Return True if a table is a mart of a day from which the figure is counted."""
    name = table.name.split(".")[1]
    if DATE not in table.columns:
        return False
    of_legs = figure.facts.model == LEGS.split(".")[1]
    return (
        name == figure.facts.model
        or (of_legs and SUMS_OF_LEGS in table.columns)
        or (table.name == OTP_MART and bool(figure.kpi and figure.kpi.otp))
    )


def _check_scope(table: Table, question: Question, figure: Figure) -> None:
    for name in question.only:
        if name not in table.columns or name not in LEG_COLUMNS:
            usable = ", ".join(sorted(LEG_COLUMNS & set(table.columns)))
            raise TraceError(f"{table.name} has no column {name} that legs have too; rows are chosen by {usable}, or "
                             f"ask `aero trace {figure.facts.model}`.")  # fmt: skip


def _of_mart(
    connection: duckdb.DuckDBPyConnection, table: Table, figure: Figure, question: Question
) -> tuple[int, dict[str, Any]]:
    """Return the number of rows of the mart and its sums, None for those that it has no column of."""
    where, values = condition(question)
    columns: dict[str, str] = {}
    if table.name == OTP_MART and figure.kpi and figure.kpi.otp:
        where, values = f"{where} and definition = ?", [*values, figure.kpi.otp.definition]
        columns = {**{part.id: OTP_UNDER for part in figure.under}, **{part.id: OTP_OVER for part in figure.over}}
    for part in figure.sums:
        if table.name.split(".")[1] == figure.facts.model:
            columns[part.id] = part.value_sql()
        elif part.id in table.columns:
            columns[part.id] = part.id
    parts = [f"coalesce(sum({columns[part.id]}), 0)" if part.id in columns else "null" for part in figure.sums]
    [row] = connection.execute(
        f"select count(*), {', '.join(parts)} from {table.name} where {where}", values
    ).fetchall()
    return row[0], {part.id: _whole(value) for part, value in zip(figure.sums, row[1:], strict=True)}


def _legs(connection: duckdb.DuckDBPyConnection, manifest: Manifest, figure: Figure, question: Question) -> list[Leg]:
    """Return every leg in the scope, in the order of the schedule, with what it adds to each sum."""
    where, values = condition(question)
    source = leg_rows(figure.facts, manifest)
    named = sorted(LEG_COLUMNS)
    own = [name for name in figure.columns if name not in LEG_COLUMNS]
    adds = ", ".join(f"coalesce(sum({part.value_sql()}), 0)" for part in figure.sums)
    numbers = figure.facts.columns.numbers
    deciding = "".join(f"{'sum' if name in numbers else 'any_value'}({name}), " for name in own)
    answer = connection.execute(
        f"select {', '.join(named)}, {deciding}{adds} from ({source}) as facts "
        f"where {where} group by {', '.join(named)} order by std_at nulls last, carrier, flight_number, leg_uid",
        values,
    ).fetchall()
    legs = []
    for row in answer:
        names = dict(zip(named, row, strict=False))
        columns = dict(zip(own, row[len(named) :], strict=False))
        added = dict(zip((part.id for part in figure.sums), map(_whole, row[len(named) + len(own) :]), strict=True))
        columns |= {name: names[name] for name in figure.columns if name in names}
        uid, over, under = names["leg_uid"] or "unknown", figure.numerator(added), figure.denominator(added)
        legs.append(Leg(uid, names, columns, added, over, under))
    return legs


def condition(question: Question) -> tuple[str, list[Any]]:
    """Return the condition on the rows of a mart or of legs, with its values."""
    parts: list[str] = [f"{DATE} = ?"]
    values: list[Any] = [question.day]
    for name, wanted_values in question.only.items():
        parts.append(f"cast({name} as varchar) in ({', '.join('?' * len(wanted_values))})")
        values += wanted_values
    return " and ".join(parts), values


def scope_of(only: Mapping[str, Sequence[str]]) -> str:
    """Return a choice of rows in words."""
    return ", ".join(f"{name} {' or '.join(values)}" for name, values in only.items())


def _nothing(connection: duckdb.DuckDBPyConnection, table: Table, question: Question) -> str:
    [(first, last)] = connection.execute(f"select min({DATE}), max({DATE}) from {table.name}").fetchall()
    if first is None:
        return f"{table.name} is empty."
    scope = scope_of(question.only)
    where, values = condition(Question(question.mart, question.metric, question.day))
    [(of_day,)] = connection.execute(f"select count(*) from {table.name} where {where}", values).fetchall()
    if of_day:
        return f"{table.name} has {of_day:,} rows of {question.day}, and none of {scope}."
    return f"{table.name} has no row of {question.day}; its operating dates are {first} to {last}."


def _whole(value: Any) -> Any:  # noqa: ANN401 - a number or nothing
    """Return a number as a whole one where the engine widened it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
