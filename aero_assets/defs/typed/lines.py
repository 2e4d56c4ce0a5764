"""Reading a raw body as numbered lines, whatever it contains.

A CSV reader decides where a record ends while it reads, and a stray quote or byte can make it swallow or refuse the
rest. Here every physical line is one record, which is judged later, one line at a time.
"""

import gzip
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from aero_assets.defs.typed.parquet_lines import places_in_lines
from aero_assets.feeds import Feed
from aero_assets.feeds.layouts import PLAIN, Layout
from aero_ingest import headings
from aero_ingest.content import BOM
from aero_ingest.headings import Places
from aero_ingest.parquet_footer import is_parquet

CHUNK_BYTES = 8 << 20
LONGEST_LINE = 1 << 20
#: A line of these alone is no record, for the door as well; one of other spaces is, and is refused.
BLANK = " \t\n\r\v\f"
#: Carriage returns at the end of a line are part of it; one inside is a value's, and 18\r1 is not 181.
_LINE_END = re.compile(rb"\r+(?=\n|\Z)")

SCHEMA = pa.schema([("line_number", pa.int64()), ("body", pa.string()), ("defect", pa.string())])


def read_lines(path: Path, layout: Layout = PLAIN) -> pa.RecordBatchReader:
    """Return the lines of a gzipped text after its header: physical number, text, and defect if any.

    Blank lines and the footer are not records. Values stated once in the preamble are added to every line. Memory is
    bounded by the chunk and by the longest line.
    """
    if not layout.captions:
        return pa.RecordBatchReader.from_batches(SCHEMA, _batches(path, layout))
    captions, given = _captions(path, layout), pa.field("given", pa.list_(pa.string()))
    batches = (
        batch.append_column(given, pa.array([captions] * batch.num_rows, given.type))
        for batch in _batches(path, layout)
    )
    return pa.RecordBatchReader.from_batches(SCHEMA.append(given), batches)


def places_of(path: Path, feed: Feed) -> Places:
    """Return the places of columns in a body, found by the names in its header."""
    if is_parquet(path):
        return places_in_lines(path, feed)
    with gzip.open(path, "rb") as file:
        header = next(islice(file, feed.layout.preamble_lines, None), b"")
    return feed.places_in(headings.columns_of(header.removeprefix(BOM).rstrip(b"\r\n")) or ())


def _captions(path: Path, layout: Layout) -> list[str | None]:
    """Return the captions of the preamble; null for a missing one."""
    with gzip.open(path, "rb") as file:
        preamble = [line.decode("utf-8", "replace") for line in islice(file, layout.preamble_lines)]
    matches = (
        next(filter(None, (re.search(caption.pattern, line) for line in preamble)), None) for caption in layout.captions
    )
    return [match[1] if match else None for match in matches]


def _batches(path: Path, layout: Layout) -> Iterator[pa.RecordBatch]:
    number = layout.preamble_lines + 2
    for chunk in _whole_lines(path, layout.preamble_lines + 1):
        texts, defects = _decode(chunk)
        numbers = range(number, number + len(texts))
        number += len(texts)
        # Nearly every line is a record: looking for one that is not is cheaper than picking line by line.
        if layout.footer or not all(map(str.strip, texts)):
            ends = layout.footer or "\n"  # no line begins with a line feed
            kept = [i for i, text in enumerate(texts) if text.strip(BLANK) and not text.startswith(ends)]
            numbers, texts = [numbers[i] for i in kept], [texts[i] for i in kept]
            defects = {new: defects[old] for new, old in enumerate(kept) if old in defects}
        named = [defects.get(i) for i in range(len(texts))] if defects else pa.nulls(len(texts), pa.string())
        yield pa.record_batch(
            [pa.array(numbers, pa.int64()), pa.array(texts, pa.string()), pa.array(named, pa.string())], schema=SCHEMA
        )


def _whole_lines(path: Path, passed: int) -> Iterator[bytes]:
    """Yield chunks that end at the end of a line, without the last line feed; lines up to the header are skipped."""
    rest = b""
    with gzip.open(path, "rb") as file:
        for _ in range(passed):
            file.readline()
        while chunk := file.read(CHUNK_BYTES):
            complete, feed, tail = (rest + chunk).rpartition(b"\n")
            rest = tail
            if feed:
                yield complete
    if rest:
        yield rest


def _decode(chunk: bytes) -> tuple[list[str], dict[int, str]]:
    """Split a chunk into lines of text, without the carriage returns at their ends; mark lines with a defect."""
    chunk = _LINE_END.sub(b"", chunk.replace(b"\r\n", b"\n")) if b"\r" in chunk else chunk
    try:
        texts = chunk.decode("utf-8").split("\n")
        defects: dict[int, str] = {}
    except UnicodeDecodeError:
        lines = chunk.split(b"\n")
        texts = [line.decode("utf-8", "replace") for line in lines]
        defects = {i: "bad_encoding" for i, line in enumerate(lines) if not _is_utf8(line)}
    if len(chunk) > LONGEST_LINE:
        for i, text in enumerate(texts):
            if len(text) > LONGEST_LINE:
                texts[i], defects[i] = text[:200], "line_too_long"
    return texts, defects


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
