"""Imports that every run needs, done once in the process from which runs are forked; opens no connection."""

from importlib import import_module

from aero_assets.definitions import defs

#: Imports of a run beside the definitions: storage of events, execution, libraries of its steps.
ON_THE_WAY = (
    "aero_local.code_server",
    "aero_local.run_events",
    "boto3.s3.inject",
    "dagster._core.execution.run_metrics_thread",
    "dagster._core.executor.in_process",
    "dagster._core.storage.local_compute_log_manager",
    "dagster._core.storage.sqlite_storage",
    "pandas",
    "upath",
)

defs()
for name in ON_THE_WAY:
    import_module(name)
