"""Compaction: one arrival day of raw files becomes typed Parquet files per business date, plus the refused rows.

The manifest is the switch. Before anything is written it lists the intended files (so that a crash leaves no unknown
file); after everything is written it names the new files; only then are the old ones deleted. Running it again with the
same arrivals gives the same files.

A raw body that differs from the received content stops its own arrival day: the day keeps its earlier rows until the
body is restored. A typed file counts as present only with its content, so any damage to it is repaired by compacting
its day again.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from aero_assets import bodies, footers, set_aside
from aero_assets.arrivals import Arrival, ArrivalDay, Contents
from aero_assets.defs.typed import contradictions, rows, sources
from aero_assets.defs.typed.readers import Reader, read
from aero_assets.feeds import Feed
from aero_assets.manifests import AGAIN, DIGEST_IN_NAME, ArrivalManifest, TypedFile
from aero_assets.outcomes import Outcome
from aero_assets.partitions import FIRST_OPERATING_DATE
from aero_assets.storage import Bucket, DamagedObjectError, digest_of, is_missing

STAGE = "typed"
MEMORY_LIMIT = "2GB"
#: Bodies that are fetched at a time.
AHEAD = 8


@dataclass(frozen=True)
class Compacted:
    """The result of one compaction: its outcome row and the dates whose typed rows may have changed (old ∪ new)."""

    outcome: Outcome
    dates_touched: tuple[str, ...]
    reasons: dict[str, int]


class Compactor:
    """Compacts arrival days of feeds between a raw and a lake bucket; scratch files are below `scratch`.

    `read` splits bodies into records and `connect` opens the DuckDB connection.
    """

    def __init__(
        self,
        raw: Bucket,
        lake: Bucket,
        scratch: Path | None = None,
        read: Reader = read,
        connect: Callable[[str], duckdb.DuckDBPyConnection] = duckdb.connect,
    ) -> None:
        self.raw, self.lake, self.scratch, self.read, self.connect = raw, lake, scratch, read, connect

    def run(self, feed: Feed, day: ArrivalDay, log: Callable[[str], None] = lambda _: None) -> Compacted:
        """Replace the whole contribution of this arrival day by a new one."""
        started = time.monotonic()
        before = self._before(feed, day.arrived_on)
        if self.scratch:
            self.scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.scratch, prefix="compaction-") as folder:
            work = Path(folder)
            connection = self.connect(str(work / "work.duckdb"))
            try:
                connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'; set preserve_insertion_order = true")
                received = self._judge(connection, feed, day, work, log)
                repeats, reasons = _put_aside(connection)
                written = _write(connection, feed, work)
                mixed, example = sources.mixed(connection, feed, work / "typed")
            finally:
                connection.close()
            after = self._publish(feed, day, before, written, {"rows_in": received, "duplicates": repeats})
        touched = tuple(sorted(before.dates | after.dates))
        outcome = Outcome(
            stage=STAGE,
            feed=feed.path,
            subject=f"{feed.system}.{feed.name}",
            day=day.arrived_on,
            files_in=len(day.counted),
            dates_touched=list(touched),
            version=after.level,
            seconds=round(time.monotonic() - started, 3),
            mixed=mixed,
            mixed_example=example,
            rows_in=after.counts["rows_in"],
            rows_out=after.counts["rows_out"],
            duplicates=after.counts["duplicates"],
            rejects=after.counts["rejects"],
        )
        outcome.record(self.lake)
        return Compacted(outcome, touched, reasons)

    def _before(self, feed: Feed, arrived_on: date) -> ArrivalManifest:
        """Return the day's present contribution; from the names of its files if its manifest is damaged or missing."""
        try:
            manifest = ArrivalManifest.load(self.lake, feed, arrived_on)
        except DamagedObjectError:
            manifest = None
        if manifest is None or not (manifest.level or manifest.intended):
            return ArrivalManifest.from_names(self.lake, feed.path, f"{arrived_on}")
        return manifest

    def _judge(self, connection: Any, feed: Feed, day: ArrivalDay, work: Path, log: Callable[[str], None]) -> int:  # noqa: ANN401
        """Read and judge every record; return the number of records, as counted on arrival or in the bodies."""
        rows.prepare(connection)
        sources.prepare(connection)
        with ThreadPoolExecutor(AHEAD) as pool:
            brought = [*pool.map(lambda arrival: arrival.contents(self.raw, feed), day.counted)]
        received = sum(contents.rows or 0 for contents in brought)
        for arrival, contents, key, body in self._bodies(feed, zip(day.counted, brought, strict=True), work):
            if contents.rows is None:
                received += sources.count(feed, body)
            sources.remember(connection, feed, body, key, arrival.arrived_at)
            rows.add_lines(connection, body, key, arrival.arrived_at, feed, contents.sent_as, self.read)
            body.unlink()
        log(f"{feed.path}: read what came in {len(day.counted)} arrivals of {day.arrived_on}")
        last = day.arrived_on + timedelta(days=feed.max_days_ahead)
        rows.judge(connection, feed, FIRST_OPERATING_DATE, last)
        contradictions.settle(connection, feed)
        # After that: a row that was left out for another must not come in for it when the other is set aside.
        set_aside.apply(connection, self.lake, feed.path, day.arrived_on)
        # Repeats are looked for by id alone, so that no row has to be moved to find that there are none.
        connection.execute("""
            create or replace temp table repeat as
            select place from (
                select rowid as place, row_number() over (partition by event_id order by received_at, raw_ref) as turn
                from judged
                where reason is null
                  and event_id in (select event_id from judged where reason is null group by 1 having count(*) > 1)
            ) where turn > 1
            union select place from twin;
            create or replace temp view kept as
            select * exclude (record, line_number, raw_key, reason, message) from judged
            where reason is null and rowid not in (select place from repeat)
        """)
        return received

    def _bodies(
        self, feed: Feed, brought: Iterable[tuple[Arrival, Contents]], work: Path
    ) -> Iterator[tuple[Arrival, Contents, str, Path]]:
        """Yield arrival, contents, key and file of every body that counts, in order; a few are fetched in advance."""

        def fetch(numbered: tuple[int, Arrival, Contents, str]) -> tuple[Arrival, Contents, str, Path]:
            number, arrival, contents, key = numbered
            body = work / f"body-{number}"
            self._fetch_body(feed, contents, key, body)
            return arrival, contents, key, body

        named = [(arrival, contents, key) for arrival, contents in brought for key in contents.keys]
        bodies = [(number, *body) for number, body in enumerate(named)]
        with ThreadPoolExecutor(AHEAD) as pool:
            for start in range(0, len(bodies), AHEAD):
                yield from pool.map(fetch, bodies[start : start + AHEAD])

    def _fetch_body(self, feed: Feed, contents: Contents, key: str, body: Path) -> None:
        """Fetch a raw body; DamagedObjectError if it differs from the received content."""
        try:
            self.raw.download(key, body)
        except (ClientError, FileNotFoundError) as error:
            if isinstance(error, ClientError) and not is_missing(error):
                raise
            raise DamagedObjectError(self.raw.name, key, "it is missing") from error
        # The emulator's Firehose writes plain text under a name that says otherwise.
        is_gzip = key.endswith(".gz") and feed.arrival != "event"
        if problem := bodies.what_is_wrong(body, contents.digest, is_gzip=is_gzip):
            raise DamagedObjectError(self.raw.name, key, problem)

    def _publish(
        self,
        feed: Feed,
        day: ArrivalDay,
        before: ArrivalManifest,
        written: list[tuple[Path, str]],
        counts: dict[str, int],
    ) -> ArrivalManifest:
        """Upload new files, count their rows in the bucket, switch the manifest, delete files not named any more."""
        files, quarantine = _name(feed, day, written)
        present = {file.key for file in before.files} | set(before.quarantine)
        named = [key for _, key in quarantine] + [file.key for _, file in files]
        replace(before, level="", intended=(*before.intended, *named)).save(self.lake)
        is_by_content = before.level in (AGAIN, "")
        for path, key in [*quarantine, *((path, file.key) for path, file in files)]:
            if key not in present or not self._is_there(key, path, is_by_content=is_by_content):
                self.lake.upload(path, key)
        rows_of = footers.rows(self.lake, named)
        counts["rows_out"] = sum(rows_of[file.key] for _, file in files)
        counts["rejects"] = sum(rows_of[key] for _, key in quarantine)
        after = ArrivalManifest(
            feed=feed.path,
            arrived_on=f"{day.arrived_on}",
            level=day.level(feed),
            files=tuple(file for _, file in files),
            quarantine=tuple(key for _, key in quarantine),
            counts=counts,
        )
        after.save(self.lake)
        self.lake.delete(sorted((present | set(before.intended)) - set(named)))
        return after

    def _is_there(self, key: str, path: Path, *, is_by_content: bool) -> bool:
        """Return True if the bucket holds this file; its bytes are compared only if the day was requested again."""
        if not self.lake.holds(key, path):
            return False
        return not is_by_content or self.lake.read(key) == path.read_bytes()


def _put_aside(connection: duckdb.DuckDBPyConnection) -> tuple[int, dict[str, int]]:
    """Count the repeated rows, and the refused rows by reason."""
    [(repeats,)] = connection.execute("select count(*) from repeat").fetchall()
    reasons = connection.execute("select reason, count(*) from judged where reason is not null group by 1 order by 1")
    return repeats, dict(reasons.fetchall())


def _write(connection: duckdb.DuckDBPyConnection, feed: Feed, work: Path) -> list[tuple[Path, str]]:
    """Write one file per business date, and one without a date for the refused rows."""
    columns = ", ".join(column.name for column in feed.columns)
    folder = work / "typed"
    # One thread and sorted input: one file per date, and the same bytes for the same rows.
    connection.execute("set threads = 1")
    connection.execute(f"""
        copy (select {columns} from kept order by {feed.business_date}, event_id)
        to '{folder}' (format parquet, compression zstd, partition_by ({feed.business_date}))
    """)
    written = [(path, path.parent.name.partition("=")[2]) for path in sorted(folder.glob("*/*.parquet"))]
    if connection.execute("select count(reason) from judged").fetchall() != [(0,)]:
        path = work / "refused.parquet"
        connection.execute(f"""
            copy (select reason, message, raw_key, line_number, record
                  from judged where reason is not null order by raw_key, line_number)
            to '{path}' (format parquet, compression zstd)
        """)
        written.append((path, ""))
    return written


def _name(
    feed: Feed, day: ArrivalDay, written: list[tuple[Path, str]]
) -> tuple[list[tuple[Path, TypedFile]], list[tuple[Path, str]]]:
    """Name files by arrival day and content, so that an unchanged file keeps its name and is not sent again."""
    files, quarantine = [], []
    for path, on in written:
        digest = digest_of(path)[:16]
        name = f"arrived={day.arrived_on}-{digest[:DIGEST_IN_NAME]}.parquet"
        if on:
            rows_in_file = pq.read_metadata(path).num_rows
            key = f"typed/{feed.path}/{feed.business_date}={on}/{name}"
            files.append((path, TypedFile(key, digest, on, rows_in_file)))
        else:
            name = f"rows-{digest[:DIGEST_IN_NAME]}.parquet"
            quarantine.append((path, f"quarantine/{feed.path}/dt={day.arrived_on}/{name}"))
    return files, quarantine


def compact_day(
    compactor: Compactor,
    feed: Feed,
    planned: dict[date, ArrivalDay],
    arrived_on: date,
    log: Callable[[str], None] = lambda _: None,
) -> Compacted:
    """Compact one arrival day by the plan; a day without an entry in the plan contributes nothing."""
    return compactor.run(feed, planned.get(arrived_on, ArrivalDay(arrived_on, (), 0)), log)
