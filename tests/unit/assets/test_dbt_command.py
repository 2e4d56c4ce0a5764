"""The platform's dbt is dbt: same words, same exit codes."""

import gc
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from aero_assets import dbt_command


def run(*arguments):
    return subprocess.run(
        [dbt_command.EXECUTABLE, *arguments], capture_output=True, text=True, check=False, cwd=Path(sys.prefix)
    )


def test_it_is_the_dbt_of_this_environment():
    said = run("--version")
    assert said.returncode == 0
    assert version("dbt-core") in said.stdout


def test_what_dbt_refuses_ends_as_dbt_ends():
    refused = run("biuld")
    assert refused.returncode == 2
    assert "No such command" in refused.stderr


def test_the_collector_waits_longer_while_dbt_runs(monkeypatch):
    before = gc.get_threshold()
    monkeypatch.setattr(sys, "argv", ["aero-dbt", "--help"])
    try:
        with pytest.raises(SystemExit) as ended:
            dbt_command.main()
        assert gc.get_threshold()[0] == dbt_command.PATIENCE > before[0]
    finally:
        gc.set_threshold(*before)
    assert ended.value.code == 0
