"""Rows of a Parquet body of a feed whose columns are found by name: each as the line of CSV that a text would hold.

The line has the columns that the feed knows and no other, in the order of the file. So the same expressions judge both.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq

from aero_assets.feeds import Feed
from aero_ingest.headings import Places

#: Arrow makes these functions when it is imported: no type checker knows them.
pc: Any = pyarrow.compute
BATCH = 50_000
SCHEMA = pa.schema([("line_number", pa.int64()), ("body", pa.string()), ("defect", pa.string())])
_BARE = pyarrow.csv.WriteOptions(include_header=False)


def places_in_lines(path: Path, feed: Feed) -> Places:
    """Return where the columns of a feed stand in the lines made of a body."""
    at = feed.places_in(_names(path)).at
    kept = sorted(place for place in at if place)
    return Places(tuple(place and kept.index(place) + 1 for place in at), len(kept))


def read_parquet_lines(path: Path, feed: Feed) -> pa.RecordBatchReader:
    """Return the rows of a body as lines, numbered from 1; each row from one that cannot be read on says so."""
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
                yield _numbered(number, _lines(batch.select(kept)), None)
                number += batch.num_rows
    except (pa.ArrowException, OSError, KeyError):
        lost = max(total, number + 1) - number
        yield _numbered(number, [""] * lost, "unreadable_body")


def _lines(batch: pa.RecordBatch) -> list[str]:
    # A value of two lines would be two records.
    texts = [pc.replace_substring_regex(as_text(column), r"[\r\n]+", " ") for column in batch.columns]
    table = pa.table(texts, names=[f"{number}" for number in range(len(texts))])
    text = io.BytesIO()
    pyarrow.csv.write_csv(table, text, _BARE)
    return text.getvalue().decode("utf-8", "replace").split("\n")[:-1]


def as_text(column: pa.Array) -> pa.Array:
    """Return the values of a column as the texts that a CSV file would hold."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([value and value.decode("utf-8", "replace") for value in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def _numbered(before: int, lines: list[str], defect: str | None) -> pa.RecordBatch:
    numbers = pa.array(range(before + 1, before + len(lines) + 1), pa.int64())
    defects = pa.array([defect] * len(lines), pa.string())
    return pa.record_batch([numbers, pa.array(lines, pa.string()), defects], schema=SCHEMA)
