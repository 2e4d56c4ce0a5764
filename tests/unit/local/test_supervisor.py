"""The supervisor, with tiny real processes: order, death, taken ports, what a stop leaves."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from aero_local import ports, processes
from aero_local.errors import ServiceError
from aero_local.processes import Record
from aero_local.services.supervisor import Supervisor
from tests.unit.local.tiny import DOOMED, PARENT, STUBBORN, Tiny, chain, events, eventually, named, pid_of


def _start_all(supervisor: Supervisor) -> None:
    for name in supervisor.order():
        supervisor.start(name)
        supervisor.wait(name)


def test_services_start_after_what_they_need_and_stop_before_it(state):
    supervisor = Supervisor(state, dict(reversed(chain().items())), print)

    _start_all(supervisor)
    stopped = supervisor.stop()

    assert events(state) == [
        *("started store", "started engine", "started board"),
        *("stopped board", "stopped engine", "stopped store"),
    ]
    assert stopped == ["board", "engine", "store"]
    assert [supervisor.status(name).state for name in supervisor.order()] == ["down"] * 3


def test_starting_again_finds_what_runs_also_from_another_command(state):
    first = Supervisor(state, chain())
    assert first.start("store")
    first.wait("store")
    lines: list[str] = []
    second = Supervisor(state, chain(), lines.append)

    assert not second.start("store")
    second.wait("store")

    assert lines == ["store is running"]
    assert second.status("store").pid == first.status("store").pid
    assert second.stop() == ["store"]


def test_each_service_has_a_process_group_of_its_own(state):
    supervisor = Supervisor(state, chain())
    _start_all(supervisor)

    groups = {os.getpgid(pid_of(supervisor, name)) for name in supervisor.order()}
    supervisor.stop()

    assert len(groups) == 3
    assert os.getpgid(0) not in groups


def test_a_service_that_dies_while_it_starts_is_told_with_the_end_of_its_log(state):
    supervisor = Supervisor(state, named(Tiny("doomed", code=DOOMED)))
    # The output of an earlier start is not the reason why this one died.
    state.log_file("doomed").write_text("yesterday's trouble\n")
    supervisor.start("doomed")

    with pytest.raises(ServiceError, match=r"doomed died while it started") as error:
        supervisor.wait("doomed")

    assert "then the disk was on fire" in error.value.fix
    assert "yesterday" not in error.value.fix
    assert supervisor.status("doomed").state == "died"


def test_a_service_that_never_gets_ready_is_told_after_its_deadline(state):
    class Slow(Tiny):
        ready_seconds = 0.3

        def missing(self, state, started_at):
            return "waits for Godot"

    supervisor = Supervisor(state, named(Slow("slow")))
    supervisor.start("slow")

    with pytest.raises(ServiceError, match=r"slow was not ready after .*: waits for Godot"):
        supervisor.wait("slow")
    assert supervisor.stop() == ["slow"]


def test_a_taken_port_names_who_has_it_and_what_to_do(state):
    class Listening(Tiny):
        ports = ("store",)

    with socket.socket() as other:
        other.bind((ports.LOOPBACK, 0))
        other.listen()
        ports.choose(state.ports_file, ["store"], {"store": other.getsockname()[1]})
        supervisor = Supervisor(state, named(Listening("store")))

        with pytest.raises(ServiceError, match=f"taken by process {os.getpid()}") as error:
            supervisor.start("store")

    assert "AERO_PORT_STORE" in error.value.fix
    assert events(state) == []


def test_a_missing_tool_is_named(state):
    class Missing(Tiny):
        def command(self, state):
            return [str(state.root / "no-such-tool")]

    with pytest.raises(ServiceError, match="no-such-tool is missing"):
        Supervisor(state, named(Missing("missing"))).start("missing")


def test_a_full_disk_is_found_before_anything_starts(state):
    supervisor = Supervisor(state, chain())
    supervisor.free_bytes = 10**18  # more than any disk has

    with pytest.raises(ServiceError, match="is full"):
        supervisor.check(supervisor.order())


def test_stopping_ends_children_wherever_they_moved(state):
    family = state.root / "family.txt"
    parent = Tiny("parent", code=PARENT.replace("sys.argv[1]", repr(str(family))))
    supervisor = Supervisor(state, named(parent))
    supervisor.start("parent")
    assert eventually(lambda: family.exists() and len(family.read_text().split()) == 2)
    children = [psutil.Process(int(pid)) for pid in family.read_text().split()]

    supervisor.stop()

    assert [child.pid for child in children if not processes.is_gone(child)] == []


def test_what_a_killed_service_left_is_ended_before_it_starts_again(state):
    family = state.root / "family.txt"
    parent = Tiny("parent", code=PARENT.replace("sys.argv[1]", repr(str(family))))
    supervisor = Supervisor(state, named(parent))
    supervisor.start("parent")
    assert eventually(lambda: family.exists() and len(family.read_text().split()) == 2)
    children = [psutil.Process(int(pid)) for pid in family.read_text().split()]
    os.kill(pid_of(supervisor, "parent"), signal.SIGKILL)
    assert eventually(lambda: supervisor.status("parent").state == "died")

    assert supervisor.start("parent")

    assert [child.pid for child in children if not processes.is_gone(child)] == []
    supervisor.stop()


def test_a_service_that_ignores_us_is_killed_after_its_deadline(state):
    stubborn = Tiny("stubborn", code=STUBBORN.format(ready=str(state.root / "ready")))
    stubborn.stop_seconds = 0.3
    lines: list[str] = []
    supervisor = Supervisor(state, named(stubborn), lines.append)
    supervisor.start("stubborn")
    assert eventually((state.root / "ready").exists)

    assert supervisor.stop() == ["stubborn"]
    assert lines[-1].endswith("(killed)")


def test_a_service_with_a_memory_is_never_killed_and_the_others_still_stop(state):
    precious = Tiny("precious", code=STUBBORN.format(ready=str(state.root / "ready")))
    precious.stop_seconds, precious.may_be_killed = 0.3, False
    supervisor = Supervisor(state, named(Tiny("other"), precious))
    for name in ("other", "precious"):
        supervisor.start(name)
    supervisor.wait("other")
    assert eventually((state.root / "ready").exists)

    with pytest.raises(ServiceError, match="DOES NOT STOP"):
        supervisor.stop()

    assert supervisor.is_alive("precious")
    assert not supervisor.is_alive("other")


def test_a_process_number_that_was_used_again_is_not_ours(state):
    supervisor = Supervisor(state, chain())
    somebody = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        record = Record(
            somebody.pid, somebody.pid, started_at=time.time() - 3600, port=None, log_offset=0, detached=True
        )
        record.write(state.run_dir / "store.json")

        assert supervisor.status("store").state == "died"
        assert supervisor.stop() == []
        assert somebody.poll() is None
    finally:
        somebody.kill()
        somebody.wait()
