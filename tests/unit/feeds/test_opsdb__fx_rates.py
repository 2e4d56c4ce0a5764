"""Feed opsdb/fx_rates: a rate, its correction and its removal, and every reason to refuse a row."""

from datetime import datetime

import pytest

from aero_assets.feeds import find
from tests.unit.feeds.table_rows import WINDOW_END, accepted, refused, rows, typed

FEED = find("opsdb/fx_rates")
REFUSED = {
    "bad_rate": {"usd_per_unit": 0},
    "counted_from_one": {"row_version": 0},
    "bad_code": {"published_by": "1"},
    "missing_value": {"published_by": None},
    "bad_value": {"usd_per_unit": "par"},
}


@pytest.mark.parametrize("wrong", [{"usd_per_unit": 17.3}, {"usd_per_unit": -1}, {"currency": "pesos"}])
def test_a_rate_the_other_way_round_or_of_no_currency_is_refused(wrong):
    assert refused("fx_rates", **wrong) == "bad_rate"


def test_every_rate_of_the_airline_is_accepted():
    assert {row["currency"] for row in accepted("fx_rates")} >= {"MXN", "EUR", "CAD"}


def test_a_removed_rate_is_its_last_row_with_the_time_at_which_that_was_noticed():
    [row] = typed("fx_rates", rows("fx_rates")[0] | {"row_version": 4, "deleted_at": WINDOW_END})
    assert row["deleted_at"] == datetime(2026, 11, 6, 18)  # noqa: DTZ001 - typed times are UTC without a zone
    assert row["version"] == 4


@pytest.mark.parametrize("reason", REFUSED)
def test_a_row_that_breaks_a_rule_is_refused_with_its_reason(reason):
    assert refused("fx_rates", **REFUSED[reason]) == reason


def test_every_rule_of_the_register_has_a_row_that_breaks_it():
    assert {rule.code for rule in FEED.rules} <= REFUSED.keys()
