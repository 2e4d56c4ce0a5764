"""The output of a step lies in the results bucket under the orchestrator's role, and a reader elsewhere finds it."""

import sys

import dagster as dg
import pytest

from aero_assets.environment import PROJECT
from aero_local.services.dagster import write_settings

PREFIX = "_steps/storage/"


@dg.op
def printing():
    """A step that prints to both streams."""
    print("counted 42 rows")
    print("one row looked odd", file=sys.stderr)


@dg.job(executor_def=dg.in_process_executor)
def printing_job():
    printing()


@pytest.fixture
def home(platform, tmp_path):
    """A DAGSTER_HOME with the settings for AWS; this process acts as the orchestrator."""
    write_settings(tmp_path / "home")
    with (tmp_path / "home" / "dagster.yaml").open("a", encoding="utf-8") as settings:
        settings.write((PROJECT / "dagster-aws.yaml").read_text(encoding="utf-8"))
    with platform.state.acting_as("orchestrator", AERO_STEP_LOGS=f"{tmp_path / 'logs'}"):
        yield tmp_path / "home"


def test_a_step_s_output_is_in_the_bucket_and_shown_where_the_local_copy_is_gone(platform, home, tmp_path, monkeypatch):
    with dg.DagsterInstance.from_config(f"{home}") as instance:
        run_id = printing_job.execute_in_process(instance=instance).run_id
        [capture] = [
            event.get_dagster_event().logs_captured_data
            for event in instance.all_logs(run_id, of_type=dg.DagsterEventType.LOGS_CAPTURED)
        ]
    bucket = platform.state.session("root").client("s3")
    listing = bucket.list_objects_v2(Bucket=platform.buckets["results"], Prefix=f"{PREFIX}{run_id}/")
    assert sorted(item["Key"].rpartition(".")[2] for item in listing["Contents"]) == ["err", "out"]
    monkeypatch.setenv("AERO_STEP_LOGS", f"{tmp_path / 'elsewhere'}")
    with dg.DagsterInstance.from_config(f"{home}") as instance:
        log_key = [run_id, "compute_logs", capture.file_key]
        shown = instance.compute_log_manager.get_log_data(log_key)
    assert shown.stdout == b"counted 42 rows\n"
    assert b"one row looked odd\n" in (shown.stderr or b"")
