"""The operational marts of ten million legs: dbt against SQL written by hand, and against what dbt compiled.

A year of legs as `partner/bts_ontime` reports them lies in the typed zone. `dbt build` makes of them the operational
marts and all that those read; hand_written.sql makes the same tables straight from the files, knowing that it is the
only source; bench.plain_sql executes what dbt compiled. All are processes from start to exit with the settings of the
dbt profile, and the tables of all are equal as multisets, or the benchmark breaks.

`operational_marts`: models that merge any number of sources, split in steps that people can read and test, may take
three tenths more than SQL for a single source, hence 1.3. `operational_marts_compiled`: dbt itself adds its start and
checks of contracts, and at this size no more than a tenth, hence 1.1. Both are seconds of processor: other work on a
machine changes the time on the wall of processes of some minutes by more than that. The time on the wall is printed.
`operational_marts_memory` is the peak of dbt's process: a machine of 16 GB must do. `operational_marts_disk` is what
DuckDB wrote beside the warehouse meanwhile and deleted: no more than a laptop has free, 60 GB.
"""

import resource
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import hand_written, plain_sql, typed_legs
from bench.dbt import Warehouse
from bench.goals import GOALS
from bench.measure import Peak, Say, alternate, process
from bench.runner import Result

DAYS, LEGS, ROUNDS = 365, 10_000_000, 1
MARTS = (
    "fct_block_time", "fct_carrier_day", "fct_completeness_day", "fct_delay_cause_day", "fct_flight_number_day",
    "fct_hub_hour", "fct_leg", "fct_leg_delay", "fct_otp_day", "fct_rotation", "fct_route_day", "fct_turnaround",
)  # fmt: skip
BY_HAND = "SQL by hand in one DuckDB process, the same tables"
COMPILED = "the SQL that dbt compiled in one DuckDB process, the same tables"
SELECTED = ("--select", *(f"+{mart}" for mart in MARTS), "--exclude-resource-type", "unit_test", "test")


class Use(NamedTuple):
    """The use that a process made of the machine."""

    seconds: float
    processor_seconds: float
    memory_mb: float
    disk_mb: float

    def __str__(self) -> str:
        return (
            f"{self.seconds:.1f} s ({self.processor_seconds:.1f} s of processor), "
            f"{self.memory_mb:,.0f} MB of memory, {self.disk_mb:,.0f} MB of temporary files"
        )


class Side:
    """A way to make the marts: a command, and the warehouse that it makes anew."""

    def __init__(self, warehouse: Warehouse, make: Callable[[], float]) -> None:
        self.warehouse, self.make = warehouse, make

    def run(self) -> Use:
        """Make the warehouse; return what that took."""
        self.warehouse.path.unlink(missing_ok=True)
        before = processor_seconds()
        with Peak(self.warehouse.path.with_name(f"{self.warehouse.path.name}.tmp")) as peak:
            taken = self.make()
        return Use(taken, processor_seconds() - before, peak.memory_mb, peak.disk_mb)


def run(folder: Path, say: Say, days: int = DAYS, legs: int = LEGS, rounds: int = ROUNDS) -> list[Result]:
    """Measure all three, with what they need of memory and disk."""
    lake = typed_legs.lake(folder, days, legs, say)
    built, by_hand, compiled = (
        Warehouse(folder / f"operational_marts_{name}", lake.copy) for name in ("dbt", "hand", "compiled")
    )
    # parses, and compiles for the third
    say(f"compiled in {built.dbt('compile', *SELECTED[: len(MARTS) + 1]):.1f} s, not counted")
    manifest = built.target / "manifest.json"
    sides = {
        "dbt": Side(built, lambda: built.dbt("build", *SELECTED)),
        "by hand": Side(by_hand, lambda: module(hand_written.__name__, lake.copy, by_hand.path)),
        "compiled": Side(compiled, lambda: module(plain_sql.__name__, manifest, compiled.path)),
    }
    taken = alternate(rounds, {name: side.run for name, side in sides.items()}, say, str)
    for name, other in (("SQL by hand", by_hand), ("its own SQL", compiled)):
        if differences := plain_sql.differing(built.path, other.path, [f"operations.{mart}" for mart in MARTS]):
            raise AssertionError(f"dbt and {name} differ in {differences}")
    say("equal as multisets")
    dbt, hand, plain = (Use(*map(median, zip(*taken[name], strict=True))) for name in sides)
    results = {
        "operational_marts": (dbt.processor_seconds, "s", f"{BY_HAND}; seconds of processor", hand.processor_seconds),
        "operational_marts_compiled": (
            dbt.processor_seconds, "s", f"{COMPILED}; seconds of processor", plain.processor_seconds,
        ),
        "operational_marts_memory": (dbt.memory_mb, "MB", BY_HAND, hand.memory_mb),
        "operational_marts_disk": (dbt.disk_mb, "MB", None, None),
    }  # fmt: skip
    return [
        Result(name, value, unit, GOALS[name], baseline, held_against)
        for name, (value, unit, baseline, held_against) in results.items()
    ]


def processor_seconds() -> float:
    """Seconds of processor of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def module(name: str, *arguments: Path) -> float:
    """Run a module in a process of its own; return its seconds."""
    return process((sys.executable, "-m", name, *map(str, arguments)))
