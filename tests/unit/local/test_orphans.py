"""Runs of the last boot: which are failed, and which slots are freed."""

import shutil
import tomllib

import pytest
import yaml
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.test_utils import create_run_for_test

from aero_assets.environment import PROJECT
from aero_local.orphans import fail_orphans, fail_orphans_in


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A DAGSTER_HOME as the platform makes it, with our own dagster.yaml."""
    home = tmp_path_factory.mktemp("dagster")
    shutil.copyfile(PROJECT / "dagster.yaml", home / "dagster.yaml")
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
