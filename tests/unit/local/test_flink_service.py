"""The Flink job as a service: what it is told, and where it comes back from. No Java here."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from aero_local import ports
from aero_local.services import flink
from aero_local.services.flink import Flink
from aero_local.services.known import services


@pytest.fixture
def chosen(state):
    """A state directory with a port for everything."""
    ports.choose(state.ports_file, [port for service in services().values() for port in service.ports], {})
    return state


def _snapshot(state, path: str, age: int, *, complete: bool = True):
    folder = flink.folder(state) / path
    folder.mkdir(parents=True)
    if complete:
        (folder / "_metadata").touch()
        os.utime(folder / "_metadata", (1_000_000 - age, 1_000_000 - age))
    return folder


def _groups(state) -> dict[str, dict[str, str]]:
    return {group["PropertyGroupId"]: group["PropertyMap"] for group in flink.property_groups(state)}


def test_the_job_reads_the_brokers_and_writes_to_the_emulator(chosen):
    groups = _groups(chosen)

    assert groups["aero.source"]["bootstrap.servers"] == f"127.0.0.1:{chosen.port('kafka-1')}"
    assert groups["aero.source"]["security"] == "plaintext"
    assert groups["aero.sink"]["stream.arn"] == "arn:aws:kinesis:us-east-1:000000000000:stream/aero-local-alerts-feed"
    assert groups["aero.sink"]["aws.endpoint"] == chosen.url("ministack")
    assert groups["aero.job"]["local"] == "true"
    assert all(isinstance(value, str) for group in groups.values() for value in group.values())


def test_the_first_start_begins_at_the_beginning(chosen):
    assert "restore.path" not in _groups(chosen)["aero.job"]


def test_it_comes_back_from_the_newest_complete_snapshot_of_any_job(chosen):
    _snapshot(chosen, "savepoints/savepoint-aaa", age=300)
    _snapshot(chosen, "checkpoints/job-1/chk-9", age=200)
    newest = _snapshot(chosen, "checkpoints/job-2/chk-3", age=100)
    _snapshot(chosen, "checkpoints/job-2/chk-4", age=0, complete=False)

    assert _groups(chosen)["aero.job"]["restore.path"] == str(newest)

    savepoint = _snapshot(chosen, "savepoints/savepoint-bbb", age=50)
    assert flink.restore_path(chosen) == savepoint


def test_old_snapshots_go_and_the_last_ones_stay(chosen):
    old = [_snapshot(chosen, f"checkpoints/job-{number}/chk-1", age=100 - number) for number in range(6)]
    savepoint = _snapshot(chosen, "savepoints/savepoint-aaa", age=10)

    flink.forget_old(chosen)

    assert [path.exists() for path in old] == [False, False, False, False, True, True]
    assert flink.restore_path(chosen) == savepoint


def test_nothing_is_deleted_before_there_is_a_snapshot(chosen):
    unfinished = _snapshot(chosen, "checkpoints/job-1/chk-1", age=0, complete=False)

    flink.forget_old(chosen)

    assert unfinished.exists()


def test_the_job_gets_a_role_and_no_key(chosen, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a developer's own")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx64g")

    env = Flink().env(chosen)

    assert env["AWS_PROFILE"] == "flink"
    assert env["AWS_CONFIG_FILE"] == str(chosen.aws_config)
    assert env["CBOR_ENABLED"] == "false"
    assert "-Xmx1536m" in env["JVM_ARGS"]
    assert not {"AWS_SECRET_ACCESS_KEY", "JAVA_TOOL_OPTIONS"} & set(env)


class Rest(BaseHTTPRequestHandler):
    """Flink's REST as far as it is asked: `jobs` is what it lists."""

    jobs: ClassVar[list[dict[str, Any]]] = []

    def do_GET(self) -> None:
        body = json.dumps({"jobs": self.jobs}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _job(state: str, running: int, start: int = 1) -> dict[str, Any]:
    return {"state": state, "start-time": start, "tasks": {"total": 5, "running": running}}


@pytest.mark.parametrize(
    ("jobs", "missing"),
    [
        ([], "has no job yet"),
        ([_job("RUNNING", 3)], "2 of 5 tasks do not run yet"),
        ([_job("RESTARTING", 0)], "its job is RESTARTING"),
        ([_job("RUNNING", 5)], ""),
        ([_job("FAILED", 0, start=1), _job("RUNNING", 5, start=2)], ""),
    ],
)
def test_it_is_asked_whether_every_task_runs(state, jobs, missing):
    with ThreadingHTTPServer(("127.0.0.1", 0), Rest) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ports.choose(state.ports_file, ["flink"], {"flink": server.server_port})
        Rest.jobs = jobs
        try:
            found = Flink().missing(state, 0.0)
        finally:
            server.shutdown()
    assert found.startswith(missing)
    assert bool(found) == bool(missing)


def test_a_job_manager_that_is_not_there_is_no_answer(state):
    # Whatever an earlier start wrote into its log.
    ports.choose(state.ports_file, ["flink"], {})
    state.log_file("flink").write_text("READY 0123\n")
    assert Flink().missing(state, 0.0).startswith("does not answer")
