"""A state directory for tiny services, and nobody left behind in it."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from aero_local import processes
from aero_local.state import State


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(tmp_path / "one")
    state.create()
    yield state
    for process in psutil.process_iter():
        # Whatever a failing test left behind; the mark names this test's own directory.
        if not processes.is_gone(process) and _mark(process).endswith(f"@{state.root}"):
            process.kill()


def _mark(process: psutil.Process) -> str:
    try:
        return process.environ().get(processes.MARK, "")
    except (psutil.Error, OSError):
        return ""
