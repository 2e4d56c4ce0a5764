"""Running one file of the tests with more cases than `make test` has, as several sweeps do."""

import os
import subprocess
import sys

from bench.runner import PROJECT

MOST_SHOWN = 1_500


def failures(file: str, **variables: str) -> list[str]:
    """Run a file of tests with these variables in the environment; return a line for each test that did not pass.

    If pytest itself ended badly, its last words stand for the tests.
    """
    command = (sys.executable, "-m", "pytest", "-q", "-rf", file)
    environment = os.environ | variables
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed or ([done.stdout[-MOST_SHOWN:].strip()] if done.returncode else [])
