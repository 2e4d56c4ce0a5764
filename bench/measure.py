"""Measuring: alternating rounds, medians, fresh processes. Nothing here knows what is measured."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

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
