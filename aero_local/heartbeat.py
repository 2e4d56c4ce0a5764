"""Heartbeats: a service without a port writes its state every second to a file of the state directory.

The file holds the time of writing and the current problem in words. A process that hangs writes nothing, so an old file
means that it hangs.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from aero_local.state import State

#: A busy machine may keep a process from its second; five is more than it takes from anybody.
SILENT_SECONDS = 6


def file_of(state: State, service: str) -> Path:
    """Return the heartbeat file of a service."""
    return state.run_dir / f"{service}.heartbeat"


def write(file: Path, wrong: str = "") -> None:
    """Write a heartbeat with the current problem, if any; a reader never sees half of the file."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(json.dumps({"at": time.time(), "wrong": wrong}), encoding="utf-8")
    part.replace(file)


def missing(state: State, service: str, started_at: float) -> str:
    """Return the problem of a service with heartbeats: no heartbeat yet, an old one, or the problem stated in it."""
    try:
        beat = json.loads(file_of(state, service).read_text(encoding="utf-8"))
        at, wrong = float(beat["at"]), str(beat["wrong"])
    except (FileNotFoundError, ValueError, KeyError):
        at, wrong = 0.0, ""
    if at < started_at:
        return "has not said yet that it runs"
    silent = time.time() - at
    return f"does not answer: it last wrote {silent:.0f} s ago" if silent > SILENT_SECONDS else wrong
