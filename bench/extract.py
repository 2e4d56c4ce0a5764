"""The extract's rate against `COPY … TO` of the same table, and its memory from 200,000 to 2,000,000 rows.

`COPY` is the database's own way out: one process that writes text as fast as the rows are read, on the same machine and
the same table. The extract reads the same rows through a cursor by several readers of one snapshot, writes each as JSON
in its wrapper with a hash of what it says, packs them and stores them in S3; it pays for JSON, hash and gzip on every
row, in the seconds that its commit names. The start of Spark is not in them: it is paid once a run. One order of
magnitude and a half is what that may cost; a row at a time by an interpreter and a round trip each would be three.

Rows come by a cursor and go by a stream, so ten times the rows must not need more memory: what Java, Spark's workers
and their children hold together at most, at 2,000,000 rows, against the same at 200,000.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from aero_assets.environment import Environment
from aero_assets.extracts import LocalSpark, Wanted, report
from aero_assets.storage import Bucket
from aero_local import opsdb
from aero_local import platform as local_platform
from aero_local.services import postgres
from aero_local.state import State
from bench.goals import GOALS
from bench.measure import Say
from bench.runner import Result

FEW, MANY = 200_000, 2_000_000
HOUR = datetime(2026, 2, 3, 10, tzinfo=UTC)
WATCHED_SECONDS = 1.0
FILL = """
    truncate opsdb.tickets;
    select set_config('aero.now', '{moment}', false);
    insert into opsdb.tickets (coupon_id, booking_hash, leg_uid, operating_date, cabin, issued_at, status, fare_usd,
                               ancillary_usd, tua_usd, iva_usd, currency, data_label)
    select md5(n::text), md5((n / 2)::text), md5((n / 150)::text), date '2026-02-03', 'economy',
           timestamptz '2026-01-20T12:00:00Z', 'flown', 40 + n % 300, n % 30, 32, n % 40, 'MXN', 'datos sintéticos'
    from generate_series(1, {rows}) as n;
    analyze opsdb.tickets;
"""


def run(folder: Path, say: Say) -> list[Result]:
    """Extract one table of either size; return its rate at the larger and the memory of both."""
    state = State(folder / "extract")
    rates, memory, copies = {}, {}, {}
    try:
        local_platform.up(state, log=say, names=["ministack"], register=None)
        opsdb.up(state, say)
        connection = postgres.connect(state)
        for number, rows in enumerate((FEW, MANY)):
            window = HOUR + number * timedelta(hours=1)
            fill(connection, rows, window)
            copies[rows] = rows / copied(connection, folder / "tickets.txt")
            rates[rows], memory[rows] = extracted(state, rows, window)
            say(f"{rows:,} rows: {rates[rows]:,.0f} rows/s, COPY {copies[rows]:,.0f}, at most {memory[rows]:,.0f} MB")
        connection.close()
    finally:
        local_platform.down(state, say)
    return [
        Result(
            name="extract_rows",
            value=rates[MANY],
            unit="rows/s",
            baseline=f"COPY … TO a file of the same {MANY:,} rows",
            baseline_value=copies[MANY],
            goal=GOALS["extract_rows"],
        ),
        Result(
            name="extract_memory",
            value=memory[MANY],
            unit="MB",
            baseline=f"the same extract of {FEW:,} rows",
            baseline_value=memory[FEW],
            goal=GOALS["extract_memory"],
        ),
    ]


def fill(connection: Any, rows: int, window: datetime) -> None:  # noqa: ANN401 - the driver has no static types
    """Put so many coupons into the table, all changed in the window."""
    with connection, connection.cursor() as cursor:
        cursor.execute(FILL.format(rows=rows, moment=f"{window + timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}"))


def copied(connection: Any, path: Path) -> float:  # noqa: ANN401
    """Seconds that the database needs to write the table to a file."""
    began = time.monotonic()
    with connection, connection.cursor() as cursor, path.open("w", encoding="utf-8") as file:
        cursor.copy_expert("copy opsdb.tickets to stdout", file)
    return time.monotonic() - began


def extracted(state: State, rows: int, window: datetime) -> tuple[float, float]:
    """Extract the table; return rows per second of the commit's own time, and the most megabytes held."""
    task = Wanted(f"bench{rows}", window, window + timedelta(hours=1), ["tickets"])
    with most_memory() as most:
        LocalSpark(state.env("orchestrator")).run(task, lambda _: None)
    raw = Bucket(Environment("local").raw_bucket, state.session("orchestrator").client("s3"))
    [window_report] = report(raw, task.run_id)["windows"]
    table = window_report["tables"]["tickets"]
    if table["rows"] != rows:
        raise AssertionError(f"{rows} rows were changed in the window, {table['rows']} were extracted")
    return rows / table["seconds"], most()


@contextmanager
def most_memory() -> Generator[Callable[[], float]]:
    """Watch what the processes below this one hold (PSS, so that shared pages count once); megabytes."""
    highest, over = [0.0], threading.Event()
    own = {child.pid for child in psutil.Process().children(recursive=True)}

    def watch() -> None:
        while not over.wait(WATCHED_SECONDS):
            total = 0.0
            for child in psutil.Process().children(recursive=True):
                try:
                    total += child.memory_full_info().pss if child.pid not in own else 0
                except psutil.Error:
                    continue
            highest[0] = max(highest[0], total / 2**20)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: highest[0]
    finally:
        over.set()
        thread.join()
