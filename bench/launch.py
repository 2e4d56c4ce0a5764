"""Launching and recording a run of a year: what Dagster writes of 365 days of every dated asset, before and after.

A run of a range used to cost an event per asset and day before its first step, and one more when it ended, each in
transactions of its own: a year waited a minute, twice, and on a busy machine run monitoring failed it for that. Both
must be O(changed days) with a small factor. `launch_year`: a fresh process loads the code location, creates the run of
the job `warehouse` and starts its first step, for 365 days and for one; what it waits for is the same, and 15 s is what
we allow for the year. `record_year`: events a second when 365 materialisations of an asset are written in one batch,
against Dagster's own storage of the same files; five times as many is the goal.
"""

import sys
import time
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import median

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage

from aero_assets.run_dates import range_tags
from aero_local.run_events import BatchedEvents
from aero_local.services.dagster import BATCHES, write_settings
from bench.goals import GOALS
from bench.measure import Say, alternate, process, seconds
from bench.runner import PROJECT, Result

FIRST, DAYS, ROUNDS = date(2025, 1, 1), 365, 3
#: The process ends where the first step begins: what the step does is another benchmark's affair.
START = """
import os, dagster as dg
from aero_assets.definitions import defs
from aero_assets.run_dates import range_tags
def ended(event):
    if event.dagster_event and event.dagster_event_type is dg.DagsterEventType.STEP_START:
        os._exit(0)
job = defs().resolve_job_def("warehouse")
with dg.DagsterInstance.from_config("{home}") as instance:
    run_id = "00000000-0000-4000-8000-000000000001"
    instance.add_event_listener(run_id, ended)
    job.execute_in_process(instance=instance, run_id=run_id, tags=range_tags("{first}", "{last}"))
raise SystemExit("the run ended before its first step")
"""


def run(folder: Path, say: Say) -> list[Result]:
    """Measure both."""
    # A home for each: the run that was cut off holds its slot of the pool, and the next would wait for it.
    homes = (new_home(folder / f"launch_{number}") for number in count())
    tasks = {f"{days} days": lambda days=days: started(next(homes), days) for days in (DAYS, 1)}
    taken = alternate(ROUNDS, tasks, say, seconds)
    rates = recorded(next(homes), say)
    return [
        Result(
            name="launch_year",
            goal=GOALS["launch_year"],
            value=median(taken[f"{DAYS} days"]),
            unit="s",
            baseline="the same run for one day",
            baseline_value=median(taken["1 days"]),
        ),
        Result(
            name="record_year",
            goal=GOALS["record_year"],
            value=rates["in a batch"],
            unit="events/s",
            baseline="Dagster's own SQLite storage, the same events",
            baseline_value=rates["one by one"],
        ),
    ]


def new_home(home: Path) -> Path:
    """Make a DAGSTER_HOME as `aero up` makes it, its files laid out."""
    write_settings(home)
    with dg.DagsterInstance.from_config(f"{home}"):
        return home


def started(home: Path, days: int) -> float:
    """Seconds until a fresh process has started the first step of a run of `days`."""
    code = START.format(home=home, first=FIRST, last=FIRST + timedelta(days - 1))
    return process((sys.executable, "-W", "ignore", "-c", code), folder=PROJECT, **BATCHES)


def recorded(home: Path, say: Say) -> dict[str, float]:
    """Events a second of both storages, each with the events that a run of the year reported for one asset."""

    @dg.asset(
        partitions_def=dg.DailyPartitionsDefinition(start_date=f"{FIRST}"),
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def mart() -> None:
        """One dated asset."""

    tags = range_tags(f"{FIRST}", f"{FIRST + timedelta(DAYS - 1)}")
    with dg.DagsterInstance.from_config(f"{home}") as instance:
        quiet = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
        done = dg.materialize([mart], instance=instance, tags=tags, run_config=quiet)
        events = instance.all_logs(done.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        ways = {
            "in a batch": BatchedEvents(f"{home}/batched").store_event_batch,
            "one by one": SqliteEventLogStorage(f"{home}/plain").store_event_batch,
        }

        def rate(name: str) -> float:
            began = time.monotonic()
            ways[name](events)
            return len(events) / (time.monotonic() - began)

        taken = alternate(
            ROUNDS,
            {name: lambda name=name: rate(name) for name in ways},
            say,
            lambda events_per_second: f"{events_per_second:,.0f} events/s",
        )
    return {name: median(per_round) for name, per_round in taken.items()}
