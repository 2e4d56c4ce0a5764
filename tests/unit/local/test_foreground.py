"""A platform in the foreground: however it ends, nothing is left running."""

import os
import signal
import subprocess
import sys
import time

import pytest

from aero_assets.environment import PROJECT
from aero_local.services.supervisor import Supervisor
from aero_local.state import State
from tests.unit.local.tiny import chain, events, eventually, pid_of

HOLD = """
import sys
from pathlib import Path
from aero_local import watchdog
from aero_local.errors import ServiceError
from aero_local.platform import held
from aero_local.services.supervisor import Supervisor
from aero_local.state import State
from tests.unit.local.tiny import chain

supervisor = Supervisor(State(Path(sys.argv[1])), chain())

if sys.argv[2] in ("hopeless", "shows"):
    watchdog.PAUSES = (0, 0, 0)
    def refuse(log_file=None):
        raise ServiceError("its disk is gone.")

def begin(names=("store", "engine") if sys.argv[2] == "late" else None):
    for name in names or supervisor.order():
        supervisor.start(name, detached=False)
        supervisor.wait(name)

with held(supervisor, begin, until=lambda: False):
    if sys.argv[2] == "late":
        begin(["board"])
    if sys.argv[2] == "hopeless":
        supervisor.services["engine"].check = refuse
    if sys.argv[2] == "shows":
        supervisor.services["board"].check, supervisor.services["board"].only_shows = refuse, True
    print("held", flush=True)
    if sys.argv[2] == "error":
        raise RuntimeError("the body failed")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_that_is_held_in_order(state, number):
    holder = _hold(state, "wait")
    os.kill(holder.pid, number)

    assert holder.wait(20) == 0
    _assert_all_stopped(state)


def test_an_error_in_the_body_stops_everything_and_is_told(state):
    holder = _hold(state, "error")

    assert holder.wait(20) == 1
    assert "the body failed" in (state.root / "hold.txt").read_text()
    _assert_all_stopped(state)


def test_a_service_that_dies_is_brought_back_and_what_is_held_goes_on(state):
    holder = _hold(state, "wait")
    supervisor = Supervisor(state, chain())
    first = pid_of(supervisor, "engine")
    os.kill(first, signal.SIGKILL)

    assert eventually(lambda: events(state).count("started engine") == 2)
    assert pid_of(supervisor, "engine") != first
    assert holder.poll() is None
    assert "engine died; it is started again" in (state.root / "hold.txt").read_text()
    os.kill(holder.pid, signal.SIGINT)
    assert holder.wait(20) == 0
    _assert_all_stopped(state)


def test_a_service_that_the_body_started_is_brought_back_too(state):
    holder = _hold(state, "late")
    supervisor = Supervisor(state, chain())
    first = pid_of(supervisor, "board")
    os.kill(first, signal.SIGKILL)

    assert eventually(lambda: events(state).count("started board") == 2)
    assert pid_of(supervisor, "board") != first
    os.kill(holder.pid, signal.SIGINT)
    assert holder.wait(20) == 0


def test_a_service_that_dies_again_and_again_ends_what_is_held_and_is_told(state):
    holder = _hold(state, "hopeless")
    os.kill(pid_of(Supervisor(state, chain()), "engine"), signal.SIGKILL)

    assert holder.wait(20) == 1
    assert "engine died: it was brought back 3 times within 10 minutes" in (state.root / "hold.txt").read_text()
    assert events(state)[-2:] == ["stopped board", "stopped store"]


def test_what_only_shows_may_die_for_good_and_the_work_goes_on(state):
    holder = _hold(state, "shows")
    supervisor = Supervisor(state, chain())
    os.kill(pid_of(supervisor, "board"), signal.SIGKILL)

    assert eventually(lambda: "board died again" in (state.root / "hold.txt").read_text(), 20)
    time.sleep(1.5)
    assert holder.poll() is None
    assert supervisor.status("engine").state == "up"
    os.kill(holder.pid, signal.SIGINT)
    assert holder.wait(20) == 0


def test_what_another_command_stopped_as_a_whole_is_not_waited_for(state):
    holder = _hold(state, "wait")
    Supervisor(state, chain(), lambda line: None).stop()

    assert holder.wait(20) == 1
    assert "Another command stopped the platform." in (state.root / "hold.txt").read_text()


def test_what_is_held_ends_with_whoever_started_it(state):
    # As make does: a parent that waits, and is then killed.
    shell = _hold(state, "wait", "bash", "-c", '"$@"; true', "make")
    shell.kill()
    shell.wait()

    assert eventually(lambda: events(state)[-1] == "stopped store")
    _assert_all_stopped(state)


def test_under_nohup_it_stays_when_the_terminal_goes(state):
    holder = _hold(state, "wait", "nohup")
    os.kill(holder.pid, signal.SIGHUP)
    time.sleep(0.5)
    assert holder.poll() is None

    os.kill(holder.pid, signal.SIGTERM)
    assert holder.wait(20) == 0
    _assert_all_stopped(state)


def test_what_another_command_left_running_stays(state):
    supervisor = Supervisor(state, chain())
    supervisor.start("store", detached=True)
    supervisor.wait("store")
    holder = _hold(state, "wait")
    os.kill(holder.pid, signal.SIGINT)

    assert holder.wait(20) == 0
    assert supervisor.is_alive("store")
    assert not supervisor.is_alive("engine")
    supervisor.stop()


def _hold(state: State, mode: str, *through: str) -> subprocess.Popen[bytes]:
    """Hold three services in another process; return once they are up."""
    out = state.root / "hold.txt"
    # Started as a shell starts a background job, with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with out.open("w") as log:
            command = [*through, sys.executable, "-c", HOLD, str(state.root), mode]
            holder = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=PROJECT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert eventually(lambda: "held" in out.read_text() or holder.poll() is not None, 20), out.read_text()
    assert "held" in out.read_text(), out.read_text()
    return holder


def _assert_all_stopped(state: State) -> None:
    assert events(state)[-3:] == ["stopped board", "stopped engine", "stopped store"]
    assert eventually(lambda: list(state.run_dir.glob("*.json")) == [])
