"""The demo from end to end: it puts files into the inbox, waits for the platform, and shows the results.

This module moves no data itself: the only active step is the upload of the partner's files. The door, the sensors and
the jobs do the rest, as in production, while this module watches the levels until they are reached and reports them.
"""

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from aero_assets.dbt_command import EXECUTABLE
from aero_assets.environment import PROJECT, Environment
from aero_assets.lake import LakeCopy
from aero_assets.published import PublishedCopy
from aero_assets.storage import Bucket
from aero_cli import inputs
from aero_cli.demo import checks, database, results, story
from aero_cli.demo.watch import NEWS_SECONDS, Watch
from aero_cli.inbox import Inbox
from aero_cli.inputs import Input
from aero_local import http, platform, progress
from aero_local.errors import AeroError, Log
from aero_local.state import HOME, State

#: Seconds without any progress before the demo gives up: a slow machine is slow, and still moves.
PATIENCE_SECONDS = 900
#: Seconds that the docs wait for the run that writes the warehouse.
DOCS_SECONDS = 300
FAILED_RUNS_TOLERATED = 3
#: The name of every run of assets that somebody asked for.
ASKED_FOR = "__ASSET_JOB"
RUNS = """{ runsOrError(filter: {createdAfter: %f}, limit: 50) { ... on Runs { results {
    runId jobName status stats { ... on RunStatsSnapshot { stepsSucceeded materializations expectations } }
} } } }"""
#: DuckDB's message when another process is writing.
LOCKED = "Could not set lock"


def run(
    source: Path | None,
    *,
    state: State,
    once: bool = False,
    live: bool = True,
    port_overrides: Mapping[str, int] | None = None,
    days: int | None = None,
    log: Log = print,
) -> int:
    """Send a file (or `days` of the synthetic airline) through the platform; return 0 if every row is accounted for."""
    platform.refuse_second(state)
    console, watch = Console(), Watch(log)
    given = inputs.from_path(source, log) if source else _airline(state, days, log)
    good, is_new = False, True

    def register_and_send(log: Log) -> None:
        # While Dagster still starts: the door needs nobody.
        nonlocal is_new
        platform.register_feeds(log)
        is_new = _send(state, given, watch)

    options: dict[str, Any] = {"register": register_and_send, "port_overrides": port_overrides}
    with platform.foreground(state, log, names=platform.WORKERS, until=lambda: once or not good, **options):
        watch.seconds["platform"] = time.monotonic() - watch.started
        with state.acting_as("orchestrator"):
            raw = Bucket(Environment.current().raw_bucket)
            extract = database.request(state, raw, given, log)
            _settle(state, watch, raw, extract)
            money = database.money(state, raw, given, extract)
            lake = Bucket(Environment.current().lake_bucket)
            snapshot = PublishedCopy(state.published_copy, lake).pull()
            copy = LakeCopy(state.lake_copy, lake)
            counted, months = results.stages(copy, state.warehouse, snapshot), results.rows_of_months(copy)
            unknown = results.untold(state.warehouse, given.before)
            control = given.control and {**given.control, **money}
            result = results.collect(
                snapshot, counted, given.name, watch.seconds, control, given.before, months, unknown
            )
        result["checks"] = checks.latest(state)
        result["is_new"] = is_new
        for place in (state.root / "results.json", HOME / "results.json"):
            results.save(result, place)
        story.show(result, console)
        good = _verdict(result, console)
        if good and live:
            from aero_cli.demo import live_demo  # noqa: PLC0415 - it brings the client of Kafka along

            if not once:
                # Before the day is played: that is when the board moves.
                nicety("the live board", log, lambda: _show(state, log, "dashboard"))
                log(f"live board: {state.url('dashboard')}/live")
            result["live"] = live_demo.run(state, inputs.last_flown(given.files) if source else None, log)
            for place in (state.root / "results.json", HOME / "results.json"):
                results.save(result, place)
            good = _agree(result["live"])
        if good and not once:
            shown = (*platform.WORKERS, "dashboard", "docs")
            nicety(
                "dashboard and docs", log, lambda: platform.up(state, log, names=shown, register=None, detached=False)
            )
            nicety("the dbt docs", log, lambda: make_docs(state, log))
            nicety("the addresses", log, lambda: _addresses(state, console))
    return 0 if good else 1


def nicety(subject: str, log: Log, make: Callable[[], object]) -> None:
    """Run a step that only shows the results; if it fails, the failure is reported and the demo continues."""
    try:
        make()
    except Exception as error:
        first = str(error).strip().partition("\n")[0] or type(error).__name__
        log(f"{subject} could not be shown: {first}")


def _show(state: State, log: Log, *names: str) -> None:
    """Start the services that show the results; earlier their imports would only slow down the work."""
    platform.up(state, log, names=("ministack", *names), register=None, detached=False)


def _agree(live_result: dict[str, Any] | None) -> bool:
    """Return True if the live part, if there was one, equals recount and warehouse."""
    return live_result is None or not (live_result["differing"] or live_result["batch"]["differing"])


def _airline(state: State, days: int | None, log: Log) -> Input:
    return inputs.from_airline(state.root / "airline", datetime.now(UTC).date(), log, days)


def _send(state: State, given: Input, watch: Watch) -> bool:
    """Upload files as the partner does, and wait for the door's answer to each; return True if any was new."""
    environment = Environment.current()
    inbox = Inbox(Bucket(environment.lake_bucket), state.session("partner").client("s3"), environment.inbox_bucket)
    sent = [*((inputs.feed_of(file), file) for file in given.files), *given.tables]
    for feed, file in sent:
        inbox_key = f"{feed}/{file.name}"
        watch.reached("upload", f"inbox: {len(sent)} files go in, first {inbox_key}")
        inbox.put(file, inbox_key)
    statuses: dict[str, int] = {}
    rows = 0
    while inbox.waiting:
        for answer in inbox.answers():
            if answer.reason:
                raise AeroError(f"The door refused {answer.file.name}: {answer.message}", f"Reason: {answer.reason}.")
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            rows += answer.rows
        if inbox.waiting:
            _patience(state, watch, inbox.waiting)
    counts = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    watch.reached("door", f"door: {counts}, {rows:,} rows")
    is_new = set(statuses) != {"duplicate"}
    if not is_new:
        watch.log("nothing new: every file was sent before, so no row is; what follows are the results as they stand")
    return is_new


def _settle(state: State, watch: Watch, raw: Bucket, extract: database.Asked | None = None) -> None:
    """Wait until typed zone, warehouse and published marts have reached the levels of all arrivals.

    A running extract of the operational database is waited for first.
    """
    client = boto3.Session().client("s3")
    while True:
        try:
            is_in = extract is None or extract.report(raw) is not None
            seen = progress.look(client)
        except (BotoCoreError, ClientError) as error:
            # The emulator may be on its way back.
            _patience(state, watch, f"{error}")
            continue
        if not is_in:
            _patience(state, watch, seen)
            continue
        if extract:
            names = extract.hours.names()
            watch.reached("extract", f"operational database: {len(names):,} hours are in the raw zone")
        if seen.typed:
            watch.reached("typed", f"typed zone: {seen.rows:,} rows of {seen.dates} operating dates")
            if not seen.dates:
                raise AeroError("No row of the file was accepted.", "The reasons are in the lake's quarantine/.")
        if seen.built:
            watch.reached("warehouse", f"warehouse: marts of {seen.dates} operating dates are built")
        if seen.published:
            watch.reached("published", "published: a new version, read back and equal")
            return
        _patience(state, watch, seen)


def _patience(state: State, watch: Watch, seen: object) -> None:
    """Wait a moment; give up with the reason if runs fail repeatedly, or if nothing changes any more."""
    # Runs take tens of seconds, and polling takes time from them.
    time.sleep(1)
    url = state.url("dagster")
    data = http.graphql(f"{url}/graphql", RUNS % watch.started_at) or {}
    runs = data.get("runsOrError", {}).get("results", [])
    watch.name_work(runs)
    failed = [run for run in runs if run["status"] == "FAILURE"]
    # Sensors ask again for runs that failed; the demo asks for the extract once.
    if len(failed) > FAILED_RUNS_TOLERATED or any(run["jobName"] == ASKED_FOR for run in failed):
        jobs = ", ".join(sorted({run["jobName"] for run in failed}))
        raise AeroError(f"{len(failed)} runs of {jobs} failed.", f"See {url}/runs/{failed[0]['runId']}")
    if watch.stands_for((seen, runs)) > PATIENCE_SECONDS:
        raise AeroError(f"Nothing has moved for {PATIENCE_SECONDS} s.", f"See {url}/runs and `aero logs`.")


def _verdict(result: dict[str, Any], console: Console) -> bool:
    """Report whether every row is accounted for, every control total reached and every check green."""
    complaints = [
        f"{stage['hop']}: {stage['rows_in']} rows in, {stage['rows_out']} out, {stage['duplicates']} duplicates, "
        f"{stage['rejects']} rejects, {stage['mixed']} mixed up: they do not add up"
        for stage in result["hops"]
        if stage["rows_in"] != stage["rows_out"] + stage["duplicates"] + stage["rejects"] or stage["mixed"]
    ]
    complaints += [
        f"control total {name}: {total['expected']} handed over, {total['found']} in the marts"
        for name, total in (result["control"] or {}).items()
        if not results.agrees(total)
    ]
    complaints += [f"check failed: {name}" for name in result["checks"]["failed"]]
    complaints += [f"check did not run: {name}" for name in result["checks"]["not_run"]]
    stand = "" if result["is_new"] else "; no row was new, these are the checks as they stand"
    console.print(f"asset checks: {result['checks']['passed']} passed, {len(complaints)} complaints{stand}")
    for complaint in complaints:
        console.print(f"  [red]✗[/red] {complaint}")
    return not complaints


def make_docs(state: State, log: Log, dbt: str = EXECUTABLE, pause_seconds: float = 5) -> None:
    """Generate the dbt docs for the docs service; wait a while for a process that writes the warehouse."""
    log("dbt docs: generating")
    command = [dbt, "docs", "generate", "--target-path", str(state.dbt_target)]
    began = logged_at = time.monotonic()
    while True:
        done = subprocess.run(command, cwd=PROJECT / "dbt_project", env=state.env("orchestrator"), capture_output=True,
                              text=True, check=False)  # fmt: skip
        if not done.returncode:
            break
        if LOCKED not in done.stdout or time.monotonic() - began > DOCS_SECONDS:
            last = next((line for line in reversed(done.stdout.splitlines()) if line.strip()), "dbt said nothing")
            why = "a run is still writing the warehouse" if LOCKED in done.stdout else last.strip()[:200]
            raise AeroError(f"{why}; `dbt docs generate` makes them later")
        if time.monotonic() - logged_at > NEWS_SECONDS:
            logged_at = time.monotonic()
            log(f"dbt docs: waiting for the run that writes the warehouse, {logged_at - began:.0f} s")
        time.sleep(pause_seconds)
    state.dbt_docs.mkdir(parents=True, exist_ok=True)
    for name in ("index.html", "manifest.json", "catalog.json"):
        shutil.copyfile(state.dbt_target / name, state.dbt_docs / name)


def _addresses(state: State, console: Console) -> None:
    console.print(f"\n[bold]dashboard {state.url('dashboard')}[/bold]")
    console.print(f"Dagster   {state.url('dagster')}")
    console.print(f"dbt docs  {state.url('docs')}")
    console.print(f"results   {HOME / 'results.json'}")
    console.print("Ctrl-C stops everything.")
