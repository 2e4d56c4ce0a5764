"""The Flink job as a service: what it is told, and where it comes back from. No Java here."""

import os

import pytest

from aero_local import ports
from aero_local.services import flink, services
from aero_local.services.flink import Flink


@pytest.fixture
def chosen(state):
    """A state directory with a port for everything."""
    ports.choose(state.ports_file, [port for one in services().values() for port in one.ports], {})
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

    assert [one.exists() for one in old] == [False, False, False, False, True, True]
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


def test_it_is_ready_when_this_start_said_so(chosen):
    from aero_local.processes import Record

    log = chosen.log_file("flink")
    log.write_text("READY of yesterday\n")
    Record(1, 1, 0.0, None, log.stat().st_size, False).write(chosen.run_dir / "flink.json")
    assert not Flink().is_ready(chosen, 0.0)

    with log.open("a") as more:
        more.write("SUBMITTED after 6 s\n")
    assert not Flink().is_ready(chosen, 0.0)

    with log.open("a") as more:
        more.write("READY 0123\n")
    assert Flink().is_ready(chosen, 0.0)
