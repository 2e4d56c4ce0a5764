"""Made-up flights in any quantity, and lakes made of them, for benchmarks that need volume.

The sample of the demo has 60 flights a day. Here a day has thousands of them: the same flights under other carriers and
flight numbers, so every record passes the same rules, and a history has as many dates as a real one of its size.
"""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from aero_assets.arrivals import plan, receipts
from aero_assets.defs.typed.compaction import Compacted, Compactor, compact_day
from aero_assets.feeds import find
from aero_assets.lake import LakeCopy
from bench import sample
from bench.measure import Say
from tests.fakes import FolderBucket, drop

FEED = find(sample.FEED)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
ARRIVED = datetime(2026, 11, 16, 8, tzinfo=UTC)
#: Flights a day in the sample, and how many such blocks of flight numbers a carrier has room for.
BLOCK, BLOCKS = 60, 165
CARRIERS: tuple[dict[str, str], ...] = ({}, {"AM": "AA", "VB": "DL", "Y4": "UA"})
#: Different draws of delays and cancellations; more would only cost time.
DRAWS = 4


class Lake(NamedTuple):
    """A copy of a lake, as dbt reads it, and what is in it."""

    copy: Path
    legs: int
    days: int


def day(number: int) -> str:
    """Return the operating date of a day of the history, the first being 0."""
    return f"{FIRST.date() + timedelta(days=number)}"


def write(path: Path, days: int, legs_per_day: int) -> int:
    """Write `days` of `legs_per_day` (a multiple of 60, at most 19,800) as one gzipped file; return the number."""
    blocks, rest = divmod(legs_per_day, BLOCK)
    if rest or not 0 < blocks <= BLOCKS * len(CARRIERS):
        raise ValueError(
            f"{legs_per_day} legs a day: give a multiple of {BLOCK} up to {BLOCKS * len(CARRIERS) * BLOCK}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = path.with_name(f".{path.name}.draw")
    with gzip.open(path, "wt", compresslevel=1) as out:
        for draw in range(min(DRAWS, blocks)):
            sample.write(drawn, FIRST, days, seed=draw)
            with gzip.open(drawn, "rt") as file:
                header = file.readline()
                # YEAR, MONTH, DAY, DAY_OF_WEEK, AIRLINE, FLIGHT_NUMBER, the rest
                records = [line.split(",", 6) for line in file]
            if draw == 0:
                out.write(header)
            for block in range(draw, blocks, DRAWS):
                names, shift = CARRIERS[block // BLOCKS], block % BLOCKS * BLOCK
                out.writelines(
                    ",".join([*date, names.get(carrier, carrier), str(int(number) + shift), others])
                    for *date, carrier, number, others in records
                )
    drawn.unlink()
    return days * blocks * BLOCK


def arrive(raw: FolderBucket, file: Path) -> None:
    """Let a file arrive in the raw zone, as the door would."""
    drop(raw, FEED, f"{FEED.path}/{file.name}", file.read_bytes(), ARRIVED)


def compact(raw: FolderBucket, lake: FolderBucket, scratch: Path, legs: int) -> Compacted:
    """Take what arrived through the typed step; anything but all its rows, once, is an error."""
    planned = plan(receipts(raw, FEED))
    done = compact_day(Compactor(raw, lake, scratch), FEED, planned, ARRIVED.date())
    if (done.outcome.rows_in, done.outcome.rows_out) != (legs, legs):
        raise AssertionError(f"{legs} valid rows became {done.outcome.rows_out}: {done.reasons}, {done.outcome}")
    return done


def lake(folder: Path, days: int, legs_per_day: int, say: Say) -> Lake:
    """Return the copy of a lake with a history of this size, making it unless another benchmark has."""
    home = folder / f"lake-{days}x{legs_per_day}"
    legs = days * legs_per_day
    if not (home / "copy").exists():
        say(f"making a lake of {legs:,} legs on {days} days")
        write(home / "flights.csv.gz", days, legs_per_day)
        raw, typed = FolderBucket(home / "raw"), FolderBucket(home / "typed")
        arrive(raw, home / "flights.csv.gz")
        compact(raw, typed, home / "scratch", legs)
        LakeCopy(home / "copy", typed).pull()
    return Lake(home / "copy", legs, days)
