"""Feed partner/targets: targets of months as planners write them, in words of both languages."""

import pytest

from aero_assets.feeds import find
from aero_cli.feeds.feed_template import template
from aero_streaming.figures import figures
from tests.judging import judged

FEED = find("partner/targets")
TABLE = FEED.layout.table
assert TABLE is not None
PLANNED = TABLE.columns["KPI"].words
REFUSED = {
    "impossible_target": "2026-11,MEX-CUN,Puntualidad,0.885",
    "bad_value": "noviembre,MEX-CUN,Puntualidad,88",
    "missing_value": "2026-11,MEX-CUN,Puntualidad,",
    "unknown_route": "2026-11,MEX-QQQ,Puntualidad,88",
}
HEADER = "Mes,Ruta,Indicador,Meta"


def read(*lines):
    rows = judged(FEED, "\n".join((HEADER, *lines, "")))
    names = ("month_start_on", "origin", "destination", "kpi", "target_value")
    return [row["reason"] or tuple(f"{row[name]}" for name in names) for row in rows]


@pytest.mark.parametrize(
    "month",
    ["2026-11", "2026/11", "11/2026", "nov-2026", "Noviembre de 2026", "November 2026", "2026-11-01", "27-nov-2026"],
)
def test_a_month_is_read_as_people_write_it(month):
    assert read(f"{month},MEX-CUN,Puntualidad,88.5") == [("2026-11-01", "MEX", "CUN", "otp_a14", "88.5")]


@pytest.mark.parametrize("month", ["13/2026", "2026-00", "nov", "11-26"])
def test_what_is_no_month_is_refused(month):
    assert read(f"{month},MEX-CUN,Puntualidad,88.5") == ["bad_value"]


def test_a_row_without_a_route_is_about_the_network():
    assert read("2026-11,,Revenue,1000000") == [("2026-11-01", "", "", "operating_revenue", "1000000.0")]


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_row(reason):
    [row] = judged(FEED, f"{HEADER}\n{REFUSED[reason]}\n")
    assert row["reason"] == reason
    assert "row 2" in row["message"]


def test_one_airport_is_no_route():
    [row] = judged(FEED, "Mes,Origen,Indicador,Meta\n2026-11,MEX,Puntualidad,88\n")
    assert row["reason"] == "one_airport"


def test_every_kpi_that_can_be_planned_is_one_of_the_register():
    assert set(PLANNED) <= set(figures().kpis)


def test_shares_are_planned_in_percent_and_nothing_else_is():
    [rule] = [rule for rule in FEED.rules if rule.code == "impossible_target"]
    shares = {kpi for kpi in PLANNED if figures().kpis[kpi].is_share}
    assert {kpi for kpi in PLANNED if f"'{kpi}'" in rule.when} == shares


@pytest.mark.parametrize(
    ("language", "example"), [("es", "EJEMPLO: borre esta línea"), ("en", "EXAMPLE: delete this line")]
)
def test_the_template_is_a_table_of_the_feed(language, example):
    [row] = judged(FEED, template(FEED, language).replace(example, ""))
    assert (row["reason"], row["kpi"], row["target_value"]) == (None, "otp_a14", 88.5)
