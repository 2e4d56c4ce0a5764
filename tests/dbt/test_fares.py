"""Fares that partners publish: from the files as published to the marts."""

from decimal import Decimal

import pytest

from tests.dbt.partner_files import arrive

SELECT = ("--select", "fct_contract_fare", "fct_route_fare_quarter")


@pytest.fixture(scope="module")
def fares(built, shared_data, tmp_path_factory):
    """The sample with a fiscal year of contract fares and a quarter of market fares; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("fares") / "copy")
    contract = arrive(warehouse, "partner/gsa_fares", shared_data / "fares" / "gsa_city_pair_fares_fy2025.parquet")
    market = arrive(warehouse, "partner/db1b_fares", shared_data / "fares" / "db1b_route_summary_2025q2.parquet")
    assert contract.outcome.balanced
    assert market.outcome.balanced
    warehouse.build(*SELECT, dates=[*contract.dates_touched, *market.dates_touched])
    return warehouse


def test_contract_fares_add_up_to_the_file_and_none_of_them_is_zero(fares):
    assert fares.rows("""
        select count(*), sum(yca_fare_usd), sum(ca_fare_usd), min(ca_fare_usd) > 0, count(business_fare_usd)
        from commercial.fct_contract_fare
    """) == [(14_105, 6_306_106, 2_762_170, True, 14_105 - 13_249)]
    assert fares.rows("select count(*) from commercial.fct_contract_fare where 'MEX' in (origin, destination)") == [
        (55,)
    ]


def test_one_fare_holds_on_any_day_of_the_year(fares):
    """Fares that changed within the year follow one another."""
    assert fares.rows("""
        select count(*) from commercial.fct_contract_fare as one
        inner join commercial.fct_contract_fare as other
            on one.route = other.route and one.carrier = other.carrier and one.effective_on < other.effective_on
        where other.effective_on <= one.expires_on
    """) == [(0,)]


def test_market_fares_add_up_to_the_file(fares):
    [(routes, passengers, revenue, small)] = fares.rows("""
        select count(*), sum(sampled_passengers), sum(sampled_revenue_usd), count(*) filter (is_small_sample)
        from commercial.fct_route_fare_quarter where quarter_start_on = '2025-04-01'
    """)
    assert (routes, passengers) == (37_048, 16_125_543)
    assert abs(revenue - Decimal("3532552951.65")) < 1
    assert 0.35 < small / routes < 0.45
