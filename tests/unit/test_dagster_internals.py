"""Private names of Dagster that the platform uses: each is listed here, and a Dagster without one fails this test.

A release of Dagster may move or drop them without notice. Whoever adds one adds it to a list below, with its purpose.
"""

import ast
import inspect
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
from dagster._core.execution.backfill import BulkActionStatus
from dagster._core.launcher import DefaultRunLauncher
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG
from dagster._grpc.server import DagsterApiServer
from dagster_dbt import DbtCliResource

from aero_assets.run_dates import FIRST_TAG, LAST_TAG

PROJECT = Path(__file__).parents[2]
#: Modules and names that are imported, or named in a string that is imported or run.
USED = {
    # The code server whose runs are forks of a warm process, and what that process loads ahead.
    "dagster._cli.api.api_cli",
    "dagster._grpc.server",
    "dagster._core.execution.run_metrics_thread",
    "dagster._core.executor.in_process",
    "dagster._core.storage.local_compute_log_manager",
    "dagster._core.storage.sqlite_storage",
    # The daemon's command, which has no public name.
    "dagster._daemon",
    # Events in SQLite, written in batches.
    "dagster._core.events.ASSET_EVENTS",
    "dagster._core.storage.event_log.SqliteEventLogStorage",
    "dagster._core.storage.sql.create_engine",
    "dagster._core.storage.sqlite.SQLITE_BUSY_TIMEOUT_SECONDS",
    "dagster._serdes.ConfigurableClassData",
    # The launcher that says whether the process of a run lives.
    "dagster._core.launcher.CheckRunHealthResult",
    "dagster._core.launcher.DefaultRunLauncher",
    "dagster._core.launcher.WorkerStatus",
    # The state of a backfill, which the sweep over a year waits for.
    "dagster._core.execution.backfill.BulkActionStatus",
}
#: Private members that are overridden or used, by the class that must have them.
MEMBERS = {
    DagsterApiServer: {"_mp_ctx"},
    DefaultRunLauncher: {"_instance"},
    DbtCliResource: {"_cli_version", "_initialize_dbt_core_adapter"},
    SqliteEventLogStorage: {
        "_connect", "_db_lock", "_initialized_dbs", "_initdb", "_store_asset_event", "_store_asset_event_tags",
    },
}  # fmt: skip
SOURCES = subprocess.check_output(("git", "ls-files", "aero_*.py", "infra/*.py", "proof/*.py", "bench/*.py"),
                                  cwd=PROJECT, text=True).split()  # fmt: skip
PRIVATE = re.compile(r"dagster\._[A-Za-z_.]+")


def private_names(path: str) -> set[str]:
    """Return what a module imports of Dagster's private modules, and what its strings name of them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((PROJECT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and PRIVATE.match(node.module or ""):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names if PRIVATE.match(alias.name)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and PRIVATE.fullmatch(node.value):
            names.add(node.value)
    return names


def test_every_private_name_in_use_is_listed_and_no_other():
    assert set().union(*(private_names(path) for path in SOURCES)) == USED


@pytest.mark.parametrize("name", sorted(USED))
def test_dagster_still_has_the_name(name):
    module, _, member = name.rpartition(".")
    if hasattr(import_module(module), member):
        return
    import_module(name)


@pytest.mark.parametrize("owner", MEMBERS, ids=lambda owner: owner.__name__)
def test_the_original_still_has_what_is_overridden(owner):
    attributes = set(dir(owner)) | set(re.findall(r"self\.(_[a-z_]+)", _sources(owner)))
    assert MEMBERS[owner] <= attributes


def test_a_backfill_still_says_that_it_is_done():
    assert {"COMPLETED_SUCCESS", "REQUESTED"} <= set(BulkActionStatus.__members__)


def test_dagster_still_names_ranges_of_partitions_as_run_dates_does():
    assert (FIRST_TAG, LAST_TAG) == (ASSET_PARTITION_RANGE_START_TAG, ASSET_PARTITION_RANGE_END_TAG)


def _sources(owner: type) -> str:
    """Return the source text of a class and of the classes it comes from."""
    return "".join(inspect.getsource(part) for part in owner.__mro__ if part.__module__.startswith("dagster"))
