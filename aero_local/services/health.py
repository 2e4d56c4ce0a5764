"""The health of a service: the answer of its process, and observations from outside."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aero_local import ports, processes
from aero_local.errors import AeroError

if TYPE_CHECKING:
    from aero_local.processes import Record
    from aero_local.services.supervisor import Supervisor

#: A start that is still at work after its time (a processor shared with others) gets more of it, up to so many times.
MOST_PATIENCE = 6


@dataclass(frozen=True)
class Status:
    """The current state of a service."""

    name: str
    #: up, starting, degraded (it lives and cannot be used: `missing` says why), died (it was started, nobody stopped
    #: it, and it is gone), or down
    state: str
    pid: int | None = None
    url: str | None = None
    seconds: float | None = None
    missing: str = ""

    @property
    def is_faulty(self) -> bool:
        """True when the service should be up and cannot be used."""
        return self.state in ("died", "degraded")


def status(supervisor: Supervisor, name: str) -> Status:
    """Return the state of a service."""
    record = supervisor.record(name)
    if record is None:
        return Status(name, "down")
    if not supervisor.is_alive(name):
        return Status(name, "died", missing="its process is gone")
    url = f"http://{ports.LOOPBACK}:{record.port}" if record.port else None
    seconds = time.time() - record.started_at
    lack = missing(supervisor, name, record)
    if not lack:
        return Status(name, "up", record.pid, url, seconds)
    is_starting = not record.was_ready and seconds < MOST_PATIENCE * supervisor.services[name].ready_seconds
    return Status(name, "starting" if is_starting else "degraded", record.pid, url, seconds, lack)


def missing(supervisor: Supervisor, name: str, record: Record) -> str:
    """Return the problem that makes a living service unusable; empty if it can be used."""
    if (process := record.process) is not None and processes.halted([process]):
        return _stopped(process.pid)
    try:
        lack = supervisor.services[name].missing(supervisor.state, record.started_at)
    except AeroError as error:
        return error.message
    except Exception as error:
        # Whatever an answer looks like that nobody foresaw: it is told, and the others are asked.
        return f"cannot be asked: {type(error).__name__}: {error}"
    halted = processes.halted(processes.family(supervisor.mark(name), record)) if lack else []
    return _stopped(halted[0].pid) if halted else lack


def wake(supervisor: Supervisor, name: str) -> bool:
    """Continue halted processes of a service (SIGSTOP); return True if there were any."""
    halted = processes.halted(processes.family(supervisor.mark(name), supervisor.record(name)))
    for process in halted:
        process.resume()
    return bool(halted)


def _stopped(pid: int) -> str:
    return f"does not answer: process {pid} was stopped (SIGSTOP)"
