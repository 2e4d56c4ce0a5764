"""Files of messages: lines out of whatever was sent, plain or gzip, in bounded memory, and refusals that say why.

A file too large to be what it says is refused while it is read, so a decompression bomb costs no more than the limit.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator

from aero_ingest.message import ParseError
from aero_ingest.ssim import is_ssim
from aero_ingest.type_b import MAX_MESSAGE_CHARACTERS

#: Messages of a big airline's day are some 5 MB. Its season in SSIM is some 100 MB, and is read leg by leg.
MAX_MESSAGES_BYTES = 16 << 20
MAX_SSIM_BYTES = 512 << 20

GZIP = b"\x1f\x8b"
OTHERS = (
    (b"PK", "a zip archive or a workbook; unpack it and give the text inside"),
    (b"%PDF", "a PDF document; the text of the messages is due"),
    (b"BZh", "a bzip2 archive; plain text or gzip is due"),
    (b"\xfd7zXZ", "an xz archive; plain text or gzip is due"),
    (b"PAR1", "a Parquet file; the text of the messages is due"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
)
BOM = b"\xef\xbb\xbf"


def lines_of(file: io.BufferedReader, limit: int | None = None) -> Iterator[str]:
    """Yield the lines of a file with their ends; a line longer than any message comes in pieces.

    The limit is that of messages, or of SSIM where the first byte says so. Raises ParseError for what is no text, is
    damaged, or holds more bytes than the limit.
    """
    size = _size(file)
    stream = _plain(file)
    used, number = 0, 0
    try:
        while piece := stream.readline(MAX_MESSAGE_CHARACTERS + 1):
            number += 1
            if number == 1:
                piece = piece.removeprefix(BOM)
                _recognise(piece)
                limit = limit or (MAX_SSIM_BYTES if is_ssim(_text(piece)) else MAX_MESSAGES_BYTES)
            used += len(piece)
            # A body that is known to be too large is refused before the first message.
            if limit and max(used, size) > limit:
                problem = f"the file holds more than {limit:,} bytes; split it into smaller files"
                raise ParseError("too_large", problem, number)
            if b"\0" * 8 in piece:
                raise ParseError("not_text", "the file is binary, not text", number)
            yield _text(piece)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        problem = f"the gzip file is damaged or cut off ({error}); send it again"
        raise ParseError("bad_gzip", problem, number + 1) from error
    if number == 0:
        raise ParseError("empty", "the file is empty; check the export and send it again")


def _plain(file: io.BufferedReader) -> gzip.GzipFile | io.BufferedReader:
    # Standard input cannot go back, so the first bytes are looked at and not taken.
    return gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == GZIP else file


def _size(file: io.BufferedReader) -> int:
    """The bytes of a file; 0 for a stream, whose end is not known."""
    return file.seek(0, io.SEEK_END) - file.seek(0) if file.seekable() else 0


def _recognise(head: bytes) -> None:
    if head.startswith(GZIP):
        raise ParseError("compressed_twice", "the file was compressed twice; compress it once")
    for magic, description in OTHERS:
        if head.startswith(magic):
            raise ParseError("other_format", f"this is {description}")


def _text(piece: bytes) -> str:
    """Messages are plain ASCII; names in SSIM files are UTF-8 or, in older ones, Latin-1."""
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return piece.decode("latin-1")
