"""35 days of every source in ten arrivals at random, once for each feed that comes last: marts as of one build."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from aero_assets.feeds import feeds
from bench.runner import PROJECT

ARRIVALS = 10


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Run the test of the dbt tier for every feed."""
    command = (sys.executable, "-m", "pytest", "-q", "-rf", "tests/dbt/test_arrivals.py")
    variables = os.environ | {"AIRLINE_ARRIVALS": f"{ARRIVALS}", "AIRLINE_LATE": "all", "CI": "true"}
    done = subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True, check=False)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode and not failed:
        failed = [done.stdout[-1500:].strip()]
    orders = len(feeds())
    log(f"{orders - len(failed)} of {orders} orders ended in the same marts")
    return {"orders": orders, "arrivals_of_each": ARRIVALS, "equal": orders - len(failed), "failed": failed}
