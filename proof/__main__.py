"""`python -m proof [name …]`: runs every sweep or the named ones, records what they found and tells by its exit code.

0: nothing failed; 1: something failed or a sweep broke; 2: wrong use.
"""

import sys
import time
from importlib import import_module
from typing import Any

from proof import record
from proof.record import FAILED, Entry
from proof.sweeps import SWEEPS

MOST_SHOWN = 20


def main(names: list[str]) -> int:
    """Run the named sweeps, or all; what one found is recorded even when a later one breaks."""
    known = [sweep.name for sweep in SWEEPS]
    if unknown := [name for name in names if name not in known]:
        print(f"no sweep is called {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    done = [_run(name) for name in names or known]
    record.merge(done)
    bad = [item["name"] for item in done if item[FAILED]]
    print(f"\n{len(done)} sweeps, recorded in proof/results.json and docs/proof.md")
    if bad:
        print(f"failed: {', '.join(bad)}")
    return 1 if bad else 0


def _run(name: str) -> Entry:
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {name}: {line}", flush=True)

    figures: dict[str, Any]
    try:
        figures = import_module(f"proof.{name}").run(say)
    except Exception as error:  # the other sweeps are still worth running
        figures = {FAILED: [f"the sweep broke: {type(error).__name__}: {error}"]}
    item = record.entry(name, figures, time.monotonic() - began)
    for label, value in item["figures"].items():
        say(f"{label} = {value}")
    for failure in item[FAILED][:MOST_SHOWN]:
        say(f"FAILED: {failure}")
    return item


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
