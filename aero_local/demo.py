"""The main job end to end: files go into the inbox, everything else happens by itself, and what came out is shown.

Nothing here moves data: the partner's upload is the only push. The rest is done by the door, the sensors and the
jobs, as it is in production; this module watches levels until they are reached and says what it sees.
"""

import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console

from aero_assets.dbt_command import EXECUTABLE
from aero_assets.environment import PROJECT, Environment
from aero_assets.published import PublishedCopy
from aero_assets.storage import Bucket
from aero_local import http, inputs, platform, progress, results, story
from aero_local.errors import AeroError, Log
from aero_local.inputs import Input
from aero_local.state import HOME, State

DOOR = "_outcomes/door/"
PATIENCE_SECONDS = 900
FAILED_RUNS_TOLERATED = 3
FAILED_RUNS = """{ runsOrError(filter: {statuses: [FAILURE], createdAfter: %f}, limit: 20) {
    ... on Runs { results { runId jobName } } } }"""
CHECKS = """{ assetNodes { assetKey { path } assetMaterializations(limit: 1) { runId }
    assetChecksOrError { ... on AssetChecks { checks { name executionForLatestMaterialization { status } } } } } }"""


@dataclass
class Watch:
    """Seconds since the start, by milestone; each is announced once, when it is first reached."""

    log: Log
    started: float = field(default_factory=time.monotonic)
    started_at: float = field(default_factory=time.time)
    seconds: dict[str, float] = field(default_factory=dict)

    def reached(self, milestone: str, text: str) -> None:
        """Note and announce a milestone."""
        if milestone not in self.seconds:
            self.seconds[milestone] = time.monotonic() - self.started
            self.log(text)


def run(
    source: Path | None,
    *,
    state: State,
    once: bool = False,
    live: bool = True,
    port_overrides: Mapping[str, int] | None = None,
    log: Log = print,
) -> int:
    """Send a file (or the synthetic airline) through the platform; return 0 if every row ended where it should."""
    console, watch = Console(), Watch(log)
    given = inputs.from_file(source) if source else _airline(state, log)
    good = False

    def register_and_send(log: Log) -> None:
        # While Dagster still starts: the door needs nobody.
        platform.register_feeds(log)
        _send(state, given, watch)

    # What shows the results starts when there are some: until then its imports would only take from the work.
    options: dict[str, Any] = {"register": register_and_send, "port_overrides": port_overrides}
    with platform.foreground(state, log, names=platform.WORKERS, until=lambda: once or not good, **options):
        watch.seconds["platform"] = time.monotonic() - watch.started
        with state.acting_as("orchestrator"):
            _settle(state, watch)
            lake = Bucket(Environment.current().lake_bucket)
            snapshot = PublishedCopy(state.published_copy, lake).pull()
            counted = results.hops(lake, state.warehouse)
            found = results.collect(snapshot, counted, given.name, watch.seconds, given.control, given.before)
        found["checks"] = _checks(state)
        for place in (state.root / "results.json", HOME / "results.json"):
            results.save(found, place)
        story.show(found, console)
        good = _verdict(found, console)
        if good and live:
            from aero_local.live import demo as live_demo  # noqa: PLC0415 - it brings the client of Kafka along

            if not once:
                _open_board(state, log)
            found["live"] = live_demo.run(state, source, log)
            for place in (state.root / "results.json", HOME / "results.json"):
                results.save(found, place)
            good = _agree(found["live"])
        if good and not once:
            platform.up(state, log, register=None, detached=False)
            _docs(state, log)
            _addresses(state, console)
    return 0 if good else 1


def _open_board(state: State, log: Log) -> None:
    """Start the dashboard before the day is played: that is when its live board moves."""
    platform.up(state, log, names=("ministack", "dashboard"), register=None, detached=False)
    log(f"live board: {state.url('dashboard')}/live")


def _agree(found: dict[str, Any] | None) -> bool:
    """Tell whether the live part, where there was one, said the same as recount and warehouse."""
    return found is None or not (found["differing"] or found["batch"]["differing"])


def _airline(state: State, log: Log) -> Input:
    return inputs.from_airline(state.root / "airline", datetime.now(UTC).date(), log)


def _send(state: State, given: Input, watch: Watch) -> None:
    """Upload as the partner does, and wait for the door's word on each of these very arrivals."""
    lake = Bucket(Environment.current().lake_bucket)
    before = {item.key for item in lake.list(DOOR)}
    partner = state.session("partner").client("s3")
    waiting: dict[str, Path] = {}
    for file in given.files:
        inbox_key = f"{inputs.feed_of(file)}/{file.name}"
        watch.reached("upload", f"inbox: {len(given.files)} files go in, first {inbox_key}")
        partner.upload_file(str(file), Environment.current().inbox_bucket, inbox_key)
        waiting[sha256(inbox_key.encode()).hexdigest()[:12]] = file
    statuses: dict[str, int] = {}
    rows = 0
    while waiting:
        for item in lake.list(DOOR):
            mark = next((mark for mark in waiting if mark in item.key and item.key not in before), None)
            if mark and (row := lake.read_json(item.key)):
                file = waiting.pop(mark)
                if row["status"] == "rejected":
                    raise AeroError(f"The door refused {file.name}: {row['message']}", f"Reason: {row['reason']}.")
                statuses[row["status"]] = statuses.get(row["status"], 0) + 1
                rows += row["rows_in"]
        if waiting:
            _patience(state, watch)
    told = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    watch.reached("door", f"door: {told}, {rows:,} rows")


def _settle(state: State, watch: Watch) -> None:
    """Wait until typed zone, warehouse and published marts have reached the levels of what has arrived."""
    client = boto3.Session().client("s3")
    while True:
        seen = progress.look(client)
        if seen.typed:
            watch.reached("typed", f"typed zone: {seen.rows:,} rows of {seen.dates} operating dates")
            if not seen.dates:
                raise AeroError("No row of the file was accepted.", "The reasons are in the lake's quarantine/.")
        if seen.built:
            watch.reached("warehouse", f"warehouse: marts of {seen.dates} operating dates are built")
        if seen.published:
            watch.reached("published", "published: a new version, read back and equal")
            return
        _patience(state, watch)


def _patience(state: State, watch: Watch) -> None:
    """Wait a moment; give up with the reason where runs keep failing or time is up."""
    # What is waited for takes tens of seconds, and looking takes from it.
    time.sleep(1)
    url = state.url("dagster")
    data = http.graphql(f"{url}/graphql", FAILED_RUNS % watch.started_at) or {}
    failed = data.get("runsOrError", {}).get("results", [])
    if len(failed) > FAILED_RUNS_TOLERATED:
        jobs = ", ".join(sorted({run["jobName"] for run in failed}))
        raise AeroError(f"{len(failed)} runs of {jobs} failed.", f"See {url}/runs/{failed[0]['runId']}")
    if time.monotonic() - watch.started > PATIENCE_SECONDS:
        raise AeroError(f"Not finished after {PATIENCE_SECONDS} s.", f"See {url}/runs and `aero logs`.")


def _checks(state: State) -> dict[str, Any]:
    """Count the checks of what was materialised by outcome, as Dagster has them for the latest time."""
    data = http.graphql(f"{state.url('dagster')}/graphql", CHECKS) or {"assetNodes": []}
    found: dict[str, Any] = {"passed": 0, "failed": [], "not_run": []}
    for node in data["assetNodes"]:
        # A feed that nobody sent has nothing to be checked.
        if not node["assetMaterializations"]:
            continue
        for check in node["assetChecksOrError"].get("checks", []):
            name = f"{'/'.join(node['assetKey']['path'])}:{check['name']}"
            status = (check["executionForLatestMaterialization"] or {}).get("status")
            if status == "SUCCEEDED":
                found["passed"] += 1
            else:
                found["failed" if status else "not_run"].append(name)
    return found


def _verdict(found: dict[str, Any], console: Console) -> bool:
    """Say whether every row is accounted for, every control total reached and every check green."""
    complaints = [
        f"{hop['hop']}: {hop['rows_in']} rows in, {hop['rows_out']} out, {hop['duplicates']} duplicates, "
        f"{hop['rejects']} rejects: they do not add up"
        for hop in found["hops"]
        if hop["rows_in"] != hop["rows_out"] + hop["duplicates"] + hop["rejects"]
    ]
    complaints += [
        f"control total {name}: {total['expected']} handed over, {total['found']} in the marts"
        for name, total in (found["control"] or {}).items()
        if total["expected"] != total["found"]
    ]
    complaints += [f"check failed: {name}" for name in found["checks"]["failed"]]
    complaints += [f"check did not run: {name}" for name in found["checks"]["not_run"]]
    console.print(f"asset checks: {found['checks']['passed']} passed, {len(complaints)} complaints")
    for complaint in complaints:
        console.print(f"  [red]✗[/red] {complaint}")
    return not complaints


def _docs(state: State, log: Log) -> None:
    """Generate the dbt docs and put them where the docs service looks."""
    log("dbt docs: generating")
    command = [EXECUTABLE, "docs", "generate", "--target-path", str(state.dbt_target)]
    done = subprocess.run(command, cwd=PROJECT / "dbt_project", env=state.env("orchestrator"), capture_output=True,
                          text=True, check=False)  # fmt: skip
    if done.returncode:
        raise AeroError(f"dbt docs could not be generated: {done.stdout[-800:]}", "Try `dbt docs generate` by hand.")
    state.dbt_docs.mkdir(parents=True, exist_ok=True)
    for name in ("index.html", "manifest.json", "catalog.json"):
        shutil.copyfile(state.dbt_target / name, state.dbt_docs / name)


def _addresses(state: State, console: Console) -> None:
    console.print(f"\n[bold]dashboard {state.url('dashboard')}[/bold]")
    console.print(f"Dagster   {state.url('dagster')}")
    console.print(f"dbt docs  {state.url('docs')}")
    console.print(f"results   {HOME / 'results.json'}")
    console.print("Ctrl-C stops everything.")
