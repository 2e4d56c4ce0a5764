"""The merge table exists twice, for Python and for dbt: this holds the two together."""

from pathlib import Path

import pytest
import yaml

from aero_streaming.merge import FIELDS, MAX_TEXT, PRIORITY, SOURCES, VALUE_AT, VERSION

PROJECT = Path(__file__).parents[3] / "dbt_project"
VARS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def test_dbt_has_the_same_version():
    assert VARS["merge_version"] == VERSION


def test_dbt_has_the_same_priorities():
    assert VARS["merge_priority"] == PRIORITY


def test_dbt_has_the_same_fields():
    declared = {
        field.name: {"type": field.type, "class": field.field_class, "attempt": field.attempt} for field in FIELDS
    }
    assert VARS["merge_fields"] == declared
    assert list(VARS["merge_fields"]) == list(declared)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_query_merges_every_field(field):
    query = (PROJECT / "macros/merged_legs.sql").read_text(encoding="utf-8")
    assert f"{{{{ merge_key('{field.name}') }}}} as {field.name}" in query
    assert f"{{{{ merge_attempts('{field.name}') }}}} as {field.name}" in query


@pytest.mark.parametrize("field", [field for field in FIELDS if field.type == "text"], ids=lambda field: field.name)
def test_a_text_that_python_refuses_stops_its_day_in_sql(field):
    path = PROJECT / "tests/intermediate/legs/leg_facts_have_what_the_merge_needs.sql"
    assert f"or length({field.name}) not between 1 and {MAX_TEXT}\n" in path.read_text(encoding="utf-8")


def test_sql_cuts_the_value_where_python_does():
    macros = (PROJECT / "macros/leg_merge.sql").read_text(encoding="utf-8")
    assert f"', {VALUE_AT + 1}, 256)'" in macros


def test_the_order_of_sources_is_the_one_decided():
    """ACARS/MVA > MVT > operational events > database > partner file > ADS-B > schedule."""
    order = ["acars", "mvt", "ops_event", "database", "partner_file", "adsb", "schedule"]
    ranks = [PRIORITY["operational"][source] for source in order]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ranks)
    assert PRIORITY["operational"]["acars"] == PRIORITY["operational"]["mva"]
    assert max(PRIORITY["passengers"], key=PRIORITY["passengers"].__getitem__) == "ldm"
    assert max(PRIORITY["delay_codes"], key=PRIORITY["delay_codes"].__getitem__) == "database"
    assert set(SOURCES) == {*order, "mva", "ldm"}
