"""Schema drift is named: what, where, how to fix; a new column alone stops nothing."""

import pytest

from aero_extract.drift import DriftError, drifts, refuse
from aero_extract.tables import TABLES, chosen

LEGS = TABLES["legs"]


def test_a_table_as_it_is_known_has_no_drift():
    for table in TABLES.values():
        assert drifts(table, table.columns) == []


def test_a_column_that_is_gone_stops_the_extract_and_says_what_to_do():
    found = {name: kind for name, kind in LEGS.columns.items() if name != "delay_codes"}
    with pytest.raises(DriftError) as error:
        refuse(drifts(LEGS, found))
    assert str(error.value).startswith(
        "opsdb.legs.delay_codes: column is gone (it was text). Bring it back, or take it out of"
    )
    assert "aero_assets/feeds/opsdb/legs.toml" in str(error.value)


def test_a_column_of_another_type_stops_the_extract():
    with pytest.raises(DriftError, match=r"opsdb.legs.seats: column changed from integer to text\."):
        refuse(drifts(LEGS, LEGS.columns | {"seats": "text"}))


def test_a_new_column_is_told_and_stops_nothing():
    [found] = drifts(LEGS, LEGS.columns | {"gate": "text"})
    refuse([found])
    assert str(found).startswith("opsdb.legs.gate: new column (text); its values are in raw")


def test_a_table_that_is_not_there_is_told_apart_from_one_without_columns():
    with pytest.raises(DriftError, match=r"opsdb\.legs: the table is not there, or the reader may not see it"):
        refuse(drifts(LEGS, {}))


def test_every_difference_is_told_at_once():
    found = LEGS.columns | {"seats": "text", "gate": "text"}
    del found["tail"]
    assert [(drift.column, drift.kind) for drift in drifts(LEGS, found)] == [
        ("tail", "removed"),
        ("seats", "changed"),
        ("gate", "added"),
    ]


def test_tables_are_chosen_by_name_and_a_wrong_one_is_named():
    assert [table.name for table in chosen("legs, fx_rates,legs")] == ["legs", "fx_rates"]
    assert len(chosen("all")) == len(TABLES)
    for wrong, said in (("legs,gates", "gates is unknown"), ("", "no table is unknown")):
        with pytest.raises(ValueError, match=said):
            chosen(wrong)
