"""The tests of an account: none of them runs by accident, and all say why they are skipped."""

import os
import subprocess
import sys

import pytest

from aero_assets.environment import PROJECT
from tools.tiers import TIERS


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        ((), {"AERO_ENV": "dev", "REDSHIFT_HOST": "example.com"}, "an account is reached by `make account` alone"),
        (("-m", "account"), {}, "no account is named: set AERO_ENV, AERO_LAKE_BUCKET, AWS_REGION, REDSHIFT_HOST"),
        (
            ("-m", "account"),
            {"AERO_ENV": "dev", "AWS_REGION": "us-east-1"},
            "no account is named: set AERO_LAKE_BUCKET",
        ),
    ],
    ids=["not asked for", "no variables", "some variables"],
)
def test_without_an_account_every_check_is_skipped_with_a_sentence(words, variables, sentence):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AERO_", "AWS_", "REDSHIFT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/account", "-q", "-rs", "-p", "no:cacheprovider", *words],
        cwd=PROJECT, env=clean | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    ended = next(line for line in reversed(done.stdout.splitlines()) if " in " in line)
    assert "skipped" in ended
    assert "passed" not in ended
    assert sentence in done.stdout


def test_no_tier_of_make_test_collects_them():
    words = [word for tier in TIERS for command in tier.commands for word in command]
    assert not {"tests", "tests/account"} & set(words)
    assert "-m account" in (PROJECT / "Makefile").read_text(encoding="utf-8")
