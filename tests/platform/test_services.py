"""The services as they run: whose environment they have, what survives a stop, what a second start does."""

import os
import signal
import socket
import subprocess
import sys
import time

import botocore.exceptions
import psutil
import pytest

from aero_assets.environment import PROJECT
from aero_local import platform as local_platform
from aero_local import processes
from aero_local.errors import ServiceError
from aero_local.services.known import services
from aero_local.services.ministack import MiniStack
from aero_local.services.supervisor import Supervisor
from aero_local.state import State
from infra.deploy import STACKS

STACK_NAMES = [stack.template for stack in STACKS if stack.is_local]
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
FOREGROUND = """
import sys
from pathlib import Path
from aero_local import platform
from aero_local.state import State
held = lambda: print("held", flush=True)
with platform.foreground(State(Path(sys.argv[1])), until=held, names=["ministack", "docs"]):
    pass
"""


@pytest.fixture
def other(tmp_path):
    """A second platform, for what would disturb the shared one."""
    state = State(tmp_path / "other")
    yield state
    left = Supervisor(state, services()).record("ministack")
    local_platform.down(state)
    assert left is None or left.process is None


def _family(state, name):
    return processes.family(f"{name}@{state.root}", None)


def _wait_until(true, seconds=10):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _status(state, name):
    return Supervisor(state, services()).status(name)


def _pid(state, name):
    pid = _status(state, name).pid
    assert pid is not None
    return pid


def test_no_key_is_in_the_environment_of_anything_that_was_started(platform, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "from-the-shell")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "from-the-shell")
    supervisor = Supervisor(platform.state, services())
    supervisor.start("docs")
    try:
        for name in ("ministack", "docs"):
            family = _family(platform.state, name)
            assert family
            for process in family:
                assert "from-the-shell" not in process.environ().values()
                assert os.getpgid(process.pid) != os.getpgid(0)
            leader = psutil.Process(_pid(platform.state, name))
            assert not set(KEYS) & set(leader.environ())
    finally:
        supervisor.stop(["docs"])


def test_a_process_of_ours_acts_under_its_role_alone(platform):
    identity = platform.client("orchestrator", "sts").get_caller_identity()
    assert ":assumed-role/aero-local-orchestrator/" in identity["Arn"]

    # The same with nothing but what a process is given.
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=platform.state.env("analyst"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ":assumed-role/aero-local-analyst/" in done.stdout


def test_a_partner_may_drop_files_and_nothing_else(platform):
    s3 = platform.client("partner", "s3")
    s3.put_object(Bucket=platform.buckets["inbox"], Key="partner/nobody/hello.txt", Body=b"hello")

    for call in (
        lambda: s3.put_object(Bucket=platform.buckets["inbox"], Key="elsewhere/hello.txt", Body=b"hello"),
        lambda: s3.list_objects_v2(Bucket=platform.buckets["inbox"]),
        lambda: s3.get_object(Bucket=platform.buckets["inbox"], Key="partner/nobody/hello.txt"),
        lambda: s3.list_objects_v2(Bucket=platform.buckets["raw"]),
    ):
        with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
            call()


def test_a_second_start_finds_everything_and_changes_nothing(platform):
    before = _pid(platform.state, "ministack")
    lines = []

    result = local_platform.up(platform.state, lines.append, names=["ministack"])

    assert _pid(platform.state, "ministack") == before
    assert [line for line in lines if "changes" in line] == [f"aero-local-{stack}: no changes" for stack in STACK_NAMES]
    assert result.outputs == platform.outputs


def test_everything_survives_a_clean_stop(platform):
    root = platform.client("root", "s3")
    root.put_object(Bucket=platform.buckets["raw"], Key="kept/object", Body=b"still here")
    queue = platform.client("root", "sqs").create_queue(QueueName="kept")["QueueUrl"]
    platform.client("root", "sqs").send_message(QueueUrl=queue, MessageBody="still here")
    lines = []

    assert local_platform.down(platform.state, lines.append) == ["ministack"]
    local_platform.up(platform.state, lines.append, names=["ministack"])

    # The door's answer counts too: notification, function and role came back.
    assert [line for line in lines if line.endswith(" changes")] == [
        f"aero-local-{stack}: no changes" for stack in STACK_NAMES
    ]
    body = platform.client("orchestrator", "s3").get_object(Bucket=platform.buckets["raw"], Key="kept/object")["Body"]
    assert body.read() == b"still here"
    message = platform.client("root", "sqs").receive_message(QueueUrl=queue)["Messages"][0]
    assert message["Body"] == "still here"


def test_a_new_platform_survives_the_death_of_its_emulator(other):
    local_platform.up(other, names=["ministack"])
    other.session("root").client("s3").put_object(Bucket="aero-local-raw-000000000000", Key="kept", Body=b"")
    os.kill(_pid(other, "ministack"), signal.SIGKILL)
    _wait_until(lambda: _status(other, "ministack").state == "died")
    lines = []
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        taken = {"docs": somebody.getsockname()[1]}
        with pytest.raises(ServiceError, match="is taken by"):
            local_platform.up(other, names=["ministack", "docs"], port_overrides=taken)
    # A start that failed hides no death.
    assert _status(other, "ministack").state == "died"

    local_platform.up(other, lines.append, names=["ministack"])

    assert any("ministack died" in line for line in lines)
    listed = other.session("orchestrator").client("s3").list_objects_v2(Bucket="aero-local-raw-000000000000")
    assert [item["Key"] for item in listed["Contents"]] == ["kept"]


def test_objects_without_the_stacks_they_belong_to_are_refused_with_the_way_out(other):
    (other.emulator / "s3" / "000000000000" / "aero-local-raw-000000000000").mkdir(parents=True)

    with pytest.raises(ServiceError, match="died before it could save") as error:
        local_platform.up(other, names=["ministack"])

    assert "aero destroy --env local" in error.value.fix
    assert _status(other, "ministack").state == "down"


def test_an_athena_that_makes_answers_up_is_refused(platform):
    MiniStack().verify(platform.state)

    class Guessing(MiniStack):
        def answer(self, state):
            return "mock_value"

    with pytest.raises(ServiceError, match=r"says that 1\+1 is 'mock_value'"):
        Guessing().verify(platform.state)


def test_ctrl_c_in_the_foreground_leaves_nothing_running(other):
    held = subprocess.Popen(
        [sys.executable, "-c", FOREGROUND, str(other.root)], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )
    # Progress first, then the word of the wait: a Ctrl-C that comes before it is the body's, who would fail.
    assert any("held" in line for line in held.stdout or ())
    running = [*_family(other, "ministack"), *_family(other, "docs")]
    assert len(running) >= 2

    held.send_signal(signal.SIGINT)

    assert held.wait(30) == 0
    assert processes.wait_until_gone(running, 5)
    assert (other.emulator / "state" / "cloudformation.json").exists()
