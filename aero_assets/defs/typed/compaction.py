"""Compaction: one arrival day of raw files becomes typed Parquet files per business date, plus what was refused.

The manifest is the switch. Before anything is written it notes what may appear (so that a crash leaves nothing
unknown behind); after everything is written it names the new files; only then are the old ones deleted. Running it
again with the same arrivals gives the same files.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow.parquet as pq

from aero_assets.arrivals import Arrival, ArrivalDay, Receipt
from aero_assets.defs.typed import rows
from aero_assets.feeds import Feed
from aero_assets.manifests import ArrivalManifest, TypedFile
from aero_assets.outcomes import Outcome
from aero_assets.partitions import FIRST_OPERATING_DATE
from aero_assets.storage import Bucket

HOP = "typed"
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
    """Compacts arrival days of feeds between a raw and a lake bucket; scratch files live below `scratch`."""

    def __init__(self, raw: Bucket, lake: Bucket, scratch: Path | None = None) -> None:
        self.raw, self.lake, self.scratch = raw, lake, scratch

    def run(self, feed: Feed, day: ArrivalDay, log: Callable[[str], None] = lambda _: None) -> Compacted:
        """Replace everything this arrival day contributed by what it contributes now."""
        started = time.monotonic()
        before = ArrivalManifest.load(self.lake, feed, day.arrived_on)
        if self.scratch:
            self.scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.scratch, prefix="compaction-") as folder:
            work = Path(folder)
            connection = duckdb.connect(str(work / "work.duckdb"))
            try:
                connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'; set preserve_insertion_order = true")
                self._judge(connection, feed, day, work, log)
                counts, reasons = _count(connection)
                written = _write(connection, feed, work)
            finally:
                connection.close()
            after = self._publish(feed, day, before, written, counts)
        touched = tuple(sorted(before.dates | after.dates))
        outcome = Outcome(
            hop=HOP,
            feed=feed.path,
            subject=f"{feed.system}.{feed.name}",
            day=day.arrived_on,
            files_in=len(day.counted),
            dates_touched=list(touched),
            version=after.level,
            seconds=round(time.monotonic() - started, 3),
            rows_in=counts["rows_in"],
            rows_out=counts["rows_out"],
            duplicates=counts["duplicates"],
            rejects=counts["rejects"],
        )
        outcome.record(self.lake)
        return Compacted(outcome, touched, reasons)

    def _judge(self, connection: Any, feed: Feed, day: ArrivalDay, work: Path, log: Callable[[str], None]) -> None:  # noqa: ANN401
        rows.prepare(connection)
        for arrival, key, body in self._bodies(feed, day, work):
            named = isinstance(arrival, Receipt) and feed.layout.name_pattern
            name = arrival.sent_as(self.raw, feed) if named else ""
            rows.add_lines(connection, body, key, arrival.arrived_at, feed, name)
            body.unlink()
        log(f"{feed.path}: read what came in {len(day.counted)} arrivals of {day.arrived_on}")
        last = day.arrived_on + timedelta(days=feed.max_days_ahead)
        rows.judge(connection, feed, FIRST_OPERATING_DATE, last)
        # Repeats are looked for by id alone, so that no row has to be moved to find that there are none.
        connection.execute("""
            create or replace temp table repeat as
            select place from (
                select rowid as place, row_number() over (partition by event_id order by received_at, raw_ref) as turn
                from judged
                where reason is null
                  and event_id in (select event_id from judged where reason is null group by 1 having count(*) > 1)
            ) where turn > 1;
            create or replace temp view kept as
            select * exclude (record, line_number, raw_key, reason, message) from judged
            where reason is null and rowid not in (select place from repeat)
        """)

    def _bodies(self, feed: Feed, day: ArrivalDay, work: Path) -> Iterator[tuple[Arrival, str, Path]]:
        """Yield arrival, key and file of every body that counts, in order, fetched a few ahead: events come in many
        objects.
        """

        def fetch(one: tuple[int, Arrival, str]) -> tuple[Arrival, str, Path]:
            number, arrival, key = one
            body = work / f"body-{number}"
            self.raw.download(key, body)
            return arrival, key, body

        with ThreadPoolExecutor(AHEAD) as pool:
            keys = pool.map(lambda arrival: arrival.body_keys(self.raw, feed), day.counted)
            found = [(arrival, key) for arrival, named in zip(day.counted, keys, strict=True) for key in named]
            wanted = [(number, *one) for number, one in enumerate(found)]
            for start in range(0, len(wanted), AHEAD):
                yield from pool.map(fetch, wanted[start : start + AHEAD])

    def _publish(
        self,
        feed: Feed,
        day: ArrivalDay,
        before: ArrivalManifest,
        written: list[tuple[Path, str]],
        counts: dict[str, int],
    ) -> ArrivalManifest:
        """Upload what is new, switch the manifest, delete what it no longer names."""
        files, quarantine = _name(feed, day, written)
        there = {file.key for file in before.files} | set(before.quarantine)
        named = [key for _, key in quarantine] + [file.key for _, file in files]
        replace(before, level="", intended=(*before.intended, *named)).save(self.lake)
        for path, key in [*quarantine, *((path, file.key) for path, file in files)]:
            if key not in there:
                self.lake.upload(path, key)
        after = ArrivalManifest(
            feed=feed.path,
            arrived_on=f"{day.arrived_on}",
            level=day.level(feed),
            files=tuple(file for _, file in files),
            quarantine=tuple(key for _, key in quarantine),
            counts=counts,
        )
        after.save(self.lake)
        self.lake.delete(sorted((there | set(before.intended)) - set(named)))
        return after


def _count(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], dict[str, int]]:
    """Count rows by fate, and refused rows by reason."""
    [(total, refused, kept)] = connection.execute(
        "select count(*), count(reason), (select count(*) from kept) from judged"
    ).fetchall()
    reasons = connection.execute("select reason, count(*) from judged where reason is not null group by 1 order by 1")
    counts = {"rows_in": total, "rows_out": kept, "duplicates": total - refused - kept, "rejects": refused}
    return counts, dict(reasons.fetchall())


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
    """Name files by arrival day and content, so that what did not change keeps its name and is not sent again."""
    files, quarantine = [], []
    for path, on in written:
        digest = sha256(path.read_bytes()).hexdigest()[:16]
        name = f"arrived={day.arrived_on}-{digest[:12]}.parquet"
        if on:
            rows_in_file = pq.read_metadata(path).num_rows
            key = f"typed/{feed.path}/{feed.business_date}={on}/{name}"
            files.append((path, TypedFile(key, digest, on, rows_in_file)))
        else:
            quarantine.append((path, f"quarantine/{feed.path}/dt={day.arrived_on}/rows-{digest[:12]}.parquet"))
    return files, quarantine


def compact_day(
    compactor: Compactor,
    feed: Feed,
    planned: dict[date, ArrivalDay],
    arrived_on: date,
    log: Callable[[str], None] = lambda _: None,
) -> Compacted:
    """Compact one arrival day by the plan; a day the plan does not know contributes nothing."""
    return compactor.run(feed, planned.get(arrived_on, ArrivalDay(arrived_on, (), 0)), log)
