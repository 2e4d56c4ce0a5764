"""The watchdog: what died is brought back, a few times; what others stopped or hold is left alone."""

import os
import signal
from pathlib import Path

import pytest

from aero_local import locks
from aero_local.services import health
from aero_local.services.supervisor import Supervisor
from aero_local.watchdog import PAUSES, WINDOW_SECONDS, Watchdog
from tests.unit.local.tiny import DOOMED, OBEDIENT, Tiny, chain, eventually, named, pid_of


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def running(state):
    """Three services that run, under a supervisor of their own."""
    supervisor = Supervisor(state, chain(), lambda line: None)
    for name in supervisor.order():
        supervisor.start(name, detached=name != "engine")
        supervisor.wait(name)
    yield supervisor
    supervisor.stop()


def _kill(supervisor: Supervisor, name: str) -> int:
    pid = pid_of(supervisor, name)
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: supervisor.status(name).state == "died")
    return pid


def test_what_died_is_brought_back_as_it_was_and_nothing_else_is_touched(running):
    before = {name: pid_of(running, name) for name in running.order()}
    _kill(running, "engine")

    assert Watchdog(running).look() == ["engine"]

    assert running.status("engine").state == "up"
    after = {name: pid_of(running, name) for name in running.order()}
    assert [name for name in before if before[name] != after[name]] == ["engine"]
    assert not running.record("engine").detached


def test_what_somebody_stopped_stays_down(running):
    dog = Watchdog(running)
    running.stop(["board"])

    assert dog.look() == []
    assert running.status("board").state == "down"


def test_while_another_command_is_at_work_the_watchdog_waits(running):
    _kill(running, "board")
    dog = Watchdog(running)

    with locks.held(running.state.run_dir / ".lock"):
        assert dog.look() == []
    assert dog.look() == ["board"]


def test_what_dies_again_and_again_is_left_alone_and_named_until_it_lives_again(state):
    clock, lines = Clock(), []
    doomed = Tiny("doomed", code=DOOMED)
    supervisor = Supervisor(state, named(doomed), lines.append)
    supervisor.start("doomed")
    assert eventually(lambda: not supervisor.is_alive("doomed"))
    dog = Watchdog(supervisor, clock)

    tried = 0
    for _ in range(100):
        tried += len(dog.look())
        clock.at += 1

    assert tried == len(PAUSES)
    assert "was brought back 3 times" in dog.given_up["doomed"]
    assert supervisor.status("doomed").state == "died"
    # A person mends it and starts it; the watchdog looks after it again.
    doomed.code = OBEDIENT
    supervisor.start("doomed")
    supervisor.wait("doomed")
    clock.at += WINDOW_SECONDS
    dog.look()
    assert dog.given_up == {}
    supervisor.stop()


def test_a_process_that_was_stopped_in_its_tracks_does_not_answer_and_can_be_woken(running):
    pid = pid_of(running, "board")
    os.kill(pid, signal.SIGSTOP)
    assert eventually(lambda: running.status("board").state == "degraded")
    assert f"does not answer: process {pid} was stopped" in running.status("board").missing

    assert health.wake(running, "board")

    assert eventually(lambda: running.status("board").state == "up")


def test_a_service_that_lives_and_misses_something_is_degraded_once_it_was_ready(state):
    class Moody(Tiny):
        mood = "waits for its partner"

        def missing(self, state, started_at):
            return self.mood

    moody = Moody("moody")
    supervisor = Supervisor(state, named(moody))
    supervisor.start("moody")
    try:
        assert (supervisor.status("moody").state, supervisor.status("moody").is_faulty) == ("starting", False)
        moody.mood = ""
        supervisor.wait("moody")
        assert supervisor.status("moody").state == "up"
        moody.mood = "lost its partner"
        status = supervisor.status("moody")
        assert (status.state, status.missing, status.is_faulty) == ("degraded", "lost its partner", True)
    finally:
        supervisor.stop()


def test_a_lock_names_its_holder_and_a_dead_holder_refuses_nobody(tmp_path: Path):
    file = tmp_path / "lock"
    with locks.held(file):
        assert f"process {os.getpid()}, since " in locks.holder(file)
        with pytest.raises(locks.Taken, match=f"process {os.getpid()}"), locks.held(file):
            pass
    # The last one's text stays in the file; it holds no lock.
    assert file.read_text()
    assert locks.holder(file) == ""
    with locks.held(file):
        pass
