"""The alert handler's rate in one process: records of a synthetic day through rules, holds and parents.

The baseline is what any reader of the stream does: read the same bytes and keep the highest version of each key. On top
of that the handler reads around every row (windows of hubs, the aircraft's other flights, possible parents), holds some
twenty rules against it and writes what changed. Tables are in memory: DynamoDB's own time is not in this figure.
"""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median
from time import process_time

from aero_airline.airline import Airline
from aero_airline.scenarios import ScenarioWeather
from aero_drills.scoring.leg_table import rows
from aero_streaming.backtesting.backtest import backtest
from aero_streaming.backtesting.leg_records import records_of_legs
from aero_streaming.rules import rules
from aero_streaming.rules.stations import hubs_and_stations
from bench.goals import GOALS
from bench.measure import Say, alternate
from bench.runner import Result

ON, SEED, ROUNDS = date(2026, 11, 24), 1, 3


def run(folder: Path, say: Say) -> list[Result]:
    """Measure records per second of both, on a day with a storm."""
    airline = Airline(SEED, weather=ScenarioWeather(SEED, "storm", ON))
    lines = [json.dumps(row) for row in records_of_legs(rows(airline, ON).values(), hubs_and_stations())]
    say(f"{len(lines):,} records of {ON}, a storm at MEX")
    tasks = {"handler": lambda: len(lines) / handled(lines), "reading": lambda: len(lines) / read(lines)}
    rates = alternate(ROUNDS, tasks, say, lambda rate: f"{rate:,.0f} records/s")
    return [
        Result(
            name="alert_handler",
            value=median(rates["handler"]),
            unit="records/s",
            baseline="the same records read, the highest version of each key kept",
            baseline_value=median(rates["reading"]),
            goal=GOALS["alert_handler"],
        )
    ]


def handled(lines: Sequence[str]) -> float:
    """Processor seconds of the whole engine."""
    began = process_time()
    backtest(map(json.loads, lines), rules())
    return process_time() - began


def read(lines: Sequence[str]) -> float:
    """Processor seconds of a reader that evaluates nothing."""
    began = process_time()
    newest: dict[str, dict] = {}
    for line in lines:
        row = json.loads(line)
        key = (
            f"{row['kind']}#{row.get('leg_uid') or row.get('scope_id')}#{row['operating_date']}#{row.get('quarter_at')}"
        )
        if row["state_version"] > newest.get(key, {"state_version": 0})["state_version"]:
            newest[key] = row
    return process_time() - began
