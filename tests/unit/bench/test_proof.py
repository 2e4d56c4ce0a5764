"""Sweeps: each has its module, what they found is recorded, and the page is written from the record."""

import json
from importlib import import_module
from pathlib import Path

import pytest

import proof
from proof import record
from proof.__main__ import main
from proof.sweeps import SWEEPS

NO_SWEEP = {"__init__", "__main__", "record", "sweeps"}


def test_every_module_that_sweeps_is_listed_and_every_listed_sweep_has_its_module():
    modules = {path.stem for path in Path(proof.__file__).parent.glob("*.py")} - NO_SWEEP
    sweeping = {name for name in modules if hasattr(import_module(f"proof.{name}"), "run")}
    assert sweeping == {sweep.name for sweep in SWEEPS}


def test_an_unknown_sweep_is_wrong_use(capfd):
    assert main(["drill"]) == 2
    assert "there are drills" in capfd.readouterr().err


def test_what_failed_stands_on_the_page_with_its_command_and_commit(tmp_path):
    kept, page = tmp_path / "results.json", tmp_path / "proof.md"
    record.merge([record.entry("drills", {"sent": 7177, "failed": ["stream: 2 lost"]}, 61.4)], kept, page)
    text = page.read_text(encoding="utf-8")
    assert "### drills: **1 failed**" in text
    assert "- sent: 7,177" in text
    assert "- failed: stream: 2 lost" in text
    assert "`make proof ONLY=drills`, 61 s, at commit `" in text
    assert "### properties\n\nNot run yet." in text


def test_the_newest_result_of_a_sweep_replaces_the_older_one_and_leaves_the_others(tmp_path):
    kept, page = tmp_path / "results.json", tmp_path / "proof.md"
    record.merge([record.entry("drills", {"sent": 1}, 1), record.entry("properties", {"passed": 3}, 1)], kept, page)
    record.merge([record.entry("drills", {"sent": 2}, 1)], kept, page)
    assert [item["figures"] for item in record.load(kept)] == [{"sent": 2}, {"passed": 3}]


def test_the_page_is_what_the_record_says():
    assert record.PAGE.read_text(encoding="utf-8") == record.report(record.load())


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.name)
def test_a_sweep_says_what_it_tries_and_what_make_test_holds_of_it(sweep):
    assert sweep.tries.endswith(".")
    assert sweep.in_test.endswith(".")


def test_what_is_recorded_is_whole():
    for item in json.loads(record.RECORD.read_text(encoding="utf-8")):
        assert list(item) == ["name", "figures", "failed", "seconds", "command", "machine", "commit"]
