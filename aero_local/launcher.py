"""The run launcher of one machine: the code server starts runs, and their processes are watched by number.

Dagster's default launcher does not look after its runs: one whose process was killed would stay STARTED and keep its
pool for hours. With this one the daemon's run monitoring fails it within seconds, and its sensor asks again.
"""

from __future__ import annotations

import psutil
from dagster import DagsterEventType, DagsterInstance, DagsterRun
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus

#: Clocks of the event log and of the system may differ by so much.
SAME_START_SECONDS = 5


class WatchedRunLauncher(DefaultRunLauncher):
    """The default launcher, and an answer to whether a run's process lives."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """It does."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Say whether the process of a run lives; one that said nothing yet is taken to."""
        started = worker(self._instance, run.run_id)
        if started is None or _lives(*started):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"its process {started[0]} is gone")


def worker(instance: DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """Return the process number of a run and when it said so; None where it never did."""
    for entry in instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT):
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event else None
        if pid is not None:
            return int(str(pid.value)), entry.timestamp
    return None


def worker_lives(instance: DagsterInstance, run_id: str) -> bool:
    """Tell whether the process of a run lives; False where none ever said that it is."""
    started = worker(instance, run_id)
    return started is not None and _lives(*started)


def _lives(pid: int, said_at: float) -> bool:
    """Numbers are used again: a process that began after the run's word is another."""
    try:
        process = psutil.Process(pid)
        return process.create_time() < said_at + SAME_START_SECONDS and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
