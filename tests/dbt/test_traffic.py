"""Monthly figures of partners: from the files as published to the marts, every sum is the file's own."""

import csv
import gzip
import shutil
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.dbt.partner_files import ARRIVED, arrive
from tests.unit.feeds import afac_workbooks as afac
from tests.unit.feeds import test_partner__t100_segment as t100

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


def test_carriers_share_their_market_as_in_the_file_itself(traffic, shared_data):
    seats, passengers = Counter(), Counter()
    with gzip.open(shared_data / T100, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = ("-".join(sorted((row["ORIGIN"], row["DEST"]))), row["CARRIER"])
            seats[key] += int(float(row["SEATS"]))
            passengers[key] += int(float(row["PASSENGERS"]))
    rows = traffic.rows("""
        select market, carrier, seats, passengers, seat_share, seat_rank, seat_hhi, passenger_km / nullif(seat_km, 0)
        from network.fct_market_month
    """)
    assert {(market, carrier): (held, flown) for market, carrier, held, flown, *_ in rows} == {
        key: (seats[key], passengers[key]) for key in seats
    }
    markets = defaultdict(list)
    for (market, _), held in seats.items():
        markets[market].append(held)
    for market, _, held, _, share, place, hhi, _ in rows:
        together = sum(markets[market])
        assert place == 1 + sum(other > held for other in markets[market])
        assert (share is None) == (together == 0)
        if together:
            assert share == pytest.approx(held / together)
            assert hhi == pytest.approx(sum((100 * other / together) ** 2 for other in markets[market]))
    assert {row[:2]: row[5] for row in rows}["JFK-MEX", "AM"] == 1
    assert max(len(carriers) for carriers in markets.values()) > 3


def test_only_the_month_that_is_asked_for_is_replaced(traffic):
    before = traffic.rows("select * from network.fct_carrier_route_month order by all")
    traffic.build(*SELECT, dates=[FEBRUARY])
    assert traffic.rows("select * from network.fct_carrier_route_month order by all") == before


def test_a_segment_that_is_published_again_is_counted_as_it_was_said_last(built, tmp_path):
    warehouse = built.copy(tmp_path / "copy")
    record = t100.RECORD
    two = record.replace(",MIA,", ",JFK,").replace(",1277,", ",2090,").replace(",3,F", ",5,F")
    for number, records in enumerate(([record, two], [record.replace(",3486,2986,", ",3486,3001,")])):
        file = tmp_path / f"{number}.txt"
        file.write_text("\n".join([",".join(t100.FEED.header), *records, ""]))
        arrive(warehouse, "partner/t100_segment", file, ARRIVED + timedelta(days=number))
    warehouse.build(*SELECT, dates=[JANUARY])
    assert warehouse.rows("""
        select route, departures, passengers from network.fct_carrier_route_month order by route
    """) == [("JFK-MEX", 21, 2_986), ("MIA-MEX", 21, 3_001)]


AFAC = "traffic/afac_sase/sase-{}.xlsx"
JULY, DECEMBER = AFAC.format("julio-2022-26082022"), AFAC.format("diciembre-2022-26012023")
YEAR = [f"2022-{month:02d}-01" for month in range(1, 13)]
BY_SHEET = """
    select service || ' ' || market, sum(flights)::int, sum(passengers)::int, round(sum(cargo_kg))::bigint
    from network.fct_city_pair_month group by 1 order by 1
"""


@pytest.fixture(scope="module", params=[(JULY, DECEMBER), (DECEMBER, JULY)], ids=["in order", "the earlier one late"])
def editions(request, built, shared_data, tmp_path_factory):
    """The sample with two editions of 2022, whichever arrived first; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("editions") / "copy")
    for number, file in enumerate(request.param):
        done = arrive(warehouse, "partner/afac_sase", shared_data / file, ARRIVED + timedelta(days=number))
        assert done.outcome.balanced
        warehouse.build(*SELECT, dates=list(done.dates_touched))
    return warehouse


def test_the_later_edition_wins_and_its_sums_are_the_workbook_s(editions):
    assert editions.rows(BY_SHEET) == [
        ("FLET INT", 13_433, 463_225, 76_999_634),
        ("FLET NAC", 17_656, 58_715, 114_505_348),
        ("REG INT", 378_592, 49_692_226, 680_855_840),
        ("REG NAC", 432_675, 57_163_392, 127_651_078),
    ]


def test_every_pair_month_that_was_restated_is_listed(editions):
    assert editions.rows("""
        select service || ' ' || market, count(*)::int from network.fct_city_pair_restatement group by 1 order by 1
    """) == [("FLET INT", 43), ("REG INT", 48)]
    assert editions.rows("""
        select count(distinct (service, origin_city, destination_city))::int from network.fct_city_pair_restatement as r
        where not exists (
            select * from staging.stg_partner__afac_sase as s
            where s.edition_at = r.previous_edition_at
                and (s.service, s.market, s.origin_city, s.destination_city)
                = (r.service, r.market, r.origin_city, r.destination_city)
        )
    """) == [(8,)]


def test_january_was_restated_by_the_difference_of_the_workbooks(editions):
    assert editions.rows("""
        select sum(flights_after - flights_before)::int from network.fct_city_pair_restatement
        where month_start_on = '2022-01-01' and service = 'REG' and market = 'INT'
    """) == [(33_516 - 33_476,)]
    assert editions.rows("""
        select edition_at::date::varchar, sum(flights)::int from staging.stg_partner__afac_sase
        where month_start_on = '2022-01-01' and service = 'REG' and market = 'INT' group by 1 order by 1
    """) == [("2022-08-18", 33_476), ("2023-01-23", 33_516)]


def saved_again(file, target, when=datetime(2024, 3, 1, 10)):  # noqa: DTZ001 - as workbooks write it, in UTC
    """The same workbook, saved again by somebody at a later time."""
    shutil.copyfile(file, target)
    afac.replace_part(target, "docProps/core.xml", afac.core(when))
    return target


def test_an_edition_that_somebody_saved_again_later_is_the_edition_that_it_was(editions, shared_data, tmp_path):
    warehouse = editions.copy(tmp_path / "again")
    again = saved_again(shared_data / JULY, tmp_path / "sase-julio-2022.xlsx")
    done = arrive(warehouse, "partner/afac_sase", again, ARRIVED + timedelta(days=9))
    warehouse.build(*SELECT, dates=list(done.dates_touched))
    january = "select sum(flights)::int from network.fct_city_pair_month where month_start_on = '2022-01-01' "
    assert warehouse.rows(january + "and service = 'REG' and market = 'INT'") == [(33_516,)]
    assert warehouse.rows(BY_SHEET) == editions.rows(BY_SHEET)
    restated = "select * from network.fct_city_pair_restatement order by all"
    assert warehouse.rows(restated) == editions.rows(restated)


def test_a_correction_of_the_same_months_counts_though_the_first_one_is_saved_again(built, tmp_path):
    warehouse = built.copy(tmp_path / "copy")
    first = afac.write(tmp_path / "first.xlsx")
    more = {**afac.ROWS, "REG NAC": [(("MEXICO", "CANCUN"), {1: (11, 1500, 20.5), 2: (9, 1400, 0)})]}
    corrected = afac.write(tmp_path / "corrected.xlsx", more, saved=afac.SAVED + timedelta(days=30))
    again = saved_again(first, tmp_path / "again.xlsx")
    for number, file in enumerate((again, corrected, first)):
        arrive(warehouse, "partner/afac_sase", file, ARRIVED + timedelta(days=number))
    warehouse.build(*SELECT, dates=YEAR)
    january = "select flights from network.fct_city_pair_month where market = 'NAC' and month_start_on = '2022-01-01'"
    assert sorted(warehouse.rows(january)) == [(1,), (11,)]


def test_a_pair_that_the_later_edition_no_longer_has_is_gone(built, tmp_path):
    """The whole month is superseded, not pair by pair; what was said of it before stays in staging."""
    warehouse = built.copy(tmp_path / "copy")
    fewer = {**afac.ROWS, "REG NAC": [*afac.ROWS["REG NAC"], (("MEXICO", "TIJUANA"), {1: (3, 300, 0)})]}
    first = afac.write(tmp_path / "first.xlsx", fewer)
    second = afac.write(tmp_path / "second.xlsx", saved=afac.SAVED + timedelta(days=30))
    for number, file in enumerate((first, second)):
        arrive(warehouse, "partner/afac_sase", file, ARRIVED + timedelta(days=number))
    warehouse.build(*SELECT, dates=YEAR)
    pairs = "select origin_city, destination_city from network.fct_city_pair_month where market = 'NAC' group by all"
    assert sorted(warehouse.rows(pairs)) == [("MEXICO", "CANCUN"), ("TOLUCA", "LA PAZ")]
    assert warehouse.rows("""
        select destination_city, flights_before, flights_after from network.fct_city_pair_restatement
    """) == [("TIJUANA", 3, 0)]
