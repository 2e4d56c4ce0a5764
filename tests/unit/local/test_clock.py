"""The clock of a platform is kept from its first start on, shown, and never changed under what runs."""

import json
import os
import shutil

import pytest

from aero_cli.cli import app
from aero_local import ports, steps
from aero_local.errors import AeroError
from aero_local.services import flink
from aero_local.services.known import services
from aero_local.services.supervisor import Supervisor
from aero_local.state import State
from tests.unit.local.tiny import chain


def settle(state, running=()):
    """Start with a clock; returns what the start says about it."""
    lines: list[str] = []
    steps.settle_clock(Supervisor(state, chain(), lines.append), running)
    return lines


def test_a_platform_runs_by_event_time_unless_somebody_asks_for_the_wall(state):
    assert settle(state) == []
    assert state.clock == "event"


def test_a_later_start_without_the_variable_runs_by_the_same_clock_and_so_does_every_process(state, monkeypatch):
    monkeypatch.setenv("AERO_CLOCK", "wall")
    settle(state)
    monkeypatch.delenv("AERO_CLOCK")

    assert settle(state) == [f"it runs by the wall clock, as {state.clock_file} keeps it"]

    ports.choose(state.ports_file, [port for service in services().values() for port in service.ports], {})
    [source, *_] = flink.property_groups(state)
    assert source["PropertyMap"]["clock"] == "wall"
    assert {state.variables(profile)["AERO_CLOCK"] for profile in ("orchestrator", "dashboard", "root")} == {"wall"}


def test_another_clock_is_taken_while_nothing_runs_and_said(state, monkeypatch):
    settle(state)
    monkeypatch.setenv("AERO_CLOCK", "wall")

    assert settle(state, ["store"]) == [
        "the event clock is changed for the wall clock: events that came are judged again"
    ]
    assert state.clock == "wall"


def test_another_clock_is_refused_while_something_runs(state, monkeypatch):
    settle(state)
    supervisor = Supervisor(state, chain())
    supervisor.start("store")
    supervisor.wait("store")
    monkeypatch.setenv("AERO_CLOCK", "wall")

    with pytest.raises(AeroError, match=r"runs by the event clock \(store\), and AERO_CLOCK=wall") as error:
        settle(state, ["store"])

    assert "aero down" in error.value.fix
    assert state.clock == "event"
    supervisor.stop()


def test_a_kept_clock_that_is_none_is_named_with_its_file(state):
    state.clock_file.write_text("sundial\n")
    with pytest.raises(AeroError, match="clock says 'sundial', which is no clock") as error:
        settle(state)
    assert error.value.fix == "Write event or wall into it."


@pytest.fixture
def named():
    """A platform of this folder that runs by the wall clock, down."""
    state = State.for_drill(f"clock-{os.getpid()}")
    state.create()
    ports.choose(state.ports_file, [port for service in services().values() for port in service.ports], {})
    state.keep_clock("wall")
    yield state
    shutil.rmtree(state.root)


def status(capsys, state, *options):
    """Return what `aero status` prints of a platform."""
    with pytest.raises(SystemExit) as end:
        app(["status", "--state", state.name, *options])
    assert not end.value.code
    return capsys.readouterr().out


def test_the_status_says_which_clock_and_that_the_terminal_asks_for_another(named, monkeypatch, capsys):
    assert status(capsys, named).splitlines()[0].endswith("  wall clock")
    assert json.loads(status(capsys, named, "--json"))["clock"] == "wall"
    monkeypatch.setenv("AERO_CLOCK", "event")
    assert "AERO_CLOCK=event of this terminal is not its clock" in status(capsys, named)
