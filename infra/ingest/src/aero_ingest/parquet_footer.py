"""The footer of a Parquet file: its columns and its number of rows, without reading a page.

The footer is Thrift in its compact protocol; the two facts stand in its first three fields.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

from aero_ingest import headings, reasons
from aero_ingest.content import header_problem
from aero_ingest.doors import Door

MAGIC, ENCRYPTED = b"PAR1", b"PARE"
MAX_FOOTER_BYTES = 16 << 20
MAX_ROWS = 50_000_000
#: A file cannot nest deeper than this and be flat.
MAX_DEPTH = 8
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12
SCHEMA, ROWS = 2, 3
NAME = 4


def check(file: IO[bytes], door: Door) -> int:
    """Return the number of rows; raises RejectedFile when the file is not a Parquet file with the agreed columns."""
    columns, rows = facts_of(file)
    if door.layout.get("by_name"):
        if problem := door.places_in(columns).problem:
            likest = headings.nearest(columns, door.layout.get("layouts", ()))
            raise reasons.columns_missing(door.feed, problem, likest)
    elif problem := header_problem(columns, door.header):
        raise reasons.header_mismatch(door.feed, problem, door.header, "The columns are not those")
    if rows > MAX_ROWS:
        raise reasons.too_many_rows(MAX_ROWS)
    return rows


def is_parquet(path: Path) -> bool:
    """Return True if a file begins as Parquet files do."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def columns(file: IO[bytes]) -> tuple[str, ...]:
    """Return the names of the columns of a Parquet file; raises RejectedFile when it is none that can be read."""
    return facts_of(file)[0]


def facts_of(file: IO[bytes]) -> tuple[tuple[str, ...], int]:
    """Return the names of the columns and the number of rows; raises RejectedFile when the footer cannot be read."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - 8, 0))
    tail = file.read(8)
    if tail.endswith(ENCRYPTED):
        raise reasons.encrypted("parquet")
    length = int.from_bytes(tail[:4], "little")
    if not tail.endswith(MAGIC):
        raise reasons.damaged("parquet", "it does not end in PAR1: the transfer was cut off")
    if not 0 < length <= min(size - 12, MAX_FOOTER_BYTES):
        raise reasons.damaged("parquet", f"its footer cannot be {length:,} bytes long")
    file.seek(size - 8 - length)
    try:
        return facts(file.read(length))
    except (IndexError, ValueError, KeyError) as error:
        raise reasons.damaged("parquet", "its footer cannot be read") from error


def facts(footer: bytes) -> tuple[tuple[str, ...], int]:
    """Return the names of the columns and the number of rows; a nested column is named with all of its parts."""
    fields = _Reader(footer).struct(0, until=ROWS)
    schema, rows = fields[SCHEMA], fields[ROWS]
    # A damaged footer may hold values of other kinds under the numbers of these fields.
    if not isinstance(schema, list) or not schema or type(rows) is not int:
        raise ValueError("no list of columns, or no number of rows")
    names = [column[NAME] if isinstance(column, dict) else None for column in schema[1:]]
    return tuple(_text(name) for name in names), rows


def _text(name: object) -> str:
    if not isinstance(name, bytes):
        raise ValueError("a column without a name")
    return name.decode()


class _Reader:
    """Reads the compact protocol value by value; anything odd ends in IndexError, ValueError or KeyError."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def struct(self, depth: int, until: int | None = None) -> dict[int, Any]:
        """Read the fields of a structure by number, up to one of them where no more is wanted."""
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        values: dict[int, Any] = {}
        number = 0
        while until not in values and (head := self.byte()):
            delta, kind = head >> 4, head & 15
            number = number + delta if delta else self.integer()
            values[number] = kind == TRUE if kind in (TRUE, FALSE) else self.value(kind, depth)
        return values

    def value(self, kind: int, depth: int) -> Any:  # noqa: ANN401
        """Read one value of a type."""
        if kind == BYTE:
            return self.byte()
        if kind in (I16, I32, I64):
            return self.integer()
        if kind == DOUBLE:
            return self.take(8)
        if kind == BINARY:
            return self.take(self.varint())
        if kind in (LIST, SET):
            head = self.byte()
            size = head >> 4 if head >> 4 < 15 else self.varint()
            if size > len(self.data):
                raise ValueError("a list longer than the footer")
            # An element that is true or false takes a byte; only fields hold it in their type.
            inner = BYTE if head & 15 in (TRUE, FALSE) else head & 15
            return [self.value(inner, depth + 1) for _ in range(size)]
        if kind == STRUCT:
            return self.struct(depth + 1)
        raise ValueError(f"type {kind}")

    def byte(self) -> int:
        """Read one byte."""
        self.at += 1
        return self.data[self.at - 1]

    def take(self, size: int) -> bytes:
        """Read so many bytes."""
        if size > len(self.data) - self.at:
            raise IndexError("the footer ends")
        self.at += size
        return self.data[self.at - size : self.at]

    def varint(self) -> int:
        """Read a number of seven bits a byte."""
        number = shift = 0
        while True:
            byte = self.byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7
            if shift > 63:
                raise ValueError("a number without end")

    def integer(self) -> int:
        """Read a signed number."""
        number = self.varint()
        return (number >> 1) ^ -(number & 1)
