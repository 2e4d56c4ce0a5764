"""Days of odd events and rows at random: each is built, and every leg that anybody told of is in its marts."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench.runner import PROJECT

DAYS = 20


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Build that many days of other seeds, one test of the dbt tier each."""
    command = (sys.executable, "-m", "pytest", "-q", "-rf", "tests/dbt/test_odd_days.py")
    variables = os.environ | {"ODD_DAYS": f"{DAYS}"}
    done = subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True, check=False)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    log(f"{DAYS - len(failed)} of {DAYS} days were built")
    if done.returncode and not failed:
        failed = [done.stdout[-1500:].strip()]
    return {"days": DAYS, "built": DAYS - len(failed), "failed": failed}
