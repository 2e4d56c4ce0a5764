"""Alarm floods: more alerted flights at a hub than one person can read become one alert that speaks for all.

Pure: open alerts with the rows of their flights in, `Condition` out. EEMUA 191 and ISA-18.2 call it an alarm flood.
"""

from collections.abc import Iterable
from datetime import datetime

from aero_streaming.alerts.conditions import Row, key_of
from aero_streaming.alerts.model import Alert, Condition
from aero_streaming.rules.model import ROLLING, Rule, RuleSet
from aero_streaming.times import business_date, close_of, minutes_since


def of_hub(rules: RuleSet, rule: Rule, hub: str, open_alerts: Iterable[tuple[Alert, Row]], now: datetime) -> Condition:
    """Hold the flights at a hub that have an open alert against a rule.

    Those count whose alert is young, fired within the window, and those that the rule's own alert speaks for already:
    it does not end before they do, so that its end never releases them all at once.
    """
    day = business_date(now, rules.close_hour_utc)
    key = key_of(rule, hub, day)
    legs = {
        row["leg_uid"]: row
        for alert, row in open_alerts
        if hub in (row["origin"], row.get("destination"))
        and _may_speak_for(rules, rule, alert)
        and (alert.parent_key == key or minutes_since(alert.fired_at or "", now) < ROLLING[rule.window])
    }
    label = next((row["data_label"] for row in legs.values() if row.get("data_label")), None)
    return Condition(
        alert_key=key,
        rule_id=rule.id,
        scope_type=rule.scope,
        scope_id=hub,
        operating_date=day,
        value=len(legs),
        n=len(legs),
        is_past_close=now >= close_of(day, rules.close_hour_utc),
        seen=f"{len(legs)} flights",
        last_event_at=max((row.get("last_event_at") or "" for row in legs.values()), default=""),
        facts={"data_label": label} if label else {},
    )


def _may_speak_for(rules: RuleSet, rule: Rule, alert: Alert) -> bool:
    own = rules.by_id(alert.rule_id)
    return alert.is_fired and own is not None and rule.id in own.parents
