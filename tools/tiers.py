"""`make test`: the tiers in order, cheapest first, each with a budget in minutes that it prints.

The first tier that fails ends the run. A tier over its budget is told, not failed: machines differ.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TOOLS = Path(sys.executable).parent


@dataclass(frozen=True)
class Tier:
    """One level of proof: what runs, one after the other, and how long it may take on two cores."""

    name: str
    budget_minutes: float
    commands: tuple[tuple[str, ...], ...]


TIERS = (
    Tier(
        "gates",
        5,
        (
            ("ruff", "check", "."),
            ("ruff", "format", "--check", "."),
            ("ty", "check"),
            ("sqlfluff", "lint", "dbt_project"),
            ("python", "-m", "tools.redshift_lint"),
            ("cfn-lint",),
        ),
    ),
    # A file stays in one worker: what its tests share is made once.
    Tier("unit", 5, (("pytest", "tests/unit", "-n", "2", "--dist", "loadfile"),)),
    # In the order of their names: by the number of their tests, long files with few tests would come last.
    Tier("dbt", 6, (("pytest", "tests/dbt", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"),)),
    Tier(
        "platform",
        9,
        (("make", ".extract-for-tests"), ("pytest", "tests/platform", "-n", "2", "--dist", "loadfile")),
    ),
    # PostgreSQL is of the extract's environment.
    Tier("redshift", 6, (("make", ".extract-for-tests"), ("pytest", "tests/redshift"))),
    Tier("stream", 10, (("make", ".stream-for-tests"), ("pytest", "tests/stream"))),
    Tier(
        "browser",
        10,
        (("pytest", "tests/dashboard", "-n", "2", "--dist", "loadfile"), ("pytest", "tests/browser", "-n", "2")),
    ),
)


def program(name: str) -> str:
    """Return what runs a command: the environment's own tools, and make, which everybody has who got here."""
    return name if name == "make" else str(TOOLS / name)


def run(tier: Tier) -> tuple[bool, float]:
    """Run a tier's commands until one fails; return whether all passed, and the minutes it took."""
    begin, passed = time.monotonic(), True
    for command in tier.commands:
        print(f"── {tier.name}: {' '.join(command)}", flush=True)
        if subprocess.run((program(command[0]), *command[1:]), check=False).returncode:
            passed = False
            break
    minutes = (time.monotonic() - begin) / 60
    print(f"tier {tier.name}: {minutes:.1f} minutes (budget {tier.budget_minutes:g})", flush=True)
    return passed, minutes


def main(names: list[str], tiers: Sequence[Tier] = TIERS) -> int:
    """Run the named tiers, or all of them, and print what came of each."""
    known = [tier.name for tier in tiers]
    if unknown := set(names) - set(known):
        print(f"no tier is called {', '.join(sorted(unknown))}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    results, failed = [], False
    for tier in tiers:
        if names and tier.name not in names:
            continue
        if failed:
            results.append((tier, "not run", None))
            continue
        passed, minutes = run(tier)
        over = " (over budget)" if minutes > tier.budget_minutes else ""
        results.append((tier, ("passed" if passed else "FAILED") + over, minutes))
        failed = not passed
    print("\ntier       minutes  budget  result")
    for tier, result, minutes in results:
        print(f"{tier.name:<10} {'' if minutes is None else f'{minutes:.1f}':>7}  {tier.budget_minutes:>6g}  {result}")
    spent, budget = sum(minutes or 0 for *_, minutes in results), sum(tier.budget_minutes for tier, *_ in results)
    print(f"{'all':<10} {spent:>7.1f}  {budget:>6g}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
