"""Text in archives: the one file inside a zip, spooled to disk because its table of contents stands at the end, and
bzip2 in one pass.

BTS, Kaggle, DataExpo and mail programs send text in archives. A page that explains the data (`readme.html`) may lie
beside it in a zip; two files of data are two arrivals and belong into two files.
"""

from __future__ import annotations

import bz2
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

from aero_ingest import reasons, workbook
from aero_ingest.packed import MAX_FILE_BYTES

MAGIC, BZIP2 = b"PK\x03\x04", b"BZh"
BLOCK_BYTES = 1 << 20
#: Endings of a member that is no data.
BESIDE = (".html", ".htm", ".pdf", ".md", ".doc", ".docx")
#: Beginnings of the members of an Office document: a workbook is an archive too.
OFFICE = ("[Content_Types].xml", "xl/", "word/", "ppt/")
_ENCRYPTED = 1


def text_of(pieces: Iterable[bytes], format: str = "csv") -> Iterator[bytes]:
    """Yield the text of the one file of data in an archive, block by block; raise RejectedFile where there is none."""
    with tempfile.TemporaryFile() as spool:
        for piece in pieces:
            spool.write(piece)
            if spool.tell() > MAX_FILE_BYTES:
                raise reasons.too_large(MAX_FILE_BYTES)
        # The table of contents is read whole to open the archive.
        if (workbook.directory_bytes(spool) or 0) > workbook.MAX_DIRECTORY_BYTES:
            raise reasons.zip_or_excel("a zip archive of thousands of files", format)
        try:
            yield from _blocks(spool, format)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise reasons.damaged_archive("zip archive", "unzip -t", str(error)) from error


def of_bzip2(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the text of bzip2 data, stream after stream and block by block; raise RejectedFile where it is damaged."""
    unpack = bz2.BZ2Decompressor()
    for piece in pieces:
        data = piece
        while data or not (unpack.needs_input or unpack.eof):
            if unpack.eof:
                unpack = bz2.BZ2Decompressor()
            try:
                block = unpack.decompress(data, BLOCK_BYTES)
            except OSError as error:
                raise reasons.damaged_archive("bzip2 file", "bzip2 -t", str(error)) from error
            data = unpack.unused_data if unpack.eof else b""
            if block:
                yield block
    if not unpack.eof:
        raise reasons.damaged_archive("bzip2 file", "bzip2 -t", "it ends in the middle")


def _blocks(spool: IO[bytes], format: str) -> Iterator[bytes]:
    with zipfile.ZipFile(spool) as archive:
        members = archive.infolist()
        if any(member.filename.startswith(OFFICE) for member in members):
            raise reasons.zip_or_excel("an Excel workbook or another document of Office (.xlsx)", format)
        data = [member for member in members if not member.is_dir() and not member.filename.lower().endswith(BESIDE)]
        if len(data) != 1:
            raise reasons.not_one_member([member.filename for member in data])
        if data[0].flag_bits & _ENCRYPTED:
            raise reasons.encrypted(format)
        with archive.open(data[0]) as file:
            while block := file.read(BLOCK_BYTES):
                yield block
