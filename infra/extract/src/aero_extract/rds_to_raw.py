"""The Glue job: what changed in the operational database in a window, from one snapshot, to the raw zone.

    rds_to_raw.py --JOB_NAME aero-local-extract --window-start 2026-11-01T10:00:00Z --window-end 2026-11-01T11:00:00Z \\
        --tables legs,leg_costs --raw-path s3://bucket/opsdb --jdbc-url jdbc:postgresql://… --secret-id aero/…

Plain PySpark: the same file on Glue 5.1 and on Spark 3.5 of the laptop. One connection holds a repeatable-read
transaction open and exports its snapshot; every reader of Spark enters that snapshot, so all tables and all their parts
are of one moment. Nothing is visible before the commit object of a window is written, and that names every part.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from pyspark.sql import DataFrame, SparkSession  # ty: ignore[import-not-found] - in the environment of Spark
from pyspark.sql import functions as F  # ty: ignore[import-not-found] - in the environment of Spark
from pyspark.sql.types import TimestampType  # ty: ignore[import-not-found] - in the environment of Spark

from aero_extract import raw_store, windows
from aero_extract.compare import SAME, changes
from aero_extract.database import Database
from aero_extract.drift import DriftError, drifts, refuse
from aero_extract.raw_store import Part, RawStore, Stamp, State, StoreError
from aero_extract.tables import SCHEMA, Table, chosen
from aero_extract.windows import Window, WindowError

FETCH_ROWS = 5_000
ROWS_PER_PART = 100_000
#: As the typed step reads times: UTC, to the microsecond.
INSTANT = "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"


class Extract:
    """One run: a session of Spark, a database whose snapshot is held, a raw zone."""

    def __init__(self, spark: SparkSession, database: Database, store: RawStore, options: argparse.Namespace) -> None:
        self.spark, self.database, self.store, self.options = spark, database, store, options
        self.run = options.run_id
        #: Tables that were compared in this run, with what a window says of one that rests.
        self.rested: dict[str, dict[str, Any]] = {}
        # Of equal rows the one that was read first is kept: names sort by it.
        self.parts = f"{database.snapshot_at:%Y%m%dT%H%M%SZ}-{self.run}"

    def window(self, window: Window, tables: list[Table]) -> dict[str, Any]:
        """Extract a window of every table and make it visible; return what its commit says."""
        contents: dict[str, dict[str, Any]] = {}
        states: dict[str, State] = {}
        for table in tables:
            begin = time.monotonic()
            if table.stamp:
                counts, state = self._changed(table, table.stamp, window), None
            else:
                counts, state = self._compared(table, window)
            contents[table.name] = {**counts, "seconds": round(time.monotonic() - begin, 3)}
            states |= {table.name: state} if state else {}
        key = self.store.commit_key(windows.commit_name(window, contents))
        for name, state in states.items():
            self.store.keep_state(name, state, key)
        commit = {
            "window_start": windows.text(window.start),
            "window_end": window.extracted_at,
            "snapshot_at": windows.text(self.database.snapshot_at),
            "overlap_minutes": self.options.overlap_minutes,
            "job": self.options.JOB_NAME,
            "run": self.run,
            "tables": contents,
        }
        is_new = self.store.commit(key, commit)
        return {"commit": key, "is_new": is_new, **commit}

    def _changed(self, table: Table, stamp: str, window: Window) -> dict[str, Any]:
        """Read the rows whose stamp lies in the window, and write them as they are."""
        condition = windows.changed_in(stamp, window, self.options.overlap_minutes)
        rows, watermark = self.database.count(table, condition)
        # Most tables rest in most hours: nothing is started for nothing.
        lines = self._read(table, condition, rows).toJSON() if rows else None
        parts = self._write(lines, f"{table.name}/{window.folder}/{self.parts}", self._stamp(table, window))
        written = sum(part.rows for part in parts)
        if written != rows:
            raise StoreError(f"{SCHEMA}.{table.name}: {rows} rows are in the window, {written} were written")
        return {**_said(parts, rows), "watermark": watermark}

    def _compared(self, table: Table, window: Window) -> tuple[dict[str, Any], State | None]:
        """Compare the whole table with its last extract; write inserts, updates and deletes, and keep the table."""
        if table.name in self.rested:
            return self.rested[table.name], None  # the snapshot cannot have changed since the window before
        before, digest = self.store.last_state(table.name), self.database.digest(table)
        rows, _ = self.database.count(table, "true")
        rested = {**_said([], rows), "unchanged": rows, "sequence": before.sequence, "watermark": None}
        self.rested[table.name] = rested
        if digest == before.digest:
            return rested, None
        sequence = before.taken + 1
        now = self._read(table, "true", rows)
        changed = changes(
            self.spark, now, self._lines(before.parts), table.key, sequence, window.extracted_at
        ).persist()
        kinds = {row["change"]: row["count"] for row in changed.groupBy("change").count().collect()}
        unchanged = kinds.pop(SAME, 0)
        lines = changed.where("line is not null").select("line").rdd.map(lambda row: row[0]) if kinds else None
        parts = self._write(lines, f"{table.name}/{window.folder}/{self.parts}", self._stamp(table, window))
        changed.unpersist()
        counts = _said(parts, rows)
        # Vanished rows went in by the last extract, not by the table.
        counts["rows_in"] += kinds.get("delete", 0)
        if counts["rows_in"] != counts["rows"] + unchanged:
            raise StoreError(
                f"{SCHEMA}.{table.name}: {counts['rows_in']} rows are there or gone, "
                f"{counts['rows']} were written and {unchanged} are unchanged"
            )
        counts |= {"changes": kinds, "unchanged": unchanged, "sequence": sequence, "watermark": None}
        kept = self._write(now.toJSON(), f"_state/{table.name}/{self.run}/all", None)
        self.rested[table.name] = {**rested, "sequence": sequence}
        return counts, State(sequence, sequence, tuple(part.key for part in kept), digest)

    def _read(self, table: Table, condition: str, rows: int) -> DataFrame:
        """Return the rows of a table that meet a condition, shared among readers by blocks where they are many."""
        ranges = windows.block_ranges(self.database.blocks(table), rows, ROWS_PER_PART)
        where = [f"{condition} and {part}" for part in ranges] if len(ranges) > 1 else [condition]
        frame = self.spark.read.jdbc(
            self.options.jdbc_url, f"{SCHEMA}.{table.name}", predicates=where, properties=self.database.properties()
        )
        instants = {field.name for field in frame.schema.fields if isinstance(field.dataType, TimestampType)}
        return frame.select(
            *(F.date_format(name, INSTANT).alias(name) if name in instants else F.col(name) for name in frame.columns)
        )

    def _lines(self, keys: tuple[str, ...]) -> DataFrame:
        """Return the lines of earlier parts, each part read where it is needed."""
        read = partial(_read_lines, self.store.bucket)
        lines = self.spark.sparkContext.parallelize(keys, max(1, len(keys))).flatMap(read)
        return self.spark.createDataFrame(lines, "line string")

    def _write(self, lines: Any, name: str, stamp: Stamp | None) -> list[Part]:  # noqa: ANN401 - an RDD of text
        """Write lines, one object per reader, and return those that hold any."""
        if lines is None:
            return []
        write = partial(_write_lines, self.store.bucket, f"{self.store.prefix}/{name}", stamp)
        return sorted(lines.mapPartitionsWithIndex(write).collect(), key=lambda part: part.key)

    def _stamp(self, table: Table, window: Window) -> Stamp:
        return Stamp(f"{self.store.prefix}/{table.name}", window.extracted_at)


def _write_lines(bucket: str, name: str, stamp: Stamp | None, number: int, lines: Iterable[str]) -> Iterator[Part]:
    return raw_store.write_part(bucket, f"{name}-part-{number:05d}.json.gz", lines, stamp)


def _read_lines(bucket: str, key: str) -> Iterator[tuple[str]]:
    return ((line,) for line in raw_store.read_part(bucket, key))


def _said(parts: list[Part], rows: int) -> dict[str, Any]:
    return {
        "rows_in": rows,
        "rows": sum(part.rows for part in parts),
        "bytes": sum(part.bytes for part in parts),
        "fingerprint": f"{sum(part.fingerprint for part in parts) % 2**raw_store.FINGERPRINT_BITS:016x}",
        "parts": [part.key for part in parts],
    }


def options(arguments: list[str]) -> argparse.Namespace:
    """Return the arguments as Glue passes them; what Glue adds of its own is let pass."""
    parser = argparse.ArgumentParser("rds_to_raw.py", allow_abbrev=False)
    for name in ("--window-start", "--window-end", "--tables", "--raw-path", "--jdbc-url", "--secret-id"):
        parser.add_argument(name, required=True)
    parser.add_argument("--JOB_NAME", required=True)
    parser.add_argument("--run-id", default=uuid4().hex[:12])
    parser.add_argument("--overlap-minutes", type=int, default=windows.OVERLAP_MINUTES)
    return parser.parse_known_args(arguments)[0]


def run(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Extract every hour of the window from one snapshot; return what the commits say."""
    tables = chosen(given.tables)
    start: datetime = windows.moment(given.window_start, "--window-start")
    asked = windows.hours(start, windows.moment(given.window_end, "--window-end"))
    store = RawStore(given.raw_path)
    user, password = raw_store.credentials(given.secret_id)
    spark = SparkSession.builder.appName(given.JOB_NAME).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    with Database(spark, given.jdbc_url, user, password, FETCH_ROWS) as database:
        windows.refuse_unfinished(asked, database.snapshot_at)
        drifts_found = [drift for table in tables for drift in drifts(table, database.columns(table))]
        for difference in drifts_found:
            print(f"schema drift: {difference}", flush=True)
        refuse(drifts_found)
        extract = Extract(spark, database, store, given)
        done = [extract.window(window, tables) for window in asked]
    store.report(given.run_id, {"windows": done, "drift": [str(drift) for drift in drifts_found]})
    return done


def main(arguments: list[str]) -> int:
    """Run; what is wrong with a window or a table is one message and exit code 1."""
    try:
        done = run(options(arguments))
    except (DriftError, StoreError, WindowError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    for commit in done:
        rows = {name: counts["rows"] for name, counts in commit["tables"].items()}
        print(json.dumps({"commit": commit["commit"], "is_new": commit["is_new"], "rows": rows}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
