"""The judged days of `route_status` in the lake: one object per closed operating day, read for history and pages."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from aero_assets.storage import Bucket, DamagedObjectError

PREFIX = "_status/route"
#: Days of history that are published.
DAYS = 90
SCHEMA = pa.schema(
    [
        ("operating_date", pa.date32()), ("rule_id", pa.string()), ("kpi", pa.string()), ("route", pa.string()),
        ("first_date", pa.date32()), ("days", pa.int64()), ("light", pa.string()), ("light_before", pa.string()),
        ("since", pa.date32()), ("value", pa.float64()), ("unit", pa.string()), ("n", pa.int64()),
        ("compared", pa.float64()), ("limit", pa.float64()), ("data_label", pa.string()),
    ]
)  # fmt: skip
DESCRIPTION = (
    "Traffic lights of routes over published days, as they were judged then. One row per closed operating day, rule "
    "and route."
)
_DATES = ("operating_date", "first_date", "since")


def save(lake: Bucket, day: date, level: str, rows: list[dict[str, Any]]) -> None:
    """Keep the judgement of a day, and the level of the version whose figures it judged."""
    lake.write_json(_key(day), {"operating_date": day.isoformat(), "level": level, "rows": rows})


def history(lake: Bucket, day: date) -> list[dict[str, Any]] | None:
    """Return the rows of a judged day; None if it was not judged, or its object is damaged."""
    known = _read(lake, _key(day))
    return None if known is None else known["rows"]


def newest_before(lake: Bucket, day: date = date.max) -> list[dict[str, Any]]:
    """Return the rows of the last judged day, or of the last before a day; none if there is none."""
    earlier = [item.key for item in lake.list(f"{PREFIX}/") if item.key < _key(day)]
    known = _read(lake, max(earlier)) if earlier else None
    return known["rows"] if known else []


def table(lake: Bucket) -> pa.Table:
    """Return the judged days of the last `DAYS` days as one table, newest last; empty if none was judged."""
    keys = sorted(item.key for item in lake.list(f"{PREFIX}/"))
    newest = keys[-1].removeprefix(f"{PREFIX}/dt=").removesuffix(".json") if keys else ""
    since = _key(date.fromisoformat(newest) - timedelta(days=DAYS)) if newest else ""
    judged = [_read(lake, key) for key in keys if key > since]
    rows = [
        {**row, **{name: date.fromisoformat(row[name]) for name in _DATES}} for known in judged if known
        for row in known["rows"]
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, SCHEMA)


def _key(day: date) -> str:
    return f"{PREFIX}/dt={day.isoformat()}.json"


def _read(lake: Bucket, key: str) -> dict[str, Any] | None:
    try:
        return lake.read_json(key)
    except DamagedObjectError:
        return None
