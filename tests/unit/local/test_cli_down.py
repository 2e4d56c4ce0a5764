"""Every command while no platform runs: a sentence that says what to do, an exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from aero_assets.environment import PROJECT
from aero_cli.cli import app

NO_FILE = "/etc/hostname"
#: Arguments for each command, such that nothing is started, and the exit code.
WORDS = {
    "up": (["--port", "dagster=http"], 2),
    "down": ([], 0),
    "status": ([], 0),
    "logs": (["nonsense"], 2),
    "env": (["--profile", "pilot"], 2),
    "demo": (["--port", "99999999"], 2),
    "deploy": (["--env", "local"], 1),
    "plan": (["--env", "local"], 1),
    "destroy": (["--env", "prod"], 1),
    "query": (["select 1"], 1),
    "replay": ([NO_FILE], 1),
    "simulate": (["--speed", "0"], 2),
    "drop": (["partner/costs", NO_FILE], 1),
    "ingest": ([NO_FILE], 1),
    "parse": (["/no/such/file"], 2),
    "reprocess": (["partner/messages", "--from", "2026-01-01", "--to", "2026-01-01"], 1),
    "drill replay": ([NO_FILE], 1),
    "drill stream": (["--seed", "x"], 2),
    "drill restart": (["--seed", "x"], 2),
    "drill poison": (["--bad", "1"], 2),
    "drill broker": (["--count", "1"], 2),
    "drill doors": (["--legs", "1"], 2),
    "rules carriers": ([NO_FILE], 1),
    "drill lag": (["--minutes", "x"], 2),
    "rules backtest": (["--from", "2026-01-05", "--to", "2026-01-01"], 2),
    "rules score": (["--date", "yesterday"], 2),
    "checks": ([], 1),
    "set-aside": (["0" * 32, "--why", "wrong date"], 1),
    "release": ([], 1),
    "verify": ([], 1),
    "repair": (["--zone", "typed"], 1),
    "lake pull": ([], 1),
    "feed new": ([], 2),
    "feed check": (["nobody/nothing"], 1),
    "feed sync": (["--nothing"], 2),
    "feed template": (["partner/metar"], 2),
    "metrics": (["otp_a14"], 1),
    "legs": (["--date", "2026-11-20"], 1),
    "trace": (["fct_route_day", "--metric", "otp_a14", "--date", "2026-11-20"], 1),
    "opsdb up": ([], 1),
    "opsdb fill": ([], 1),
    "opsdb tables": ([], 1),
    "warehouse setup": (["--env", "dev"], 1),
}
LEFTOVERS = ("Traceback", "Value error", "Input should be", "Error code", "errno", "NoneType", "KeyError")


def commands(group: typer.Typer, *before: str) -> list[str]:
    """The name of every command of the tree."""
    found = []
    for subgroup in group.registered_commands:
        name = subgroup.name or getattr(subgroup.callback, "__name__", "")
        found.append(" ".join((*before, name.replace("_", "-"))))
    for subgroup in group.registered_groups:
        found += commands(subgroup.typer_instance, *before, str(subgroup.name)) if subgroup.typer_instance else []
    return found


def test_every_command_is_tried_here():
    assert sorted(WORDS) == sorted(commands(app))


@pytest.mark.parametrize("name", WORDS)
def test_while_no_platform_runs_a_command_says_what_to_do(name, tmp_path: Path):
    words, expected = WORDS[name]
    state = tmp_path / "state"
    code = (
        "import sys, pathlib, aero_local.state as s; home = pathlib.Path(sys.argv.pop(1)); s.HOME = home; "
        "s.State.current.__func__.__defaults__ = (home,); s.State.for_input.__func__.__defaults__ = (home,); "
        "from aero_cli.cli import app; app()"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AERO_", "AWS_"))}
    done = subprocess.run(
        [sys.executable, "-c", code, str(state), *name.split(), *words],
        capture_output=True, text=True, cwd=PROJECT, timeout=120, check=False, stdin=subprocess.DEVNULL, env=kept,
    )  # fmt: skip

    said = done.stdout + done.stderr
    assert done.returncode == expected, said
    assert not [word for word in LEFTOVERS if word in said], said
    if expected == 1 and name != "feed check":
        assert done.stderr.startswith("error: ") or done.stderr.count("\n") <= 12
        assert "error: " in done.stderr
        assert len(done.stderr.partition("error: ")[2].strip().splitlines()) <= 3
