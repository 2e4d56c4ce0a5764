"""Feed partner/cargo: the revenue of cargo per flight or air waybill, with its weight."""

import pytest

from aero_assets.feeds import find
from aero_cli.feeds.feed_template import template
from tests.judging import judged

FEED = find("partner/cargo")
REFUSED = {
    "impossible_cargo_weight": "2026-11-01,AM905,139-1,200000,100,MXN",
    "impossible_amount": "2026-11-01,AM905,139-1,10,200000000,MXN",
    "unknown_currency": "2026-11-01,AM905,139-1,10,100,",
    "missing_value": "2026-11-01,AM905,139-1,10,,MXN",
}
HEADER = "Fecha,Vuelo,Guía aérea,Peso (kg),Ingreso de carga,Moneda"


def read(*lines):
    rows = judged(FEED, "\n".join((HEADER, *lines, "")))
    return [row["reason"] or tuple(row[name] for name in ("air_waybill", "weight_kg", "cargo_revenue")) for row in rows]


def test_a_flight_without_air_waybill_has_one_figure_and_a_credit_is_negative():
    assert read("2026-11-01,AM905,,,18500.5,MXN", "2026-11-01,AM906,139-10010010,840.5,-20,USD") == [
        ("", None, 18500.5),
        ("139-10010010", 840.5, -20),
    ]


def test_consignments_of_a_flight_stand_beside_each_other():
    assert len(read("2026-11-01,AM905,139-1,10,100,MXN", "2026-11-01,AM905,139-2,10,100,MXN")) == 2


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_row(reason):
    [row] = judged(FEED, f"{HEADER}\n{REFUSED[reason]}\n")
    assert row["reason"] == reason
    assert "row 2" in row["message"]


@pytest.mark.parametrize(
    ("language", "example"), [("es", "EJEMPLO: borre esta línea"), ("en", "EXAMPLE: delete this line")]
)
def test_the_template_is_a_table_of_the_feed(language, example):
    [row] = judged(FEED, template(FEED, language).replace(example, ""))
    assert (row["reason"], row["weight_kg"], row["cargo_revenue"]) == (None, 840.5, 18500)
