"""What partners publish by month: from the files as published to the marts, every sum the file's own."""

from decimal import Decimal

import pytest

from tests.dbt.partner_files import arrive

JANUARY, FEBRUARY = "2024-01-01", "2024-02-01"
SELECT = ("--select", "marts.network", "--exclude-resource-type", "unit_test")
T100 = "traffic/bts_t100i_segment_all_carrier_2024-01.csv.gz"
#: Kilometres of a statute mile.
MILE = Decimal("1.609344")


@pytest.fixture(scope="module")
def traffic(built, shared_data, tmp_path_factory):
    """The sample with a month of T-100; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("traffic") / "copy")
    arrive(warehouse, "partner/t100_segment", shared_data / T100)
    warehouse.build(*SELECT, dates=[JANUARY])
    return warehouse


def test_a_carrier_s_month_is_what_t100_says_of_it(traffic):
    assert traffic.rows("""
        select count(*), sum(departures), sum(seats), sum(passengers), sum(departures_scheduled),
               sum(departures_with_schedule)
        from network.fct_carrier_route_month where carrier = 'AM'
    """) == [(33, 1_962, 335_213, 295_947, 0, 0)]


def test_a_load_factor_is_of_seat_kilometres(traffic):
    [(seat_km, passenger_km)] = traffic.rows(
        "select sum(seat_km), sum(passenger_km) from network.fct_carrier_route_month where carrier = 'AM'"
    )
    assert (seat_km / MILE, passenger_km / MILE) == (534_033_843, 470_341_141)


def test_only_the_month_that_is_asked_for_is_replaced(traffic):
    before = traffic.rows("select * from network.fct_carrier_route_month order by all")
    traffic.build(*SELECT, dates=[FEBRUARY])
    assert traffic.rows("select * from network.fct_carrier_route_month order by all") == before
