"""The synthetic airline's rate: legs that it generates and writes as partner files, against writing alone.

The baseline writes the very same rows, held in memory, with Python's csv and gzip: what any generator pays that puts
them into files. The airline computes on top of that a rotation for every leg, some forty draws of chance, six local
clocks and what the sender got wrong, a leg at a time because delay travels with the aircraft. Each of these costs about
what writing a row does, so the goal is to stay within one order of magnitude; a pass over all legs too many shows.
"""

import csv
import gzip
import io
import shutil
import time
from datetime import date
from pathlib import Path
from statistics import median

from aero_airline import HEADER, Airline
from bench.goals import GOALS
from bench.measure import Say, alternate
from bench.runner import Result

#: Two months, as a demo with history would ask for: about 32,000 legs.
FIRST, DAYS, ROUNDS = date(2026, 9, 1), 60, 3


def run(folder: Path, say: Say) -> list[Result]:
    """Measure legs per second of both, for the same rows."""
    home = folder / "airline"
    legs = Airline().files(FIRST, DAYS, home / "first").legs
    files = {path.name: _rows(path) for path in sorted((home / "first").iterdir())}
    say(f"{legs:,} legs on {DAYS} days, {sum(map(len, files.values())):,} rows")
    tasks = {"airline": lambda: legs / generated(home / "made"), "writing alone": lambda: legs / written(home, files)}
    rates = alternate(ROUNDS, tasks, say, lambda rate: f"{rate:,.0f} legs/s")
    for name in files:
        if _rows(home / "made" / name) != _rows(home / "plain" / name):
            raise AssertionError(f"the two did not write the same rows of {name}")
    return [
        Result(
            name="airline",
            value=median(rates["airline"]),
            unit="legs/s",
            baseline="the same rows from memory, csv and gzip",
            baseline_value=median(rates["writing alone"]),
            goal=GOALS["airline"],
        )
    ]


def generated(folder: Path) -> float:
    """Processor seconds in which a new airline makes its files."""
    shutil.rmtree(folder, ignore_errors=True)
    began = time.process_time()
    Airline().files(FIRST, DAYS, folder)
    return time.process_time() - began


def written(home: Path, files: dict[str, list[list[str]]]) -> float:
    """Processor seconds in which rows that are there already become the same files."""
    (home / "plain").mkdir(exist_ok=True)
    began = time.process_time()
    for name, rows in files.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
        (home / "plain" / name).write_bytes(gzip.compress(text.getvalue().encode(), 6, mtime=0))
    return time.process_time() - began


def _rows(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]
