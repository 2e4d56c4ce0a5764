"""Two days of real flights: marts against pandas over the file as published, and computed against coded minutes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.runner import PROJECT


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Count all flights of both days, by the test of the dbt tier that takes some of them."""
    command = (sys.executable, "-m", "pytest", "-q", "-rf", "tests/dbt/test_bts_days.py")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        variables = os.environ | {"BTS_CARRIERS": "all", "BTS_FIGURES": f"{path}", "CI": "true"}
        done = subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True, check=False)
        figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode and not failed:
        failed = [done.stdout[-1500:].strip()]
    log(f"{len(figures)} figures, {len(failed)} failed")
    return figures | {"failed": failed}
