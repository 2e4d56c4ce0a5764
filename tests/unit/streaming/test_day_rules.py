"""Rules over published days: evidence, hysteresis, changes against days before and targets, and bad files."""

import pytest

from aero_streaming.alerts.digest import MOST_NAMED, compose
from aero_streaming.rules import RULES, RuleError, rules, rules_of_days
from aero_streaming.rules.days import DayRule

BY_ID = {rule.id: rule for rule in rules_of_days()}
CM2, YEAR, A14, MONTH = (
    BY_ID[name] for name in ("cm2_route_28d", "rask_route_year", "a14_route_28d", "a14_target_month")
)
GOOD = """
[[day_rule]]
id = "x"
kpi = "margin_cm2_share"
days = 28
minimum = 12
amber = { enter_percent = 12 }
red = { enter_percent = 0 }
title = { es = "t", en = "t" }
action = { es = "a", en = "a" }
"""


def light(rule, value, n=1000, k=None, compared=None, held=None):
    return rule.light(rule.reading(value, n, k, compared), held)


def test_a_share_has_a_light_by_its_own_limits_and_is_grey_below_its_sample():
    assert [light(CM2, value) for value in (0.30, 0.119, 0.0, -0.01)] == ["green", "amber", "amber", "red"]
    assert light(CM2, -0.5, n=11) == "grey"
    assert light(CM2, None) == "grey"


def test_a_light_keeps_its_level_until_the_exit_limit():
    assert [light(CM2, 0.04, held=held) for held in (None, "red", "amber", "green", "grey")] == [
        "amber", "red", "amber", "amber", "amber"
    ]  # fmt: skip
    assert light(CM2, 0.14, held="amber") == "amber"
    assert light(CM2, 0.15, held="red") == "green"


def test_red_of_a_share_of_flights_needs_the_proof_of_wilsons_bound():
    assert light(A14, 46 / 60, n=60, k=46) == "amber"
    assert light(A14, 38 / 60, n=60, k=38) == "red"


def test_a_change_is_in_percent_of_an_amount_and_in_points_of_a_share():
    assert YEAR.reading(0.088, 50, None, 0.1).value == pytest.approx(-12)
    assert MONTH.reading(0.80, 50, 40, 0.86).value == pytest.approx(-6)
    assert light(YEAR, 0.087, compared=0.1) == "red"
    assert light(MONTH, 0.85, compared=0.86) == "green"


@pytest.mark.parametrize("compared", [None, 0, -3])
def test_a_change_against_nothing_is_grey(compared):
    assert light(YEAR, 0.087, compared=compared) == "grey"


def test_the_rules_of_pages_over_several_days_of_a_route_are_judged_too():
    ids = {rule.id for rule in rules().rules if rule.window in ("7d", "28d") and rule.scope == "route"}
    assert ids
    assert ids <= set(BY_ID)


def written(tmp_path, *changes):
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "rules.toml"
    path.write_text(RULES.read_text(encoding="utf-8") + text, encoding="utf-8")
    return rules_of_days(path)


def test_a_rule_is_read_from_the_file_of_all_rules(tmp_path):
    assert written(tmp_path)[-1].limits["amber"].exit == 12


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('kpi = "margin_cm2_share"', 'kpi = "flights"', "no KPI of sums"),
        ("days = 28", "days = 0", "number of days"),
        ("minimum = 12", "minimum = 0", "sample"),
        ("enter_percent = 0", "enter_percent = 13", "limits must rise"),
        ("enter_percent = 12 }", "enter_percent = 12, exit_percent = 11 }", "before it is entered"),
        ("enter_percent = 12 }", "enter_points = 12 }", "enter_percent"),
        ("days = 28", 'days = 28\nagainst = "lunch"', "none of"),
        ("days = 28", 'days = 28\nagainst = "days_before"', "belong together"),
        ("days = 28", 'days = 28\nagainst = "target"\nevidence = "wilson"', "wilson judges"),
        ("days = 28", "days = 28\nhold_minutes = 3", "is unknown"),
        ('id = "x"', 'id = "cm2_route_28d"', "earlier rule"),
        ('title = { es = "t", en = "t" }', 'title = { es = "t" }', "each of es, en"),
    ],
)
def test_a_bad_rule_is_refused_with_its_line(tmp_path, old, new, sentence):
    with pytest.raises(RuleError, match=sentence) as refused:
        written(tmp_path, (old, new))
    assert "rules.toml:" in f"{refused.value}"


def row(rule: DayRule, route: str, **values):
    return {
        "rule_id": rule.id, "route": route, "value": -3.24, "n": 60, "limit": 0.0, "compared": None,
        "data_label": "datos sintéticos",
    } | values  # fmt: skip


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_daily_message_groups_routes_by_rule_and_carries_the_label(language):
    rows = [row(CM2, f"MEX-{number:03}") for number in range(MOST_NAMED + 2)]
    rows.append(row(YEAR, "MEX-CUN", value=-14.6, compared=0.0931))
    message = compose("2026-11-29", rows, BY_ID, language, "http://127.0.0.1:8501/")
    assert message.subject.isascii()
    assert len(message.subject) <= 100
    assert f"{MOST_NAMED + 3}" in message.subject
    assert message.body.count("MEX-0") == MOST_NAMED
    for part in (CM2.title[language], CM2.action[language], "-14.6 %", "0.0931", "datos sintéticos", "8501"):
        assert part in message.body
