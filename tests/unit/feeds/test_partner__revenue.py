"""Feed partner/revenue: what finance says was earned, per coupon or per flight, with taxes apart."""

import pytest

from aero_assets.feeds import find
from aero_cli.feeds.feed_template import template
from tests.judging import judged

FEED = find("partner/revenue")
REFUSED = {
    "negative_amount": "2026-11-01,AM905,,,-5,,,,,MXN",
    "missing_value": "2026-11-01,AM905,,,,,,,,MXN",
    "total_mismatch": "2026-11-01,AM905,,,100,90,5,,,MXN",
    "unknown_currency": "2026-11-01,AM905,,,100,,,,,",
    "bad_value": "2026-11-01,AM905,,intermedia,100,,,,,MXN",
}
HEADER = "Fecha,Vuelo,Boleto,Cabina,Ingreso,Tarifa,Ancillaries,TUA,IVA,Moneda"


def read(*lines):
    rows = judged(FEED, "\n".join((HEADER, *lines, "")))
    names = ("coupons", "cabin", "status", "revenue", "fare", "ancillary", "tua")
    return [row["reason"] or tuple(row[name] for name in names) for row in rows]


def test_one_figure_for_a_flight_is_revenue_without_a_fare_and_without_a_number_of_coupons():
    assert read("2026-11-01,AM905,,,412500.5,,,,,MXN") == [(None, "unknown", "flown", 412500.5, None, None, None)]


def test_a_coupon_has_fare_extras_and_taxes_and_is_one():
    assert read("2026-11-01,AM905,1392400000001,Clase Premier,105,100,5,30.3,16,USD") == [
        (1, "premium", "flown", 105, 100, 5, 30.3)
    ]
    assert read("2026-11-01,AM905,1392400000001,Y,,100,5,30.3,16,USD") == [(1, "economy", "flown", 105, 100, 5, 30.3)]


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_row(reason):
    [row] = judged(FEED, f"{HEADER}\n{REFUSED[reason]}\n")
    assert row["reason"] == reason
    assert "row 2" in row["message"]


def test_the_template_is_a_table_of_the_feed():
    [row] = judged(FEED, template(FEED, "en").replace("EXAMPLE: delete this line", ""))
    assert (row["reason"], row["coupons"], row["revenue"]) == (None, 128, 412500)
