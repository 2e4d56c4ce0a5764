"""Publishing a year of 300 routes (547,500 legs): all of it, and again after one operating day changed.

The first is held against one DuckDB that copies the same tables into one Parquet file each: what publishing adds is a
digest of every row, a file per month, and rows in an order that readers can skip by. The second is held against
the first: a late correction must cost what it changes, not the history. Only a digest of every row looks at all of it.
"""

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from aero_assets.defs.published.export import Publisher, Relation
from bench.goals import GOALS
from bench.measure import Say, alternate, seconds
from bench.runner import Result
from tests.dashboard.warehouse import TABLES, publish_made
from tests.fakes import FolderBucket

ROUNDS = 3
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
ONE_DAY = "operations.fct_leg", "departure_delay_minutes"


def run(folder: Path, say: Say) -> list[Result]:
    """Alternate the three; each publication starts from what a real one would find."""
    home = folder / "publish"
    home.mkdir()
    with duckdb.connect() as connection:
        connection.execute(Path(__file__).with_name("dashboard.sql").read_text(encoding="utf-8"))
        publish_made(connection, home / "made")
        [(last,)] = connection.execute("select max(operating_date) from operations.fct_leg").fetchall()
        tasks = {
            "plain copy": lambda: copied(connection, home / "plain"),
            "year": lambda: published(connection, home / "lake", at=0),
            "one day": lambda: corrected(connection, home / "lake", f"{last}"),
        }
        # A day is corrected in a lake that holds the year: the order of a round stays as it is.
        figures_of: dict[str, list[float]] = {name: [] for name in tasks}
        for _ in range(ROUNDS):
            for name, figures in alternate(1, tasks, say, seconds).items():
                figures_of[name] += figures
    middle = {name: sorted(figures)[len(figures) // 2] for name, figures in figures_of.items()}
    return [
        Result(
            "publish_year",
            middle["year"],
            "s",
            GOALS["publish_year"],
            "DuckDB, COPY to a file each",
            middle["plain copy"],
        ),
        Result(
            "publish_one_day", middle["one day"], "s", GOALS["publish_one_day"], "the first publication", middle["year"]
        ),
    ]


def copied(connection: duckdb.DuckDBPyConnection, folder: Path) -> float:
    """Seconds in which DuckDB writes every table into one file."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    began = time.perf_counter()
    for name in TABLES:
        connection.execute(f"copy {name} to '{folder / name}.parquet' (format parquet, compression zstd)")
    return time.perf_counter() - began


def published(connection: duckdb.DuckDBPyConnection, lake: Path, *, at: int) -> float:
    """Seconds of a publication; the first of a round begins with an empty lake."""
    if at == 0:
        shutil.rmtree(lake, ignore_errors=True)
        lake.mkdir()
    relations = [Relation(name, f"from {name}", description) for name, description in TABLES.items()]
    publisher = Publisher(FolderBucket(lake), lake.with_name("scratch"))
    began = time.perf_counter()
    publisher.publish(connection, relations, level=f"{at}", now=START + timedelta(seconds=at))
    return time.perf_counter() - began


def corrected(connection: duckdb.DuckDBPyConnection, lake: Path, day: str) -> float:
    """Seconds of the publication after the legs of one day changed."""
    table, column = ONE_DAY
    connection.execute(f"update {table} set {column} = {column} + 1 where operating_date = '{day}'")
    return published(connection, lake, at=1)
