"""Reading wide sheets of a workbook: a record per row, month and edition, with the figures of that month.

A month of a row without any figure is no record: nothing happened, or it has not been published yet. The sums stated in
a sheet are compared with the values read; one that differs is a record of its own, in quarantine.

Every record carries its edition, which depends on the content of the workbook: the last month with a figure, and a
digest of all figures. It stays the same if the workbook is only saved again, even by another program.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
from defusedxml import ElementTree

from aero_assets.defs.typed.given import Given, csv_text, handed_on, unreadable
from aero_assets.feeds.layouts import Sheet, Workbook

#: The door has looked at the whole archive; these bound what one sheet may cost here.
MOST_ROWS, MOST_COLUMNS = 200_000, 200
TOLERANCE = 0.5
MODIFIED = "{http://purl.org/dc/terms/}modified"

Row = tuple[Any, ...]


class SheetError(ValueError):
    """A sheet that does not have the agreed layout."""


def read_workbook_rows(
    path: Path, workbook: Workbook, header: Sequence[str], received_at: datetime
) -> pa.RecordBatchReader:
    """Return the records of a body: the row's number in its sheet, values in the order of the register's header."""
    return handed_on(_records(path, workbook, header, received_at))


def _records(path: Path, workbook: Workbook, header: Sequence[str], received_at: datetime) -> Iterator[Given]:
    from openpyxl import load_workbook  # noqa: PLC0415 - brings along what only workbooks need

    # By its content: the library looks at names otherwise, and a body has none.
    with path.open("rb") as file:
        try:
            saved = edition_of(file) or received_at.astimezone(UTC).replace(tzinfo=None)
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:
            # A library that takes files of strangers apart may raise anything; the body stays in the raw zone.
            yield unreadable(f"the workbook cannot be opened: {error.__cause__ or error}")
            return
        read: list[Given] = []
        for sheet in workbook.sheets:
            try:
                rows = book[sheet.name].iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
                read += _sheet(rows, sheet, workbook, header)
            except Exception as error:
                read.append(unreadable(f"sheet {sheet.name}: {error}", sheet.name))
        yield from _of_edition(read, header, f"{saved:%Y-%m-%d %H:%M:%S}")


def _of_edition(read: Sequence[Given], header: Sequence[str], saved: str) -> Iterator[Given]:
    """Yield the records with the edition that follows from all of them."""
    month = header.index("MONTH")
    through = max((int(record.values[month] or 0) for record in read if record.values), default=0)
    figures = sorted(repr([_plain(value) for value in record.values]) for record in read if record.values)
    edition = {
        "EDITION_AT": saved,
        "THROUGH_MONTH": f"{through}",
        "FIGURES_DIGEST": sha256("\n".join(figures).encode()).hexdigest()[:16],
    }
    for record in read:
        values = [edition.get(name, value) for name, value in zip(header, record.values, strict=False)]
        yield record._replace(body=csv_text(values) if values else record.body, values=values)


def _plain(value: str | None) -> str:
    """Return a value in one form for all programs that save workbooks: 10 and 10.0 are one figure."""
    try:
        return f"{float(value or ''):.6f}"
    except ValueError:
        return value or ""


def edition_of(file: IO[bytes]) -> datetime | None:
    """Return the time at which the workbook was last saved (UTC), as stated in it.

    It orders editions that end with the same month.
    """
    with zipfile.ZipFile(file) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return None
        modified = ElementTree.fromstring(archive.read("docProps/core.xml")).findtext(MODIFIED)
    moment = datetime.fromisoformat(modified) if modified else None
    # The form of such files is UTC; one without a zone must not be read on the clock of this machine.
    return moment.astimezone(UTC).replace(tzinfo=None) if moment and moment.tzinfo else moment


def _sheet(rows: Iterator[Row], sheet: Sheet, workbook: Workbook, header: Sequence[str]) -> Iterator[Given]:
    above = [next(rows, ()) for _ in range(workbook.header_row)]
    year = _year(above, workbook)
    _check_headings(above, sheet, workbook)
    keys, width = len(sheet.keys), len(workbook.months) + 1
    sums = [0.0] * (width * len(workbook.figures))
    for number, row in enumerate(rows, workbook.header_row + 1):
        cells = row[keys : keys + len(sums)]
        if row and _text(row[0]) == workbook.ends_at:
            yield from _differing(number, cells, sums, sheet, workbook)
            return
        if not any(row[:keys]):
            continue
        sums = [total + _number(cell) for total, cell in zip(sums, cells, strict=True)]
        named = dict(zip(sheet.keys.values(), map(_text, row[:keys]), strict=True))
        wrong = _wrong_total(number, cells, sheet, workbook)
        for month in range(1, width):
            figures = [cells[block * width + month - 1] for block in range(len(workbook.figures))]
            if not any(figures):
                continue
            record = named | {"SHEET": sheet.name, "YEAR": year, "MONTH": f"{month}"}
            record |= dict(zip(workbook.figures.values(), map(_text, figures), strict=True))
            values = [record.get(name) for name in header]
            yield Given(number, csv_text(values), values, sheet.name, "total_mismatch" if wrong else None, wrong)
    raise SheetError(f"there is no row {workbook.ends_at!r}: the end of the sheet is missing")


def _year(above: list[Row], workbook: Workbook) -> str:
    for cell in (cell for row in above for cell in row if isinstance(cell, str)):
        if match := re.search(workbook.year, cell):
            return match[1]
    raise SheetError(f"no cell above row {workbook.header_row} says the year")


def _check_headings(above: list[Row], sheet: Sheet, workbook: Workbook) -> None:
    headings = tuple(filter(None, map(_text, above[-1])))
    if headings != workbook.headings(sheet):
        raise SheetError(f"row {workbook.header_row} is not the agreed header")
    start, width = len(sheet.keys), len(workbook.months) + 1
    blocks = [_text(above[-2][start + width * block]) for block in range(len(workbook.figures))]
    if blocks != list(workbook.figures):
        raise SheetError(f"row {workbook.header_row - 1} names {blocks}, not {list(workbook.figures)}")


def _wrong_total(number: int, cells: Row, sheet: Sheet, workbook: Workbook) -> str | None:
    """Return a message about a total of a row that differs from the sum of its twelve months; None if all agree."""
    width = len(workbook.months) + 1
    for block, figure in enumerate(workbook.figures.values()):
        *months, stated = cells[width * block : width * (block + 1)]
        if abs(_number(stated) - (total := sum(map(_number, months)))) > TOLERANCE:
            return f"{figure}: the months of row {number} of {sheet.name} sum to {total:,.2f}, the row says {stated}"
    return None


def _differing(number: int, cells: Row, sums: list[float], sheet: Sheet, workbook: Workbook) -> Iterator[Given]:
    """Yield a record for every stated sum that differs from the sum of the rows above."""
    headings = [f"{figure} {month}" for figure in workbook.figures.values()
                for month in (*workbook.months, workbook.total)]  # fmt: skip
    for heading, stated, total in zip(headings, cells, sums, strict=True):
        if abs(_number(stated) - total) > TOLERANCE:
            message = f"{heading}: the rows sum to {total:,.2f}, row {number} of {sheet.name} says {stated}"
            yield Given(number, csv_text([sheet.name, heading, _text(stated)]), part=sheet.name,
                        defect="total_mismatch", message=message)  # fmt: skip


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0


def _text(cell: object) -> str | None:
    """Return a cell in the form of a CSV file; names lose line breaks and double spaces."""
    if cell is None:
        return None
    return " ".join(f"{cell}".split()) if isinstance(cell, str) else repr(cell)
