"""Feed partner/surveys: answers on the scale that is declared; anything outside it is refused."""

import pytest

from aero_assets.feeds import find
from aero_cli.feeds.feed_template import template
from tests.judging import judged

FEED = find("partner/surveys")


def read(text):
    return [row["reason"] or (row["recommendation"], row["satisfaction"]) for row in judged(FEED, text)]


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("Folio,Fecha,Vuelo,NPS\n1,2026-11-01,AM905,9\n2,2026-11-01,AM905,0\n", [(9, None), (0, None)]),
        ("Folio;Fecha;Vuelo;Satisfacción (1-5)\n1;2026-11-01;AM905;5\n", [(None, 5)]),
        ("Id,Date,Flight,Recommendation,CSAT\n1,2026-11-01,AM905,10,1\n2,2026-11-01,AM905,,3\n", [(10, 1), (None, 3)]),
        ("Escala: 0-10\nFolio,Fecha,Vuelo,Calificación\n1,2026-11-01,AM905,7\n", [(7, None)]),
        ("Folio,Fecha,Vuelo,Score,Scale\n1,2026-11-01,AM905,4,1-5\n2,2026-11-01,AM905,4,NPS\n", [(None, 4), (4, None)]),
    ],
)
def test_a_score_counts_on_the_scale_that_is_declared(text, scores):
    assert read(text) == scores


REFUSED = {
    "unknown_scale": "Folio,Fecha,Vuelo,Score\n1,2026-11-01,AM905,4\n",
    "out_of_scale": "Escala: 1-5\nFolio,Fecha,Vuelo,Score\n1,2026-11-01,AM905,6\n",
    "contradictory_rows": "Folio,Fecha,Vuelo,Score,Escala,NPS\n1,2026-11-01,AM905,6,0-10,7\n",
    "missing_value": "Folio,Fecha,Vuelo,NPS\n1,2026-11-01,AM905,n/a\n",
    "bad_value": "Folio,Fecha,Vuelo,NPS\n1,2026-11-01,AM905,9/10\n",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_row(reason):
    [row] = judged(FEED, REFUSED[reason])
    assert row["reason"] == reason
    assert "row " in row["message"]


@pytest.mark.parametrize(
    ("column", "score"), [("NPS", "11"), ("NPS", "-1"), ("CSAT", "0"), ("CSAT", "6"), ("NPS", "8.5")]
)
def test_a_score_outside_its_scale_is_refused(column, score):
    assert read(f"Folio,Fecha,Vuelo,{column}\n1,2026-11-01,AM905,{score}\n")[0] in ("out_of_scale", "bad_value")


def test_the_template_is_a_table_of_the_feed_named_partner_surveys():
    [row] = judged("partner/surveys", template(FEED, "es").replace("EJEMPLO: borre esta línea", ""))
    assert (row["reason"], row["recommendation"], row["satisfaction"]) == (None, 9, 5)
