"""Figures: how a result is judged, recorded and rendered; and that the recorded ones are what the code would say."""

import json

import pytest

from bench.__main__ import BENCHMARKS, main
from bench.goals import GOALS
from bench.runner import RECORD, Result, entry, judge, merge, report, sentence

KEYS = ["name", "value", "unit", "baseline", "baseline_value", "ratio", "goal", "met", "command", "machine", "commit"]
SLOW = Result("a_build", 9.0, "s", "ratio <= 1.5", "the same by hand", 4.0)


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        ("value < 256", 255.9, True),
        ("value < 256", 256, False),
        ("value <= 256", 256, True),
        ("value > 10", 10, False),
        ("value >= 10", 10, True),
    ],
)
def test_a_goal_is_met_up_to_its_limit(goal, value, met):
    assert Result("x", value, "MB", goal).met is met


@pytest.mark.parametrize(("value", "met"), [(6.0, True), (6.01, False)])
def test_a_ratio_is_what_is_held_against_the_goal_where_there_is_a_baseline(value, met):
    assert Result("x", value, "s", "ratio <= 1.5", "by hand", 4.0).met is met


def test_a_rate_must_reach_its_share_of_the_baseline():
    assert Result("x", 20_000, "rows/s", "ratio >= 0.1", "plain", 199_000).met
    assert not Result("x", 20_000, "rows/s", "ratio >= 0.1", "plain", 202_000).met


def test_a_ratio_without_a_baseline_cannot_be_judged():
    with pytest.raises(ValueError, match="needs a baseline"):
        assert Result("x", 1, "s", "ratio <= 1.5").met


def test_an_entry_has_the_promised_keys_and_says_how_to_measure_it_again():
    item = entry(SLOW, "building")
    assert list(item) == KEYS
    assert (item["ratio"], item["met"], item["command"]) == (2.25, False, "make bench ONLY=building")


def test_an_absolute_figure_has_neither_baseline_nor_ratio():
    item = entry(Result("x", 76.04, "MB", "value < 256"), "x")
    assert (item["baseline"], item["baseline_value"], item["ratio"], item["met"]) == (None, None, None, True)
    assert "baseline none" in sentence(item)


def test_the_newest_figure_of_a_name_replaces_the_older_one_and_leaves_the_others(tmp_path):
    record = tmp_path / "results.json"
    merge([entry(SLOW, "b"), entry(Result("other", 1, "s", "value < 2"), "o")], record)
    merge([entry(Result("a_build", 5.0, "s", "ratio <= 1.5", "the same by hand", 4.0), "b")], record)
    kept = json.loads(record.read_text(encoding="utf-8"))
    assert [(item["name"], item["ratio"]) for item in kept] == [("a_build", 1.25), ("other", None)]


def test_results_md_is_written_from_the_record_and_shows_what_was_missed(tmp_path):
    record = tmp_path / "results.json"
    merge([entry(SLOW, "b")], record)
    text = record.with_name("RESULTS.md").read_text(encoding="utf-8")
    assert text == report(json.loads(record.read_text(encoding="utf-8")))
    assert "| `a_build` | 9 s | 4 s (the same by hand) | 2.25 | ratio <= 1.5 | **no** |" in text


def test_an_unknown_benchmark_is_wrong_use(capfd):
    assert main(["typed_row"]) == 2
    assert "there are typed_rows, dbt_build" in capfd.readouterr().err


def test_what_is_recorded_is_judged_as_the_code_judges():
    for item in json.loads(RECORD.read_text(encoding="utf-8")):
        assert list(item) == KEYS
        assert item["goal"] == GOALS[item["name"]]
        assert item["met"] is judge(item["goal"], item)
        if item["baseline_value"] is not None:
            assert item["ratio"] == round(item["value"] / item["baseline_value"], 3)


def test_every_goal_is_of_a_recorded_figure():
    assert GOALS.keys() == {item["name"] for item in json.loads(RECORD.read_text(encoding="utf-8"))}


def test_every_benchmark_has_a_recorded_figure_and_results_md_shows_them():
    entries = json.loads(RECORD.read_text(encoding="utf-8"))
    assert {item["command"] for item in entries} == {f"make bench ONLY={name}" for name in BENCHMARKS}
    assert RECORD.with_name("RESULTS.md").read_text(encoding="utf-8") == report(entries)
