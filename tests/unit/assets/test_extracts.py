"""The extract as Dagster runs it: on Glue every end is told, here the job is a process, and the ledger balances."""

import sys
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from botocore.exceptions import ClientError

from aero_assets import extracts
from aero_assets.defs.raw.assets import raw_key
from aero_assets.defs.raw.extract import TABLES, opsdb_extract
from aero_assets.defs.schedules import hourly_extract
from aero_assets.extracts import (
    AIRLINE_NOTE,
    ExtractError,
    GlueJob,
    LocalAirline,
    LocalSpark,
    Wanted,
    report,
    runner,
)
from aero_assets.outcomes import ledger
from aero_assets.resources import Extracts, Zones
from tests.fakes import FolderBucket

START = datetime(2026, 11, 1, 10, tzinfo=UTC)
WANTED = Wanted("run1", START, START + timedelta(hours=2), ["legs", "fx_rates"])


class Glue:
    """A Glue that goes through some states, notes what it was asked and refuses what it is told to."""

    def __init__(self, *states, refuse=None, message=""):
        self.states, self.refuse, self.message = list(states), refuse, message
        self.started, self.stopped = [], []

    def start_job_run(self, JobName, Arguments):
        if self.refuse:
            raise ClientError({"Error": {"Code": self.refuse, "Message": "no"}}, "StartJobRun")
        self.started.append((JobName, Arguments))
        return {"JobRunId": "jr_1"}

    def get_job_run(self, JobName, RunId):
        return {"JobRun": {"JobRunState": self.states.pop(0), "ErrorMessage": self.message}}

    def batch_stop_job_run(self, JobName, JobRunIds):
        self.stopped += JobRunIds


def job(glue):
    return GlueJob("aero-prod-extract", glue, sleep=lambda _: None)


def test_a_run_on_glue_is_given_the_window_and_waited_for():
    glue, said = Glue("STARTING", "RUNNING", "SUCCEEDED"), []
    job(glue).run(WANTED, said.append)
    [(name, arguments)] = glue.started
    assert name == "aero-prod-extract"
    assert arguments == {
        "--run-id": "run1",
        "--window-start": "2026-11-01T10:00:00Z",
        "--window-end": "2026-11-01T12:00:00Z",
        "--tables": "legs,fx_rates",
    }
    assert [line.split()[-1] for line in said] == ["started", "RUNNING", "SUCCEEDED"]
    assert glue.stopped == []


@pytest.mark.parametrize("end", ["FAILED", "ERROR", "TIMEOUT", "STOPPED", "EXPIRED", "A_WORD_OF_TOMORROW"])
def test_every_end_but_success_is_a_failure_in_glue_s_own_words(end):
    glue = Glue("RUNNING", end, message="opsdb.legs.tail: column is gone")
    with pytest.raises(ExtractError, match=rf"ended as {end}: opsdb\.legs\.tail: column is gone"):
        job(glue).run(WANTED, lambda _: None)
    assert glue.stopped == []


def test_a_run_is_stopped_when_its_watcher_is():
    class Interrupted(Exception):
        pass

    def sleep(_):
        raise Interrupted

    glue = Glue("RUNNING")
    with pytest.raises(Interrupted):
        GlueJob("aero-prod-extract", glue, sleep=sleep).run(WANTED, lambda _: None)
    assert glue.stopped == ["jr_1"]


def test_a_second_run_beside_one_that_goes_on_is_refused_with_a_sentence():
    with pytest.raises(ExtractError, match="is running already, and one run at a time is all it does"):
        job(Glue(refuse="ConcurrentRunsExceededException")).run(WANTED, lambda _: None)


def test_whatever_else_glue_refuses_is_not_made_up_to_be_something_else():
    with pytest.raises(ClientError):
        job(Glue(refuse="AccessDeniedException")).run(WANTED, lambda _: None)


HERE = {"AERO_ENV": "local", "AERO_OPSDB_URL": "jdbc:postgresql://127.0.0.1:5/opsdb", "AWS_PROFILE": "orchestrator"}


@pytest.fixture
def spark(monkeypatch, tmp_path):
    """A Spark that is Python with a script of ours."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "aero_extract").mkdir()
    monkeypatch.setattr(extracts, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(extracts, "SOURCE", tmp_path)
    return tmp_path / "aero_extract" / "rds_to_raw.py"


def test_here_the_job_runs_under_its_own_role_with_the_arguments_of_glue(spark):
    spark.write_text("import os, sys; print(os.environ['AWS_PROFILE'], *sys.argv[1:])")
    said = []
    LocalSpark(HERE).run(WANTED, said.append)
    [line] = said
    assert line.startswith("extract --JOB_NAME aero-local-extract --raw-path s3://aero-local-raw-000000000000/opsdb ")
    assert "--jdbc-url jdbc:postgresql://127.0.0.1:5/opsdb --secret-id aero/local/opsdb/extract" in line
    assert line.endswith("--window-start 2026-11-01T10:00:00Z --window-end 2026-11-01T12:00:00Z --tables legs,fx_rates")
    assert "password" not in line


def test_a_process_that_fails_is_told_with_its_last_errors(spark):
    spark.write_text("print('noise'); raise SystemExit('error: opsdb.legs.tail: column is gone')")
    with pytest.raises(ExtractError, match=r"ended with code 1: error: opsdb\.legs\.tail: column is gone"):
        LocalSpark(HERE).run(WANTED, lambda _: None)


def test_without_a_database_or_without_spark_there_is_a_sentence(monkeypatch, tmp_path):
    with pytest.raises(ExtractError, match="AERO_OPSDB_URL is not set"):
        LocalSpark({"AERO_ENV": "local"}).command(WANTED)
    monkeypatch.setattr(extracts, "ENVIRONMENT", tmp_path)
    with pytest.raises(ExtractError, match="Run `make setup-extract`"):
        LocalSpark(HERE).command(WANTED)


def test_what_stands_for_the_database_takes_the_same_arguments_under_the_same_role(tmp_path):
    script = tmp_path / "writer.py"
    script.write_text("import os, sys; print(os.environ['AWS_PROFILE'], *sys.argv[1:])")
    said = []
    LocalAirline({"AERO_EXTRACT_COMMAND": f"{sys.executable} {script}", "AWS_PROFILE": "orchestrator"}).run(
        WANTED, said.append
    )
    [line] = said
    assert line.startswith("extract --JOB_NAME aero-local-extract --raw-path s3://aero-local-raw-000000000000/opsdb ")
    assert line.endswith("--window-start 2026-11-01T10:00:00Z --window-end 2026-11-01T12:00:00Z --tables legs,fx_rates")
    with pytest.raises(ExtractError, match="AERO_EXTRACT_COMMAND is not set"):
        LocalAirline({"AERO_ENV": "local"}).command(WANTED)


def test_an_airline_is_read_where_its_note_lies_and_a_database_everywhere_else(monkeypatch, tmp_path):
    monkeypatch.setenv("AERO_STATE", str(tmp_path))
    assert isinstance(runner(), LocalSpark)
    (tmp_path / AIRLINE_NOTE).parent.mkdir()
    (tmp_path / AIRLINE_NOTE).write_text("{}")
    assert isinstance(runner(), LocalAirline)
    monkeypatch.setenv("AERO_ENV", "dev")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert isinstance(runner(), GlueJob), "never on AWS"


# -- the asset ---------------------------------------------------------------------------------------------------------
class Folders(Zones):
    """Zones on folders."""

    root: str

    def raw(self):
        return FolderBucket(extracts.PROJECT / self.root / "raw")

    def lake(self):
        return FolderBucket(extracts.PROJECT / self.root / "lake")


class Recorded(Extracts):
    """A runner that leaves the report of a run that went well, or fails."""

    root: str
    drift: str = ""
    fails: bool = False

    def runner(self):
        return self

    def run(self, extract, log):
        if self.fails:
            raise ExtractError("the extract ended with code 1")
        hours = int((extract.end - extract.start).total_seconds() // 3600)
        windows = [self.window(extract, extract.start + timedelta(hours=hour)) for hour in range(hours)]
        raw = FolderBucket(extracts.PROJECT / self.root / "raw")
        raw.write_json(f"opsdb/_runs/{extract.run_id}.json", {"windows": windows, "drift": self.drift.splitlines()})

    def window(self, extract, start):
        table = {
            "rows_in": 5, "rows": 5, "bytes": 900, "fingerprint": "ab", "parts": ["p"], "seconds": 0.5,
            "watermark": f"{start + timedelta(minutes=30):%Y-%m-%dT%H:%M:%S.%fZ}",
        }  # fmt: skip
        compared = table | {"rows": 2, "unchanged": 3, "watermark": None, "changes": {"insert": 1, "delete": 1}}
        return {
            "commit": f"opsdb/_extracts/{start:%H}.json",
            "window_start": f"{start:%Y-%m-%dT%H:%M:%S.%fZ}",
            "snapshot_at": "2026-11-01T13:00:00.000000Z",
            "tables": {name: compared if name == "fx_rates" else table for name in extract.tables},
        }


def run(tmp_path, *tables, hours=1, raise_on_error=True, **said):
    keys = [raw_key(TABLES[name]) for name in tables]
    partitions = [f"2026-11-01-{10 + hour}:00" for hour in range(hours)]
    tags = {"dagster/asset_partition_range_start": partitions[0], "dagster/asset_partition_range_end": partitions[-1]}
    return dg.materialize(
        [opsdb_extract],
        selection=keys,
        tags=tags if hours > 1 else {},
        partition_key=partitions[0] if hours == 1 else None,
        resources={"zones": Folders(root=str(tmp_path)), "extracts": Recorded(root=str(tmp_path), **said)},
        raise_on_error=raise_on_error,
    )


def metadata(done, name):
    """Return the metadata of a table's last materialisation; a range has one per hour."""
    made = done.asset_materializations_for_node("opsdb_extract")
    found = [asset for asset in made if asset.asset_key == raw_key(TABLES[name])]
    return {key: value.value for key, value in found[-1].metadata.items()}


def test_only_the_tables_that_are_asked_for_are_extracted_and_each_says_what_it_holds(tmp_path):
    done = run(tmp_path, "legs", "fx_rates")
    metadata_of_run = metadata(done, "legs")
    assert (metadata_of_run["dagster/row_count"], metadata_of_run["bytes"], metadata_of_run["seconds"]) == (5, 900, 0.5)
    assert metadata_of_run["watermark"] == "2026-11-01T10:30:00.000000Z"
    assert metadata(done, "fx_rates")["changes"] == {"insert": 1, "update": 0, "delete": 1}
    assert len(done.asset_materializations_for_node("opsdb_extract")) == 2


def test_hours_that_lie_together_are_one_run_and_a_row_of_the_ledger_each(tmp_path):
    done = run(tmp_path, "fx_rates", hours=3)
    assert metadata(done, "fx_rates")["windows"] == 3
    rows = ledger(FolderBucket(tmp_path / "lake"), ["extract"])
    assert [row["subject"] for row in rows] == [f"opsdb.fx_rates.hh={hour}" for hour in (10, 11, 12)]
    for row in rows:
        assert row["rows_in"] == row["rows_out"] + row["duplicates"] + row["rejects"]
        assert row["duplicates"] == 3


def test_a_new_column_is_a_warning_of_its_table_alone(tmp_path):
    done = run(tmp_path, "legs", "fx_rates", drift="opsdb.legs.gate: new column (text); add it")
    found = {(check.asset_key, check.check_name): check for check in done.get_asset_check_evaluations()}
    assert not found[(raw_key(TABLES["legs"]), "schema_as_known")].passed
    assert found[(raw_key(TABLES["fx_rates"]), "schema_as_known")].passed
    assert all(check.passed for (_, name), check in found.items() if name == "rows_balance")


def test_a_run_that_fails_enters_nothing_and_materialises_nothing(tmp_path):
    done = run(tmp_path, "legs", fails=True, raise_on_error=False)
    assert not done.success
    assert ledger(FolderBucket(tmp_path / "lake"), ["extract"]) == []


def test_a_run_without_a_report_is_no_success(tmp_path):
    with pytest.raises(ExtractError, match="left no report"):
        report(FolderBucket(tmp_path), "nobody")


def test_the_schedule_asks_for_the_hour_that_is_over():
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2026, 11, 1, 13, 20, tzinfo=UTC))
    request = hourly_extract(context)
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == "2026-11-01-12:00"
    assert request.run_key == "hourly_extract:2026-11-01-12:00"
