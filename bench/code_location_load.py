"""Loading the code location in a fresh process, against importing the libraries that it cannot do without.

Every run and every restart pays for it. Most of it is not ours to spend: `import dagster, dagster_dbt` is the baseline.
What we add (reading the manifest, the rooms, assets, checks, sensors) may cost half of that again, hence 1.5.
"""

import sys
from pathlib import Path
from statistics import median

from aero_assets.dbt import manifest
from bench.goals import GOALS
from bench.measure import Say, alternate, process, seconds
from bench.runner import Result

LOAD = "from aero_assets.definitions import defs; defs().get_repository_def()"
IMPORT = "import dagster, dagster_dbt"
ROUNDS = 5


def run(folder: Path, say: Say) -> list[Result]:
    """Measure both, each time in a new interpreter, after one of each that is not counted (byte code, disk cache)."""
    manifest()  # explains itself where it was not built
    tasks = {"load": lambda: python(LOAD), "libraries": lambda: python(IMPORT)}
    for task in tasks.values():
        task()
    taken = alternate(ROUNDS, tasks, say, seconds)
    return [
        Result(
            name="code_location_load",
            value=median(taken["load"]),
            unit="s",
            baseline=f"`{IMPORT}` in a fresh process",
            baseline_value=median(taken["libraries"]),
            goal=GOALS["code_location_load"],
        )
    ]


def python(code: str) -> float:
    """Seconds of a fresh interpreter that runs this."""
    return process((sys.executable, "-W", "ignore", "-c", code))
