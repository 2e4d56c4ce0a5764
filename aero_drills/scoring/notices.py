"""The notices of a day: lines of the transition log with a new statement, whether or not a message was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aero_drills.scoring.truth import minutes
from aero_streaming.alerts.model import FIRED, LEVEL_UP
from aero_streaming.backtesting.backtest import Backtest
from aero_streaming.rules.model import Rule, RuleSet

NEWS = (FIRED, LEVEL_UP, "RELEASED")
"""Kinds of lines that say something new: the level now. Reminders (escalations) and ends say nothing new."""


@dataclass(frozen=True)
class Notice:
    """One notice of a rule about a scope: its alert level and its time (minutes UTC since 1970).

    `is_first`: the first message about this alert; later ones raise its level. `is_heard` is False if no message was
    sent, because the alert was grouped under a parent or muted. `facts`: the facts of the alert at that time.
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


def notices(run: Backtest, rules: RuleSet) -> list[Notice]:
    """Return every notice of the rules that are not on trial (shadow), in the order of the log."""
    known: set[tuple[str, int]] = set()
    raised = []
    for line in run.transitions:
        rule_id, scope_type, scope_id, operating_date = line["alert_key"].split("#")
        rule = rules.by_id(rule_id)
        if line["kind"] not in NEWS or line["is_shadow"] or rule is None:
            continue
        heard, incident = line["notify_state"] != "muted", (line["alert_key"], line["incident"])
        raised.append(
            Notice(
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
    return raised
