"""Runs of the last boot: which are failed, and which slots are freed."""

import subprocess
import sys
import tomllib

import pytest
import yaml
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.events import EngineEventData
from dagster._core.launcher import WorkerStatus
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.test_utils import create_run_for_test

from aero_assets.environment import PROJECT
from aero_local import dagster_history
from aero_local.orphans import fail_orphans, fail_orphans_in
from aero_local.services.dagster import write_settings


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A DAGSTER_HOME as the platform makes it, with our own dagster.yaml."""
    home = tmp_path_factory.mktemp("dagster")
    write_settings(home)
    return home


@pytest.fixture(scope="module")
def instance(home):
    with DagsterInstance.from_config(str(home)) as instance:
        yield instance


def _run(instance, status):
    location = RegisteredCodeLocationOrigin("aero_assets")  # ty: ignore[abstract-class-instantiation]
    origin = RemoteRepositoryOrigin(location, "__repository__").get_job_origin("warehouse")
    run = create_run_for_test(instance, job_name="warehouse", status=status, remote_job_origin=origin)
    return run.run_id


def test_our_configuration_is_what_the_platform_counts_on(instance):
    assert instance.run_coordinator.dequeue_interval_seconds == 1
    assert not instance.telemetry_enabled
    assert not instance.run_retries_enabled
    instance.event_log_storage.initialize_concurrency_limit_to_default("warehouse")
    assert instance.event_log_storage.get_concurrency_info("warehouse").slot_count == 1


def test_runs_without_a_process_are_failed_and_the_others_left_alone(instance):
    lost = [
        _run(instance, DagsterRunStatus.NOT_STARTED),
        _run(instance, DagsterRunStatus.STARTING),
        _run(instance, DagsterRunStatus.STARTED),
        _run(instance, DagsterRunStatus.CANCELING),
    ]
    queued = _run(instance, DagsterRunStatus.QUEUED)
    done = _run(instance, DagsterRunStatus.SUCCESS)

    assert sorted(fail_orphans(instance)) == sorted(lost)

    assert {instance.get_run_by_id(run_id).status for run_id in lost} == {DagsterRunStatus.FAILURE}
    assert instance.get_run_by_id(queued).status == DagsterRunStatus.QUEUED
    assert instance.get_run_by_id(done).status == DagsterRunStatus.SUCCESS
    assert fail_orphans(instance) == []


def test_the_slot_of_a_lost_run_is_free_again(instance):
    storage = instance.event_log_storage
    storage.initialize_concurrency_limit_to_default("warehouse")
    lost = _run(instance, DagsterRunStatus.STARTED)
    ended = _run(instance, DagsterRunStatus.FAILURE)
    assert storage.claim_concurrency_slot("warehouse", lost, "build").is_claimed
    assert not storage.claim_concurrency_slot("warehouse", ended, "build").is_claimed

    fail_orphans(instance)

    assert storage.get_concurrency_run_ids() == set()
    assert storage.claim_concurrency_slot("warehouse", "next", "build").is_claimed
    storage.free_concurrency_slots_for_run("next")


def test_a_platform_that_never_ran_has_no_orphans(tmp_path):
    assert fail_orphans_in(tmp_path) == []


def test_the_workspace_names_the_code_location_as_the_project_does():
    workspace = yaml.safe_load((PROJECT / "workspace.yaml").read_text())["load_from"][0]["python_module"]
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["dg"]["project"]

    assert workspace["location_name"] == project["code_location_name"]
    assert workspace["module_name"] == f"{project['root_module']}.definitions"


@pytest.fixture
def process():
    """A process that stands for the one of a run."""
    found = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    yield found
    found.kill()
    found.wait()


def _working(instance, process):
    """A run under way in a process, as the process itself says."""
    run = instance.get_run_by_id(_run(instance, DagsterRunStatus.STARTED))
    instance.report_engine_event("Started process for run.", run, EngineEventData.in_process(process.pid))
    return run


def test_a_run_goes_on_without_the_server_that_started_it(instance, process):
    run = _working(instance, process)

    assert run.run_id not in fail_orphans(instance)
    assert instance.run_launcher.supports_check_run_worker_health
    assert instance.run_launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
    instance.report_run_canceled(run)


def test_a_run_whose_process_was_killed_is_seen_by_the_monitoring_and_failed_at_a_start(instance, process):
    run = _working(instance, process)
    process.kill()
    process.wait()

    found = instance.run_launcher.check_run_worker_health(run)

    assert found.status == WorkerStatus.FAILED
    assert f"process {process.pid} is gone" in found.msg
    assert fail_orphans(instance) == [run.run_id]


def test_a_run_that_has_not_said_where_it_runs_is_given_its_time(instance):
    run = instance.get_run_by_id(_run(instance, DagsterRunStatus.STARTED))
    assert instance.run_launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
    instance.report_run_canceled(run)


def test_the_tables_of_a_new_home_are_made_whole_or_not_at_all(tmp_path):
    write_settings(tmp_path)
    # Left by a start that was killed.
    (tmp_path / "making").mkdir()
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "schedules.db").write_text("half")

    dagster_history.make(tmp_path)

    assert not (tmp_path / "making").exists()
    with DagsterInstance.from_config(str(tmp_path)) as made:
        assert list(made.get_runs()) == []
        assert made.all_instigator_state() == []
