"""Drill: a storm arrives through a delayed feed. All true critical alerts must be notified, and no false one.

The day goes through the real rules engine over tables in memory, not through Kafka and Flink, where a lag of platform
minutes would take as long as the day is played. Every record reaches the rules a fixed number of minutes after its
receipt, and the clock ticks every minute, as the platform's schedule does.
"""

import time
from dataclasses import replace
from typing import Any

from aero_drills.scoring.cases import Case
from aero_drills.scoring.score import Score, score
from aero_local.errors import Log

CRITICAL = "critical"


def run(case: Case, aircraft: int | None, log: Log, tick_minutes: int = 1) -> dict[str, Any]:
    """Play a case on time and delayed, with some aircraft or all, and return the verdict."""
    began = time.monotonic()
    log(f"{case.scenario} {case.seed} on time")
    on_time = score(replace(case, lag_minutes=0), tick_minutes=tick_minutes, aircraft=aircraft)
    log(f"the same, {case.lag_minutes} minutes behind")
    behind = score(case, tick_minutes=tick_minutes, aircraft=aircraft)
    return {
        "drill": "lag",
        "operating_date": f"{case.on}",
        "scenario": case.scenario,
        "seed": case.seed,
        "lag_minutes": case.lag_minutes,
        "legs": behind.legs,
        "alerts": behind.alerts,
        "criticals_on_time": _criticals(on_time),
        "criticals": _criticals(behind),
        "false_criticals": len(behind.false_criticals),
        "false": list(behind.false_criticals),
        "seconds": round(time.monotonic() - began, 1),
    }


def failed(verdict: dict[str, Any]) -> bool:
    """Return True if a critical alert was false, or if the delayed run has none although the run on time has some."""
    return bool(verdict["false_criticals"] or (verdict["criticals_on_time"] and not verdict["criticals"]))


def _criticals(scored: Score) -> int:
    return sum(statement.severity == CRITICAL for statement in scored.statements)
