"""Layouts: the same flights in four layouts, and a year of six million flights as BTS publishes months.

Two days of real flights are written as 31 columns, PREZIP zip, TranStats download and DataExpo, and end in the same
typed rows. The year is made of those days: their flights on winter dates, when clocks in the United States
stand as on the two days. Every month goes through the door's pass and the typed step, each in a process of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from bench.runner import PROJECT
from proof.record import FAILED
from tests import layout_files

DAYS_OF_A_MONTH, MONTHS, REAL_DAYS = 34, 12, 30_691
REAL = PROJECT.parent / "shared" / "data" / "flights" / "bts_ontime_2015-01_d1-2.csv.gz"
TESTS = ("tests/unit/feeds/test_same_flights.py",)
DOOR = """
import sys, zlib
from pathlib import Path
from aero_assets.feeds import doors
from aero_ingest import unzip
from aero_ingest.content import Content
from aero_ingest.doors import by_feed
content, pack = Content(by_feed(doors())["partner/bts_ontime"]), zlib.compressobj(4, wbits=31)
out = open(sys.argv[2], "wb")
with open(sys.argv[1], "rb") as file:
    for piece in unzip.text_of(iter(lambda: file.read(1 << 20), b"")):
        content.feed(piece)
        out.write(pack.compress(piece))
out.write(pack.flush())
rows = content.finish().rows
"""
TYPED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from aero_assets.arrivals import plan, receipts
from aero_assets.defs.typed.compaction import Compactor, compact_day
from aero_assets.feeds import find
from tests.fakes import FolderBucket, drop
feed, folder = find("partner/bts_ontime"), Path(sys.argv[2])
raw, at = FolderBucket(folder / "raw"), datetime(2026, 11, 20, 8, tzinfo=UTC)
drop(raw, feed, "partner/bts_ontime/month.zip", Path(sys.argv[1]).read_bytes(), at)
compactor = Compactor(raw, FolderBucket(folder / "lake"), folder / "scratch")
done = compact_day(compactor, feed, plan(receipts(raw, feed)), at.date())
rows = done.outcome.rows_out
assert done.outcome.rows_in == done.outcome.rows_out and not done.outcome.mixed, done.outcome
"""
REPORT = """
import json, re
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
print(json.dumps({"rows": rows, "peak": peak // 1024}))
"""


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Compare the layouts, then take in the year; return rows, seconds and peak memory, and what went wrong."""
    command = (sys.executable, "-m", "pytest", "-q", "-rf", *TESTS)
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    log(f"the same flights in four layouts: {done.stdout.strip().splitlines()[-1]}")
    year = _year(log)
    sent = MONTHS * DAYS_OF_A_MONTH * REAL_DAYS // 2
    failed += [f"{step}: {sums['rows']:,} rows of {sent:,}" for step, sums in year.items() if sums["rows"] != sent]
    return {"flights in each of four layouts": REAL_DAYS, "flights of a year": sent, **year, FAILED: failed}


def _year(log: Callable[[str], None]) -> dict[str, dict[str, float]]:
    sums = {step: {"rows": 0, "seconds": 0.0, "peak MB": 0} for step in ("door", "typed")}
    with TemporaryDirectory() as folder:
        for number, dates in enumerate(_months()):
            work = Path(folder) / f"{number}"
            work.mkdir()
            month, body = _month(work, dates), work / "body.csv.gz"
            for step, code, given in (("door", DOOR, (month, body)), ("typed", TYPED, (body, work))):
                began = datetime.now(UTC)
                measured = _measured(code, *given)
                sums[step]["rows"] += measured["rows"]
                sums[step]["seconds"] = round(sums[step]["seconds"] + (datetime.now(UTC) - began).total_seconds(), 1)
                sums[step]["peak MB"] = max(sums[step]["peak MB"], measured["peak"])
            log(f"month {number + 1} of {MONTHS}: {sums}")
            shutil.rmtree(work)
    return sums


def _months() -> Iterator[list[date]]:
    """Yield winter dates of 2013 and before, as many for each file, and an even number."""
    winter = (date(2013, 3, 1) - timedelta(days) for days in range(2_000))
    dates = [day for day in winter if day.month in (1, 2, 12)]
    return (dates[n * DAYS_OF_A_MONTH : (n + 1) * DAYS_OF_A_MONTH] for n in range(MONTHS))


def _month(folder: Path, dates: list[date]) -> Path:
    """Write a month: the flights of the two real days in turn, on these dates, each pair of dates with both days."""
    with duckdb.connect() as engine:
        engine.execute("create table dates (number integer, flown date)")
        engine.executemany("insert into dates values (?, ?)", [*enumerate(dates)])
        engine.execute(f"""
            copy (
                select flights.* replace (
                    year(flown) as YEAR, month(flown) as MONTH, dayofmonth(flown) as DAY, isodow(flown) as DAY_OF_WEEK
                )
                from read_csv('{REAL}', all_varchar = true) as flights
                join dates on cast(flights.DAY as integer) = number % 2 + 1
            ) to '{folder}/flights.csv' (header)
        """)
    return layout_files.prezip(folder / "flights.csv", folder)


def _measured(code: str, *given: Path) -> dict[str, int]:
    command = (sys.executable, "-c", code + REPORT, *map(str, given))
    done = subprocess.run(command, cwd=PROJECT, env=os.environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-1500:])
    return json.loads(done.stdout.splitlines()[-1])
