"""Rebuilding one operating day on a history of a month and on one of a year.

A correction costs what it changes, not what was there before: O(change). Were it O(history), the ratio would be 12.
Some of it does grow, slowly: file listings, footers, zone maps. A tenth is what we allow a year over a month, hence
1.1, for the time that dbt reports for its nodes (`one_operating_day`, the strict one: dbt's own start would hide
growth) and for the whole process (`one_operating_day_wall`, what people wait for).
"""

from pathlib import Path
from statistics import median

import duckdb

from bench import flights
from bench.dbt import Warehouse
from bench.flights import Lake
from bench.goals import GOALS
from bench.measure import Say, alternate
from bench.runner import Result

SHORT, LONG, LEGS_PER_DAY, ROUNDS = 30, 365, 3_000, 5


def run(folder: Path, say: Say) -> list[Result]:
    """Measure both histories, which hold the same day."""
    date = flights.day(SHORT // 2)
    lakes = {days: flights.lake(folder, days, LEGS_PER_DAY, say) for days in (SHORT, LONG)}
    warehouses = {f"{days} days": prepared(folder / f"one_day_of_{days}", lakes[days], date, say) for days in lakes}
    tasks = {name: lambda warehouse=warehouse: warehouse.rebuild(date) for name, warehouse in warehouses.items()}
    taken = alternate(ROUNDS, tasks, say, lambda seconds: f"{seconds[0]:.2f} s of {seconds[1]:.2f} s")
    for days, warehouse in zip(lakes, warehouses.values(), strict=True):
        if warehouse.legs_by_date() != {flights.day(number): LEGS_PER_DAY for number in range(days)}:
            raise AssertionError(f"after rebuilding {date} the history of {days} days is not whole")
    results = []
    for place, (name, clock) in enumerate(
        {"one_operating_day": "dbt's nodes", "one_operating_day_wall": "wall"}.items()
    ):
        short, long = (median(figures[place] for figures in taken[f"{days} days"]) for days in (SHORT, LONG))
        baseline = f"the same day in a history of {SHORT} days instead of {LONG}, {clock}"
        results.append(Result(name, long, "s", GOALS[name], baseline, short))
    return results


def prepared(folder: Path, lake: Lake, date: str, say: Say) -> Warehouse:
    """Build a whole history, then lose one day of its legs: the rebuild has something to do that can be seen."""
    warehouse = Warehouse(folder, lake.copy)
    say(f"{lake.legs:,} legs on {lake.days} days built in {warehouse.build():.1f} s")
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("delete from operations.fct_leg where operating_date = ?", [date])
    return warehouse
