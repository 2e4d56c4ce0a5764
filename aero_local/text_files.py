"""Reading files of records: text that is plain, gzipped, bzipped or the only data file of a zip archive, or Parquet."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from aero_ingest import headings, parquet_footer, reasons, unzip
from aero_ingest.content import BOM, DEFAULT_MAX_CONTENT_BYTES
from aero_ingest.gunzip import GZIP
from aero_ingest.parquet_footer import MAGIC

BLOCK_BYTES = 1 << 20


def blocks(file: Path, most_bytes: int = DEFAULT_MAX_CONTENT_BYTES) -> Iterator[bytes]:
    """Yield the text of a file block by block; raises OSError, EOFError or RejectedFile if it cannot be read.

    A file whose unpacked size is over the door's limit is refused with the same reason.
    """
    taken = 0
    try:
        for block in _unpacked(file):
            taken += len(block)
            if taken > most_bytes:
                raise reasons.too_large(most_bytes)
            yield block
    except zlib.error as error:
        raise reasons.gzip_corrupt(str(error)) from error


def _unpacked(file: Path) -> Iterator[bytes]:
    with file.open("rb") as packed:
        first = packed.read(len(unzip.MAGIC))
    if first.startswith((unzip.MAGIC, unzip.BZIP2)):
        unpack = unzip.text_of if first.startswith(unzip.MAGIC) else unzip.of_bzip2
        with file.open("rb") as packed:
            yield from unpack(iter(lambda: packed.read(BLOCK_BYTES), b""))
        return
    with (gzip.open if first.startswith(GZIP) else open)(file, "rb") as text:
        while block := text.read(BLOCK_BYTES):
            yield block


def columns(file: Path) -> tuple[str, ...]:
    """Return the columns in the first line or the footer of a file; errors as `blocks`, and UnicodeDecodeError."""
    if not parquet_footer.is_parquet(file):
        return headings.columns_of(first_line(file)) or ()
    with file.open("rb") as packed:
        return parquet_footer.columns(packed)


def first_line(file: Path) -> bytes:
    """Return the first line without its end and without a byte order mark; errors as `blocks`."""
    return next(blocks(file), b"").removeprefix(BOM).partition(b"\n")[0].removesuffix(b"\r")


def body(file: Path, folder: Path) -> Path:
    """Return a file in the form that the door stores (gzipped text or Parquet), converted into `folder` if needed.

    Errors as `blocks`.
    """
    with file.open("rb") as packed:
        first = packed.read(len(MAGIC))
    if first.startswith((GZIP, MAGIC)):
        return file
    copy = folder / "body.csv.gz"
    with gzip.open(copy, "wb", 1) as text:
        text.writelines(blocks(file))
    return copy


def head(file: Path, folder: Path) -> Path:
    """Return the first rows of a file as a body of their own in `folder`; errors as `blocks`."""
    if parquet_footer.is_parquet(file):
        return file
    copy = folder / "head.csv.gz"
    copy.write_bytes(gzip.compress(next(blocks(file), b"").rpartition(b"\n")[0] + b"\n"))
    return copy
