"""Text files as people have them: plain, gzipped, or the one file of data in a zip archive."""

import gzip
from collections.abc import Iterator
from pathlib import Path

from aero_ingest import unzip
from aero_ingest.content import BOM

BLOCK_BYTES = 1 << 20


def blocks(file: Path) -> Iterator[bytes]:
    """Yield the text of a file block by block; OSError, EOFError or RejectedFile where it cannot be read."""
    with file.open("rb") as packed:
        is_zip = packed.read(len(unzip.MAGIC)) == unzip.MAGIC
    if is_zip:
        with file.open("rb") as packed:
            yield from unzip.text_of(iter(lambda: packed.read(BLOCK_BYTES), b""))
        return
    with (gzip.open if file.suffix == ".gz" else open)(file, "rb") as text:
        while block := text.read(BLOCK_BYTES):
            yield block


def first_line(file: Path) -> bytes:
    """Return the first line without its end and without a byte order mark; errors as `blocks`."""
    return next(blocks(file), b"").removeprefix(BOM).partition(b"\n")[0].removesuffix(b"\r")


def gzipped(file: Path, folder: Path) -> Path:
    """Return a gzipped copy of a file's text in a folder, or the file itself if it is that; errors as `blocks`."""
    if file.suffix == ".gz":
        return file
    copy = folder / "body.csv.gz"
    with gzip.open(copy, "wb", 1) as text:
        text.writelines(blocks(file))
    return copy
