"""A text goes through the typed step as a file would: for tests of feeds, and of the step itself."""

import csv
import gzip
import io
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from aero_assets.defs.typed import rows
from aero_assets.feeds import Feed, find
from aero_assets.partitions import FIRST_OPERATING_DATE
from aero_ingest.parquet_footer import MAGIC


@cache
def _prepared() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    rows.prepare(connection)
    return connection


def engine() -> duckdb.DuckDBPyConnection:
    """Return the engine of all tests of this process, without records: to prepare one takes longer than to judge."""
    rows.empty(_prepared())
    return _prepared()


def judged(feed: str | Feed, text: str | bytes | Path, arrived: date = date(2026, 11, 20)) -> list[dict]:
    """Return one row per record of a body (a file begins with its header): typed columns, `reason`, `message`, line.

    A text is kept as the door keeps it; a path is that of a file as it was received.
    """
    feed = find(feed) if isinstance(feed, str) else feed
    connection = engine()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "body"
        file.write_bytes(kept(text) if isinstance(text, Path) else _packed(_bytes(text)))
        name = text.name if isinstance(text, Path) else ""
        rows.add_lines(connection, file, "raw/key", datetime.combine(arrived, time(), UTC), feed, name)
    rows.judge(connection, feed, FIRST_OPERATING_DATE, arrived + timedelta(days=feed.max_days_ahead))
    return connection.sql("select * from judged order by line_number").to_arrow_table().to_pylist()


def kept(file: Path) -> bytes:
    """Return a file as the door keeps its body: text gzipped, anything packed as it is."""
    body = file.read_bytes()
    return gzip.compress(body, mtime=0) if file.suffix == ".txt" else body


def _packed(body: bytes) -> bytes:
    """A body as the door keeps it: Parquet as it is."""
    return body if body.startswith(MAGIC) else gzip.compress(body, 1)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def broken(sample: str, *changes: dict[str, str]) -> str:
    """Return the header and the first record of a sample, once with each of these values in the named columns."""
    header, record = list(csv.reader(io.StringIO(sample)))[:2]
    unknown = {name for change in changes for name in change} - set(header)
    assert not unknown, f"the sample has no column {', '.join(unknown)}"
    text = io.StringIO()
    records = [[change.get(name, value) for name, value in zip(header, record, strict=True)] for change in changes]
    csv.writer(text, lineterminator="\n").writerows([header, *records])
    return text.getvalue()
