"""`python -m bench [name …]`: measures every claim or the named ones, records the figures and tells by its exit code.

0: measured and every goal met; 1: a goal was missed or a benchmark broke; 2: wrong use.
"""

import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from bench import runner
from bench.runner import Result

#: Cheapest last: whoever waits sees the figures that say most first.
BENCHMARKS = (
    "typed_rows",
    "dbt_build",
    "operational_marts",
    "one_operating_day",
    "code_location_load",
    "dbt_parse",
    "launch",
    "airline",
    "messages",
    "publish",
    "dashboard",
    "door_memory",
    "alert_handler",
    "backtest",
    "extract",
    "flink_rate",
    "live_latency",
)


def main(names: list[str], record: Path = runner.RECORD) -> int:
    """Run the named benchmarks, or all; what was measured is recorded even when a later one breaks."""
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    began, measured, broken = time.monotonic(), list[Result](), list[str]()
    with tempfile.TemporaryDirectory(prefix="aero-bench-") as folder:
        for name in names or BENCHMARKS:

            def say(line: str, name: str = name) -> None:
                print(f"{time.monotonic() - began:5.0f} s  {name}: {line}", flush=True)

            try:
                results = import_module(f"bench.{name}").run(Path(folder), say)
            except Exception as error:  # the other claims are still worth measuring
                broken.append(name)
                say(f"BROKE: {type(error).__name__}: {error}")
                continue
            for result in results:
                say(runner.sentence(runner.entry(result, name)))
            runner.merge([runner.entry(result, name) for result in results], record)
            measured += results
    missed = [result.name for result in measured if not result.met]
    print(f"\n{len(measured)} figures in {time.monotonic() - began:.0f} s, recorded in {record.name} and RESULTS.md")
    for title, goals in (("goal missed", missed), ("broke", broken)):
        if goals:
            print(f"{title}: {', '.join(goals)}")
    return 1 if missed or broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
