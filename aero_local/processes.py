"""Processes of the platform, known across commands by a record on disk and a mark in their environment.

A record alone is not enough, because process numbers are used again, and a process that is killed leaves its children.
So a record also holds the start time of its process, and every process inherits a mark that names its service.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

MARK = "AERO_SERVICE"
#: Start times are read from two clocks that may differ by a tick.
SAME_START_SECONDS = 2


@dataclass(frozen=True)
class Record:
    """A started process: its numbers, its start time, the beginning of its log, and whether it outlives the command."""

    pid: int
    pgid: int
    started_at: float
    port: int | None
    log_offset: int
    detached: bool
    #: Set once it could be used: what is missing from then on is a fault, and no longer its start.
    was_ready: bool = False

    @property
    def process(self) -> psutil.Process | None:
        """The process, if it still runs and its number was not given to another process."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started_at) < SAME_START_SECONDS
            return process if same and not is_gone(process) else None
        except psutil.Error:
            return None

    def write(self, file: Path) -> None:
        """Write the record; a reader never sees half of it."""
        part = file.with_name(f".{file.name}")
        part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        part.replace(file)

    @classmethod
    def read(cls, file: Path) -> Record | None:
        """Return the record of a service; None if it is missing or damaged: the mark still finds the process."""
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except (FileNotFoundError, TypeError, ValueError):
            return None


def spawn(
    command: Sequence[str], env: Mapping[str, str], cwd: Path, log: Path, mark: str
) -> tuple[subprocess.Popen[bytes], float, int]:
    """Start a process in its own session; return it, its start time and the beginning of its log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        offset = out.tell()
        process = subprocess.Popen(
            command,
            env={**env, MARK: mark},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is ours to handle: the order of stopping matters.
            start_new_session=True,
        )
    return process, psutil.Process(process.pid).create_time(), offset


def family(mark: str, record: Record | None) -> list[psutil.Process]:
    """Return every living process of a service: by its mark, or by its group if a process title overwrites the mark."""
    group = record.pgid if record and _is_ours(record) else None
    members = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get(MARK) == mark or (group and os.getpgid(process.pid) == group)
            if ours and not is_gone(process):
                members.append(process)
        except (psutil.Error, OSError):
            continue
    return members


def _is_ours(record: Record) -> bool:
    """Return False when a later process has the group's number."""
    try:
        leader = psutil.Process(record.pgid)
        return abs(leader.create_time() - record.started_at) < SAME_START_SECONDS
    except psutil.Error:
        return True  # while a member lives, nobody else gets the number


def is_gone(process: psutil.Process) -> bool:
    """Return True when a process has ended; a zombie counts as ended."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def halted(members: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that were halted by SIGSTOP: they live but do not answer."""
    return [process for process in members if _state_of(process) == psutil.STATUS_STOPPED]


def cpu_seconds(members: Sequence[psutil.Process]) -> float:
    """Return the total processor time of processes; it also grows while a slow service starts."""
    total = 0.0
    for process in members:
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def _state_of(process: psutil.Process) -> str:
    try:
        return process.status()
    except psutil.Error:
        return ""


def wait_until_gone(processes: Sequence[psutil.Process], seconds: float) -> bool:
    """Wait for processes to end; return False if the time runs out first."""
    deadline = time.monotonic() + seconds
    while not all(is_gone(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def ask_to_stop(process: psutil.Process, seconds: float, how: signal.Signals = signal.SIGTERM) -> bool:
    """Send a signal and wait; return True when the process has ended."""
    try:
        process.send_signal(how)
    except psutil.NoSuchProcess:
        return True
    return wait_until_gone([process], seconds)


def kill(processes: Sequence[psutil.Process]) -> None:
    """Kill processes and wait until they have ended."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    wait_until_gone(processes, 5)


def tail(log: Path, lines: int = 20, offset: int = 0) -> str:
    """Return the last lines of a log, from `offset` on."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        end = file.seek(0, 2)
        # A line is rarely longer than this; reading a whole log to show its end would be slow.
        file.seek(max(offset, end - lines * 2000) if end > offset else offset)
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])
