"""The typed step's rate against plain DuckDB reading the same file into Parquet partitioned by the same date.

Plain DuckDB guesses types and writes. The typed step reads lines whatever is in them, splits them, holds every record
to seventy rules, resolves eight local clocks to UTC, hashes two identities, drops duplicates and writes in a total
order. The goal is about a third of plain DuckDB's rate; docs/decisions.md has the seconds of each pass and says why it
is missed.
"""

import shutil
import time
from pathlib import Path
from statistics import median

import duckdb

from bench import flights
from bench.goals import GOALS
from bench.measure import Say, alternate
from bench.runner import Result
from tests.fakes import FolderBucket

#: January of a network of some size: 613,800 legs.
DAYS, LEGS_PER_DAY, ROUNDS = 31, 19_800, 3


def run(folder: Path, say: Say) -> list[Result]:
    """Measure rows per second of both, on the same file."""
    home = folder / "typed_rows"
    legs = flights.write(home / "flights.csv.gz", DAYS, LEGS_PER_DAY)
    flights.arrive(FolderBucket(home / "raw"), home / "flights.csv.gz")
    say(f"{legs:,} legs on {DAYS} days")
    tasks = {"typed": lambda: legs / typed(home, legs), "plain DuckDB": lambda: legs / plain(home)}
    rates = alternate(ROUNDS, tasks, say, lambda rate: f"{rate:,.0f} rows/s")
    if (ours := rows_by_date(home / "lake" / "typed")) != rows_by_date(home / "plain"):
        raise AssertionError(f"the two did not write the same dates and rows: ours are {ours}")
    return [
        Result(
            name="typed_rows",
            value=median(rates["typed"]),
            unit="rows/s",
            baseline="plain DuckDB, read_csv of the same file to Parquet by date",
            baseline_value=median(rates["plain DuckDB"]),
            goal=GOALS["typed_rows"],
        )
    ]


def typed(home: Path, legs: int) -> float:
    """Seconds of the typed step for the file, into an empty lake."""
    shutil.rmtree(home / "lake", ignore_errors=True)
    began = time.monotonic()
    flights.compact(FolderBucket(home / "raw"), FolderBucket(home / "lake"), home / "scratch", legs)
    return time.monotonic() - began


def plain(home: Path) -> float:
    """Seconds of plain DuckDB for the file."""
    shutil.rmtree(home / "plain", ignore_errors=True)
    began = time.monotonic()
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (select *, make_date("YEAR", "MONTH", "DAY") as operating_date
                  from read_csv('{home / "flights.csv.gz"}'))
            to '{home / "plain"}' (format parquet, compression zstd, partition_by (operating_date))
        """)
    return time.monotonic() - began


def rows_by_date(folder: Path) -> dict[str, int]:
    """Count the rows of every date in a folder of Parquet files."""
    counted = duckdb.execute(f"""
        select operating_date::varchar, count(*) from read_parquet('{folder}/**/*.parquet', hive_partitioning = true)
        group by 1 order by 1
    """)
    return dict(counted.fetchall())
