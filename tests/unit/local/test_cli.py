"""The command line: what it says, how it ends, how quickly it starts."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from aero_assets.environment import PROJECT
from aero_cli.cli import app
from aero_cli.commands.common import explain
from aero_local.errors import AeroError

COMMANDS = (
    "up",
    "down",
    "status",
    "logs",
    "env",
    "demo",
    "deploy",
    "plan",
    "destroy",
    "metrics",
    "checks",
    "set-aside",
)
SUBCOMMANDS = (
    ("lake", "pull"),
    ("feed", "new"),
    ("feed", "check"),
    ("opsdb", "up"),
    ("opsdb", "fill"),
    ("warehouse", "setup"),
)


def aero(capsys, *words):
    """Run a command in this process; return its exit code, output and errors."""
    with pytest.raises(SystemExit) as end:
        app(list(words))
    output = capsys.readouterr()
    return end.value.code or 0, output.out, output.err


@pytest.mark.parametrize("words", [*((name,) for name in COMMANDS), *SUBCOMMANDS], ids=" ".join)
def test_every_command_explains_itself_with_an_example(capsys, words):
    code, output, _ = aero(capsys, *words, "--help")

    assert code == 0
    assert "Example: " in output
    assert f"aero {' '.join(words)}" in output


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["up", "--input", "no-such-file.csv"],
        ["up", "--port", "dagster=http"],
        ["deploy", "--env", "production"],
        ["logs", "nonsense"],
        ["feed", "new"],
        ["set-aside"],
        ["set-aside", "0123", "--undo"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_exit_code_2(capsys, words):
    code, _, errors = aero(capsys, *words)

    assert code == 2
    assert errors


def test_a_failure_is_one_message_with_a_remedy_and_exit_code_1(capsys):
    code, output, errors = aero(capsys, "destroy", "--env", "prod")

    assert code == 1
    assert output == ""
    assert errors.startswith("error: aero destroys nothing in prod")
    assert "Traceback" not in errors


def test_a_failure_shows_its_traceback_to_who_asks_for_it(monkeypatch):
    monkeypatch.setenv("AERO_DEBUG", "1")
    with pytest.raises(AeroError):
        app(["destroy", "--env", "prod"])


def test_an_unexpected_error_names_its_kind():
    assert explain(KeyError("lake")).startswith("KeyError: 'lake'")


def test_an_unknown_state_is_answered_with_the_known_ones(capsys):
    code, _, errors = aero(capsys, "status", "--state", "no-such-state")

    assert code == 1
    assert "Known:" in errors


def test_results_are_json_on_standard_output(capsys):
    code, output, _ = aero(capsys, "status", "--json")

    assert code == 0
    assert {service["name"] for service in json.loads(output)["services"]} >= {"ministack", "dagster", "docs"}


def test_env_prints_what_a_shell_can_evaluate(capsys):
    code, output, _ = aero(capsys, "env")
    assert code == 0
    shell = f'export AWS_ACCESS_KEY_ID=mine\n{output}\necho "$AWS_PROFILE,${{AWS_ACCESS_KEY_ID-none}},$AERO_ENV"'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "analyst,none,local"


def test_the_command_line_imports_nothing_slow():
    code = (
        "import sys, aero_cli.cli; "
        "print({'boto3', 'botocore', 'dagster', 'duckdb', 'pyarrow', 'dbt', 'psutil'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "set()"


def test_a_template_never_replaces_a_table_that_somebody_has_filled_in(tmp_path):
    for target, complaint in (
        (tmp_path / "costs.csv", "is there already"),
        (tmp_path / "no" / "x.csv", "is no folder"),
    ):
        (tmp_path / "costs.csv").write_text("filled in")
        done = CliRunner().invoke(app, ["feed", "template", "partner/costs", "--to", f"{target}"])
        assert (done.exit_code, (tmp_path / "costs.csv").read_text()) == (2, "filled in")
        assert complaint in " ".join(done.output.replace("│", " ").split())
