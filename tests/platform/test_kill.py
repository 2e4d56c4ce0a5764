"""SIGKILL of every process that is ours, in the middle of ingest and of dbt: a start finishes the work by itself.

The emulator stays up in its own process group, as AWS would. Nothing is repaired by hand: what was half done is asked
for again because its level was not reached, and the marts end as if nothing had happened.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import duckdb
import psutil
import pytest

from aero_assets.environment import PROJECT, Environment
from aero_assets.manifests import TYPED
from aero_assets.storage import Bucket
from aero_local import platform as local_platform
from aero_local import progress
from aero_local.processes import family
from aero_local.services.known import services
from aero_local.services.supervisor import Supervisor
from aero_local.signals import interruptible
from aero_local.state import State
from bench import sample
from tests.platform.line import MARTS

DAYS = 90
SERVICES = ("ministack", "dagster")
DAGSTER = ("dagster-code", "dagster-daemon", "dagster")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    found = State(tmp_path_factory.mktemp("kill") / "kill")
    with interruptible():
        try:
            yield found
        finally:
            local_platform.down(found)


def wait(subject: str, condition: Callable[[], object], seconds: float, pause: float = 0.3) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{subject} did not come in {seconds} s"
        time.sleep(pause)


def kill_all_of_ours(state: State) -> int:
    """SIGKILL everything but the emulator; return how many processes that were."""
    supervisor = Supervisor(state, services(), print)
    doomed = [process for name in DAGSTER for process in family(supervisor.mark(name), supervisor.record(name))]
    for process in doomed:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(doomed, timeout=5)
    return len(doomed)


def compaction_under_way(lake: Bucket) -> bool:
    return any((lake.read_json(item.key) or {"level": "x"})["level"] == "" for item in lake.list(f"{TYPED}/"))


def dbt_builds_dates() -> bool:
    """True while a dbt of this test writes marts (and not while it only starts)."""
    environment = Environment.current()
    wal = Path(f"{environment.warehouse}.wal")
    if not (wal.exists() and wal.stat().st_size):
        return False
    for process in psutil.process_iter():
        try:
            variables = process.environ()
        except psutil.Error:
            continue
        if variables.get("AERO_WAREHOUSE") == str(environment.warehouse) and "AERO_OPERATING_DATES" in variables:
            return True
    return False


def marts(warehouse: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {mart: connection.execute(f"from operations.{mart} order by all").fetchall() for mart in MARTS}


def built_afresh(state: State) -> dict[str, list[tuple]]:
    """The marts as one undisturbed build makes them from the same lake."""
    other = state.root / "afresh.duckdb"
    dbt = str(Path(sys.executable).with_name("dbt"))
    command = [
        dbt,
        "build",
        "--exclude-resource-type",
        "test",
        "unit_test",
        "--target-path",
        str(state.root / "afresh"),
    ]
    done = subprocess.run(command, cwd=PROJECT / "dbt_project", capture_output=True, text=True, check=False,
                          env=state.env("analyst") | {"AERO_WAREHOUSE": str(other)})  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    return marts(other)


def states(state: State) -> dict[str, str]:
    return {status.name: status.state for status in local_platform.status(state) if status.state != "down"}


def pids(state: State) -> dict[str, int]:
    supervisor = Supervisor(state, services())
    return {name: record.pid for name in DAGSTER if (record := supervisor.record(name))}


def warm(state: State) -> list[psutil.Process]:
    """The processes with the definitions loaded: the one that runs are forked from, and its forks."""
    supervisor = Supervisor(state, services())
    found = family(supervisor.mark("dagster-code"), supervisor.record("dagster-code"))
    return [process for process in found if any("aero_local.warm" in part for part in process.cmdline())]


def test_a_dead_code_server_is_named_at_once_and_one_start_brings_it_back(state):
    local_platform.up(state, names=SERVICES)
    assert states(state) == dict.fromkeys(("ministack", *DAGSTER), "up")
    before = pids(state)
    os.kill(before["dagster-code"], signal.SIGKILL)
    wait("the word that it died", lambda: states(state)["dagster-code"] == "died", 5)
    lines: list[str] = []

    local_platform.up(state, lines.append, names=SERVICES)

    assert "dagster-code died; it is started again" in lines
    assert states(state) == dict.fromkeys(("ministack", *DAGSTER), "up")
    after = pids(state)
    assert [name for name in DAGSTER if before[name] != after[name]] == ["dagster-code"]


def test_a_daemon_that_hangs_is_named_and_one_start_lets_it_go_on(state):
    local_platform.up(state, names=SERVICES)
    pid = pids(state)["dagster-daemon"]
    os.kill(pid, signal.SIGSTOP)
    wait("the daemon's stop", lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, 5)
    status = next(status for status in local_platform.status(state) if status.name == "dagster-daemon")
    assert (status.state, status.is_faulty) == ("degraded", True)
    assert f"does not answer: process {pid}" in status.missing

    local_platform.up(state, names=SERVICES)

    assert pids(state)["dagster-daemon"] == pid
    assert states(state)["dagster-daemon"] == "up"


def test_killed_in_ingest_and_killed_in_dbt_the_marts_end_as_if_nothing_had_happened(state, tmp_path):
    file = tmp_path / "flights.csv.gz"
    legs = sample.write(file, datetime(2026, 1, 1, tzinfo=UTC), DAYS)
    local_platform.up(state, names=SERVICES)
    with state.acting_as("orchestrator"):
        lake = Bucket(Environment.current().lake_bucket)
        inbox = Environment.current().inbox_bucket
        state.session("partner").client("s3").upload_file(str(file), inbox, "partner/bts_ontime/flights.csv.gz")

        wait("a compaction under way", lambda: compaction_under_way(lake), 300, pause=0.02)
        ahead, *forks = sorted(warm(state), key=psutil.Process.create_time)
        assert {fork.ppid() for fork in forks} == {ahead.pid}
        assert kill_all_of_ours(state) >= 3
        assert compaction_under_way(lake), "it was killed too late to prove anything"
        assert not progress.look().typed

    local_platform.up(state, names=SERVICES)
    with state.acting_as("orchestrator"):
        wait("dbt writing marts", dbt_builds_dates, 900, pause=0.05)
        assert kill_all_of_ours(state) >= 3
        assert not progress.look().built

    local_platform.up(state, names=SERVICES)
    with state.acting_as("orchestrator"):
        client = boto3.Session().client("s3")
        wait("the marts", lambda: progress.look(client).built, 900)
        assert progress.look().rows == legs
        min(warm(state), key=psutil.Process.create_time).kill()
        more = tmp_path / "more.csv.gz"
        legs += sample.write(more, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=DAYS), 1)
        state.session("partner").client("s3").upload_file(str(more), inbox, "partner/bts_ontime/more.csv.gz")
        wait("the marts of one day more", lambda: progress.look(client).rows == legs and progress.look().built, 300)
    local_platform.down(state)
    found = marts(state.warehouse)
    assert len(found["fct_leg"]) == legs
    assert found == built_afresh(state)
