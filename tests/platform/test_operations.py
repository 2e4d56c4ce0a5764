"""Operations work in every environment: under `AERO_ENV=dev`, with the role that the environment gives and no state.

The buckets are those of the emulator, named by variables as on AWS; nothing of the local platform is asked.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from aero_assets.defs.published.export import Publisher, Relation
from aero_assets.environment import PROJECT, Environment
from aero_assets.feeds import find
from aero_assets.manifests import AGAIN, ArrivalManifest
from aero_assets.storage import Bucket
from aero_drills.scoring.history import COLUMNS
from aero_streaming.rules import rules

METAR = find("partner/metar")
LEG = {
    "carrier": "AM", "flight_number": "905", "origin": "MEX", "destination": "GDL", "route": "MEX-GDL",
    "aircraft_type": "738", "tail": "XA-AMA", "leg_uid": "a" * 32, "data_label": "datos sintéticos",
}  # fmt: skip


@pytest.fixture(scope="module")
def published(line, tmp_path_factory):
    """One leg in one published version."""
    values = {name: f"'{LEG[name]}'" if name in LEG else "null" for name in (*COLUMNS, "route")}
    values |= {f"{name}_at": f"timestamp '2026-11-24 {hour}'" for name, hour in STAMPS.items()}
    values |= {"operating_date": "date '2026-11-24'", "is_cancelled": "false", "is_diverted": "false"}
    columns = ", ".join(f"{value} as {name}" for name, value in values.items())
    with duckdb.connect() as warehouse:
        relation = Relation("operations.fct_leg", f"select {columns}", "Legs. One row per leg.")
        folder = tmp_path_factory.mktemp("scratch")
        Publisher(line.lake, folder).publish(warehouse, [relation], level="x", now=datetime.now(UTC))


STAMPS = {
    "std": "14:00", "sta": "15:20", "out": "14:40", "off": "14:55", "on": "15:45", "in": "15:55",
}  # fmt: skip


@pytest.fixture
def aero(line, tmp_path):
    """Run the command as on a machine that has buckets, a role and a folder of its own, and no local platform."""

    def run(role: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        given = line.state.env(role)
        kept = {name: value for name, value in given.items() if not name.startswith("AERO_")}
        buckets = {f"AERO_{name.upper()}_BUCKET": bucket for name, bucket in Environment("local").buckets.items()}
        env = kept | buckets | {"AERO_ENV": "dev", "AERO_STATE": f"{tmp_path}", "AWS_DEFAULT_REGION": "us-east-1"}
        command = [str(Path(sys.executable).with_name("aero")), *arguments]
        return subprocess.run(command, env=env, cwd=PROJECT, text=True, capture_output=True, check=False)

    return run


def test_an_analyst_asks_the_published_marts(aero, published):
    done = aero("analyst", "query", "select route from operations.fct_leg", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [{"route": "MEX-GDL"}]), done.stderr


def test_rules_are_tried_on_published_days(aero, published):
    done = aero("analyst", "rules", "backtest", "--from", "2026-11-24", "--to", "2026-11-24", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rules"]["version"] == rules().version


def test_a_message_is_read(aero, tmp_path):
    file = tmp_path / "message.txt"
    file.write_bytes((PROJECT / "tests/fixtures/messages/mvt_01_departure.txt").read_bytes())
    done = aero("analyst", "parse", f"{file}", "--reference-time", "2026-11-22T14:00Z", "--json")
    assert done.returncode == 0, done.stderr


def test_arrivals_are_read_again_and_refused_files_go_to_the_inbox(aero, line):
    report = f"METAR MMMX {datetime.now(UTC):%d}0000Z 02004KT 5SM OVC080 13/12 A3021\n"
    line.drop("good.txt", report.encode(), feed=METAR.path)
    [request] = [request for request in line.tick("arrivals") if METAR.path in str(request.tags)]
    line.run(request)
    today = datetime.now(UTC).date()
    days = ("--from", f"{today}", "--to", f"{today}")
    done = aero("orchestrator", "reprocess", METAR.path, *days, "--json")
    assert (done.returncode, json.loads(done.stdout)["arrival_days"]) == (0, 1), done.stderr
    assert ArrivalManifest.load(Bucket(Environment.current().lake_bucket), METAR, today).level == AGAIN

    assert line.drop("bad.txt", b"NO WEATHER\nAT ALL\n", feed=METAR.path)["status"] == "rejected"
    done = aero("root", "reprocess", METAR.path, *days, "--refused", "--json")
    assert (done.returncode, json.loads(done.stdout)["files"]) == (0, 1), done.stderr


def test_checks_and_decisions_are_shown(aero, line):
    assert aero("orchestrator", "checks").stdout == "no check stops a build\n"
    assert aero("orchestrator", "set-aside", "--list").stdout == "nothing is set aside\n"
    assert json.loads(aero("orchestrator", "release", METAR.path, "--json").stdout) == []


def test_change_sets_are_shown_for_the_environment_that_is_named(aero):
    done = aero("root", "deploy", "--env", "dev", "--plan", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["changes"]["lake"]
