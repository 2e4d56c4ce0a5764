"""The Glue job: what changed in the operational database in a window, from one snapshot, to the raw zone.

    rds_to_raw.py --JOB_NAME aero-local-extract --window-start 2026-11-01T10:00:00Z --window-end 2026-11-01T11:00:00Z \\
        --tables legs,leg_costs --raw-path s3://bucket/opsdb --jdbc-url jdbc:postgresql://… --secret-id aero/…

Plain PySpark: the same file on Glue 5.1 and on Spark 3.5 of the laptop. One connection holds a repeatable-read
transaction open and exports its snapshot; every reader of Spark enters that snapshot, so all tables and all their parts
are of one moment. `hours` says which rows belong to which object.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from pyspark.sql import DataFrame, SparkSession  # ty: ignore[import-not-found] - in the environment of Spark
from pyspark.sql import functions as F  # ty: ignore[import-not-found] - in the environment of Spark
from pyspark.sql.types import TimestampType  # ty: ignore[import-not-found] - in the environment of Spark

from aero_extract import hours, raw_store, windows
from aero_extract.compare import changes
from aero_extract.database import Database
from aero_extract.drift import DriftError, drifts, refuse
from aero_extract.raw_store import Part, RawStore, Stamp, StoreError
from aero_extract.tables import SCHEMA, Table
from aero_extract.windows import Window, WindowError

FETCH_ROWS = 5_000
ROWS_PER_PART = 100_000
#: As the typed step reads times: UTC, to the microsecond.
INSTANT = "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"


class SparkReader:
    """A session of Spark and a database whose snapshot is held; lines are an RDD of texts."""

    def __init__(self, spark: SparkSession, database: Database, jdbc_url: str, bucket: str) -> None:
        self.spark, self.database, self.jdbc_url, self.bucket = spark, database, jdbc_url, bucket
        self.snapshot_at: datetime = database.snapshot_at

    def changed(self, table: Table, window: Window, overlap_minutes: int) -> tuple[int, str | None, Any]:
        """Return rows whose stamp lies in a window: their number, the latest stamp (UTC), their lines."""
        condition = windows.changed_in(str(table.stamp), window, overlap_minutes)
        rows, watermark = self.database.count(table, condition)
        return rows, watermark, self._read(table, condition, rows).toJSON() if rows else None

    def count(self, table: Table) -> int:
        """Return the number of rows of a table."""
        return self.database.count(table, "true")[0]

    def digest(self, table: Table) -> str:
        """Return a text that differs where any row of a table does."""
        return self.database.digest(table)

    def compared(
        self, table: Table, before: tuple[str, ...], sequence: int, noticed_at: str
    ) -> tuple[dict[str, int], Any, Any]:
        """Compare a table with the lines of earlier parts; the join is Spark's and spills to disk."""
        now = self._read(table, "true", self.count(table))
        changed = changes(self.spark, now, self._lines(before), table.key, sequence, noticed_at).persist()
        kinds = {row["change"]: row["count"] for row in changed.groupBy("change").count().collect()}
        lines = changed.where("line is not null").select("line").rdd.map(lambda row: row[0])
        return kinds, lines, now.toJSON()

    def write(self, lines: Any, name: str, stamp: Stamp | None) -> list[Part]:  # noqa: ANN401 - an RDD of text
        """Write lines, one object per reader of Spark, and return those that hold any."""
        write = partial(_write_lines, self.bucket, name, stamp)
        return sorted(lines.mapPartitionsWithIndex(write).collect(), key=lambda part: part.key)

    def _read(self, table: Table, condition: str, rows: int) -> DataFrame:
        """Return the rows of a table that meet a condition, shared among readers by blocks where they are many."""
        ranges = windows.block_ranges(self.database.blocks(table), rows, ROWS_PER_PART)
        where = [f"{condition} and {part}" for part in ranges] if len(ranges) > 1 else [condition]
        frame = self.spark.read.jdbc(
            self.jdbc_url, f"{SCHEMA}.{table.name}", predicates=where, properties=self.database.properties()
        )
        instants = {field.name for field in frame.schema.fields if isinstance(field.dataType, TimestampType)}
        return frame.select(
            *(F.date_format(name, INSTANT).alias(name) if name in instants else F.col(name) for name in frame.columns)
        )

    def _lines(self, keys: tuple[str, ...]) -> DataFrame:
        """Return the lines of earlier parts, each part read where it is needed."""
        read = partial(_read_lines, self.bucket)
        lines = self.spark.sparkContext.parallelize(keys, max(1, len(keys))).flatMap(read)
        return self.spark.createDataFrame(lines, "line string")


def _write_lines(bucket: str, name: str, stamp: Stamp | None, number: int, lines: Iterable[str]) -> Iterator[Part]:
    return raw_store.write_part(bucket, hours.part_key(name, number), lines, stamp)


def _read_lines(bucket: str, key: str) -> Iterator[tuple[str]]:
    return ((line,) for line in raw_store.read_part(bucket, key))


def run(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Extract every hour of the window from one snapshot; return what the commits say."""
    tables, asked = hours.asked(given)
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
        extract = hours.Extract(SparkReader(spark, database, given.jdbc_url, store.bucket), store, given)
        done = [extract.window(window, tables) for window in asked]
    store.report(given.run_id, {"windows": done, "drift": [str(drift) for drift in drifts_found]})
    return done


def main(arguments: list[str]) -> int:
    """Run; what is wrong with a window or a table is one message and exit code 1."""
    try:
        done = run(hours.options(arguments, "--jdbc-url", "--secret-id"))
    except (DriftError, StoreError, WindowError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    for commit in done:
        rows = {name: counts["rows"] for name, counts in commit["tables"].items()}
        print(json.dumps({"commit": commit["commit"], "is_new": commit["is_new"], "rows": rows}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
