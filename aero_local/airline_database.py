"""The operational database of the synthetic airline without a server: its rows at a moment, day by day.

The rows are those that PostgreSQL would hold after `opsdb.fill`: the same changes in the same order. Each row has the
number of its changes and the time of the last one. Values are written as Spark would write them.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from aero_airline import Airline
from aero_airline.opsdb import Change, day_changes, rate_changes
from aero_extract.migrate import MIGRATIONS
from aero_extract.tables import BOOLEAN, DATE, INSTANT, INTEGER, NUMERIC, TABLES, Table
from aero_extract.windows import text

CREATED = re.compile(r"create table opsdb\.(\w+) \((.*?)\n\);", re.DOTALL)
SCALE = re.compile(r"^ +(\w+) numeric\(\d+, (\d+)\)", re.MULTILINE)


@dataclass
class Row:
    """A row of a table: its values as JSON texts, without version and time of change, which a trigger sets."""

    values: dict[str, str]
    changed_at: datetime
    version: int = 1

    def line(self, table: Table) -> str:
        """Return the row as a JSON object with its columns in the table's order; empty values are left out."""
        kept = {"row_version": f"{self.version}", "updated_at": json.dumps(text(self.changed_at))}
        values = self.values | kept if table.stamp else self.values
        return "{" + ",".join(f'"{name}":{values[name]}' for name in table.columns if name in values) + "}"


Rows = dict[tuple[str, ...], Row]


class AirlineDatabase:
    """The airline's database at a moment, filled with the operating days from `first` to `last`."""

    def __init__(self, airline: Airline, first: date, last: date, at: datetime, most_legs: int | None = None) -> None:
        self.airline, self.at, self._most_legs = airline, at, most_legs
        self.days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        #: Aircraft are rows of no day: each day names those that it flies.
        self._aircraft: Rows = {}

    def each_day(self) -> Iterator[dict[str, Rows]]:
        """Yield, day by day, the rows that an operating day added to the database, by table.

        Memory holds one day. Rates belong to no leg; `rates` returns them.
        """
        for on in self.days:
            tables: dict[str, Rows] = {name: {} for name, table in TABLES.items() if table.stamp}
            known = set(self._aircraft)
            for change in self._until(day_changes(self.airline, on, self._most_legs)):
                if change.table in tables:
                    rows = self._aircraft if change.table == "aircraft" else tables[change.table]
                    _apply(rows, TABLES[change.table], change)
            tables["aircraft"] = {key: row for key, row in self._aircraft.items() if key not in known}
            yield tables

    def rates(self) -> list[str]:
        """Return the lines of `fx_rates`, the table without a column for the time of change."""
        rows: Rows = {}
        for on in self.days:
            for change in self._until(rate_changes(self.airline.seed, on)):
                _apply(rows, TABLES["fx_rates"], change)
        return [row.line(TABLES["fx_rates"]) for row in rows.values()]

    def _until(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Yield the changes before the moment; a change exactly at the moment is not yet included."""
        last_minute = int(self.at.timestamp() // 60)
        return (change for change in changes if change.at < last_minute)


def _apply(rows: Rows, table: Table, change: Change) -> None:
    """Make one change as an upsert does: an unchanged row keeps its version and its time of change."""
    at = datetime.fromtimestamp(change.at * 60, UTC)
    writers = [(name, _writer(table, name)) for name in change.columns]
    for given in change.rows:
        values = {name: write(value) for (name, write), value in zip(writers, given, strict=True) if value is not None}
        key = tuple(values[name] for name in table.key)
        if change.removes:
            rows.pop(key, None)
        elif (row := rows.get(key)) is None:
            rows[key] = Row(values, at)
        elif row.values != values:
            row.values, row.changed_at, row.version = values, at, row.version + 1


def _writer(table: Table, name: str) -> Callable[[Any], str]:
    """Return a function that writes a value of this column as JSON text."""
    kind = table.columns[name]
    if kind == NUMERIC:
        digit = digits()[table.name, name]
        return lambda value: str(Decimal(str(value)).quantize(digit, ROUND_HALF_UP))
    if kind == INSTANT:
        # Times of the airline are of whole seconds: 2026-11-01T10:05:00Z.
        return lambda value: f'"{value.removesuffix("Z")}.000000Z"'
    if kind == DATE:
        return lambda value: f'"{value}"'
    return json.dumps if kind == BOOLEAN else str if kind == INTEGER else encode_basestring


@cache
def digits() -> dict[tuple[str, str], Decimal]:
    """Return the last decimal place of every numeric column, by table and column name, as the migrations define it."""
    digit_of = {}
    for migration in sorted(MIGRATIONS.glob("*.sql")):
        for name, columns in CREATED.findall(migration.read_text(encoding="utf-8")):
            digit_of |= {(name, column): Decimal(1).scaleb(-int(scale)) for column, scale in SCALE.findall(columns)}
    return digit_of
