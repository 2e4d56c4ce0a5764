"""Half a year and a year of the whole synthetic airline through every source of a demo, then a correction of one leg.

Each is `aero demo --days N --once --no-live` on a platform of its own: files for the door, hours of the operational
database for the extract. The figures are the demo's own: seconds from the start to each stage, rows by feed, the
largest memory of all its processes together. The correction is a file of one row, a leg of 200 days ago that no source
had told: the database has the last word about every leg that it knows. Afterwards the published files of other months
are the same objects, and rows of other dates are equal.
"""

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import psutil

from aero_assets.environment import Environment
from aero_assets.lake import LakeCopy
from aero_assets.published import PublishedCopy, Snapshot
from aero_assets.run_dates import dates_in
from aero_assets.storage import Bucket
from aero_cli.demo import demo
from aero_local import platform
from aero_local.state import State
from proof import year

HALF, WHOLE, DAYS_AGO = 180, 365, 200
ALL_MARTS_SECONDS, MOST_MEMORY_MB = 720, 8_192
Log = Callable[[str], None]


def run(log: Log) -> dict[str, Any]:
    """Run half a year, a year, and the correction; goals that are missed are failures."""
    half, _ = demo_of(HALF, log)
    whole, state = demo_of(WHOLE, log)
    correction = corrected(state, log)
    failed = [f"{name} does not end well" for name, part in (("half", half), ("whole", whole)) if part.pop("code")]
    if whole["seconds"]["published"] > ALL_MARTS_SECONDS:
        failed.append(f"published after {whole['seconds']['published']} s, goal {ALL_MARTS_SECONDS}")
    if whole["peak_memory_mb"] > min(MOST_MEMORY_MB, 1.05 * half["peak_memory_mb"]):
        failed.append(f"memory: {whole['peak_memory_mb']} MB, of half a year {half['peak_memory_mb']}")
    failed += [f"changed beside the correction: {name}" for name in correction.pop("changed")]
    parts = {f"{HALF}_days": half, f"{WHOLE}_days": whole, "correction": correction}
    return {f"{run}_{name}": value for run, part in parts.items() for name, value in part.items()} | {"failed": failed}


def demo_of(days: int, log: Log) -> tuple[dict[str, Any], State]:
    """Run a demo of so many days on a platform of its own; return its figures and its state."""
    state = State.for_drill(f"whole_year_{days}")
    shutil.rmtree(state.root, ignore_errors=True)
    with memory() as peak:
        code = demo.run(None, state=state, once=True, live=False, days=days, log=log)
    result = json.loads((state.root / "results.json").read_text(encoding="utf-8"))
    return {"code": code, "seconds": result["seconds"], "peak_memory_mb": peak["mb"]}, state


def corrected(state: State, log: Log) -> dict[str, Any]:
    """Drop one row's next version and wait for it; return seconds, dates that were built, and what else changed."""
    on = datetime.now(UTC).date() - timedelta(days=DAYS_AGO)
    files = sorted((state.root / "airline").glob(f"airline_legs_{on}*.csv.gz"))
    with platform.foreground(state, log, names=platform.WORKERS), state.acting_as("orchestrator"):
        year.wait(log)
        lake = Bucket(Environment.current().lake_bucket)
        copy, rows = PublishedCopy(state.published_copy, lake), Counter[str]()
        for manifest in LakeCopy(state.lake_copy, lake).manifests():
            rows[manifest.feed] += manifest.counts.get("rows_out", 0)
        before, began = copy.pull(), time.time()
        file = year.one_row(files, state.root / "correction", on, FLIGHT_NUMBER="9999")
        figures = year.timed(state, lambda: year.drop(state, file, log), log)
        dates = built_since(state, began)
        after = copy.pull()
    touched = [f"{on + timedelta(days=step)}" for step in (-1, 0, 1)]
    changed = changed_elsewhere(before, after, touched)
    if not _differ(before, after, "operations.fct_leg", []):
        changed.append("nothing: the correction is in no leg")
    return {"rows": dict(sorted(rows.items())), **figures, "dates_asked": dates, "changed": changed}


def built_since(state: State, began: float) -> list[str]:
    """Return the operating dates that builds were asked for since a moment; a build adds the neighbours it touches."""
    with dg.DagsterInstance.from_config(str(state.dagster_home)) as instance:
        records = instance.get_run_records(filters=dg.RunsFilter(created_after=datetime.fromtimestamp(began, UTC)))
    runs = [record.dagster_run for record in records if record.dagster_run.job_name in ("warehouse", "catch_up")]
    return sorted({day for run in runs for day in dates_in(run.tags)})


def changed_elsewhere(before: Snapshot, after: Snapshot, touched: list[str]) -> list[str]:
    """Name the dated tables whose rows of other dates differ, and the months whose files were replaced for nothing."""
    months, changed = {day[:7] for day in touched}, []
    for table in after.manifest.tables:
        if "operating_date" not in table.columns or table.name == "operations.route_status":
            continue
        old = {part.name: part.key for part in before.manifest.table(table.name).parts}
        new = {part.name: part.key for part in table.parts}
        changed += [f"{table.name} {month}" for month in old.keys() | new.keys()
                    if month not in months and old.get(month) != new.get(month)]  # fmt: skip
        changed += [table.name] if _differ(before, after, table.name, touched) else []
    return changed


def _differ(before: Snapshot, after: Snapshot, table: str, touched: list[str]) -> bool:
    dates = ", ".join(f"'{day}'" for day in touched) or "''"
    rows = "(from read_parquet({files}, union_by_name = true) where operating_date::text not in ({dates}))"
    old, new = (rows.format(files=_listed(version.paths(table)), dates=dates) for version in (before, after))
    with after.connect() as reader:
        [(count,)] = reader.execute(
            f"select count(*) from (({old} except all {new}) union all ({new} except all {old}))"
        ).fetchall()
    return bool(count)


def _listed(paths: list[Path]) -> str:
    return "[" + ", ".join(f"'{path}'" for path in paths) + "]"


@contextmanager
def memory() -> Generator[dict[str, int]]:
    """Sample the proportional memory of this process and all below it once a second; `mb` is the largest sum seen."""
    peak, ended = {"mb": 0}, threading.Event()

    def sample() -> None:
        while not ended.wait(1):
            peak["mb"] = max(peak["mb"], round(sum(map(_bytes, _processes())) / 2**20))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def _processes() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def _bytes(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0
