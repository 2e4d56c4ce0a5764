"""Measuring: alternating rounds, medians, fresh processes. Nothing here knows what is measured."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

import psutil

from bench.runner import PROJECT

Say = Callable[[str], None]
Figure = TypeVar("Figure")
#: Variables that change what our programs do; a benchmark gives its own.
OURS = ("AERO_", "DBT_", "DAGSTER_", "REDSHIFT_", "PYTHONDONTWRITEBYTECODE")


def alternate(
    rounds: int, tasks: Mapping[str, Callable[[], Figure]], say: Say, show: Callable[[Figure], str]
) -> dict[str, list[Figure]]:
    """Run every task once per round and collect its figures.

    Every second round goes backwards, so that a load that grows or fades meets all alike.
    """
    figures: dict[str, list[Figure]] = {name: [] for name in tasks}
    for number in range(rounds):
        for name in list(tasks)[:: -1 if number % 2 else 1]:
            figures[name].append(tasks[name]())
        latest = ", ".join(f"{name} {show(figures[name][-1])}" for name in tasks)
        say(f"round {number + 1} of {rounds}: {latest}")
    return figures


def seconds(value: float) -> str:
    """Show seconds."""
    return f"{value:.2f} s"


def process(command: Sequence[str], folder: Path = PROJECT, **variables: str) -> float:
    """Run a fresh process without our variables except those given; return its seconds, raise when it fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=kept | variables, capture_output=True, text=True, check=False)
    taken = time.monotonic() - began
    if done.returncode:
        tail = (done.stdout + done.stderr)[-2000:].strip()
        raise RuntimeError(f"`{' '.join(command)}` ended with {done.returncode}:\n{tail}")
    return taken


class Peak:
    """The most memory that child processes held at a time, and the most space that files below a folder took."""

    EVERY_SECONDS = 0.1

    def __init__(self, folder: Path) -> None:
        self.folder, self.memory_mb, self.disk_mb = folder, 0.0, 0.0
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(self.EVERY_SECONDS):
            held = sum(_size(lambda child=child: child.memory_info().rss) for child in psutil.Process().children(True))
            taken = sum(_size(lambda path=path: path.stat().st_blocks * 512) for path in self.folder.glob("**/*"))
            self.memory_mb, self.disk_mb = max(self.memory_mb, held / 1e6), max(self.disk_mb, taken / 1e6)


def _size(read: Callable[[], int]) -> int:
    """Return a size, or none where process or file went meanwhile."""
    try:
        return read()
    except (psutil.Error, FileNotFoundError):
        return 0
