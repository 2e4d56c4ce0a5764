"""Feed partner/bookings: snapshots of the books as revenue management keeps them."""

import pytest

from aero_assets.feeds import find
from aero_cli.feeds.feed_template import template
from tests.judging import judged

FEED = find("partner/bookings")
HEADER = "Fecha,Vuelo,Fecha de corte,DTD,Reservas,Ingreso reservado (MXN)"
REFUSED = {
    "bad_value": "2026-11-10,AM905,2026-13-01,,120,",
    "missing_value": "2026-11-10,AM905,,,120,",
    "times_backwards": "2026-11-10,AM905,2026-11-11,,120,",
    "total_mismatch": "2026-11-10,AM905,2026-11-01,8,120,",
    "negative_amount": "2026-11-10,AM905,2026-11-01,,120,-1",
    "ambiguous_number": '2026-11-10,AM905,2026-11-01,,"1,200",',
    "out_of_scale": "2026-11-10,AM905,2026-11-01,,-3,",
}


@pytest.mark.parametrize("line", ["2026-11-10,AM905,2026-11-01,,120,", "2026-11-10,AM905,,9,120,"])
def test_the_days_before_departure_are_said_or_follow_from_the_snapshot(line):
    [row] = judged(FEED, f"{HEADER}\n{line}\n")
    assert (row["reason"], row["days_to_departure"], row["booked_seats"]) == (None, 9, 120)
    assert (row["booked_revenue"], row["currency"]) == (None, None)


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_row(reason):
    [row] = judged(FEED, f"{HEADER}\n{REFUSED[reason]}\n")
    assert row["reason"] == reason
    assert "row 2" in row["message"]


def test_the_template_is_a_table_of_the_feed_named_partner_bookings():
    [row] = judged("partner/bookings", template(FEED, "es").replace("EJEMPLO: borre esta línea", ""))
    assert (row["reason"], row["booked_revenue"], row["currency"]) == (None, 301200, "MXN")
