"""Every check has a sentence: everybody who opens its page in Dagster reads that first."""

import pytest

from aero_assets.check_sentences import KINDS, sentence
from aero_assets.dbt import manifest

CASES = {
    "Every row has a leg_uid.": ("not_null", {"column_name": "leg_uid"}, {}),
    "Every row has month, pair.": ("filled", {"columns": ["month", "pair"]}, {}),
    "No two rows agree in month, pair, and no row lacks one of them.":
        ("primary_key", {"columns": ["month", "pair"]}, {}),
    "hour is one of 1, 2, 3, 4, 5, 6, 7, 8 and 2 more.":
        ("accepted_values", {"column_name": "hour", "values": list(range(1, 11))}, {}),
    "Every origin that is given is in dim_airport.iata, where origin <> 'unknown'.":
        ("relationships", {"column_name": "origin", "to": "ref('dim_airport')", "field": "iata"},
         {"where": "origin <> 'unknown'"}),
}  # fmt: skip


def node(kind, asked, config, **more):
    return {"name": "x", "test_metadata": {"name": kind, "kwargs": asked}, "config": config, **more}


@pytest.mark.parametrize("said", CASES)
def test_a_kind_of_test_says_what_it_asks(said):
    assert sentence(node(*CASES[said])) == said


def test_what_people_wrote_comes_first():
    assert sentence(node("not_null", {}, {}, description=" No leg without origin. ")) == "No leg without origin."
    assert sentence(node("odd", {}, {"meta": {"description": "Odd."}})) == "Odd."


def test_a_test_without_description_or_kind_is_called_by_its_name():
    assert sentence({"name": "costs_have_a_leg", "config": {}}) == "Costs have a leg."
    assert sentence(node("odd", {}, {})) == "X."


def test_every_test_of_the_project_has_a_whole_sentence_and_every_kind_is_used():
    tests = [node for node in manifest()["nodes"].values() if node["resource_type"] == "test"]
    assert {test["test_metadata"]["name"] for test in tests if test.get("test_metadata")} == set(KINDS)
    assert len(tests) > 150
    assert [test["name"] for test in tests if not sentence(test).endswith(".")] == []
