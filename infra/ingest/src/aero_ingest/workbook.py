"""A workbook's own table of contents: its sheets and their headings, read piece by piece; nothing is trusted.

An .xlsx file is a zip archive of XML parts. Sizes are bounded before anything is unpacked, a document type is refused,
and a part is never held whole.
"""

from __future__ import annotations

import os
import posixpath
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import IO
from xml.parsers import expat

from aero_ingest import reasons
from aero_ingest.content import header_problem
from aero_ingest.doors import Door

MAGIC = b"PK\x03\x04"
#: The beginning of old workbooks, and of encrypted ones: those are stored inside such a file.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAX_PARTS = 2_000
MAX_DIRECTORY_BYTES = 1 << 20
MAX_UNPACKED_BYTES = 256 << 20
#: The most bytes of the parts that name sheets, and of one element of any part.
MAX_NAMES_BYTES = 4 << 20
MAX_ELEMENT_BYTES = 1 << 20
BLOCK_BYTES = 1 << 16
#: Texts longer than this are no heading and no name of a sheet; a row of more headings than this is no header.
MAX_TEXT = 1_000
MAX_HEADINGS = 20_000
#: Rows of a sheet, as Excel has them: a row far below makes readers give all the empty ones above it. Columns in which
#: a table of people may have values, and sheets that are looked through for one.
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 1 << 20, 256, 100
#: Errors of reading an archive whose tables are wrong: places before the file, methods there are none of.
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
#: A cell of a sheet: True and the number of a shared text, or False and its own text.
Cell = tuple[bool, str]
END_OF_ZIP, END_BYTES, MAX_COMMENT_BYTES = b"PK\x05\x06", 22, 1 << 16
#: Large archives have another end in front of it, which counts then: its record and the note that it is there.
LARGE_RECORD, LARGE_NOTE, LARGE_BYTES = b"PK\x06\x06", b"PK\x06\x07", 56 + 20


def compound(file: IO[bytes], expected: str) -> reasons.RejectedFile:
    """Say which kind of compound file it is: an encrypted workbook, or one of before 2007."""
    file.seek(0)
    rest = b""
    for block in iter(lambda: file.read(BLOCK_BYTES), b""):
        if ENCRYPTED in rest + block:
            return reasons.encrypted(expected)
        rest = block[-len(ENCRYPTED) :]
    return reasons.zip_or_excel("an old Excel workbook (.xls)", expected)


def check(file: IO[bytes], door: Door) -> int:
    """Return the number of rows below the headings; raises RejectedFile when it is not the workbook agreed on."""
    try:
        check_directory(file)
        with zipfile.ZipFile(file) as archive:
            check_archive(archive)
            return sum(_check_sheet(archive, part, name, door) for name, part in _sheets(archive, door))
    except expat.ExpatError as error:
        raise reasons.damaged("xlsx", f"its XML: {error}") from error
    except UNREADABLE as error:
        raise reasons.damaged("xlsx", f"the zip archive: {error}") from error


def check_directory(file: IO[bytes]) -> None:
    """Refuse an archive whose table of contents is too large: it is read whole to open the archive."""
    size = directory_bytes(file)
    if size is None:
        raise reasons.damaged("xlsx", "the zip archive has no end: the transfer was cut off")
    if size > MAX_DIRECTORY_BYTES:
        raise reasons.too_large(MAX_UNPACKED_BYTES)


def directory_bytes(file: IO[bytes]) -> int | None:
    """Return the size of the table of contents that the end of an archive states; None where it has no end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - END_BYTES - MAX_COMMENT_BYTES - LARGE_BYTES, 0))
    tail = file.read()
    at = len(tail) - END_BYTES
    if not tail.startswith(END_OF_ZIP, max(at, 0)) or not tail.endswith(b"\0\0"):
        at = tail.rfind(END_OF_ZIP)
    if at < 0 or len(tail) - at < END_BYTES:
        return None
    large = tail[max(at - LARGE_BYTES, 0) : at]
    if large.startswith(LARGE_RECORD) and large[56:].startswith(LARGE_NOTE):
        return int.from_bytes(large[40:48], "little")
    return int.from_bytes(tail[at + 12 : at + 16], "little")


def check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that is too large, encrypted, or no workbook without macros."""
    parts = archive.infolist()
    # Unpacking stops at the size that a part states, so the sum of what they state bounds the whole.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise reasons.too_large(MAX_UNPACKED_BYTES)
    if any(part.flag_bits & 1 for part in parts):
        raise reasons.encrypted("xlsx")
    names = {part.filename for part in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise reasons.workbook_with_macros()
    if "xl/workbook.bin" in names:
        raise reasons.zip_or_excel("a binary Excel workbook (.xlsb)", "xlsx")
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        raise reasons.zip_or_excel("a zip archive without a workbook in it", "xlsx")


def _sheets(archive: zipfile.ZipFile, door: Door) -> list[tuple[str, str]]:
    """Name and part of every sheet that was agreed."""
    parts = all_sheets(archive)
    agreed = list(door.layout["workbook"]["sheets"])
    if missing := [name for name in agreed if name not in parts]:
        raise reasons.wrong_sheets(door.feed, missing, parts)
    return [(name, parts[name]) for name in agreed]


def all_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part of every sheet by its name."""
    relations: dict[str, str] = {}
    parts: dict[str, str] = {}

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            # The identifier of the relation is the one attribute with a namespace.
            relations[attributes.get("name", "")[:MAX_TEXT]] = next(
                (attributes[key] for key in attributes if key.endswith(" id")), ""
            )

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            # A target is relative to xl/, or begins with a slash.
            parts[attributes.get("Id", "")] = posixpath.join("/xl", attributes.get("Target", "")).lstrip("/")

    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        if archive.getinfo(part).file_size > MAX_NAMES_BYTES:
            raise reasons.damaged("xlsx", f"{part} is longer than {MAX_NAMES_BYTES:,} bytes")
    walk(archive, "xl/workbook.xml", sheet)
    walk(archive, "xl/_rels/workbook.xml.rels", relation)
    sheets = {name: parts.get(relation, "") for name, relation in relations.items()}
    return {name: part for name, part in sheets.items() if part in archive.namelist()}


def _check_sheet(archive: zipfile.ZipFile, part: str, name: str, door: Door) -> int:
    """Compare the headings of a sheet with the agreed ones; returns the rows with a value below them."""
    at = int(door.layout["workbook"]["header_row"])
    cells = _Headings(at)
    walk(archive, part, cells.start, cells.end, cells.text)
    if cells.not_calculated:
        raise reasons.not_calculated(cells.not_calculated)
    headings = tuple(filter(None, texts_of(archive, cells.headings)))
    agreed = tuple(door.layout["workbook"]["sheets"][name])
    if problem := header_problem(headings, agreed):
        raise reasons.header_mismatch(door.feed, problem, agreed, f"Row {at} of sheet {name!r} is not the header")
    return cells.rows


class Cells(ABC):
    """Follows the cells of a sheet that have a text: `row` counts from 1, `shared` is true where `value` is a number.

    `not_calculated` is the first row with a formula whose result was not saved, 0 if there is none.
    A subclass keeps the cells that it needs in `take`, and counts rows in `row_ends`.
    """

    def __init__(self) -> None:
        self.row = self.not_calculated = 0
        self.shared = self._inside = self._filled = self._has_formula = False
        self.value = ""

    @abstractmethod
    def take(self) -> None:
        """See the present cell, which has a text."""

    @abstractmethod
    def row_ends(self) -> None:
        """See the end of a row that has a value."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        if tag == "row":
            number = attributes.get("r", "")
            row = int(number) if number.isdigit() else self.row + 1
            # Readers leave out a row that stands below a later one.
            if not self.row < row <= MAX_ROWS:
                raise reasons.damaged("xlsx", f"row {row} comes after row {self.row}; a sheet has {MAX_ROWS:,} rows")
            self.row, self._filled = row, False
        elif tag == "c":
            self.shared, self.value = attributes.get("t") == "s", ""
            self._has_formula = False
        elif tag == "f":
            self._has_formula = True
        elif tag in ("v", "t"):
            self._inside, self._has_formula = True, False

    def end(self, tag: str) -> None:
        """Leave an element."""
        if tag in ("v", "t"):
            self._inside = False
        elif tag == "c" and self._has_formula:
            self.not_calculated = self.not_calculated or self.row
        elif tag == "c" and self.value:
            self._filled = True
            self.take()
        elif tag == "row" and self._filled:
            self.row_ends()

    def text(self, text: str) -> None:
        """Take some of the text of a cell."""
        if self._inside and len(self.value) < MAX_TEXT:
            self.value += text


class _Headings(Cells):
    """Collects the cells of one row of a sheet, and counts the rows below it that have a value."""

    def __init__(self, row: int) -> None:
        super().__init__()
        self.headings: list[Cell] = []
        self.rows = 0
        self._header_row = row

    def take(self) -> None:
        if self.row == self._header_row and len(self.headings) < MAX_HEADINGS:
            self.headings.append((self.shared, self.value))

    def row_ends(self) -> None:
        self.rows += self.row > self._header_row


def texts_of(archive: zipfile.ZipFile, cells: Iterable[Cell]) -> list[str]:
    """Return the texts of cells on one line each, those that are shared looked up."""
    cells = list(cells)
    texts = dict(shared_texts(archive, {int(text) for shared, text in cells if shared and text.isdigit()}))
    looked_up = (texts.get(int(text), "") if shared and text.isdigit() else text for shared, text in cells)
    return [" ".join(text.split()) for text in looked_up]


def shared_texts(archive: zipfile.ZipFile, numbers: set[int]) -> Iterator[tuple[int, str]]:
    """Texts that cells refer to by number."""
    texts: dict[int, str] = {}
    number, inside = -1, False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal number, inside
        number += tag == "si"
        inside = tag == "t" and number in numbers

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and tag != "t"

    def text(piece: str) -> None:
        if inside and len(texts.get(number, "")) < MAX_TEXT:
            texts[number] = texts.get(number, "") + piece

    if numbers and "xl/sharedStrings.xml" in archive.namelist():
        walk(archive, "xl/sharedStrings.xml", start, end, text)
    return iter(texts.items())


def walk(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda tag: None,
    text: Callable[[str], None] = lambda piece: None,
) -> None:
    """Walk the elements of a part, by their names without namespace."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_doctype
    with archive.open(part) as file:
        taken = 0
        for block in iter(lambda: file.read(BLOCK_BYTES), b""):
            parser.Parse(block, False)
            taken += len(block)
            # Text that the parser has not understood yet stays in it.
            if taken - max(parser.CurrentByteIndex, 0) > MAX_ELEMENT_BYTES:
                raise reasons.damaged("xlsx", f"an element of {part} is longer than {MAX_ELEMENT_BYTES:,} bytes")
        parser.Parse(b"", True)


def _no_doctype(*declaration: object) -> None:
    # Entities are declared there, and with them text that grows without end.
    raise reasons.damaged("xlsx", "its XML declares a document type")
