"""What people heard of a day: the lines of the transition log that a message went out for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aero_drills.scoring.truth import minutes
from aero_streaming.alerts.model import FIRED, LEVEL_UP
from aero_streaming.backtesting.backtest import Backtest
from aero_streaming.rules.model import Rule, RuleSet

STATEMENTS = (FIRED, LEVEL_UP, "RELEASED")
"""Lines that say something new: it is so bad now. Reminders (escalations) and ends say nothing new."""


@dataclass(frozen=True)
class Told:
    """One statement: which rule said of whom that it is how bad, and when (minutes UTC since 1970).

    `is_first`: nobody had heard of this alert before; the others raise one that is known. `is_heard` is False where a
    parent spoke for it or nobody was to be told again: raised and kept, no message. `facts`: what it knew then.
    """

    rule: Rule
    alert_key: str
    scope_type: str
    scope_id: str
    operating_date: str
    level: str
    severity: str
    at: float
    value: float | None
    is_first: bool
    is_heard: bool
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)


def statements(run: Backtest, rules: RuleSet) -> list[Told]:
    """Return every statement of the rules that notify, in the order of the log."""
    known: set[tuple[str, int]] = set()
    found = []
    for line in run.transitions:
        rule_id, scope_type, scope_id, operating_date = line["alert_key"].split("#")
        rule = rules.by_id(rule_id)
        if line["kind"] not in STATEMENTS or line["is_shadow"] or rule is None:
            continue
        heard, incident = line["notify_state"] != "muted", (line["alert_key"], line["incident"])
        found.append(
            Told(
                rule=rule,
                alert_key=line["alert_key"],
                scope_type=scope_type,
                scope_id=scope_id,
                operating_date=operating_date,
                level=line["level_after"],
                severity=line.get("severity") or rule.severity[line["level_after"]],
                at=minutes(line["at"]),
                value=line.get("value"),
                is_first=heard and incident not in known,
                is_heard=heard,
                facts=run.facts.get(line["transition_id"], {}),
            )
        )
        if heard:
            known.add(incident)
    return found
