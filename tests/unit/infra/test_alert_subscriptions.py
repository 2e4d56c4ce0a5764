"""The mailbox filters by what messages carry, and knows every role that the rules name."""

from aero_streaming.alerts.model import Alert
from aero_streaming.alerts.outbox import attributes
from aero_streaming.rules import rules
from aero_streaming.rules.model import SEVERITIES
from infra.deploy import TEMPLATES
from tests.unit.infra.rendered import load

TEMPLATE = load((TEMPLATES / "alerting.yaml").read_text(encoding="utf-8"))
POLICY = TEMPLATE["Resources"]["AlertsByEmail"]["Properties"]["FilterPolicy"]
LINE = {"transition_id": "t", "kind": "FIRED", "severity": "high", "level_after": "red"}


def defaults(name):
    return TEMPLATE["Parameters"][name]["Default"].split(",")


def test_a_mailbox_filters_by_attributes_that_every_message_carries():
    alert = Alert("k", "diversion_flight", "diversion", "leg", "x", "2026-11-25", facts={"origin": "MEX"})
    assert set(POLICY) == {"role", "severity", "station"}
    assert set(POLICY) <= set(attributes(alert, LINE, "duty_manager"))


def test_a_mailbox_that_chooses_nothing_gets_every_role_and_severity():
    named = {role for rule in rules().rules for roles in rule.roles.values() for role in roles}
    assert set(defaults("EmailRoles")) == named
    assert set(defaults("EmailSeverities")) == set(SEVERITIES)
