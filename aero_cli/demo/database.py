"""The operational database of the demo: the hours that are due, their extraction, and their arrival.

Dagster runs the extract, as in production. If a PostgreSQL of `aero opsdb` belongs to the platform, the person who
fills it also decides on its extraction, and the demo leaves it alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from aero_airline.leg_life import published_at
from aero_assets.extracts import AIRLINE_NOTE, SYSTEM
from aero_assets.feeds import feeds
from aero_assets.partitions import FIRST_ARRIVAL_DATE
from aero_assets.storage import Bucket
from aero_cli.inputs import SEED, Input
from aero_local import http
from aero_local.airline_extract import Note
from aero_local.errors import AeroError, Log
from aero_local.services import postgres
from aero_local.state import State

HOUR = timedelta(hours=1)
#: The file below the state directory with what a demo has had extracted.
EXTRACTED = AIRLINE_NOTE.with_name("extracted.json")


@dataclass(frozen=True)
class Hours:
    """Hours of change to extract, `start` ≤ hour < `end`, UTC."""

    start: datetime
    end: datetime

    def names(self) -> list[str]:
        """Return the partitions of the extract."""
        count = int((self.end - self.start) / HOUR)
        return [f"{self.start + number * HOUR:%Y-%m-%d-%H:%M}" for number in range(count)]


@dataclass(frozen=True)
class Extracted:
    """The operating days and hours that a demo has had extracted, and the money in the database then (US dollars).

    It is written after the extract has ended: a demo that is killed earlier asks for the same hours again.
    """

    first: date
    last: date
    until: datetime
    money: Mapping[str, float]

    def save(self, state: State) -> None:
        """Write it into a state directory."""
        dates = {name: getattr(self, name).isoformat() for name in ("first", "last", "until")}
        (state.root / EXTRACTED).write_text(json.dumps(dates | {"money": self.money}) + "\n", encoding="utf-8")

    @classmethod
    def known(cls, state: State) -> "Extracted | None":
        """Return what a state directory has; None before the first extract of a demo."""
        path = state.root / EXTRACTED
        if not path.exists():
            return None
        kept = json.loads(path.read_text(encoding="utf-8"))
        first, last = (date.fromisoformat(kept[name]) for name in ("first", "last"))
        return cls(first, last, datetime.fromisoformat(kept["until"]), kept["money"])


def due(state: State, seed: int, first: date, last: date, now: datetime, log: Log) -> Hours | None:
    """Note the operating days of the airline's database; return its hours that no demo has had extracted.

    A new day entered the database half a day before it began, so the hours since then are extracted again: rows that
    are read twice count once.
    """
    if postgres.data(state).exists():
        log("operational database: the PostgreSQL of this platform; `aero opsdb fill` fills it, Spark extracts it")
        return None
    Note(seed, first, last).save(state.root)
    before = Extracted.known(state)
    if before is None or first < before.first:
        begin = _planned_at(first)
    elif before.last < last:
        begin = min(_planned_at(before.last + timedelta(days=1)), before.until)
    else:
        begin = before.until
    begin = max(begin, datetime.combine(FIRST_ARRIVAL_DATE, time(), UTC))
    end = now.replace(minute=0, second=0, microsecond=0)
    return Hours(begin, end) if begin < end else None


def _planned_at(on: date) -> datetime:
    return datetime.fromtimestamp(published_at(on) * 60, UTC)


@dataclass(frozen=True)
class Asked:
    """Hours requested from Dagster, and the reports of extracts that were in the raw zone before the request."""

    hours: Hours
    reports: frozenset[str]

    def report(self, raw: Bucket) -> dict[str, Any] | None:
        """Return the report of the extract of these hours, which it writes last; None before it has ended."""
        for key in sorted(reports(raw) - self.reports):
            report = raw.read_json(key) or {}
            windows = report.get("windows")
            if windows and self.hours == Hours(*(datetime.fromisoformat(at) for at in _span(windows))):
                return report
        return None


def _span(windows: list[dict[str, Any]]) -> tuple[str, str]:
    return windows[0]["window_start"], windows[-1]["window_end"]


def extract(state: State, raw: Bucket, hours: Hours, log: Log) -> Asked:
    """Request the hours from Dagster: one run, like a backfill started on the page of the asset."""
    asked = Asked(hours, reports(raw))
    keys = [["raw", *feed.key] for feed in feeds() if feed.arrival == "table"]
    selection = ", ".join(f"{{path: {json.dumps(key)}}}" for key in keys)
    answer = http.graphql(
        f"{state.url('dagster')}/graphql",
        f"mutation {{ launchPartitionBackfill(backfillParams: {{assetSelection: [{selection}], "
        f"partitionNames: {json.dumps(hours.names())}}}) "
        "{ __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }",
        timeout=60,
    )
    launched = (answer or {}).get("launchPartitionBackfill", {})
    if "backfillId" not in launched:
        why = launched.get("message", launched)
        raise AeroError(f"Dagster did not take the extract: {why}", "See `aero logs dagster`.")
    log(
        f"operational database: {len(hours.names()):,} hours until {hours.end:%Y-%m-%d %H:%M}Z are extracted by the "
        "airline's own writer, without a PostgreSQL (datos sintéticos)"
    )
    return asked


def request(state: State, raw: Bucket, given: Input, log: Log) -> Asked | None:
    """Request the hours of the operational database that are due, where the input comes with one."""
    if given.database is None:
        return None
    hours = due(state, SEED, *given.database, datetime.now(UTC), log)
    return extract(state, raw, hours, log) if hours else None


def money(state: State, raw: Bucket, given: Input, asked: Asked | None) -> Mapping[str, float]:
    """Return the money totals of the input's database in US dollars; keep those of an extract that has just ended."""
    if given.database is None:
        return {}
    if asked and (report := asked.report(raw)):
        Extracted(*given.database, asked.hours.end, report["money"]).save(state)
    kept = Extracted.known(state)
    return kept.money if kept else {}


def reports(raw: Bucket) -> frozenset[str]:
    """Return the reports of extracts that have ended."""
    return frozenset(item.key for item in raw.list(f"{SYSTEM}/_runs/"))
