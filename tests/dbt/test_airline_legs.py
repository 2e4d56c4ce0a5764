"""An airline's own reports of its legs: attempts, corrections, load and delay codes, from typed rows to marts."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.dbt.typed_lake import AIRLINE, FIRST, FOURTH, airline_leg, airline_sample, write

SELECT = ("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
LEG = "select {} from operations.fct_leg where operating_date = '" + FOURTH + "' and flight_number = {}"
KM = Decimal("1287.4752")  # 800 statute miles


@pytest.fixture(scope="module")
def airline(built, tmp_path_factory):
    """The sample with a day of an airline's reports beside it; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("airline") / "copy")
    write(warehouse.lake, airline_sample(), arrived="2015-01-05-0aaa0aaa", feed=AIRLINE)
    warehouse.build(*SELECT, dates=[FOURTH])
    return warehouse


def test_a_leg_that_returned_and_was_corrected_is_one_right_leg(airline):
    columns = "attempts, out_at, in_at, departure_delay_minutes, arrival_delay_minutes, block_minutes, taxi_out_minutes"
    assert airline.rows(LEG.format(columns, 100)) == [
        (2, datetime(2015, 1, 4, 10, 20), datetime(2015, 1, 4, 13, 10), 20, 70, 110, 12)  # noqa: DTZ001
    ]
    said = "tail, aircraft_type, seats, passengers, delay_codes, data_label"
    assert airline.rows(LEG.format(said, 100)) == [("XA100", "7M8", 166, 141, "41:12;93:8", "datos sintéticos")]


def test_its_causes_are_those_of_its_last_codes(airline):
    causes = ", ".join(f"{cause}_delay_minutes" for cause in ("carrier", "weather", "nas", "security", "late_aircraft"))
    assert airline.rows(LEG.format(causes, 100)) == [(12, 0, 0, 0, 8)]
    assert airline.rows(LEG.format(causes, 101)) == [(None, None, None, None, None)]


def test_two_legs_of_one_number_stay_two_by_their_suffix(airline):
    rows = airline.rows(LEG.format("operational_suffix, aircraft_type, seat_km", 104) + " order by 1")
    assert rows == [("", "7M8", 166 * KM), ("D", "E90", 99 * KM)]


def test_the_sums_of_the_day(airline):
    columns = (
        "scheduled_legs, cancelled_legs, diverted_legs, operated_legs, departed_legs, dep_late_15_legs, arrived_legs, "
        "arr_late_15_legs, block_legs, block_minutes, passenger_legs, passengers, load_legs, seat_km, passenger_km"
    )
    for mart in ("fct_route_day", "fct_carrier_day"):
        [row] = airline.rows(f"select {columns} from operations.{mart} where operating_date = '{FOURTH}'")
        assert row[:10] == (6, 1, 1, 5, 5, 2, 4, 2, 4, 110 + 3 * 120)
        assert row[10:13] == (4, 141 + 100 + 140 + 99, 4)
        assert row[13:] == ((3 * 166 + 99) * KM, (141 + 100 + 140 + 99) * KM)


def test_minutes_by_code_and_by_cause(airline):
    codes = "select route, scheme, code, delayed_legs, delay_minutes from operations.fct_delay_code_day order by code"
    assert airline.rows(codes) == [
        ("MEX-CUN", "AHM730", "41", 1, 12),
        ("MEX-CUN", "AHM730", "89", 1, 15),
        ("MEX-CUN", "AHM730", "93", 2, 38),
    ]
    causes = f"select cause, delay_minutes from operations.fct_delay_cause_day where operating_date = '{FOURTH}'"
    assert sorted(airline.rows(causes)) == [("carrier", 12), ("late_aircraft", 38), ("nas", 15)]


def test_legs_of_other_sources_have_no_label_type_load_or_codes(airline):
    columns = "data_label, aircraft_type, seats, seat_km, passenger_km, delay_codes"
    assert airline.rows(f"select distinct {columns} from operations.fct_leg where operating_date = '{FIRST}'") == [
        (None,) * 6
    ]


def test_reports_that_come_again_or_in_another_order_change_nothing(airline, tmp_path):
    warehouse = airline.copy(tmp_path / "copy")
    before = warehouse.marts()
    again = [{**row, "received_at": row["received_at"] + timedelta(days=9)} for row in reversed(airline_sample())]
    write(warehouse.lake, again, arrived="2015-01-14-0bbb0bbb", feed=AIRLINE)
    warehouse.build(*SELECT, dates=[FOURTH])
    assert warehouse.marts() == before


def test_a_code_nobody_knows_is_counted_and_said(airline, tmp_path):
    warehouse = airline.copy(tmp_path / "copy")
    write(warehouse.lake, [airline_leg(105, 20, 0, delay_codes="53:20")], "2015-01-05-0ccc0ccc", AIRLINE)
    result = warehouse.dbt("build", *SELECT, dates=[FOURTH])
    assert result.success
    warned = [node.node.name for node in result.result.results if node.status == "warn"]
    assert warned == ["relationships_fct_delay_code_day_code__code__ref_dim_delay_code_"]
    assert warehouse.rows("select delay_minutes from operations.fct_delay_code_day where code = '53'") == [(20,)]


def test_files_of_other_dates_are_not_opened(airline):
    [(_, plan)] = airline.rows(f"explain analyze {airline.compiled('int_leg', dates=[FOURTH])}")
    assert "Scanning Files: 1/2" in plan
    assert "Scanning Files: 0/4" in plan or "EMPTY_RESULT" in plan


def test_the_codes_mean_what_the_domain_says(airline):
    """Late aircraft is the same aircraft, nothing else that is reactionary; who answers is open where it depends."""
    rows = airline.rows(
        "select bts_cause, string_agg(code, ' ' order by code) from reference.dim_delay_code group by 1"
    )
    found = dict(rows)
    carrier = found.pop("carrier").split()
    assert found == {
        "late_aircraft": "93",
        "weather": "71 72 73 75 76 77",
        "nas": "81 82 83 84 86 87 88 89 98",
        "security": "85",
    }
    assert {"41", "91", "94", "95", "99"} <= set(carrier)
    assert len(carrier) + 17 == 84
    answers = "select is_imputable, count(*) from reference.dim_delay_code group by 1"
    assert dict(airline.rows(answers)) == {True: 59, False: 17, None: 8}
