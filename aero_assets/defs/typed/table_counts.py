"""The records of a table kept by people, counted without its reader: rows below the header, and their cells.

A record is a row, or each filled cell of columns side by side. Header and columns are searched for here again, by the
names in the register.
"""

import csv
import gzip
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from aero_assets.feeds import Feed
from aero_assets.feeds.tables import Table
from aero_ingest.tables import DELIMITERS, MOST_ABOVE, NoTextError, records, text_of
from aero_ingest.workbook import MAX_COLUMNS, MAX_ROWS

_NOTHING = {"", "-", "--", "–", "—", "n/a", "na", "n/d", "nd", "s/d", "sd", "null", "none", "nan", "#n/a"}

Rows = list[list[str]]


def count(feed: Feed, body: Path) -> int:
    """Count the records of a body; an unreadable body is one record, in quarantine."""
    table = feed.layout.table
    if table is None:
        return 0
    try:
        return max(_of_rows(rows, table) for rows in _readings(body)) if _is_text(body) else _of_sheets(body, table)
    except (NoTextError, OSError, EOFError):
        return 1


def _is_text(body: Path) -> bool:
    with body.open("rb") as file:
        return file.read(2) != b"PK"


def _readings(body: Path) -> Iterator[Rows]:
    data = body.read_bytes()
    text = text_of(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
    for delimiter in DELIMITERS:
        yield [list(record.cells) or next(csv.reader([record.text])) for record in records(text, delimiter)]


def _of_sheets(body: Path, table: Table) -> int:
    from openpyxl import load_workbook  # noqa: PLC0415 - brings along what only workbooks need

    with body.open("rb") as file:
        try:
            # As entered: a cell with a formula says something, whatever was calculated of it.
            book = load_workbook(file, read_only=True, keep_links=False)
            return sum(_of_rows(_filled(book[sheet]), table) for sheet in book.sheetnames)
        except Exception:  # whatever a library says of the file of a stranger, it is one record in quarantine
            return 1


def _filled(sheet: Any) -> Rows:  # noqa: ANN401 - openpyxl has no types
    texts = (["" if cell is None else f"{cell}".strip() for cell in row] for row in sheet_rows(sheet))
    return [row for row in texts if any(row)]


def sheet_rows(sheet: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - openpyxl has no types
    """Yield the rows of a sheet up to the door's limit, empty ones without cells; none of a chart sheet.

    The size that a sheet states is ignored: rows beyond it count, and a wrong size of millions of cells is easily
    written.
    """
    if hasattr(sheet, "iter_rows"):
        for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True):
            yield row if row.count(None) < len(row) else ()


def _of_rows(rows: Rows, table: Table) -> int:
    """Count the rows below the header: the first of the top rows with a column of each needed kind."""
    spread = table.spread.names if table.spread else {}
    names = {name: (name, *column.names) for name, column in table.columns.items()}
    names |= {name: (name, *others) for name, others in spread.items()}
    for number, row in enumerate(rows[: MOST_ABOVE + 1]):
        known = {name for name in names for cell in row if _means(cell, names[name])}
        if all(known & set(choice) for choice in table.needs):
            beside = [n for n, cell in enumerate(row) for name in spread if _means(cell, names[name])]
            return sum(_records(cells, beside) for cells in rows[number + 1 :])
    return 0


def _records(cells: Sequence[str], beside: Sequence[int]) -> int:
    filled = sum(place < len(cells) and cells[place].strip().casefold() not in _NOTHING for place in beside)
    return max(filled, 1)


def _means(cell: str, names: Sequence[str]) -> bool:
    """Return True if a heading is one of some names, possibly followed by a currency."""
    bare = _letters(cell)
    return any(bare == _letters(name) or (bare[:-3] == _letters(name) and len(cell) > len(name)) for name in names)


@lru_cache(maxsize=4096)
def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())
