"""The run launcher of one machine: the code server starts runs, and their processes are watched by process number.

Dagster's default launcher does not monitor its runs: a run whose process was killed would stay STARTED and occupy its
pool for hours. With this launcher Dagster's run monitoring fails such a run within seconds, and the sensor requests it
again.
"""

from __future__ import annotations

import psutil
from dagster import DagsterEventType, DagsterInstance, DagsterRun
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus

#: Clocks of the event log and of the system may differ by so much.
SAME_START_SECONDS = 5


class WatchedRunLauncher(DefaultRunLauncher):
    """The default launcher, extended by a check that the process of a run is alive."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """True: this launcher can check the process of a run."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Return the health of a run's process; a process that has not reported its number yet counts as alive."""
        started = worker(self._instance, run.run_id)
        if started is None or _lives(*started):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"its process {started[0]} is gone")


def worker(instance: DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """Return the process number of a run and the time at which it was reported; None if none was reported."""
    for entry in instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT):
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event else None
        if pid is not None:
            return int(str(pid.value)), entry.timestamp
    return None


def worker_lives(instance: DagsterInstance, run_id: str) -> bool:
    """Return True if the process of a run is alive; False if no process number was ever reported."""
    started = worker(instance, run_id)
    return started is not None and _lives(*started)


def _lives(pid: int, said_at: float) -> bool:
    """Return True if the process runs; a process that started after the report has only reused the number."""
    try:
        process = psutil.Process(pid)
        return process.create_time() < said_at + SAME_START_SECONDS and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
