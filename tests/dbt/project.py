"""The dbt project in this process: parsed once, then run against any number of warehouses.

One dbt process costs several seconds before it does anything, so tests share one. All states answer to
the same two paths, by a link that says which is current: the parsed project holds the path of the lake.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

FOLDER = Path(__file__).parents[2] / "dbt_project"


@contextlib.contextmanager
def environment(**variables: str) -> Generator[None]:
    """Run with these variables and without any other that the project reads."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(("AERO_", "DBT_", "REDSHIFT_", "DAGSTER_")):
            del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def invoke(target_path: Path, *arguments: str, manifest: Manifest | None = None) -> Any:
    """Run dbt in this process and leave no connection behind; the result is what the command returns."""
    folders = ("--project-dir", str(FOLDER), "--profiles-dir", str(FOLDER))
    artefacts = ("--target-path", str(target_path), "--log-path", str(target_path), "--log-level", "none")
    with contextlib.chdir(FOLDER):
        result = dbtRunner(manifest=manifest).invoke([*arguments, *folders, *artefacts])
    DuckDBConnectionManager.close_all_connections()
    return result


def messages(result: Any) -> str:
    """Everything that went wrong, as one text."""
    failed = [
        f"{node.node.name}: {node.message}"
        for node in getattr(result.result, "results", [])
        if node.status in ("error", "fail", "warn", "runtime error")
    ]
    return "\n".join([*failed, str(result.exception or "")])


@dataclass
class Parsed:
    """The parsed project, and the link that every state is reached by."""

    manifest: Manifest
    current: Path

    @classmethod
    def at(cls, folder: Path) -> "Parsed":
        """Parse without a cache and with deprecations as errors, as the promise to analysts is."""
        current = folder / "current"
        with environment(**_paths(current)):
            parsed = invoke(
                folder / "parse",
                *("parse", "--no-partial-parse", "--show-all-deprecations"),
                *("--warn-error-options", '{"error": ["Deprecations"]}'),
            )
        assert parsed.success, messages(parsed)
        return cls(parsed.result, current)

    @property
    def semantic_manifest(self) -> Path:
        """The part of the parse that MetricFlow reads."""
        return self.current.parent / "parse" / "semantic_manifest.json"


def _paths(current: Path) -> dict[str, str]:
    return {"AERO_WAREHOUSE": str(current / "warehouse.duckdb"), "AERO_LAKE_COPY": str(current / "lake")}


class Warehouse:
    """A lake and the warehouse built from it."""

    def __init__(self, folder: Path, parsed: Parsed) -> None:
        self.folder, self.parsed = folder, parsed
        self.lake = folder / "lake"
        self.lake.mkdir(parents=True, exist_ok=True)

    def copy(self, folder: Path) -> "Warehouse":
        """The same lake and warehouse somewhere else, to be changed."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Warehouse(folder, self.parsed)

    def dbt(self, *arguments: str, dates: list[str] | None = None, **variables: Any) -> Any:
        """Run dbt on this warehouse, for these operating dates if there are any.

        Manifest and results are files only with `--write-json`: to write them takes a second of each run.
        """
        self.parsed.current.unlink(missing_ok=True)
        self.parsed.current.symlink_to(self.folder)
        command = (arguments[0], "--no-write-json", *arguments[1:])
        given = variables | ({} if dates is None else {"operating_dates": dates})
        more = ["--vars", json.dumps(given)] if given else []
        with environment(**_paths(self.parsed.current)):
            manifest = self.parsed.manifest.deepcopy()
            return invoke(self.folder / "target", *command, *more, manifest=manifest)

    def build(self, *arguments: str, dates: list[str] | None = None) -> Any:
        """Build and test; anything but green fails the test that asked for it."""
        result = self.dbt("build", *arguments, dates=dates)
        assert result.success, messages(result)
        assert not messages(result)
        return result

    def compiled(self, model: str, dates: list[str] | None = None, **variables: Any) -> str:
        """The SQL that dbt would run for a model."""
        nodes = self.dbt("compile", "--select", model, dates=dates, **variables).result.results
        [sql] = [result.node.compiled_code for result in nodes if result.node.name == model]
        return sql

    def rows(self, sql: str) -> list[tuple]:
        """Read the warehouse."""
        with duckdb.connect(str(self.folder / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def marts(self) -> dict[str, list[tuple]]:
        """Every table that is built by operating date, as a multiset of rows."""
        tables = self.rows(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('intermediate', 'operations', 'commercial', 'finance', 'customer', 'network') "
            "order by 1"
        )
        return {table: self.rows(f"select * from {table} order by all") for (table,) in tables}
