"""A text goes through the typed step as a file would: for tests of feeds, and of the step itself."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from aero_assets.defs.typed import rows
from aero_assets.feeds import find


def judged(feed: str, text: str | bytes) -> list[dict]:
    """Return one row per record of `text` (its first line is the header): typed columns, `reason`, `message`, line."""
    body = text if isinstance(text, bytes) else text.encode()
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        file = Path(folder) / "body.csv.gz"
        file.write_bytes(gzip.compress(body, 1))
        rows.prepare(connection)
        rows.add_lines(connection, file, "raw/key", datetime(2026, 11, 20, tzinfo=UTC))
        rows.judge(connection, find(feed), date(2010, 1, 1), date(2026, 11, 21))
        return connection.sql("select * from judged order by line_number").to_arrow_table().to_pylist()
