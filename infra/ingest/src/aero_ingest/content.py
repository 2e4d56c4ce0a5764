"""Reading of a text file in one pass with bounded memory: recognise, check, hash, count.

A row is a line: lines are what the typed step reads and what a raw reference names. Blank lines are no rows, nor is
what stands above the header or in the footer. A feed whose files end with a line of their own (a footer, the trailer of
a schedule) takes no file without it: the rest may be missing.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from aero_ingest import headings, reasons
from aero_ingest.doors import Door
from aero_ingest.gunzip import GZIP

TEXT = ("csv", "lines")
BOM = b"\xef\xbb\xbf"
HEAD_BYTES = 4096
DEFAULT_MAX_CONTENT_BYTES = 4 << 30
MAX_LINE_BYTES = 1 << 20
#: Characters of a line that only fills up a block, as below the trailer of a schedule.
PADDING = b"0 \t\r"

OTHER_FORMATS = (
    (b"PK\x03\x04", reasons.zip_or_excel, "a zip archive or an Excel workbook (.zip, .xlsx)"),
    (b"PK\x05\x06", reasons.zip_or_excel, "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", reasons.zip_or_excel, "an old Excel workbook (.xls)"),
    (b"BZh", reasons.other_format, "a bzip2 archive inside an archive"),
    (b"\xfd7zXZ\x00", reasons.other_format, "an xz archive"),
    (b"\x28\xb5\x2f\xfd", reasons.other_format, "a zstandard archive"),
    (b"PAR1", reasons.other_format, "a Parquet file"),
    (b"%PDF", reasons.other_format, "a PDF document"),
)
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Facts:
    """The result of the pass: the identity of the content and its counts."""

    sha256: str
    bytes: int
    rows: int
    undecodable_rows: int


class Content:
    """Takes the decompressed content block by block; how it is cut into blocks changes nothing."""

    def __init__(self, door: Door, max_bytes: int = DEFAULT_MAX_CONTENT_BYTES) -> None:
        self.rows = 0
        self._door, self._max_bytes = door, max_bytes
        self._sha256, self._bytes = hashlib.sha256(), 0
        self._head: bytes | None = b""
        self._top = b""
        self._likest = ""
        self._carry = b""
        self._lines = self._undecodable = self._unlike = 0
        # Lines have no header; a preamble is looked at before the header is.
        self._preamble = int(door.layout.get("preamble_lines", 0))
        self._above = 0 if door.format == "lines" else self._preamble + 1
        self._waiting: list[bytes] = []
        self._footer, self._last = str(door.layout.get("footer", "")).encode(), b""
        self._like = re.compile(str(door.layout.get("line_pattern", "")).encode())

    def feed(self, block: bytes) -> None:
        """Take one more block; raises RejectedFile as soon as the file cannot be what it should be."""
        self._bytes += len(block)
        if self._bytes > self._max_bytes:
            raise reasons.too_large(self._max_bytes)
        self._sha256.update(block)
        if self._head is not None:
            self._head += block
            if len(self._head) < HEAD_BYTES:
                return
            block = self._open()
        self._take(block)

    def finish(self) -> Facts:
        """Close the last line and give the facts."""
        if self._head is not None:
            self._take(self._open())
        if self._carry:
            self._take_lines([self._carry])
        if self._above:
            raise self._no_header("the file ends before it")
        if not self._last.startswith(self._footer):
            raise reasons.cut_off(self._door.feed, self._lines, self._footer.decode())
        if self.rows == 0:
            raise reasons.no_data_rows()
        if self._undecodable * 2 > self.rows:
            raise reasons.bad_encoding(
                f"{self._undecodable:,} of {self.rows:,} lines are not UTF-8 text (Latin-1 perhaps)."
            )
        if self._unlike * 2 > self.rows:
            raise reasons.unlike_lines(self._door.feed, self.rows, self._unlike)
        return Facts(self._sha256.hexdigest(), self._bytes, self.rows, self._undecodable)

    def _open(self) -> bytes:
        """Recognise the file by its head; returns what follows the byte order mark."""
        head, self._head = self._head or b"", None
        recognise(head, self._door.format, takes_xml=bool(self._door.layout.get("xml")))
        if self._door.format == "lines" and b"\r" in head and b"\n" not in head:
            raise reasons.lone_carriage_returns()
        self._top = head.removeprefix(BOM)[:HEAD_BYTES]
        return head.removeprefix(BOM)

    def _take(self, block: bytes) -> None:
        data = self._carry + block
        if (at := data.find(b"\0")) >= 0:
            line = self._lines + data.count(b"\n", 0, at) + 1
            raise reasons.bad_encoding(
                f"There is a NUL byte in line {line:,}: the file was damaged, is binary, or is UTF-16 text."
            )
        end = data.rfind(b"\n") + 1
        self._carry = data[end:]
        if end:
            self._take_lines(data[: end - 1].split(b"\n"))
        self._check_length(len(self._carry), self._lines + 1)

    def _take_lines(self, lines: list[bytes]) -> None:
        longest = max(map(len, lines))
        if longest > MAX_LINE_BYTES:
            at = next(number for number, line in enumerate(lines) if len(line) > MAX_LINE_BYTES)
            self._check_length(longest, self._lines + at + 1)
        rows = self._below_header(lines) if self._above else lines
        self._lines += len(lines)
        if self._footer:
            self._last = next((line for line in reversed(lines) if line.strip(PADDING)), self._last)
        if self._footer and self._door.format == "csv":
            rows = [line for line in rows if not line.startswith(self._footer)]
        self.rows += sum(map(bool, map(bytes.strip, rows)))
        self._undecodable += _undecodable(rows)
        if self._like.pattern:
            self._unlike += sum(not self._like.match(line) for line in rows if line.strip())

    def _below_header(self, lines: list[bytes]) -> list[bytes]:
        """Check preamble and header once they are there; returns the lines after them."""
        taken, rows = lines[: self._above], lines[self._above :]
        self._waiting += taken
        self._above -= len(taken)
        if self._above:
            return []
        *preamble, header = (line.removesuffix(b"\r") for line in self._waiting)
        for pattern in self._door.layout.get("captions", ()):
            if not any(re.search(pattern, line.decode("utf-8", "replace")) for line in preamble):
                title = preamble[0].decode("utf-8", "replace").strip()
                raise reasons.preamble_mismatch(self._door.feed, self._preamble, pattern, title)
        seen = _columns(header)
        if problem := self._problem(seen):
            self._likest = headings.nearest(seen or (), self._door.layout.get("layouts", ()))
            raise self._no_header(self._elsewhere() or problem)
        return rows

    def _problem(self, seen: tuple[str, ...] | None) -> str:
        """Say what is wrong with a header; nothing if the feed can be read by it."""
        problem = header_problem(seen, self._door.header)
        if not problem or not seen or not self._door.layout.get("by_name"):
            return problem
        return self._door.places_in(seen).problem

    def _elsewhere(self) -> str:
        """Say where the header stands, if it is among the first lines; nothing if it is not there."""
        for number, line in enumerate(self._top.split(b"\n"), 1):
            try:
                seen = _columns(line.removesuffix(b"\r"))
            except reasons.RejectedFile:
                continue
            if seen and not self._problem(seen):
                return f"the header stands in line {number}, not in line {self._preamble + 1}"
        return ""

    def _no_header(self, problem: str) -> reasons.RejectedFile:
        if self._preamble:
            return reasons.header_not_found(self._door.feed, self._preamble + 1, problem, self._door.header)
        if self._door.layout.get("by_name"):
            return reasons.columns_missing(self._door.feed, problem, self._likest)
        return reasons.header_mismatch(self._door.feed, problem, self._door.header)

    def _check_length(self, length: int, line: int) -> None:
        if length > MAX_LINE_BYTES:
            raise reasons.line_too_long(line, MAX_LINE_BYTES)


def recognise(head: bytes, format: str, *, takes_xml: bool = False) -> None:
    """Raise RejectedFile when the first bytes are those of something else than text, or the packed format wanted."""
    for magic, reason, description in OTHER_FORMATS:
        if head.startswith(magic):
            raise reason(description, format)
    if head.startswith(UTF_16):
        raise reasons.bad_encoding("The file is UTF-16 text.")
    if head.startswith(GZIP):
        raise reasons.compressed_twice() if format in TEXT else reasons.other_format("a gzip archive", format)
    text = head.removeprefix(BOM).lstrip()
    if not text:
        if len(head) < HEAD_BYTES:
            raise reasons.empty()
        return
    if text.lower().startswith((b"<!doctype", b"<html")):
        raise reasons.html_page(format)
    if text.startswith(b"<?xml") and not takes_xml:
        raise reasons.other_format("an XML document (often the error message of a failed download)", format)


def header_problem(seen: tuple[str, ...] | None, header: tuple[str, ...]) -> str:
    """Say in words how a header differs from the one that was agreed; nothing if it does not."""
    if seen is None:
        return "it cannot be read as CSV (are the line ends a lone CR?)"
    return "" if seen == header else _difference(seen, header)


def _difference(seen: tuple[str, ...], header: tuple[str, ...]) -> str:
    if not seen:
        return "it is empty"
    for delimiter, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(seen) < len(header) and len(delimiter.join(seen).split(delimiter)) == len(header):
            return f"its columns are separated by {name}, not commas"
    if (odd := _invisible(seen)) and tuple(map(_visible, seen)) == header:
        return f"there is an invisible character ({odd}) in a name"
    if tuple(name.strip().casefold() for name in seen) == tuple(name.casefold() for name in header):
        return "names differ in capitals or spaces"
    missing = [name for name in header if name not in seen]
    extra = [name for name in seen if name not in header]
    if not missing and not extra and len(seen) == len(header):
        at = next(i for i, pair in enumerate(zip(seen, header, strict=True)) if pair[0] != pair[1])
        return f"its columns are in another order, from column {at + 1} ({seen[at]!r}) on"
    parts = [f"missing {_some(missing)}"] if missing else []
    parts += [f"unexpected {_some(extra)}"] if extra else []
    return "; ".join(parts) or f"it has {len(seen)} columns instead of {len(header)}"


def _invisible(names: tuple[str, ...]) -> str:
    """The first character that is no blank and that nobody sees, by its code point."""
    return next((f"U+{ord(char):04X}" for name in names for char in name if char != " " and not char.isprintable()), "")


def _visible(name: str) -> str:
    return "".join(char for char in name if char.isprintable()).strip()


def _columns(line: bytes) -> tuple[str, ...] | None:
    """The columns that a header names; None where it is no line of CSV."""
    try:
        return headings.columns_of(line)
    except UnicodeDecodeError:
        raise reasons.bad_encoding("The first line is not UTF-8 text.") from None


def _some(names: list[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _undecodable(lines: list[bytes]) -> int:
    # Nearly every block is plain ASCII or whole UTF-8; only one that is not is looked at line by line.
    whole = b"\n".join(lines)
    if whole.isascii():
        return 0
    return 0 if _is_utf8(whole) else sum(not _is_utf8(line) for line in lines)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
