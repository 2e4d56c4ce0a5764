"""Results: what a benchmark measured, how it is judged, and where it is kept.

`results.json` holds one entry per figure, the newest; `RESULTS.md` is written from it and from nothing else.
"""

import json
import operator
import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

PROJECT = Path(__file__).parents[1]
SHARED_DATA = "AERO_SHARED_DATA"
RECORD = Path(__file__).with_name("results.json")
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
INTRODUCTION = """# Performance

Written by `make bench` from [results.json](results.json); do not edit. Each module in this folder says what it measures
and why its goal is what it is. A ratio is the measured value divided by the baseline's, both medians of alternating
runs on the same machine at the same time: absolute figures depend on the machine, ratios hardly do.
"""

Entry = dict[str, Any]


def shared_folder() -> Path:
    """Return the folder of public data beside the project; AERO_SHARED_DATA names another one."""
    return Path(os.environ.get(SHARED_DATA) or PROJECT.parent / "shared" / "data")


@dataclass(frozen=True)
class Result:
    """One figure and what it is held against; `goal` is read by machine: "ratio <= 1.5", "value < 256"."""

    name: str
    value: float
    unit: str
    goal: str
    baseline: str | None = None
    baseline_value: float | None = None

    @property
    def ratio(self) -> float | None:
        """The value in baselines, from the figures as they are recorded."""
        if self.baseline_value is None:
            return None
        return round(rounded(self.value) / rounded(self.baseline_value), 3)

    @property
    def met(self) -> bool:
        """True if the goal is met."""
        return judge(self.goal, {"value": rounded(self.value), "ratio": self.ratio})


def judge(goal: str, figures: Mapping[str, float | None]) -> bool:
    """Read a goal and tell whether these figures meet it."""
    measure, sign, limit = goal.split()
    figure = figures[measure]
    if figure is None:
        raise ValueError(f"the goal {goal!r} needs a baseline and there is none")
    return COMPARISONS[sign](figure, float(limit))


def rounded(figure: float) -> float:
    """Cut a figure to what a measurement can claim: whole when large, else three decimals."""
    return round(figure) if figure >= 1000 else round(figure, 3)


def entry(result: Result, benchmark: str) -> Entry:
    """Return a result as it is recorded."""
    return {
        "name": result.name,
        "value": rounded(result.value),
        "unit": result.unit,
        "baseline": result.baseline,
        "baseline_value": None if result.baseline_value is None else rounded(result.baseline_value),
        "ratio": result.ratio,
        "goal": result.goal,
        "met": result.met,
        "command": f"make bench ONLY={benchmark}",
        "machine": machine(),
        "commit": commit(),
    }


def merge(new: Iterable[Entry], record: Path = RECORD) -> list[Entry]:
    """Put entries in place of older ones of their name and write RESULTS.md again; return all that are kept."""
    kept = {item["name"]: item for item in (json.loads(record.read_text(encoding="utf-8")) if record.exists() else [])}
    kept |= {item["name"]: item for item in new}
    entries = [kept[name] for name in sorted(kept)]
    write(record, json.dumps(entries, indent=1, ensure_ascii=False) + "\n")
    write(record.with_name("RESULTS.md"), report(entries))
    return entries


def report(entries: Iterable[Entry]) -> str:
    """Render entries for people."""
    lines = [INTRODUCTION, "| figure | measured | baseline | ratio | goal | met |", "|---|---|---|---|---|---|"]
    sources = ["", "| figure | measured by | on | at commit |", "|---|---|---|---|"]
    for item in entries:
        ratio = "–" if item["ratio"] is None else f"{item['ratio']:g}"
        measured, met = _figure(item["value"], item["unit"]), "yes" if item["met"] else "**no**"
        lines.append(f"| `{item['name']}` | {measured} | {_baseline(item)} | {ratio} | {item['goal']} | {met} |")
        sources.append(f"| `{item['name']}` | `{item['command']}` | {item['machine']} | `{item['commit']}` |")
    return "\n".join([*lines, *sources]) + "\n"


def sentence(item: Entry) -> str:
    """Say on the terminal what was measured."""
    ratio = "" if item["ratio"] is None else f", ratio {item['ratio']:g}"
    verdict = "met" if item["met"] else "MISSED"
    figure = _figure(item["value"], item["unit"])
    return f"{item['name']} = {figure}; baseline {_baseline(item)}{ratio}; goal {item['goal']}: {verdict}"


@cache
def machine() -> str:
    """Describe what the figures depend on: processor, cores, memory, system, interpreter."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [line.partition(":")[2] for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        processor = " ".join(models[0].split()) if models else processor
    memory = round(psutil.virtual_memory().total / (1 << 30))
    system = f"{platform.system()} {platform.machine()}"
    return f"{processor}, {os.cpu_count()} cores, {memory} GB, {system}, Python {platform.python_version()}"


@cache
def commit() -> str:
    """Name the commit that was measured; what is not committed, other than the figures themselves, is told."""
    head = _git("rev-parse", "--short=12", "HEAD")
    if not head:
        return "unknown"
    own = (":!bench/results.json", ":!bench/RESULTS.md")
    return f"{head}+changes" if _git("status", "--porcelain", "--", ".", *own) else head


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(("git", *arguments), cwd=PROJECT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _figure(value: float, unit: str) -> str:
    return f"{value:,} {unit}" if value >= 1000 else f"{value:g} {unit}"


def _baseline(item: Entry) -> str:
    if item["baseline"] is None:
        return "none"
    return f"{_figure(item['baseline_value'], item['unit'])} ({item['baseline']})"


def write(path: Path, text: str) -> None:
    """Replace a file; readers never see half of one."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
