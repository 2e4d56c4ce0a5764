"""Every property test again under other seeds: what one seed does not find, another may."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from bench.runner import PROJECT

SEEDS = range(101, 109)
COUNTED = re.compile(r"(\d+) (passed|failed|error)")


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Run the property tests of the unit tier once per seed."""
    results: dict[str, Any] = {"seeds": len(SEEDS), "passed": 0, "failed": []}
    command = (sys.executable, "-m", "pytest", "tests/unit", "-q", "-n", "2", "-p", "proof.properties")
    for seed in SEEDS:
        done = subprocess.run(
            (*command, f"--hypothesis-seed={seed}"), cwd=PROJECT, capture_output=True, text=True, check=False
        )
        counts = {counted: int(number) for number, counted in COUNTED.findall(done.stdout)}
        log(f"seed {seed}: {counts}")
        results["passed"] += counts.get("passed", 0)
        if done.returncode:
            results["failed"].append(f"seed {seed}: {done.stdout[-1500:].strip()}")
    return results


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave only the tests that draw their cases: this module is the plugin of its own runs."""
    drawn = [item for item in items if getattr(getattr(item, "obj", None), "is_hypothesis_test", False)]
    config.hook.pytest_deselected(items=[item for item in items if item not in drawn])
    items[:] = drawn
