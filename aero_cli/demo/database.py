"""The operational database of the demo: the hours that are due, their extraction, and their arrival.

Dagster runs the extract, as in production. If a PostgreSQL of `aero opsdb` belongs to the platform, the person who
fills it also decides on its extraction, and the demo leaves it alone.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from aero_airline.leg_life import published_at
from aero_assets.extracts import SYSTEM
from aero_assets.feeds import feeds
from aero_assets.partitions import FIRST_ARRIVAL_DATE
from aero_assets.storage import Bucket
from aero_local import http
from aero_local.airline_extract import TOTALS, Note
from aero_local.errors import AeroError, Log
from aero_local.services import postgres
from aero_local.state import State

HOUR = timedelta(hours=1)
COMMITS = f"{SYSTEM}/_extracts/"


@dataclass(frozen=True)
class Hours:
    """Hours of change to extract, `start` ≤ hour < `end`, UTC."""

    start: datetime
    end: datetime

    def names(self) -> list[str]:
        """Return the partitions of the extract."""
        count = int((self.end - self.start) / HOUR)
        return [f"{self.start + number * HOUR:%Y-%m-%d-%H:%M}" for number in range(count)]


def due(
    state: State, seed: int, first: date, last: date, now: datetime, log: Log, extracted_until: datetime | None
) -> Hours | None:
    """Note the operating days of the airline's database; return its hours that are not extracted yet.

    A new day entered the database half a day before it began, so the hours since then are extracted again: rows that
    are read twice count once.
    """
    if postgres.data(state).exists():
        log("operational database: the PostgreSQL of this platform; `aero opsdb fill` fills it, Spark extracts it")
        return None
    before = Note.known(state.root)
    Note(seed, first, last).save(state.root)
    is_longer = before is None or first < before.first or before.last < last
    new = max(first, before.last + timedelta(days=1)) if before and before.first <= first else first
    begin = datetime.fromtimestamp(published_at(new) * 60, UTC)
    end = now.replace(minute=0, second=0, microsecond=0)
    if extracted_until:
        begin = min(begin, extracted_until) if is_longer else extracted_until
    begin = max(begin, datetime.combine(FIRST_ARRIVAL_DATE, time(), UTC))
    return Hours(begin, end) if begin < end else None


@dataclass(frozen=True)
class Asked:
    """Hours requested from Dagster, and the reports of extracts that were in the raw zone before the request."""

    hours: Hours
    reports: frozenset[str]

    def is_done(self, raw: Bucket) -> bool:
        """Return True if an extract has ended since the request: it writes its report last."""
        return bool(reports(raw) - self.reports)


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


def totals(state: State) -> dict[str, float]:
    """Return the money totals of the airline's database at its last extract; empty if there was none."""
    path = state.root / TOTALS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() and Note.known(state.root) else {}


def extracted_until(raw: Bucket) -> datetime | None:
    """Return the end of the last hour that is committed; None before there is one."""
    names = [item.key.rpartition("/")[2] for item in raw.list(COMMITS)]
    if not names:
        return None
    return datetime.strptime(max(names).split("-")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC) + HOUR


def reports(raw: Bucket) -> frozenset[str]:
    """Return the reports of extracts that have ended."""
    return frozenset(item.key for item in raw.list(f"{SYSTEM}/_runs/"))
