"""Warnings about legs that cannot be right together: named twice, or flown by one aircraft at once."""

from datetime import timedelta
from typing import Any

from tests.dbt.project import Warehouse
from tests.dbt.typed_lake import FIRST, leg, write

SELECT = ("--select", "int_leg", "fct_leg", "--exclude-resource-type", "unit_test")
TAIL: dict[str, Any] = {"tail": "N999ZZ"}
TIMES = ("std_at", "sta_at", "out_at", "off_at", "on_at", "in_at")


def warned(warehouse: Warehouse, *rows: dict[str, Any]) -> set[str]:
    write(warehouse.lake, rows, arrived="2015-01-04-0ccc0ccc")
    done = warehouse.dbt("build", *SELECT, dates=[FIRST])
    assert done.success
    return {test.node.name for test in done.result.results if test.status == "warn"}


def test_a_leg_that_is_named_twice_is_warned_of(a_copy):
    warehouse = a_copy()
    names: tuple[dict[str, Any], ...] = ({"operational_suffix": "D"}, {"leg_sequence": 2})
    for again in names:
        assert "legs_are_named_once" in warned(warehouse, leg(60), leg(60, **again))


def test_a_flight_under_the_numbers_of_two_partners_is_warned_of_unless_two_aircraft_fly(a_copy):
    warehouse = a_copy()
    # Other legs of the sample leave at the same time for another airport.
    unknown: dict[str, Any] = {"tail": None, "destination": "SFO"}
    known: dict[str, Any] = {"destination": "SFO"}
    partners: tuple[dict[str, Any], ...] = (unknown, {**unknown, "carrier": "DL"})
    for again in partners:
        assert "legs_are_flown_once" in warned(warehouse, leg(60, **unknown), leg(61, **again))
    assert "legs_are_flown_once" not in warned(warehouse, leg(60, **known), leg(61, **known))
    assert "legs_are_flown_once" not in warned(warehouse, leg(60, **unknown), leg(61, **unknown, is_cancelled=True))


def test_an_aircraft_in_two_places_is_warned_of_until_it_has_time_between(a_copy):
    warehouse, first = a_copy(), leg(60, **TAIL)
    assert "aircraft_are_in_one_place" in warned(warehouse, first, leg(61, **TAIL))
    later: dict[str, Any] = {name: first[name] + timedelta(hours=3) for name in TIMES}
    assert "aircraft_are_in_one_place" not in warned(warehouse, first, leg(61, **TAIL, **later))
