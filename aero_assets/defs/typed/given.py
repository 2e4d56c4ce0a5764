"""The common form of records whose values a reader extracted from the body.

`body` is the record as text, for people and for its identity; `given` are the values of the raw columns, in their
order, null if missing.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import pyarrow as pa

BATCH = 10_000
SCHEMA = pa.schema([
    ("line_number", pa.int64()), ("body", pa.string()), ("defect", pa.string()), ("message", pa.string()),
    ("part", pa.string()), ("given", pa.list_(pa.string())),
])  # fmt: skip


class Given(NamedTuple):
    """One record: its number in its part of the file, its text, and its values or its defect."""

    line_number: int
    body: str
    values: Sequence[str | None] = ()
    part: str | None = None
    defect: str | None = None
    message: str | None = None


def unreadable(message: str, part: str | None = None) -> Given:
    """Return one record, for quarantine, that stands for a body, or the rest of one, that cannot be read."""
    return Given(0, "", part=part, defect="unreadable_body", message=" ".join(message.split()))


def csv_text(values: Iterable[str | None]) -> str:
    """Write values as one line of CSV."""
    text, end = io.StringIO(), "\r\n"
    # The writer quotes what is in its line end: without one, a value of two lines would not be quoted.
    csv.writer(text, lineterminator=end).writerow(["" if value is None else value for value in values])
    return text.getvalue().removesuffix(end)


def handed_on(records: Iterable[Given]) -> pa.RecordBatchReader:
    """Return records as batches, some thousands at a time."""
    return pa.RecordBatchReader.from_batches(SCHEMA, _batches(iter(records)))


def _batches(records: Iterator[Given]) -> Iterator[pa.RecordBatch]:
    while some := list(islice(records, BATCH)):
        columns = (
            [record.line_number for record in some],
            [record.body for record in some],
            [record.defect for record in some],
            [record.message for record in some],
            [record.part for record in some],
            [list(record.values) for record in some],
        )
        arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
        yield pa.record_batch(arrays, schema=SCHEMA)
