"""Reading a Parquet body: a record per row, every value as text in the form of a CSV file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from aero_assets.defs.typed.given import BATCH, Given, csv_text, handed_on, unreadable
from aero_assets.defs.typed.parquet_texts import texts_of

NO_TEXT = "a value of the row is not UTF-8 text"


def read_parquet_rows(path: Path, header: Sequence[str]) -> pa.RecordBatchReader:
    """Return the rows of a body: number from 1, values in the order of the register's header.

    A decoding error ends the reading: each row from there on is a record that says so; the rows before count.
    """
    return handed_on(_records(path, header))


def _records(path: Path, header: Sequence[str]) -> Iterator[Given]:
    number = total = 0
    try:
        with pq.ParquetFile(path) as file:
            total = file.metadata.num_rows
            for batch in file.iter_batches(BATCH, columns=list(header)):
                columns = [texts_of(batch.column(name)) for name in header]
                undecodable = frozenset().union(*(column.undecodable for column in columns))
                for place, values in enumerate(zip(*(column.values.to_pylist() for column in columns), strict=True)):
                    number += 1
                    if place in undecodable:
                        yield Given(number, csv_text(values), defect="bad_encoding", message=NO_TEXT)
                    else:
                        yield Given(number, csv_text(values), values)
    except (pa.ArrowException, OSError, KeyError) as error:
        refused = unreadable(f"the Parquet file cannot be read after row {number}: {error}")
        yield from (refused._replace(line_number=lost) for lost in range(number + 1, max(total, number + 1) + 1))
