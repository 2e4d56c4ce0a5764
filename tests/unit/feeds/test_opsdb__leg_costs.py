"""Feed opsdb/leg_costs: what a row of the database becomes, and every reason to refuse one."""

import pytest

from aero_assets.feeds import find
from tests.unit.feeds.table_rows import accepted, refused

FEED = find("opsdb/leg_costs")
REFUSED = {
    "unknown_basis": {"basis": "guess"},
    "unknown_cost_line": {"driver": "wishes"},
    "counted_from_one": {"row_version": 0},
    "impossible_amount": {"amount_usd": 2_000_000_000},
    "amount_mismatch": {"basis": "standard", "quantity": 100, "usd_per_unit": 2, "amount_usd": 20_000},
    "bad_code": {"leg_uid": "AM0905"},
    "missing_value": {"amount_usd": None},
    "bad_value": {"quantity": "much"},
}


def test_every_cost_line_of_the_airline_is_accepted():
    rows = accepted("leg_costs")
    assert {row["basis"] for row in rows} == {"standard", "actual"}


def test_an_amount_is_its_quantity_times_its_rate_as_far_as_three_decimals_tell():
    for row in accepted("leg_costs"):
        if row["basis"] == "standard":
            assert row["amount_usd"] == pytest.approx(
                row["quantity"] * row["usd_per_unit"], abs=0.01 + 0.0006 * row["usd_per_unit"]
            )


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_reason(reason):
    assert refused("leg_costs", **REFUSED[reason]) == reason


def test_every_rule_of_the_register_has_a_row_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()
