"""The status of routes by the rules over published days: one judgement per rule, route and closed operating day.

Pure but for the DuckDB that holds the marts. `judged_days.py` keeps the judgements, `defs/alerts` sends the daily
message.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from aero_streaming.figures import Kpi
from aero_streaming.rules import DayRule

#: The same days of the year before, with the same days of the week.
YEAR = timedelta(days=364)
_TABLE = """
    select table_schema || '.' || table_name from information_schema.tables
    where table_catalog = current_database() and table_name = ?
"""
LEGS, ROUTE_DAYS, TARGETS = "operations.fct_leg", "operations.fct_route_day", "finance.fct_target"
#: Targets of routes are for all carriers together, as their status is.
ALL_CARRIERS = "all"

Row = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """A KPI of a route over some days: its value, sample, count that meets it, days with rows, and label."""

    value: float | None
    n: int
    k: int | None
    days: int
    data_label: str | None


@dataclass(frozen=True)
class Window:
    """Operating days `first` to `last`, both included."""

    first: date
    last: date

    def earlier(self, by: timedelta) -> "Window":
        """Return the window of the same length that lies so much earlier."""
        return Window(self.first - by, self.last - by)


def window_of(rule: DayRule, day: date) -> Window:
    """Return the days that a rule judges: those up to a day, for targets those of its month so far."""
    first = day.replace(day=1) if rule.against == "target" else day - timedelta(days=rule.days - 1)
    return Window(first, day)


def judge(
    marts: duckdb.DuckDBPyConnection, day: date, rules: Sequence[DayRule], held: Mapping[tuple[str, str], Row]
) -> list[Row]:
    """Return the status of each route by each rule on a closed operating day, in the order of the rules.

    `held` are the rows of the day that was judged before, by rule and route: a light keeps its level until the exit
    limit, and `since` is the day on which it got its colour. A rule whose marts a version lacks gives no rows.
    """
    return [row for rule in rules for row in _of_rule(marts, day, rule, held)]


def turned_red(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that are red and were not on the day judged before."""
    return [row for row in rows if row["light"] == "red" and row["light_before"] != "red"]


def _of_rule(
    marts: duckdb.DuckDBPyConnection, day: date, rule: DayRule, held: Mapping[tuple[str, str], Row]
) -> Iterable[Row]:
    window = window_of(rule, day)
    compared = _compared(marts, rule, window)
    for route, measured in sorted(_measured(marts, rule.kpi, window).items()):
        if rule.against == "target" and route not in compared:
            continue
        reading = rule.reading(measured.value, measured.n, measured.k, compared.get(route))
        before = held.get((rule.id, route), {})
        light_before = before.get("light")
        light = rule.light(reading, light_before)
        yield {
            "operating_date": day.isoformat(),
            "rule_id": rule.id,
            "kpi": rule.kpi.id,
            "route": route,
            "first_date": window.first.isoformat(),
            "days": measured.days,
            "light": light,
            "light_before": light_before,
            "since": before["since"] if light == light_before else day.isoformat(),
            "value": reading.value,
            "unit": rule.unit,
            "n": measured.n,
            "compared": compared.get(route),
            "limit": rule.limits["red"].enter,
            "data_label": measured.data_label,
        }


def _compared(marts: duckdb.DuckDBPyConnection, rule: DayRule, window: Window) -> dict[str, float]:
    """Return what values are compared with, by route; a sample below the rule's minimum is no baseline."""
    if not rule.against:
        return {}
    if rule.against == "target":
        return _targets(marts, rule.kpi, window)
    if rule.against == "year_before":
        other = window.earlier(YEAR)
    else:
        other = Window(window.first - timedelta(days=rule.days_before), window.first - timedelta(days=1))
    measured = _measured(marts, rule.kpi, other)
    return {
        route: earlier.value
        for route, earlier in measured.items()
        if earlier.value is not None and earlier.n >= rule.minimum_legs
    }


def _targets(marts: duckdb.DuckDBPyConnection, kpi: Kpi, window: Window) -> dict[str, float]:
    """Return the targets of the month; of an amount the part that belongs to the days so far."""
    rows = _rows(
        marts,
        f"select route, target_value from {TARGETS} where kpi = ? and month_start_on = ? and carrier = ?",
        [kpi.id, window.first, ALL_CARRIERS],
    )
    part = 1.0 if kpi.denominator else window.last.day / monthrange(window.last.year, window.last.month)[1]
    return {route: target * part for route, target in rows}


def _measured(marts: duckdb.DuckDBPyConnection, kpi: Kpi, window: Window) -> dict[str, Measured]:
    table, values = _source(marts, kpi)
    if not table:
        return {}
    sums = ", ".join(f"sum({value})" for value in values.values())
    # The day sums of routes carry no label; their legs do.
    label = f"(select max(data_label) from {LEGS})" if table == ROUTE_DAYS else "max(data_label)"
    rows = _rows(
        marts,
        f"""
            select route, count(distinct operating_date), {label}, {sums} from {table}
            where operating_date between ? and ? and route <> 'unknown' group by route
        """,
        [window.first, window.last],
    )
    measured = {}
    for route, days, label, *numbers in rows:
        known = dict(zip(values, (None if number is None else float(number) for number in numbers), strict=True))
        measured[route] = _kpi(kpi, known, days, label)
    return measured


def _kpi(kpi: Kpi, sums: Mapping[str, float | None], days: int, label: str | None) -> Measured:
    needed = [sums[part.id] for part in (*kpi.numerator, *kpi.less, *kpi.denominator)]
    value = None if None in needed else kpi.value(sums)
    sample = [sums[part.id] or 0 for part in (kpi.sample or kpi.denominator or kpi.numerator)]
    k = None if value is None else round(kpi.over(sums))
    return Measured(value, round(sum(sample)), k, days, label)


def _source(marts: duckdb.DuckDBPyConnection, kpi: Kpi) -> tuple[str, dict[str, str]]:
    """Return the published table of a KPI and its sums as SQL: of legs the day sums of routes where it has them."""
    parts = (*kpi.numerator, *kpi.less, *kpi.denominator, *kpi.sample)
    if kpi.of.id == "legs" and all("marts" in part.kept_in for part in parts):
        return ROUTE_DAYS, {part.id: part.id for part in parts}
    tables = _rows(marts, _TABLE, [kpi.of.model])
    return (tables[0][0] if tables else ""), {part.id: part.value_sql() for part in parts}


def _rows(marts: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    try:
        return marts.execute(sql, values).fetchall()
    except duckdb.CatalogException:
        return []
