"""Runs left open by a killed platform: they are failed at start-up, or Dagster would wait for them for hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from dagster import DagsterInstance

MESSAGE = "The process of this run ended with the platform's last run."


def fail_orphans_in(dagster_home: Path) -> list[str]:
    """Fail the open runs of an instance whose processes are gone; return their ids."""
    if not (dagster_home / "history").exists():
        return []  # nothing ever ran here, and importing Dagster takes seconds
    from dagster import DagsterInstance  # noqa: PLC0415

    with DagsterInstance.from_config(str(dagster_home)) as instance:
        return fail_orphans(instance)


def fail_orphans(instance: DagsterInstance) -> list[str]:
    """Fail every run in progress whose process is gone, and free its slots; queued runs stay queued.

    A run does not need the code server that started it, so a process that is alive is left alone. Sensors compare
    levels and request the work of a lost run again.
    """
    from dagster import DagsterRunStatus, RunsFilter  # noqa: PLC0415

    from aero_local.launcher import worker_lives  # noqa: PLC0415

    open_statuses = [
        DagsterRunStatus.NOT_STARTED,
        DagsterRunStatus.STARTING,
        DagsterRunStatus.STARTED,
        DagsterRunStatus.CANCELING,
    ]
    failed, living = [], set()
    for run in instance.get_runs(filters=RunsFilter(statuses=open_statuses)):
        if worker_lives(instance, run.run_id):
            living.add(run.run_id)
            continue
        instance.report_run_failed(run, message=MESSAGE)
        failed.append(run.run_id)
    storage = instance.event_log_storage
    if storage.supports_global_concurrency_limits:
        # Also of runs that ended but were killed before they gave their slot back.
        for run_id in storage.get_concurrency_run_ids() - living:
            storage.free_concurrency_slots_for_run(run_id)
    return failed
