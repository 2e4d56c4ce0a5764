"""Reading a raw body as numbered lines, whatever is in it.

A CSV reader decides what a record is while it reads, and a stray quote or byte can make it swallow or refuse the
rest. Here a line is a line; what it means is judged later, one line at a time.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

CHUNK_BYTES = 8 << 20
LONGEST_LINE = 1 << 20

SCHEMA = pa.schema([("line_number", pa.int64()), ("body", pa.string()), ("defect", pa.string())])


def read_lines(path: Path) -> pa.RecordBatchReader:
    """Return the lines of a gzipped text after its header: physical number from 2, text, and what is wrong with it.

    Blank lines are not records. Memory is bounded by the chunk and by the longest line.
    """
    return pa.RecordBatchReader.from_batches(SCHEMA, _batches(path))


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    number = 2
    for chunk in _whole_lines(path):
        texts, defects = _decode(chunk)
        numbers = range(number, number + len(texts))
        number += len(texts)
        # Nearly every line is a record: looking for one that is not is cheaper than picking line by line.
        if not all(map(str.strip, texts)):
            kept = [i for i, text in enumerate(texts) if text.strip()]
            numbers, texts = [numbers[i] for i in kept], [texts[i] for i in kept]
            defects = {new: defects[old] for new, old in enumerate(kept) if old in defects}
        named = [defects.get(i) for i in range(len(texts))] if defects else pa.nulls(len(texts), pa.string())
        yield pa.record_batch(
            [pa.array(numbers, pa.int64()), pa.array(texts, pa.string()), pa.array(named, pa.string())], schema=SCHEMA
        )


def _whole_lines(path: Path) -> Iterator[bytes]:
    """Yield chunks that end where a line ends, without the last line feed; the header is passed over."""
    rest = b""
    with gzip.open(path, "rb") as file:
        file.readline()
        while chunk := file.read(CHUNK_BYTES):
            complete, feed, tail = (rest + chunk).rpartition(b"\n")
            rest = tail
            if feed:
                yield complete
    if rest:
        yield rest


def _decode(chunk: bytes) -> tuple[list[str], dict[int, str]]:
    """Split a chunk into lines of text, without carriage returns, and name the lines that have a defect."""
    chunk = chunk.replace(b"\r", b"")
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
