"""The door's look at a table that people keep: a CSV text or a workbook, whichever its first bytes say."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO, Any
from xml.parsers import expat

from aero_ingest import reasons, tables, workbook, workbook_top
from aero_ingest.content import UTF_16, recognise
from aero_ingest.doors import Door
from aero_ingest.gunzip import GZIP


def check(file: IO[bytes], door: Door) -> int:
    """Return the number of rows below the header; raise RejectedFile where it is no table of the feed."""
    file.seek(0)
    head = file.read(workbook.MAX_TEXT)
    if head.startswith(workbook.COMPOUND):
        raise workbook.compound(file, "table")
    if head.startswith(workbook.MAGIC):
        return _of_workbook(file, door)
    return _of_text(file, head, door)


def _of_text(file: IO[bytes], head: bytes, door: Door) -> int:
    file.seek(0)
    try:
        if head.startswith(GZIP):
            with gzip.open(file) as packed:
                data = packed.read(tables.MAX_TEXT_BYTES + 1)
        else:
            data = file.read(tables.MAX_TEXT_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise reasons.gzip_corrupt(f"{error}") from error
    if len(data) > tables.MAX_TEXT_BYTES:
        raise reasons.too_large(tables.MAX_TEXT_BYTES)
    if not data.startswith(UTF_16):
        recognise(data[: workbook.MAX_TEXT], "table")
    try:
        text = tables.text_of(data)
    except tables.NoTextError as error:
        raise reasons.bad_encoding(f"The file cannot be read: {error}.") from error
    delimiter, header = tables.of_text(text, door.layout["table"])
    if header.problem:
        top = [record.cells for record in tables.records(text, delimiter)][: tables.MOST_ABOVE + 1]
        raise refusal(door, header, "", kin(top, door))
    return sum(1 for _ in tables.records(text, delimiter)) - header.row - 1


def _of_workbook(file: IO[bytes], door: Door) -> int:
    try:
        return _rows_of(workbook_top.top_rows(file, tables.MOST_ABOVE + 1), door)
    except expat.ExpatError as error:
        raise reasons.damaged("table", f"its XML: {error}") from error
    except (zipfile.BadZipFile, zlib.error, *workbook.UNREADABLE) as error:
        raise reasons.damaged("table", f"the zip archive: {error}") from error


def _rows_of(sheets: Mapping[str, workbook_top.Top], door: Door) -> int:
    headers = {name: tables.find(top.rows, door.layout["table"]) for name, top in sheets.items()}
    tables_by_sheet = {name: header for name, header in headers.items() if not header.problem}
    for name in tables_by_sheet:
        if beyond := sheets[name].beyond:
            raise reasons.sheet_too_large(name, f"has a value in {beyond}; a table has {workbook.MAX_COLUMNS} columns")
    if tables_by_sheet:
        return sum(sheets[name].below(header.row) for name, header in tables_by_sheet.items())
    name = max(headers, key=lambda sheet: len(headers[sheet].places))
    raise refusal(door, headers[name], name, kin(sheets[name].rows, door))


def kin(top: list[tuple[str, ...]], door: Door) -> str:
    """Return the other feed that the same rows are a table of; empty if they are of none."""
    others: Mapping[str, Any] = door.layout["table"].get("kin", {})
    return next((feed for feed, layout in others.items() if not tables.find(top, layout).problem), "")


def refusal(door: Door, header: tables.Header, sheet: str, other: str) -> reasons.RejectedFile:
    """Return the one sentence for a table whose header was not found: the nearest row, and the difference."""
    nearest = ", ".join(repr(text[:40]) for text in header.headings if text)[:300]
    where = f"row {header.row + 1}{f' of sheet {sheet!r}' if sheet else ''} ({nearest})" if nearest else ""
    return reasons.no_table(door.feed, header.problem, where, other)
