"""Rows that stop a build: after dbt has ended, the rows behind each failed test, and the records behind the rows.

A failed test reports only a count. Here its SQL runs once more over the warehouse, read-only, and the rows are followed
to the facts of their legs: the events and their place in the raw zone. The result is shown on the page of the check in
Dagster, and stored in the lake, for `aero checks`, until the same days are built without the failure. Rows of a test
that only warns are shown on its page only.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from aero_assets.storage import Bucket
from aero_assets.warehouses import QueryError, Warehouse

KEY = "_checks/failed.json"
MOST = 20
UNDATED = "undated"
DATE = "operating_date"
#: Columns that name a row of a wide model to a person.
NAMES = (
    DATE, "carrier", "flight_number", "origin", "destination", "route", "leg_uid", "event_id", "raw_ref",
)  # fmt: skip
FAILED = ("fail", "error", "runtime error")
WARNED = "warn"
#: The most rows of a check on its page in Dagster.
ON_PAGE = 5


@dataclass(frozen=True)
class FailedCheck:
    """A test that did not pass: dbt's message, up to `MOST` of its rows, and the records behind these rows."""

    check: str
    message: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    records: list[dict[str, str]] = field(default_factory=list)
    #: True if it stops the build; others warn.
    stops: bool = True

    @property
    def sentence(self) -> str:
        """The message for the log of the run."""
        rows = "; ".join(", ".join(f"{name}={value}" for name, value in row.items()) for row in self.rows[:MOST])
        events = ", ".join(f"{record['event_id']} ({record['raw_ref']})" for record in self.records[:MOST])
        shown_rows = f" Rows: {rows}." if rows else ""
        behind = (
            f" Records behind them: {events}. Set aside what is wrong: aero set-aside EVENT_ID --why …"
            if events
            else ""
        )
        return f"{self.check}: {self.message}.{shown_rows}{behind}"


def failed_checks(target: Path, warehouse: Warehouse) -> list[FailedCheck]:
    """Return the failures of the last dbt command of a target folder: tests with rows, models with their error."""
    results = _read(target / "run_results.json").get("results", [])
    failed = [result for result in results if result["status"] in (*FAILED, WARNED)]
    if not failed:
        return []
    nodes = _read(target / "manifest.json").get("nodes", {})
    return [_look(warehouse, result, nodes) for result in failed]


def keep(lake: Bucket, days: Iterable[str], checks: Iterable[FailedCheck]) -> None:
    """Store the failures of these days, in place of the earlier ones."""
    kept: dict[str, Any] = (lake.read_json(KEY) or {}).get("days", {})
    kept_checks = [asdict(check) for check in checks]
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    after = kept | dict.fromkeys(days, {"at": at, "checks": kept_checks} if kept_checks else None)
    if after := {day: entry for day, entry in after.items() if entry}:
        lake.write_json(KEY, {"days": after})
    elif kept:
        lake.write_json(KEY, {"days": {}})


def kept(lake: Bucket) -> dict[str, dict[str, Any]]:
    """Return the stored failures that no later build has cleared: by operating day, their time and their checks."""
    return (lake.read_json(KEY) or {}).get("days", {})


def named_days(lake: Bucket) -> frozenset[str]:
    """Return the operating days of which a failed check shows a row, or a record behind a row."""
    return frozenset(
        day
        for day, entry in kept(lake).items()
        if any(shown.get(DATE) == day for check in entry["checks"] for shown in (*check["rows"], *check["records"]))
    )


def with_rows(result: dg.AssetCheckResult, checks: Iterable[FailedCheck]) -> dg.AssetCheckResult:
    """Return Dagster's result of a check that did not pass, with its test and up to `ON_PAGE` of its rows."""
    check = next((check for check in checks if check.check == result.check_name), None)
    if check is None:
        return result
    more: dict[str, Any] = {"test": check.check, "problem": check.message}
    if check.rows:
        names = list(dict.fromkeys(name for row in check.rows[:ON_PAGE] for name in row))
        rows = [dg.TableRecord({name: row.get(name, "") for name in names}) for row in check.rows[:ON_PAGE]]
        more["rows"] = dg.MetadataValue.table(rows, dg.TableSchema([dg.TableColumn(name) for name in names]))
    if check.records:
        more["records"] = dg.MetadataValue.json(check.records[:ON_PAGE])
        more["to set one aside"] = f"aero set-aside {check.records[0]['event_id']} --why …"
    return dg.AssetCheckResult(
        passed=result.passed,
        asset_key=result.asset_key,
        check_name=result.check_name,
        metadata={**result.metadata, **more},
        severity=result.severity,
        description=result.description,
    )


def _look(warehouse: Warehouse, result: Mapping[str, Any], nodes: Mapping[str, Any]) -> FailedCheck:
    node = nodes.get(result["unique_id"], {})
    name, message = str(node.get("name", result["unique_id"])), str(result.get("message") or result["status"])
    stops = result["status"] != WARNED
    if node.get("resource_type") != "test":
        return FailedCheck(name, message, stops=stops)
    try:
        rows = _rows(warehouse, result.get("compiled_code") or "select 1 as nothing where 1 = 0")
        rows = _of_model(warehouse, node, nodes, rows) or rows
        # Following rows to their facts looks through the lake: too much for what warns with every build.
        records = _records(warehouse, rows) if stops else []
        return FailedCheck(name, message, [_shown(row, node) for row in rows], records, stops)
    except QueryError as error:
        # The test itself could not run, or the model behind it was never built: dbt's message must do.
        return FailedCheck(name, f"{message} ({error})", stops=stops)


def _rows(warehouse: Warehouse, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    return warehouse.records(f"select * from ({sql}) as failed limit {MOST}", values)


def _of_model(
    warehouse: Warehouse,
    node: Mapping[str, Any],
    nodes: Mapping[str, Any],
    rows: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return the rows of the model for a generic test of one column, which itself returns only values of the column."""
    column, model = node.get("column_name"), nodes.get(node.get("attached_node") or "", {})
    if not column or not model or not rows:
        return []
    values = list(dict.fromkeys(next(iter(row.values())) for row in rows))
    conditions = [f"{column} is null" if value is None else f"{column} = ?" for value in values]
    table, given = f"{model['schema']}.{model['name']}", [value for value in values if value is not None]
    return _rows(warehouse, f"select * from {table} where {' or '.join(conditions)}", given)


def _records(warehouse: Warehouse, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the facts behind rows, by leg or by event."""
    records: list[dict[str, Any]] = []
    for name in ("event_id", "leg_uid"):
        keys = [row[name] for row in rows if row.get(name)]
        if keys:
            marks = ", ".join("?" for _ in keys)
            facts = f"select {DATE}, event_id, raw_ref, source from intermediate.int_leg_fact where {name} in ({marks})"
            records = _rows(warehouse, f"{facts} order by received_at desc", keys)
            break
    return [{name: f"{value}" for name, value in row.items()} for row in records]


def _shown(row: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as text without unknown values; of a wide row only its names and the tested columns."""
    names = row if len(row) <= len(NAMES) else (*NAMES, node.get("column_name"))
    return {name: f"{row[name]}" for name in names if name and row.get(name) is not None}


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
