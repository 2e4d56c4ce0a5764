"""Services small enough for unit tests: real processes of a few milliseconds."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from aero_local.services.service import Service
from aero_local.services.supervisor import Supervisor
from aero_local.state import State

OBEDIENT = """
import pathlib, signal, sys, time
def stop(*_):
    with open(sys.argv[2], "a") as history: history.write(f"stopped {sys.argv[1]}\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
with open(sys.argv[2], "a") as history: history.write(f"started {sys.argv[1]}\\n")
while True: time.sleep(0.05)
"""
STUBBORN = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen({ready!r}, 'w')\ntime.sleep(60)"
PARENT = """
import os, subprocess, sys, time
# A child that left the group and a grandchild that ignores us: both have to go.
child = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"]
pids = [subprocess.Popen(child, start_new_session=leave).pid for leave in (True, False)]
with open(sys.argv[1], "w") as file: file.write(" ".join(map(str, pids)))
time.sleep(60)
"""
DOOMED = "print('first I was well'); print('then the disk was on fire'); raise SystemExit(3)"


class Tiny(Service):
    """A Python program that tells a history file when it starts and stops."""

    ready_seconds = 20
    stop_seconds = 5

    def __init__(self, name: str, depends_on: tuple[str, ...] = (), code: str = OBEDIENT) -> None:
        self.name, self.depends_on, self.code = name, depends_on, code

    def command(self, state: State) -> list[str]:
        return [sys.executable, "-S", "-c", self.code, self.name, str(history(state))]

    def env(self, state: State) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin"}

    def directory(self, state: State) -> Path:
        return state.root

    def missing(self, state: State, started_at: float) -> str:
        return "" if f"started {self.name}" in events(state) else "has not said that it started"


def history(state: State) -> Path:
    return state.root / "history.txt"


def events(state: State) -> list[str]:
    return history(state).read_text().splitlines() if history(state).exists() else []


def named(*services: Service) -> dict[str, Service]:
    return {service.name: service for service in services}


def chain() -> dict[str, Service]:
    """Three services, each needing the one before; named so that the alphabet does not help."""
    return named(Tiny("store"), Tiny("engine", ("store",)), Tiny("board", ("engine",)))


def pid_of(supervisor: Supervisor, name: str) -> int:
    pid = supervisor.status(name).pid
    assert pid is not None
    return pid


def eventually(true: Callable[[], object], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(true())
