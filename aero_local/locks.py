"""Locks between commands: a lock is held only by a living process, and a second command is told which process holds it.

The system frees a lock when its process ends, in whatever way. Text left in the file by a killed command blocks nobody.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO


class Taken(Exception):
    """Another process holds the lock; the message names the process, the start time and the duration."""


@contextmanager
def held(file: Path, wait: Callable[[str], object] | None = None) -> Generator[None]:
    """Hold a lock for the body; if another process holds it, call `wait` with its name and wait, or raise `Taken`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if wait is None:
                raise Taken(_holder(handle)) from None
            wait(_holder(handle))
            fcntl.flock(handle, fcntl.LOCK_EX)
        _sign(handle)
        yield


def holder(file: Path) -> str:
    """Return the name of the command that holds a lock; empty when it is free."""
    try:
        with file.open("a+", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return ""
    except BlockingIOError:
        with file.open(encoding="utf-8") as handle:
            return _holder(handle)
    return ""


def _sign(handle: IO[str]) -> None:
    words = [Path(sys.argv[0]).name, *sys.argv[1:2]] if sys.argv else []
    handle.truncate(0)
    handle.write(json.dumps({"pid": os.getpid(), "command": " ".join(words), "since": time.time()}))
    handle.flush()


def _holder(handle: IO[str]) -> str:
    handle.seek(0)
    try:
        holder = json.loads(handle.read())
        since = datetime.fromtimestamp(holder["since"]).astimezone()
        return f"{holder['command'] or 'another command'} (process {holder['pid']}, since {since:%H:%M:%S})"
    except (ValueError, KeyError, TypeError):
        return "another aero command"  # it has not signed yet
