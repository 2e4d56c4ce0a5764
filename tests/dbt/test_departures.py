"""Detailed departures and their siblings: from the files as published to merged legs and their sums."""

import gzip

import pytest

from tests.dbt.partner_files import arrive
from tests.unit.feeds import test_partner__bts_arrivals as bts_arrivals
from tests.unit.feeds import test_partner__bts_cancellations as bts_cancellations

SELECT = ("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
DAYS = ["2022-01-02", "2022-01-28", "2022-12-16"]


@pytest.fixture(scope="module")
def departures(built, shared_data, tmp_path_factory):
    """The sample with a year of departures from Grand Rapids, three days of it built; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("departures") / "copy")
    done = arrive(
        warehouse, "partner/bts_departures", shared_data / "flights" / "bts_detailed_departures_GRR_DL_2022.csv.gz"
    )
    assert (done.outcome.rows_in, done.outcome.rows_out, len(done.dates_touched)) == (3_210, 3_210, 365)
    warehouse.build(*SELECT, dates=DAYS)
    return warehouse


def test_a_line_of_zeros_is_a_cancelled_leg_and_a_leg_without_an_end_has_not_arrived(departures):
    assert departures.rows("""
        select sum(scheduled_legs)::int, sum(cancelled_legs)::int, sum(departed_legs)::int, sum(arrived_legs)::int
        from operations.fct_route_day where origin = 'GRR' group by operating_date order by operating_date
    """) == [(6, 1, 5, 5), (9, 0, 9, 8), (9, 0, 9, 8)]


def test_delays_and_causes_are_those_of_the_file(departures):
    assert departures.rows("""
        select flight_number, departure_delay_minutes, is_diverted, is_operated from operations.fct_leg
        where origin = 'GRR' and operating_date = '2022-12-16' and in_at is null
    """) == [(2706, 243, False, True)]


def test_arrivals_and_cancellations_become_the_same_legs_as_departures(departures, tmp_path):
    """1345 arrived late, 1347 has no arrival and no reason, 2863 was cancelled."""
    never = "DL,01/02/2022,1347,N376NW,ATL,10:10,00:00,125,0,0,00:00,0,0,0,0,0,0"
    files = {
        "bts_arrivals": bts_arrivals.body(bts_arrivals.LATE, never),
        "bts_cancellations": bts_cancellations.body("Cancellations", "DL,01/02/2022,2863,N372NW,DTW,05:30"),
    }
    warehouse = departures.copy(tmp_path / "siblings")
    for feed, text in files.items():
        file = tmp_path / f"{feed}.csv.gz"
        file.write_bytes(gzip.compress(text.encode()))
        done = arrive(warehouse, f"partner/{feed}", file)
        assert done.outcome.rejects == 0
    warehouse.build(*SELECT, dates=["2022-01-01", "2022-01-02"])
    assert warehouse.rows("""
        select flight_number, origin, destination, arrival_delay_minutes, is_cancelled, is_diverted, is_operated
        from operations.fct_leg where operating_date < '2022-01-03'
            and (destination = 'GRR' or (flight_number, operating_date) = (2863, date '2022-01-02'))
        order by flight_number
    """) == [
        (1345, "ATL", "GRR", 30, False, False, True), (1347, "ATL", "GRR", None, False, False, False),
        (2863, "GRR", "DTW", None, True, False, False),
    ]  # fmt: skip
