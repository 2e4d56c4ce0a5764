"""The tier runner: order, budgets, and the first failure."""

import shutil
import sys
from pathlib import Path

import pytest

from tools import tiers
from tools.tiers import TIERS, Tier

PYTHON = (sys.executable, "-c")


def _tier(name, *codes):
    return Tier(name, 0.5, tuple((*PYTHON, code) for code in codes))


def test_every_tier_prints_its_minutes_and_its_budget(capfd):
    assert tiers.main([], (_tier("lint", "print('all good')"), _tier("unit", ""))) == 0

    output = capfd.readouterr().out
    assert "all good" in output
    assert "tier lint: 0.0 minutes (budget 0.5)" in output
    assert output.splitlines()[-2].split() == ["unit", "0.0", "0.5", "passed"]
    assert output.splitlines()[-1].split() == ["all", "0.0", "1"]


def test_all_tiers_and_the_installs_before_them_fit_into_an_hour():
    installs = 8
    assert sum(tier.budget_minutes for tier in TIERS) + installs <= 60


def test_the_first_failure_ends_the_run_and_the_table_says_what_did_not_run(capfd):
    failing = _tier("lint", "raise SystemExit(3)", "print('never')")

    assert tiers.main([], (failing, _tier("unit", "print('never')"))) == 1

    output = capfd.readouterr().out
    assert "never\n" not in output
    assert [line.split()[0::3] for line in output.splitlines()[-3:-1]] == [["lint", "FAILED"], ["unit", "run"]]


def test_an_unknown_tier_is_wrong_use(capfd):
    assert tiers.main(["units"]) == 2
    assert "there are gates, unit, dbt, platform" in capfd.readouterr().err


@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.name)
def test_what_a_tier_runs_is_installed(tier):
    programs = [tiers.program(command[0]) for command in tier.commands]
    assert [name for name in programs if not (shutil.which(name) or Path(name).exists())] == []
