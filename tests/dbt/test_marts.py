"""The marts of the sample equal figures that were counted by hand."""

from decimal import Decimal

import pytest

from tests.dbt.typed_lake import FIRST, SECOND, THIRD


def test_every_leg_of_the_sample_is_there_once(built):
    assert built.rows("select operating_date::varchar, count(*) from operations.fct_leg group by 1 order by 1") == [
        (FIRST, 13),
        (SECOND, 7),
        (THIRD, 1),
    ]


@pytest.mark.parametrize(
    ("number", "departure", "arrival", "operated"),
    [
        (3, 14, 14, True),  # 14:59 is 14
        (4, 15, 15, True),
        (9, None, None, False),  # cancelled
        (10, 20, None, False),  # cancelled after leaving the gate
        (11, 5, None, True),  # diverted
        (12, -2, None, True),  # diverted, its arrival elsewhere known
        (13, 3, None, True),  # not arrived yet
        (22, -1, -1, True),  # half a minute early
        (24, 30, 15, True),
        (27, 840, 845, True),  # arrived on the next day
    ],
)
def test_delays_are_whole_minutes_of_the_legs_that_have_them(built, number, departure, arrival, operated):
    sql = "select departure_delay_minutes, arrival_delay_minutes, is_operated from operations.fct_leg"
    assert built.rows(f"{sql} where flight_number = {number}") == [(departure, arrival, operated)]


def test_the_sums_of_a_route_day(built):
    columns = (
        "scheduled_legs, cancelled_legs, diverted_legs, operated_legs, departed_legs, dep_on_time_d0_legs, "
        "dep_late_15_legs, departure_delay_minutes, net_departure_delay_minutes, arrived_legs, arr_late_15_legs, "
        "arr_late_60_legs, arr_late_120_legs, arr_late_240_legs, arrival_delay_minutes, net_arrival_delay_minutes, "
        "scheduled_block_minutes, block_legs, block_minutes, block_legs_scheduled_minutes, taxi_out_legs, "
        "taxi_out_minutes, air_legs, taxi_in_legs, taxi_in_minutes, distance_km, operated_distance_km"
    )
    [row] = built.rows(f"select {columns} from operations.fct_route_day where operating_date = '{FIRST}'")
    late = 14 + 15 + 1 + 60 + 120 + 250 + 20 + 5 + 3
    came = 14 + 15 + 16 + 60 + 120 + 240
    block = 8 * 120 + (0 + 0) + (-9 + 7) + 0 + 0 + (16 - 1) + 0 + 0 + (240 - 250)
    assert row[:16] == (13, 2, 2, 11, 12, 3, 5, late, late - 9, 8, 5, 3, 2, 1, came, came - 9)
    assert row[16:25] == (13 * 120, 8, block, 8 * 120, 11, 11 * 12, 8, 8, 8 * 5)
    assert row[25:] == (Decimal("2092.1472"), Decimal("1770.2784"))


def test_carriers_and_routes_count_the_same_legs(built):
    [by_carrier] = built.rows("select sum(scheduled_legs), sum(arrived_legs) from operations.fct_carrier_day")
    [by_route] = built.rows("select sum(scheduled_legs), sum(arrived_legs) from operations.fct_route_day")
    assert by_carrier == by_route == (21, 15)


def test_minutes_by_cause(built):
    rows = built.rows(
        "select cause, sum(delayed_legs)::int, sum(delay_minutes)::int from operations.fct_delay_cause_day "
        "group by 1 order by 1"
    )
    assert rows == [
        ("carrier", 3, 875),
        ("late_aircraft", 3, 266),
        ("nas", 1, 10),
        ("security", 1, 40),
        ("weather", 1, 120),
    ]


def test_every_otp_definition_on_the_first_day(built):
    rows = built.rows(
        "select definition, sum(legs)::int, sum(on_time_legs)::int, sum(unknown_legs)::int "
        f"from operations.fct_otp_day where operating_date = '{FIRST}' group by 1 order by 1"
    )
    assert rows == [
        ("cirium_a14", 10, 3, 0),  # 8 arrived, 2 diverted; the leg that has not arrived is not tracked
        ("d0", 11, 3, 0),
        ("d15", 11, 7, 0),
        ("dot_a14", 13, 3, 1),
        ("eurocontrol", 11, 4, 1),  # 15 is on time
        ("oag_a14", 13, 3, 1),
    ]


def test_airports_carriers_and_days_can_be_joined(built):
    assert built.rows("select count(*), min(date_day)::varchar, max(date_day)::varchar from reference.dim_date") == [
        (17624, "1987-10-01", "2035-12-31")
    ]
    assert built.rows(
        "select iso_day_of_week, is_weekend, week_start_on::varchar, month_start_on::varchar, quarter_number "
        "from reference.dim_date where date_day = '2015-02-01'"
    ) == [(7, True, "2015-01-26", "2015-02-01", 1)]
    assert built.rows("select zone from reference.dim_airport where iata = 'MEX'") == [("America/Mexico_City",)]
    assert built.rows(
        "select count(*), count(distinct carrier_group) from reference.dim_carrier where iata in ('AM', '5D')"
    ) == [(2, 1)]


def test_a_leg_of_an_airport_with_two_zone_rows_is_not_doubled(built):
    assert built.rows("select count(*) - count(distinct iata) from reference.dim_airport") == [(0,)]
