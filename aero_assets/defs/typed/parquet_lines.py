"""Rows of a Parquet body of a feed with columns found by name, each as a line of CSV, like the rows of a text file.

The line has only the columns that the feed knows, in the order of the file, so the same expressions judge both.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq

from aero_assets.defs.typed.parquet_texts import texts_of
from aero_assets.feeds import Feed
from aero_ingest.headings import Places

#: Arrow makes these functions when it is imported: no type checker knows them.
pc: Any = pyarrow.compute
BATCH = 50_000
SCHEMA = pa.schema([("line_number", pa.int64()), ("body", pa.string()), ("defect", pa.string())])
_BARE = pyarrow.csv.WriteOptions(include_header=False)


def places_in_lines(path: Path, feed: Feed) -> Places:
    """Return the places of the columns of a feed in the lines made of a body."""
    at = feed.places_in(_names(path)).at
    kept = sorted(place for place in at if place)
    return Places(tuple(place and kept.index(place) + 1 for place in at), len(kept))


def read_parquet_lines(path: Path, feed: Feed) -> pa.RecordBatchReader:
    """Return the rows of a body as lines, numbered from 1; from an unreadable row on, each row says so."""
    return pa.RecordBatchReader.from_batches(SCHEMA, _batches(path, feed))


def _names(path: Path) -> list[str]:
    try:
        return pq.read_schema(path).names
    except (pa.ArrowException, OSError):
        return []


def _batches(path: Path, feed: Feed) -> Iterator[pa.RecordBatch]:
    names = _names(path)
    kept = [names[place - 1] for place in sorted(place for place in feed.places_in(names).at if place)]
    number = total = 0
    try:
        with pq.ParquetFile(path) as file:
            total = file.metadata.num_rows
            for batch in file.iter_batches(BATCH, columns=kept):
                yield _lines(number, batch.select(kept))
                number += batch.num_rows
    except (pa.ArrowException, OSError, KeyError):
        lost = max(total, number + 1) - number
        yield _numbered(number, [""] * lost, ["unreadable_body"] * lost)


def _lines(before: int, batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [texts_of(column) for column in batch.columns]
    # A value of two lines would be two records.
    texts = [pc.replace_substring_regex(column.values, r"[\r\n]+", " ") for column in columns]
    table = pa.table(texts, names=[f"{number}" for number in range(len(texts))])
    text = io.BytesIO()
    pyarrow.csv.write_csv(table, text, _BARE)
    undecodable = frozenset().union(*(column.undecodable for column in columns))
    defects = ["bad_encoding" if number in undecodable else None for number in range(batch.num_rows)]
    return _numbered(before, text.getvalue().decode().split("\n")[:-1], defects)


def _numbered(before: int, lines: list[str], defects: list[str | None]) -> pa.RecordBatch:
    numbers = pa.array(range(before + 1, before + len(lines) + 1), pa.int64())
    return pa.record_batch([numbers, pa.array(lines, pa.string()), pa.array(defects, pa.string())], schema=SCHEMA)
