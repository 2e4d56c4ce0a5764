"""Rows of raw bodies, counted and read in the bodies themselves, for the balance of the typed step.

They are independent of the reader, the engine and the rules of the typed step.

`count` returns the number of records of a body without a receipt. `remember` notes the unchanged columns of every
record. `mixed` finds written rows that equal no record of a body: a row made of two records keeps every count right. Of
CSV, Parquet and JSON lines the body itself is read here. Of messages, schedules, reports and workbooks the output of
their parser is used, so rows mixed by the engine are detected, but not rows mixed by the parser; its own tests cover
that.
"""

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from aero_assets.defs.typed import table_counts
from aero_assets.defs.typed.csv_sources import (
    CHUNK_LINES,
    carried,
    named_places,
    of_csv,
    opened,
    place,
    respelt,
    trimmed,
)
from aero_assets.defs.typed.event_lines import as_sent
from aero_assets.defs.typed.metar_lines import reports
from aero_assets.defs.typed.quick_json import loads, text_of
from aero_assets.defs.typed.readers import read
from aero_assets.feeds import Feed
from aero_assets.feeds.layouts import Sheet, Workbook
from aero_ingest import ssim, ssim_legs
from aero_ingest.message import ParseError, Unreadable
from aero_ingest.message_files import lines_of
from aero_ingest.messages import pieces
from aero_ingest.parquet_footer import is_parquet
from aero_streaming.events.types import EVENT_TYPES, fields_of

#: Arrow makes these functions when it is imported: no type checker knows them.
pc: Any = pyarrow.compute
#: Sums of a workbook that differ by less are equal.
TOLERANCE = 0.5

Batch = dict[str, Any]


def is_compared(feed: Feed) -> bool:
    """Return True if rows of a feed can be compared with their bodies: some of their columns are unchanged."""
    return bool(carried(feed))


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty relation `said`: one number (hash) per record."""
    connection.execute("create or replace temp table said (content ubigint)")


def remember(
    connection: duckdb.DuckDBPyConnection, feed: Feed, body: Path, raw_key: str, received_at: datetime
) -> None:
    """Note the content of every record of a body; `said` is a set of hashes of its name and its unchanged columns."""
    if not is_compared(feed):
        return
    if feed.format in ("lines", "table", "xlsx"):
        _remember_parsed(connection, feed, body, raw_key, received_at)
        return
    for batch in _read(feed, body, raw_key):
        connection.register("said_now", pa.table(batch))
        connection.execute(f"insert into said select {_content(feed, raw=True)} from said_now")
        connection.unregister("said_now")


def _remember_parsed(
    connection: duckdb.DuckDBPyConnection, feed: Feed, body: Path, raw_key: str, received_at: datetime
) -> None:
    values = ", ".join(
        f"nullif(trim(given[{place(feed, column) + 1}]), '') as \"{column.name}\"" for column in carried(feed)
    )
    connection.register("parsed_now", read(body, received_at, feed))
    connection.execute(
        f"insert into said select {_content(feed, raw=True)} from "
        f"(select concat(?::varchar, '#', part || '!', line_number) as raw_ref, {values} from parsed_now)",
        [raw_key],
    )
    connection.unregister("parsed_now")


def mixed(connection: duckdb.DuckDBPyConnection, feed: Feed, files: Path) -> tuple[int, str]:
    """Count the rows of the written files that equal no record, and name one of them by its event."""
    if not is_compared(feed) or not any(files.glob("*/*.parquet")):
        return 0, ""
    written = (
        f"read_parquet('{files}/*/*.parquet', hive_partitioning = true, hive_types = {{'{feed.business_date}': date}})"
    )
    [(count, example)] = connection.execute(
        f"select count(*), coalesce(min(event_id || ' of ' || raw_ref), '') from {written} "
        f"where {_content(feed)} not in (select content from said)"
    ).fetchall()
    return count, example


def _content(feed: Feed, *, raw: bool = False) -> str:
    """Return an expression for the hash of a record: of its name (line or event) and of every unchanged column."""
    name = "event_id" if feed.is_json else "raw_ref"
    columns = (f'try_cast("{column.name}" as {column.type})' if raw else f'"{column.name}"' for column in carried(feed))
    return f"hash({', '.join([name, *columns])})"


def _read(feed: Feed, body: Path, raw_key: str) -> Iterator[Batch]:
    if feed.is_json:
        return _of_events(feed, body)
    return _of_parquet(feed, body, raw_key) if is_parquet(body) else of_csv(feed, body, raw_key)


def _of_parquet(feed: Feed, body: Path, raw_key: str) -> Iterator[Batch]:
    try:
        seen = pq.read_schema(body).names
        own = {column.name: place(feed, column) for column in carried(feed)}
        places = named_places(feed, seen) if feed.layout.by_name else own
        table = pq.read_table(body, columns=[seen[at] for at in places.values() if at is not None])
    except (pa.ArrowException, OSError):
        return  # the reader says so in quarantine, and the count of the rows that are missing is red
    names = [f"{raw_key}#{number}" for number in range(1, table.num_rows + 1)]
    columns = {
        name: pa.nulls(table.num_rows, pa.string()) if at is None else trimmed(table.column(seen[at]).cast(pa.string()))
        for name, at in places.items()
    }
    yield {"raw_ref": pa.array(names, pa.string()), **respelt(feed, columns)}


def _of_events(feed: Feed, body: Path) -> Iterator[Batch]:
    """Split the JSON lines; a field that the vocabulary does not define for the type of an event is ignored."""
    kinds = [kind for kind in EVENT_TYPES.values() if kind.topic == feed.topic] if feed.arrival == "event" else []
    having = {kind.name: {field.name for field in fields_of(kind)} for kind in kinds}
    fields = [
        ("event_id", _identity(feed)),
        *((column.name, column.sql.strip('"')) for column in carried(feed)),
    ]
    fields = list(dict(fields).items())
    with opened(body) as file:
        while lines := file.readlines(CHUNK_LINES * 200):
            events = [event for line in lines for part in as_sent(line.rstrip(b"\n")) if (event := _event(part))]
            given = [having.get(event.get("event_type"), None if having else event.keys()) for event in events]
            yield {
                name: pa.array(
                    [_text(event.get(field)) if fields_of_event and field in fields_of_event else None
                     for event, fields_of_event in zip(events, given, strict=True)], pa.string(),
                )
                for name, field in fields
            }  # fmt: skip


def _identity(feed: Feed) -> str:
    [column] = [column for column in feed.columns if column.name == "event_id"]
    return column.sql.strip('"')


def _event(line: bytes) -> dict[str, Any] | None:
    """Return the event of a line, without its wrapper; None if it is no object, because it cannot have become a row."""
    try:
        event = loads(line)
        if isinstance(event, dict) and isinstance(event.get("body"), str):
            event = loads(event["body"].encode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        # Half of a surrogate pair is no text that a column can hold.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return text_of(value)


def count(feed: Feed, body: Path) -> int:
    """Count the records of a body in the units of its feed: lines, reports, messages, dated legs, months with figures.

    An unreadable body or part counts as the one record that the reader puts into quarantine for it.
    """
    if feed.is_json:
        with opened(body) as file:
            return sum(len(as_sent(line.rstrip(b"\n"))) for line in file)
    if workbook := feed.layout.workbook:
        return _months(body, workbook)
    if feed.format == "table":
        return table_counts.count(feed, body)
    return _COUNTS[feed.layout.parser](body)


def _reports(body: Path) -> int:
    return sum(1 for _ in reports(body))


def _messages(body: Path) -> int:
    return _counted(1 for _ in pieces(_text_lines(body)))


def _dated_legs(body: Path) -> int:
    """Count the legs of schedule records: each record is a leg on each of its dates."""
    return _counted(
        1 if isinstance(record, Unreadable) else sum(1 for _ in ssim_legs.dates(record))
        for record in ssim.read(_text_lines(body))
    )


_COUNTS = {"metar": _reports, "messages": _messages, "ssim": _dated_legs}


def _counted(numbers: Iterator[int]) -> int:
    total = 0
    try:
        for number in numbers:
            total += number
    except ParseError:
        total += 1
    return total


def _text_lines(body: Path) -> Iterator[str]:
    with body.open("rb") as file:
        yield from lines_of(io.BufferedReader(file))


def _months(body: Path, workbook: Workbook) -> int:
    """Count the months of a row with any figure, and the stated sums that differ from those of the rows above."""
    from openpyxl import load_workbook  # noqa: PLC0415 - brings along what only workbooks need

    with body.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception:  # whatever a library says of the file of a stranger, it is one record in quarantine
            return 1
        return sum(_sheet(book, sheet, workbook) for sheet in workbook.sheets)


def _sheet(book: Any, sheet: Sheet, workbook: Workbook) -> int:  # noqa: ANN401 - openpyxl has no types
    first, width = len(sheet.keys), len(workbook.months) + 1
    last = first + width * len(workbook.figures)
    sums, total = [0.0] * (last - first), 0
    try:
        for row in book[sheet.name].iter_rows(min_row=workbook.header_row + 1, max_col=last, values_only=True):
            cells = [cell if isinstance(cell, int | float) else 0 for cell in row[first:last]]
            if isinstance(row[0], str) and " ".join(row[0].split()) == workbook.ends_at:
                return total + sum(abs(cell - made) > TOLERANCE for cell, made in zip(cells, sums, strict=True))
            if any(row[:first]):
                sums = [made + cell for made, cell in zip(sums, cells, strict=True)]
                blocks = [row[first + width * n : first + width * n + width - 1] for n in range(len(workbook.figures))]
                total += sum(any(figures) for figures in zip(*blocks, strict=True))
    except Exception:  # as above
        return total + 1
    return total + 1  # the row that ends the sheet is missing, and that is a record in quarantine
