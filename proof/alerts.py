"""Calm days, storms, fog and strikes whose truth is known, through the real rules: every goal for alerts, by name.

Five seeds of each scenario that no limit was chosen by, then calm days and storms again with a feed that is ten minutes
behind. `before` is what the rules before these ones reached on the same days: no rule may find less, none later.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aero_drills.scoring.cases import SCORED_SEEDS, cases, lagging
from aero_drills.scoring.figures import summary
from aero_drills.scoring.goals import goals
from aero_drills.scoring.score import score_all
from aero_streaming.rules import rules

BEFORE = Path(__file__).with_name("alerts_before.json")


def run(log: Callable[[str], None]) -> dict[str, Any]:
    """Score all cases, and say which goals are missed."""
    before = json.loads(BEFORE.read_text(encoding="utf-8"))
    processes = len(os.sched_getaffinity(0))
    figures = summary(score_all(cases(), processes, log))
    late = summary(score_all(lagging(), processes, log))
    held = list(goals(figures, late, before))
    return {
        "rules_version": rules().version,
        "seeds": " ".join(map(str, SCORED_SEEDS)),
        **{f"{goal.name} ({goal.limit})": "none" if goal.value is None else goal.value for goal in held},
        "alerts": {name: scenario["alerts"] for name, scenario in figures["scenarios"].items()},
        "most in an hour": {name: scenario["most_in_an_hour"] for name, scenario in figures["scenarios"].items()},
        "reported, not scored": {
            name: f"{rule['right']} of {rule['judged']} right"
            for name, rule in figures["rules"].items()
            if rule["judged"] and not rule["is_scored"]
        },
        "before": {"rules_version": before["rules_version"], **before["figures"]},
        "failed": [f"{goal}" for goal in held if not goal.is_met] + late["false_criticals"],
    }
