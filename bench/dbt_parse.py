"""Parsing the dbt project with its semantic models and metrics, against the same project without them.

Each new state directory and each change of a macro pays for a whole parse. Figures by name may add a tenth to it, hence
1.1; the time spine, two words beside a column, is in both. Seconds of processor: a parse is one thread that computes,
and a tenth of it is less than what a busy machine does to the time on the wall.
"""

import resource
import shutil
from pathlib import Path
from statistics import median

from aero_assets.dbt_command import EXECUTABLE
from bench.dbt import FOLDER
from bench.goals import GOALS
from bench.measure import Say, alternate, process, seconds
from bench.runner import Result

ROUNDS = 5
SEMANTIC = "*__semantic_models.yml"


def run(folder: Path, say: Say) -> list[Result]:
    """Measure both, each time in a new process that remembers nothing of the parse before."""
    plain, whole = folder / "dbt_parse_plain", folder / "dbt_parse"
    shutil.copytree(FOLDER, whole, ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(FOLDER, plain, ignore=shutil.ignore_patterns("target", "logs", SEMANTIC))
    if not list(whole.rglob(SEMANTIC)):
        raise AssertionError(f"the project has no file {SEMANTIC}: there is nothing to measure")
    tasks = {"with metrics": lambda: parse(whole), "without": lambda: parse(plain)}
    for task in tasks.values():
        task()
    taken = alternate(ROUNDS, tasks, say, seconds)
    value, baseline = median(taken["with metrics"]), median(taken["without"])
    return [Result("dbt_parse", value, "s", GOALS["dbt_parse"], "the same project without semantic models", baseline)]


def parse(project: Path) -> float:
    """Seconds of processor of a whole parse."""
    folders = ("--project-dir", f"{project}", "--profiles-dir", f"{project}")
    target = ("--target-path", f"{project / 'target'}", "--log-path", f"{project / 'target'}")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process((EXECUTABLE, "--quiet", "parse", "--no-partial-parse", *folders, *target), project)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
