"""`aero rules backtest` over fourteen days of the synthetic airline, reading them from a table of legs included.

What people wait for when they try another rule file: the same columns are read from DuckDB as from the published marts,
told again record by record and judged by the real engine. 60 seconds is what somebody waits without leaving; they are
processor seconds of one process, which a busy machine does not change. The baseline is reading and telling alone: what
is on top of it is the rules.
"""

from datetime import date, timedelta
from pathlib import Path
from time import process_time
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa

from aero_airline.airline import Airline
from aero_drills.scoring import history
from aero_drills.scoring.leg_table import rows
from aero_streaming.backtesting.backtest import backtest
from aero_streaming.backtesting.leg_records import records_of_legs
from aero_streaming.rules import rules
from aero_streaming.rules.stations import hubs_and_stations
from bench.goals import GOALS
from bench.measure import Say
from bench.runner import Result

FIRST, DAYS, SEED = date(2026, 11, 10), 14, 2026
#: Columns that a table of legs has as times, not as text.
TIMES = ("std_at", "sta_at", "out_at", "off_at", "on_at", "in_at")


def run(folder: Path, say: Say) -> list[Result]:
    """Measure one run of all days."""
    database = folder / "legs.duckdb"
    count = publish(database)
    say(f"{count:,} legs of {DAYS} days")
    begin, end = f"{FIRST}", f"{FIRST + timedelta(days=DAYS - 1)}"
    snapshot: Any = SimpleNamespace(connect=lambda: duckdb.connect(str(database), read_only=True))
    began = process_time()
    records = list(records_of_legs(history.legs(snapshot, begin, end), hubs_and_stations()))
    making_seconds = process_time() - began
    say(f"{len(records):,} records after {making_seconds:.1f} s")
    result = backtest(records, rules(), log=say)
    taken = process_time() - began
    say(f"{len(result.alerts):,} alerts after {taken:.1f} s")
    return [
        Result(
            name="backtest_14_days",
            value=taken,
            unit="s",
            baseline="the same legs read and told, without a rule",
            baseline_value=making_seconds,
            goal=GOALS["backtest_14_days"],
        )
    ]


def publish(database: Path) -> int:
    """Write the days as a table of legs; return how many legs they have."""
    airline = Airline(SEED)
    legs = [
        {name: row.get(name) for name in history.COLUMNS}
        for number in range(DAYS)
        for row in rows(airline, FIRST + timedelta(days=number)).values()
    ]
    legs_of_days = pa.Table.from_pylist(legs)  # noqa: F841 - DuckDB finds it by its name
    as_times = ", ".join(f"cast(left({name}, 19) as timestamp) as {name}" for name in TIMES)
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema operations")
        connection.execute(
            "create table operations.fct_leg as select * replace "
            f"({as_times}, cast(operating_date as date) as operating_date), origin || '-' || destination as route "
            "from legs_of_days"
        )
    return len(legs)
