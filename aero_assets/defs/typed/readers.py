"""The reader of a raw body, chosen by the kind of arrival of a feed and the format of its files.

A reader returns records as they are in the body: number, text and defect. If the text alone does not contain them, it
adds the values of the raw columns (`given`) and the part of the file. It judges nothing else.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from aero_assets.defs.typed.event_lines import read_event_lines
from aero_assets.defs.typed.lines import read_lines
from aero_assets.defs.typed.message_records import read_message_records, read_schedule_records
from aero_assets.defs.typed.metar_lines import read_metar_lines
from aero_assets.defs.typed.parquet_lines import read_parquet_lines
from aero_assets.defs.typed.parquet_rows import read_parquet_rows
from aero_assets.defs.typed.table_rows import read_table_rows
from aero_assets.defs.typed.workbook_rows import read_workbook_rows
from aero_assets.feeds import Feed
from aero_ingest.parquet_footer import is_parquet

#: Reasons of a reader against a record or a whole body; `FORM_RULES` are given by the SQL of the typed step.
REASONS = (
    "bad_encoding",
    "line_too_long",
    "unreadable_body",
    "unreadable_report",
    "unreadable_message",
    "kind_not_read",
    "total_mismatch",
    "unknown_airport",
    # of tables that people keep
    "ambiguous_date",
    "ambiguous_number",
    "bad_quotes",
    "bad_value",
    "missing_value",
    "out_of_scale",
    "sample_row",
    "too_few_columns",
    "too_many_columns",
    "unknown_currency",
    "unknown_flight",
    "unknown_route",
)


Reader = Callable[[Path, datetime, Feed | None], pa.RecordBatchReader]


def read(path: Path, received_at: datetime, feed: Feed | None = None) -> pa.RecordBatchReader:
    """Return the records of a raw body of a feed; without a feed, of a plain CSV file."""
    if feed is None:
        return read_lines(path)
    if feed.is_json:
        return read_event_lines(path)
    if feed.format == "lines":
        return _parsed(path, received_at, feed)
    if feed.format in ("parquet", "table"):
        return read_table_rows(path, feed) if feed.format == "table" else read_parquet_rows(path, feed.header)
    if workbook := feed.layout.workbook:
        return read_workbook_rows(path, workbook, feed.header, received_at)
    return _csv(path, feed)


def _csv(path: Path, feed: Feed) -> pa.RecordBatchReader:
    if feed.layout.by_name and is_parquet(path):
        return read_parquet_lines(path, feed)
    return read_lines(path, feed.layout)


def _parsed(path: Path, received_at: datetime, feed: Feed) -> pa.RecordBatchReader:
    if feed.layout.parser == "messages":
        return read_message_records(path, feed.header, received_at)
    if feed.layout.parser == "ssim":
        return read_schedule_records(path, feed.header)
    return read_metar_lines(path, feed.header, received_at)
