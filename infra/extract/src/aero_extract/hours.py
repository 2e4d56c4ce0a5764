"""The windows of an extract: what of each table belongs to one, its commit, its report. A reader reads the database.

Spark reads PostgreSQL on Glue and on a laptop (`rds_to_raw`); any other reader that gives the same rows makes the same
commits. Nothing is visible before the commit object of a window is written, and that names every part.
"""

import argparse
import time
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from aero_extract import raw_store, windows
from aero_extract.raw_store import Part, RawStore, Stamp, State, StoreError
from aero_extract.tables import SCHEMA, Table, chosen
from aero_extract.windows import Window

#: The word for a row that a comparison found as it was.
SAME = "same"


class Reader(Protocol):
    """A database at one moment. `Lines` are rows as JSON texts, in whatever form the reader writes them."""

    snapshot_at: datetime

    def changed(self, table: Table, window: Window, overlap_minutes: int) -> tuple[int, str | None, Any]:
        """Return rows whose stamp lies in a window: their number, the latest stamp (UTC), their lines."""

    def count(self, table: Table) -> int:
        """Return the number of rows of a table."""

    def digest(self, table: Table) -> str:
        """Return a text that differs where any row of a table does."""

    def compared(
        self, table: Table, before: tuple[str, ...], sequence: int, noticed_at: str
    ) -> tuple[dict[str, int], Any, Any]:
        """Compare a table with the lines of earlier parts.

        Return rows by kind (insert, update, delete, same), the lines of those that differ, the lines of all. A line
        that differs carries `row_version`, the number of the extract that noticed it, and `deleted_at` where the row is
        gone.
        """

    def write(self, lines: Any, name: str, stamp: Stamp | None) -> list[Part]:  # noqa: ANN401
        """Write lines below a name of the raw zone; return the objects that hold any."""


class Extract:
    """One run: a database at one moment, a raw zone."""

    def __init__(self, reader: Reader, store: RawStore, options: argparse.Namespace) -> None:
        self.reader, self.store, self.options = reader, store, options
        self.run = options.run_id
        #: Tables that were compared in this run, with what a window says of one that rests.
        self.rested: dict[str, dict[str, Any]] = {}
        # Of equal rows the one that was read first is kept: names sort by it.
        self.parts = f"{reader.snapshot_at:%Y%m%dT%H%M%SZ}-{self.run}"

    def window(self, window: Window, tables: list[Table]) -> dict[str, Any]:
        """Extract a window of every table and make it visible; return what its commit says."""
        contents: dict[str, dict[str, Any]] = {}
        states: dict[str, State] = {}
        for table in tables:
            begin = time.monotonic()
            counts, state = self._changed(table, window) if table.stamp else self._compared(table, window)
            contents[table.name] = {**counts, "seconds": round(time.monotonic() - begin, 3)}
            states |= {table.name: state} if state else {}
        key = self.store.commit_key(windows.commit_name(window, contents))
        for name, state in states.items():
            self.store.keep_state(name, state, key)
        commit = {
            "window_start": windows.text(window.start),
            "window_end": window.extracted_at,
            "snapshot_at": windows.text(self.reader.snapshot_at),
            "overlap_minutes": self.options.overlap_minutes,
            "job": self.options.JOB_NAME,
            "run": self.run,
            "tables": contents,
        }
        is_new = self.store.commit(key, commit)
        return {"commit": key, "is_new": is_new, **commit}

    def _changed(self, table: Table, window: Window) -> tuple[dict[str, Any], None]:
        """Write the rows whose stamp lies in the window as they are."""
        rows, watermark, lines = self.reader.changed(table, window, self.options.overlap_minutes)
        # Most tables rest in most hours: nothing is started for nothing.
        parts = self._write(lines, table, window) if rows else []
        written = sum(part.rows for part in parts)
        if written != rows:
            raise StoreError(f"{SCHEMA}.{table.name}: {rows} rows are in the window, {written} were written")
        return {**_counts(parts, rows), "watermark": watermark}, None

    def _compared(self, table: Table, window: Window) -> tuple[dict[str, Any], State | None]:
        """Compare the whole table with its last extract; write inserts, updates and deletes, and keep the table."""
        if table.name in self.rested:
            return self.rested[table.name], None  # the snapshot cannot have changed since the window before
        before, digest, rows = self.store.last_state(table.name), self.reader.digest(table), self.reader.count(table)
        rested = {**_counts([], rows), "unchanged": rows, "sequence": before.sequence, "watermark": None}
        self.rested[table.name] = rested
        if digest == before.digest:
            return rested, None
        sequence = before.taken + 1
        kinds, changed, every = self.reader.compared(table, before.parts, sequence, window.extracted_at)
        unchanged = kinds.pop(SAME, 0)
        parts = self._write(changed, table, window) if kinds else []
        counts = _counts(parts, rows)
        # Vanished rows went in by the last extract, not by the table.
        counts["rows_in"] += kinds.get("delete", 0)
        if counts["rows_in"] != counts["rows"] + unchanged:
            raise StoreError(
                f"{SCHEMA}.{table.name}: {counts['rows_in']} rows are there or gone, "
                f"{counts['rows']} were written and {unchanged} are unchanged"
            )
        counts |= {"changes": kinds, "unchanged": unchanged, "sequence": sequence, "watermark": None}
        kept = self.reader.write(every, f"{self.store.prefix}/_state/{table.name}/{self.run}/all", None)
        self.rested[table.name] = {**rested, "sequence": sequence}
        return counts, State(sequence, sequence, tuple(part.key for part in kept), digest)

    def _write(self, lines: Any, table: Table, window: Window) -> list[Part]:  # noqa: ANN401
        name = f"{self.store.prefix}/{table.name}/{window.folder}/{self.parts}"
        return self.reader.write(lines, name, Stamp(f"{self.store.prefix}/{table.name}", window.extracted_at))


def part_key(name: str, number: int) -> str:
    """Return the key of a part of a name."""
    return f"{name}-part-{number:05d}.json.gz"


def options(arguments: list[str], *more: str) -> argparse.Namespace:
    """Return the arguments as Glue passes them, `more` being a reader's own; what Glue adds of its own is let pass."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("--window-start", "--window-end", "--tables", "--raw-path", *more):
        parser.add_argument(name, required=True)
    parser.add_argument("--JOB_NAME", required=True)
    parser.add_argument("--run-id", default=uuid4().hex[:12])
    parser.add_argument("--overlap-minutes", type=int, default=windows.OVERLAP_MINUTES)
    return parser.parse_known_args(arguments)[0]


def asked(given: argparse.Namespace) -> tuple[list[Table], list[Window]]:
    """Return the tables and the windows of a run; raise ValueError or `WindowError` where they are none."""
    start = windows.moment(given.window_start, "--window-start")
    return chosen(given.tables), windows.windows(start, windows.moment(given.window_end, "--window-end"))


def _counts(parts: list[Part], rows: int) -> dict[str, Any]:
    return {
        "rows_in": rows,
        "rows": sum(part.rows for part in parts),
        "bytes": sum(part.bytes for part in parts),
        "fingerprint": f"{sum(part.fingerprint for part in parts) % 2**raw_store.FINGERPRINT_BITS:016x}",
        "parts": [part.key for part in parts],
    }
