"""The drills of the live part one after the other: `aero drill NAME`, each on a platform of its own if it needs one."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.runner import PROJECT

AERO = Path(sys.executable).with_name("aero")
DRILLS = (
    ("stream",),
    ("restart",),
    ("poison", "--bad", "1000"),
    ("broker",),
    ("doors", "--legs", "200"),
    ("lag",),
)


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Run every drill; its exit code is its verdict."""
    results: dict[str, Any] = {"failed": []}
    for name, *options in DRILLS:
        log(f"aero drill {name} {' '.join(options)}")
        done = subprocess.run((AERO, "drill", name, *options), cwd=PROJECT, capture_output=True, text=True, check=False)
        if done.returncode:
            results["failed"].append(f"aero drill {name} ended with {done.returncode}: {done.stderr[-600:].strip()}")
        results[name] = _figures(done.stdout)
    return results


def _figures(printed: str) -> dict[str, Any]:
    """The whole numbers of a drill's verdict, the JSON object that ends what it prints."""
    start = printed.find("{")
    verdict = json.loads(printed[start:]) if start >= 0 else {}
    return {name: value for name, value in verdict.items() if isinstance(value, int)}
