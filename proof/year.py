"""A year of files in one go, a correction of one row half a year back, and a backfill of the year: seconds for each.

On a platform of its own with the real daemon: the synthetic airline's 365 days arrive as twelve files, yesterday by
their receipts, and the correction today. The figures say where the time goes, from Dagster's own records: what its runs
waited for, built and wrote.
"""

import gzip
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import dagster as dg
from dagster._core.execution.backfill import BulkActionStatus

from aero_airline import Airline
from aero_assets import feeds
from aero_assets.definitions import defs
from aero_assets.environment import Environment
from aero_assets.storage import Bucket
from aero_ingest import doors, partner_drop
from aero_local import http, platform, profiles, progress
from aero_local.state import State

FEED = "partner/airline_legs"
FIRST, DAYS = date(2025, 1, 1), 365
CORRECTED = FIRST + timedelta(days=DAYS // 2)
DOOR = "_outcomes/door/"
ELSEWHERE = "aero-local-yesterday"
PATIENCE_SECONDS = 1_800
Log = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """One run in Dagster's records: seconds from a given moment, and events by kind."""

    job: str
    created: float
    first_step: float
    ended: float
    status: str
    events: Counter[str]
    steps: dict[str, float]

    @property
    def launch_seconds(self) -> float:
        """From the run's record to its first step."""
        return self.first_step - self.created

    def __str__(self) -> str:
        steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.steps.items())
        return (
            f"{self.job} {self.status}: created {self.created:.1f}, first step {self.first_step:.1f}, "
            f"ended {self.ended:.1f} s; {steps}"
        )


def run(log: Log) -> dict[str, Any]:
    """Let the year come in, drop the correction, ask for the year again; wait for each."""
    state = State.for_drill("year")
    shutil.rmtree(state.root, ignore_errors=True)
    files = monthly_files(state.root / "files")
    with platform.foreground(state, log, names=platform.WORKERS), state.acting_as("orchestrator"):
        wait(log, until="built")
        year = timed(state, lambda: take_in_yesterday(state, files), log)
        correction = timed(state, lambda: drop(state, one_row(files, state.root / "correction"), log), log)
        backfill = timed(state, lambda: ask_again(state, log), log, wait_for=lambda: backfilled(state, log))
    parts = {"year": year, "correction": correction, "backfill": backfill}
    figures: dict[str, Any] = {f"{run}_{name}": value for run, part in parts.items() for name, value in part.items()}
    failed = [f"a run of {run} failed" for run, part in parts.items() if part["failed_runs"]]
    if figures["year_dates"] != DAYS:
        failed.append(f"{figures['year_dates']} dates were built, {DAYS} were sent")
    return figures | {"failed": failed}


def monthly_files(folder: Path) -> list[Path]:
    """Write the airline's year as twelve gzipped files."""
    Airline(reports_since=FIRST).files(FIRST, DAYS, folder / "days")
    months: dict[str, list[bytes]] = {}
    header = b""
    for path in sorted((folder / "days").iterdir()):
        header, *rows = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
        months.setdefault(path.name.removeprefix("airline_legs_")[:7], []).extend(rows)
    made = []
    for month, rows in months.items():
        made.append(folder / f"year_{month}.csv.gz")
        made[-1].write_bytes(gzip.compress(header + b"".join(rows), 1))
    return made


def one_row(files: list[Path], folder: Path, on: date = CORRECTED, **cells_of: str) -> Path:
    """Write a file of one row: the next version of a flown leg of a day, one passenger less, and with other cells."""
    source = next(path for path in files if f"{on:%Y-%m}" in path.name)
    header, *rows = gzip.decompress(source.read_bytes()).decode().splitlines()
    names = header.split(",")
    for row in rows:
        cells = dict(zip(names, row.split(","), strict=False))
        if cells.get("OPERATING_DATE") == f"{on}" and cells.get("CANCELLED") == "0" and cells.get("AIBT"):
            break
    cells["VERSION"] = f"{int(cells['VERSION']) + 7}"
    cells["PASSENGERS"] = f"{max(int(cells['PASSENGERS']) - 1, 0)}"
    cells |= cells_of
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "correction.csv"
    path.write_text(f"{header}\n{','.join(cells.values())}\n", encoding="utf-8")
    return path


def take_in_yesterday(state: State, files: list[Path]) -> None:
    """Take files in by the door's own code as if they had come a day ago: only the emulator's clock is not ours."""
    s3, environment = state.session(profiles.ROOT).client("s3"), Environment.current()
    s3.create_bucket(Bucket=ELSEWHERE)
    known = doors.by_feed(feeds.doors())
    using = partner_drop.Settings(s3, environment.raw_bucket, environment.lake_bucket, known)
    came_at = datetime.now(UTC) - timedelta(days=1)
    for path in files:
        key = f"{FEED}/{path.name}"
        s3.upload_file(str(path), ELSEWHERE, key)
        item = {"key": key, "size": path.stat().st_size}
        record = {"eventTime": came_at.isoformat(), "s3": {"bucket": {"name": ELSEWHERE}, "object": item}}
        partner_drop.handle({"Records": [record]}, using)


def drop(state: State, file: Path, log: Log) -> None:
    """Drop a file as the partner does and wait until the door has answered."""
    environment = Environment.current()
    lake = Bucket(environment.lake_bucket)
    answers, began = len(list(lake.list(DOOR))), time.time()
    state.session("partner").client("s3").upload_file(str(file), environment.inbox_bucket, f"{FEED}/{file.name}")
    while len(list(lake.list(DOOR))) == answers:
        time.sleep(0.1)
    log(f"the door answered after {time.time() - began:.1f} s")


def ask_again(state: State, log: Log) -> None:
    """Ask for every dated asset of the job `warehouse` on every day of the year, in the words of the UI's button."""
    known = defs()
    asset_keys = known.resolve_job_def("warehouse").asset_layer.executable_asset_keys
    dated = [key for key in asset_keys if known.resolve_assets_def(key).partitions_def]
    keys = ", ".join(f"{{path: {json.dumps(key.path)}}}" for key in dated)
    dates = json.dumps([f"{FIRST + timedelta(days=number)}" for number in range(DAYS)])
    answer = http.graphql(
        f"{state.url('dagster')}/graphql",
        f"mutation {{ launchPartitionBackfill(backfillParams: {{assetSelection: [{keys}], partitionNames: {dates}}}) "
        "{ __typename ... on PythonError { message } } }",
    )
    log(f"asked for {DAYS} dates of {len(dated)} assets: {answer}")


def backfilled(state: State, log: Log) -> dict[str, Any]:
    """Wait until the latest backfill has ended."""
    began = time.time()
    with dg.DagsterInstance.from_config(str(state.dagster_home)) as instance:
        while time.time() - began < PATIENCE_SECONDS:
            [latest, *_] = instance.get_backfills(limit=1)
            if latest.status in (BulkActionStatus.COMPLETED_SUCCESS, BulkActionStatus.COMPLETED_FAILED):
                log(f"the backfill ended as {latest.status.value} after {time.time() - began:.1f} s")
                return {"seconds": round(time.time() - began, 1), "status": latest.status.value}
            time.sleep(0.5)
    raise TimeoutError(f"the backfill did not end within {PATIENCE_SECONDS} s")


def timed(
    state: State, arrive: Callable[[], None], log: Log, wait_for: Callable[[], dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Let files arrive and wait until they are published, or as `wait_for` does; return seconds and counts."""
    began = time.time()
    arrive()
    seconds = wait_for() if wait_for else wait(log, began)
    runs = recorded(state, began)
    while any(run.status == "STARTED" for run in runs):
        time.sleep(0.2)
        runs = recorded(state, began)
    for run in runs:
        log(f"{run}")
    building = [run for run in runs if run.job in ("warehouse", "catch_up")]
    events = sum((run.events for run in building), Counter[str]())
    return {
        **seconds,
        "runs": len(runs),
        "failed_runs": sum(run.status == "FAILURE" for run in runs),
        "longest_launch_seconds": round(max(run.launch_seconds for run in runs), 1),
        "events_planned": events["ASSET_MATERIALIZATION_PLANNED"],
        "events_materialized": events["ASSET_MATERIALIZATION"],
    }


def wait(log: Log, began: float | None = None, until: str = "published") -> dict[str, Any]:
    """Wait until typed zone, warehouse and published marts have caught up; return when each had, and the dates."""
    began = began or time.time()
    client, times = boto3.Session().client("s3"), dict[str, Any]()
    while time.time() - began < PATIENCE_SECONDS:
        seen = progress.look(client)
        for name in ("typed", "built", "published"):
            if getattr(seen, name) and f"{name}_seconds" not in times:
                times[f"{name}_seconds"] = round(time.time() - began, 1)
                log(f"{name} after {times[f'{name}_seconds']} s")
        if getattr(seen, until):
            return {**times, "dates": seen.dates}
        time.sleep(0.5)
    raise TimeoutError(f"not published after {PATIENCE_SECONDS} s")


def recorded(state: State, began: float) -> list[Run]:
    """Return the runs since a moment, oldest first."""
    with dg.DagsterInstance.from_config(str(state.dagster_home)) as instance:
        since = datetime.fromtimestamp(began, UTC)
        records = instance.get_run_records(filters=dg.RunsFilter(created_after=since), ascending=True)
        return [_run(instance, record, began) for record in records]


def _run(instance: dg.DagsterInstance, record: dg.RunRecord, began: float) -> Run:
    entries = [entry for entry in instance.all_logs(record.dagster_run.run_id) if entry.dagster_event]
    starts = [entry for entry in entries if entry.dagster_event_type == dg.DagsterEventType.STEP_START]
    ends = {entry.step_key: entry.timestamp for entry in entries if entry.dagster_event_type in _STEP_ENDS}
    return Run(
        record.dagster_run.job_name,
        record.create_timestamp.timestamp() - began,
        (starts[0].timestamp if starts else time.time()) - began,
        (record.end_time or time.time()) - began,
        record.dagster_run.status.value,
        Counter(entry.dagster_event_type.value for entry in entries if entry.dagster_event_type),
        {
            event.step_key: ends[event.step_key] - event.timestamp
            for event in starts
            if event.step_key and event.step_key in ends
        },
    )


_STEP_ENDS = {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE}
