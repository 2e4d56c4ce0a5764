"""Legs of the operational database in the marts: it codes delays first, and elsewhere gives way to whoever saw more."""

from datetime import datetime

import pytest

from aero_assets.feeds import find
from tests.dbt.typed_lake import AIRLINE, FOURTH, _row, airline_leg, write

DATABASE = find("opsdb/legs")
SELECT = ("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
LEG = "select {} from operations.fct_leg where operating_date = '" + FOURTH + "' and flight_number = {}"


def database_leg(number, dep=0, arr=0, **said):
    """The leg of `airline_leg` as the database has it."""
    facts = {"carrier": "AM", "origin": "MEX", "destination": "CUN", "tail": f"XA{number}", "distance_miles": 800}
    facts |= {"aircraft_type": "7M8", "seats": 166, "passengers": 140, "data_label": "datos sintéticos"}
    row = _row(DATABASE, number, FOURTH, dep, arr, facts | {"source": "database", "attempt": 1, "version": 2} | said)
    return {name: value for name, value in row.items() if name in {column.name for column in DATABASE.columns}}


@pytest.fixture(scope="module")
def both(built, tmp_path_factory):
    """The sample with a day that an airline's files and its database both tell of; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("database") / "copy")
    files = [
        airline_leg(200, 20, 30, delay_codes="93:20", passengers=141),
        airline_leg(201, 20, None, delay_codes="93:20"),
    ]
    write(warehouse.lake, files, arrived="2015-01-05-0aaa0aaa", feed=AIRLINE)
    withdrawn = datetime(2015, 1, 6)  # noqa: DTZ001 - the lake holds UTC without a zone
    rows = [
        database_leg(200, 20, 30, version=1, delay_codes="93:20"),
        database_leg(200, 20, 30, version=3, delay_codes="41:20", passengers=150),
        database_leg(201, 20, 25, version=2, delay_codes="93:20"),
        database_leg(202, 5, 6),
        database_leg(203, 5, 6, version=1),
        database_leg(203, 5, 6, version=2, deleted_at=withdrawn),
    ]
    write(warehouse.lake, rows, arrived="2015-01-05-0bbb0bbb", feed=DATABASE)
    warehouse.build(*SELECT, dates=[FOURTH])
    return warehouse


def test_delay_codes_are_those_of_the_database_as_reviewed(both):
    said = "delay_codes, carrier_delay_minutes, late_aircraft_delay_minutes"
    assert both.rows(LEG.format(said, 200)) == [("41:20", 20, 0)]


def test_an_arrival_that_the_airline_never_sent_is_known_from_the_database(both):
    assert both.rows(LEG.format("arrival_delay_minutes", 201)) == [(25,)]


def test_a_leg_that_only_the_database_knows_is_a_leg(both):
    assert both.rows(LEG.format("departure_delay_minutes, passengers, data_label", 202)) == [
        (5, 140, "datos sintéticos")
    ]


def test_a_leg_that_was_withdrawn_is_none(both):
    assert both.rows(LEG.format("count(*)", 203)) == [(0,)]
