"""What is inside a file, learnt in one pass with bounded memory: decompress, recognise, check, hash, count.

A row is a line: lines are what the typed step reads and what a raw reference names. Blank lines are no rows.
"""

from __future__ import annotations

import csv
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from aero_ingest import reasons
from aero_ingest.doors import Door

GZIP = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"
BLOCK_BYTES = 1 << 20
HEAD_BYTES = 4096
DEFAULT_MAX_CONTENT_BYTES = 4 << 30
MAX_LINE_BYTES = 1 << 20

OTHER_FORMATS = (
    (b"PK\x03\x04", reasons.zip_or_excel, "a zip archive or an Excel workbook (.zip, .xlsx)"),
    (b"PK\x05\x06", reasons.zip_or_excel, "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", reasons.zip_or_excel, "an old Excel workbook (.xls)"),
    (b"BZh", reasons.other_format, "a bzip2 archive"),
    (b"\xfd7zXZ\x00", reasons.other_format, "an xz archive"),
    (b"\x28\xb5\x2f\xfd", reasons.other_format, "a zstandard archive"),
    (b"PAR1", reasons.other_format, "a Parquet file"),
    (b"%PDF", reasons.other_format, "a PDF document"),
    (b"\xff\xfe", reasons.bad_encoding, "The file is UTF-16 text."),
    (b"\xfe\xff", reasons.bad_encoding, "The file is UTF-16 text."),
)


@dataclass(frozen=True)
class Facts:
    """What the pass found: the identity of the content and its counts."""

    sha256: str
    bytes: int
    rows: int
    undecodable_rows: int


class Gunzip:
    """Decompresses gzip piece by piece, member after member, never more than a block at once."""

    def __init__(self) -> None:
        self._member: zlib._Decompress | None = zlib.decompressobj(wbits=31)
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the blocks that one more piece of the file gives."""
        data, self._rest = self._rest + data, b""
        while True:
            if self._member is None:
                # Between members; zeros are padding, as gzip itself takes them.
                data = data.lstrip(b"\0")
                if len(data) < len(GZIP):
                    self._rest = data
                    return
                if not data.startswith(GZIP):
                    raise reasons.gzip_trailing_data()
                self._member = zlib.decompressobj(wbits=31)
            try:
                block = self._member.decompress(data, BLOCK_BYTES)
            except zlib.error as error:
                raise reasons.gzip_corrupt(str(error)) from error
            if block:
                yield block
            if self._member.eof:
                data, self._member = self._member.unused_data, None
                continue
            data = self._member.unconsumed_tail
            # A full block may leave more inside zlib even when it took all of the input.
            if not data and len(block) < BLOCK_BYTES:
                return

    def finish(self) -> None:
        """Say so if the file ends where gzip does not."""
        if self._member is not None:
            raise reasons.gzip_truncated()
        if self._rest:
            raise reasons.gzip_trailing_data()


class Content:
    """Takes the decompressed content block by block; how it is cut into blocks changes nothing."""

    def __init__(self, door: Door, max_bytes: int = DEFAULT_MAX_CONTENT_BYTES) -> None:
        self.rows = 0
        self._door, self._max_bytes = door, max_bytes
        self._sha256, self._bytes = hashlib.sha256(), 0
        self._head: bytes | None = b""
        self._carry = b""
        self._lines = self._undecodable = 0

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
        if self.rows == 0:
            raise reasons.no_data_rows()
        if self._undecodable * 2 > self.rows:
            raise reasons.bad_encoding(
                f"{self._undecodable:,} of {self.rows:,} lines are not UTF-8 text (Latin-1 perhaps)."
            )
        return Facts(self._sha256.hexdigest(), self._bytes, self.rows, self._undecodable)

    def _open(self) -> bytes:
        """Recognise the file by its head; returns what follows the byte order mark."""
        head, self._head = self._head or b"", None
        recognise(head)
        return head.removeprefix(BOM)

    def _take(self, block: bytes) -> None:
        if b"\0" in block:
            raise reasons.bad_encoding(
                f"There are NUL bytes after line {self._lines:,}: the file is binary, or UTF-16 text."
            )
        data = self._carry + block
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
        if self._lines == 0:
            check_header(lines[0].removesuffix(b"\r"), self._door)
            rows = lines[1:]
        else:
            rows = lines
        self._lines += len(lines)
        self.rows += sum(map(bool, map(bytes.strip, rows)))
        self._undecodable += _undecodable(rows)

    def _check_length(self, length: int, line: int) -> None:
        if length > MAX_LINE_BYTES:
            raise reasons.line_too_long(line, MAX_LINE_BYTES)


def recognise(head: bytes) -> None:
    """Raise RejectedFile when the first bytes are those of something that is not UTF-8 text."""
    for magic, reason, what in OTHER_FORMATS:
        if head.startswith(magic):
            raise reason(what)
    if head.startswith(GZIP):
        raise reasons.compressed_twice()
    text = head.removeprefix(BOM).lstrip()
    if not text:
        if len(head) < HEAD_BYTES:
            raise reasons.empty()
        return
    if text.lower().startswith((b"<!doctype", b"<html")):
        raise reasons.html_page()
    if text.startswith(b"<?xml"):
        raise reasons.other_format("an XML document (often the error message of a failed download)")


def check_header(line: bytes, door: Door) -> None:
    """Compare the first line with the registered columns, exactly."""
    try:
        seen = tuple(next(csv.reader([line.decode("utf-8")]), []))
    except UnicodeDecodeError:
        raise reasons.bad_encoding("The first line is not UTF-8 text.") from None
    except csv.Error:
        problem = "it cannot be read as CSV (are the line ends a lone CR?)"
        raise reasons.header_mismatch(door.feed, problem, door.header) from None
    if seen != door.header:
        raise reasons.header_mismatch(door.feed, header_problem(seen, door.header), door.header)


def header_problem(seen: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """Say in words how a header differs from the one that was agreed."""
    if not seen:
        return "it is empty"
    for delimiter, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(seen) < len(wanted) and len(delimiter.join(seen).split(delimiter)) == len(wanted):
            return f"its columns are separated by {name}, not commas"
    if tuple(name.strip().casefold() for name in seen) == tuple(name.casefold() for name in wanted):
        return "names differ in capitals or spaces"
    missing = [name for name in wanted if name not in seen]
    extra = [name for name in seen if name not in wanted]
    if not missing and not extra and len(seen) == len(wanted):
        at = next(i for i, pair in enumerate(zip(seen, wanted, strict=True)) if pair[0] != pair[1])
        return f"its columns are in another order, from column {at + 1} ({seen[at]!r}) on"
    parts = [f"missing {_some(missing)}"] if missing else []
    parts += [f"unexpected {_some(extra)}"] if extra else []
    return "; ".join(parts) or f"it has {len(seen)} columns instead of {len(wanted)}"


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
