"""Rows of the synthetic airline's database as an extract writes them: for tests of feeds of tables."""

import json
from datetime import date
from functools import cache

from aero_airline import Airline
from aero_airline.opsdb import KEYS, day_changes
from aero_extract.raw_store import Stamp
from aero_extract.tables import TABLES
from tests.judging import judged

ON = date(2026, 11, 1)
#: After all that the rows of the day tell.
WINDOW_END = "2026-11-06T18:00:00.000000Z"
#: Columns that the extract adds, and columns that the database fills by itself.
ADDED = {"row_version": 1, "updated_at": "2026-11-01T17:30:00.000000Z"}


@cache
def _day():
    return day_changes(Airline(3), ON, most_legs=40)


def rows(table: str) -> list[dict]:
    """The rows of a table as they are entered, one after the other, as an extract reads them."""
    kept = ADDED if TABLES[table].stamp else {"row_version": 1}
    found = []
    for change in _day():
        if change.table == table and not change.removes:
            for values in change.rows:
                row = dict(zip(change.columns, values, strict=True)) | kept
                found.append({name: value for name, value in row.items() if value is not None})
    return found


def typed(table: str, *said: dict) -> list[dict]:
    """The typed rows of rows that the extract wrote."""
    stamp = Stamp(f"opsdb/{table}", WINDOW_END)
    lines = "".join(stamp.line(json.dumps(row, default=str, ensure_ascii=False))[0] for row in said)
    return judged(f"opsdb/{table}", lines.encode(), ON)


def accepted(table: str) -> list[dict]:
    """The typed rows of everything that is entered in a day; none may be refused."""
    given = rows(table)
    found = typed(table, *given)
    assert {row["reason"]: row["message"] for row in found if row["reason"]} == {}
    assert len(found) == len(given) > 0
    assert {row[name] is not None for row in found for name in KEYS[table] if name in row} == {True}
    return found


def refused(table: str, **changes: object) -> str:
    """The reason for which the first row of a table is refused with other values; a null is left out."""
    row = {name: value for name, value in (rows(table)[0] | changes).items() if value is not None}
    [found] = typed(table, row)
    assert found["message"]
    return found["reason"]
