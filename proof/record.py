"""The record of sweeps: `results.json` holds the newest figures of each, `docs/proof.md` is written from it alone."""

import json
from collections.abc import Iterable
from pathlib import Path
from textwrap import fill
from typing import Any

from bench.runner import PROJECT, commit, machine, write
from proof.sweeps import SWEEPS

RECORD = Path(__file__).with_name("results.json")
PAGE = PROJECT / "docs" / "proof.md"
FAILED = "failed"
WIDTH = 120
INTRODUCTION = """# Proof

Written by `make proof` from [results.json](../proof/results.json); do not edit. `make test` holds one case of
each kind; a sweep tries the whole kind and takes longer. `make proof ONLY=name` runs one, `make proof` all of them.

## What `make test` leaves out
"""

Entry = dict[str, Any]


def entry(name: str, result: dict[str, Any], seconds: float) -> Entry:
    """Return what a sweep found as it is recorded; `failed` lists what went wrong, and is empty where nothing did."""
    figures = {key: value for key, value in result.items() if key != FAILED}
    return {
        "name": name,
        "figures": figures,
        FAILED: list(result.get(FAILED, [])),
        "seconds": round(seconds),
        "command": f"make proof ONLY={name}",
        "machine": machine(),
        "commit": commit(),
    }


def merge(new: Iterable[Entry], record: Path = RECORD, page: Path = PAGE) -> list[Entry]:
    """Put entries in place of older ones of their name and write the page again; return all that are kept."""
    kept = {item["name"]: item for item in load(record)} | {item["name"]: item for item in new}
    entries = [kept[sweep.name] for sweep in SWEEPS if sweep.name in kept]
    write(record, json.dumps(entries, indent=1, ensure_ascii=False) + "\n")
    write(page, report(entries))
    return entries


def load(record: Path = RECORD) -> list[Entry]:
    """Return the recorded entries."""
    return json.loads(record.read_text(encoding="utf-8")) if record.exists() else []


def report(entries: Iterable[Entry]) -> str:
    """Render the sweeps and what was found for people."""
    by_name = {item["name"]: item for item in entries}
    lines = [INTRODUCTION]
    for sweep in SWEEPS:
        lines += [fill(f"**{sweep.name}**: {sweep.tries} *In `make test`:* {sweep.in_test}", WIDTH), ""]
    lines += ["## Figures", ""]
    for sweep in SWEEPS:
        lines += _figures(sweep.name, by_name.get(sweep.name))
    return "\n".join(lines).rstrip() + "\n"


def _figures(name: str, item: Entry | None) -> list[str]:
    if item is None:
        return [f"### {name}", "", "Not run yet.", ""]
    verdict = "nothing failed" if not item[FAILED] else f"**{len(item[FAILED])} failed**"
    ran = f"`{item['command']}`, {item['seconds']:,} s, at commit `{item['commit']}`, on {item['machine']}."
    figures = [f"- {label.replace('_', ' ')}: {_shown(value)}" for label, value in item["figures"].items()]
    failed = [f"- failed: {failure}" for failure in item[FAILED]]
    lines = [fill(line, WIDTH, subsequent_indent="  ") for line in (*figures, *failed)]
    return [f"### {name}: {verdict}", "", fill(ran, WIDTH), "", *lines, ""]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value.items())
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else f"{value}"
