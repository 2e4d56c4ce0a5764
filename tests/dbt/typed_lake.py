"""A small typed zone, written as the platform writes it: the legs that the dbt tests are about."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from aero_assets.feeds import feeds, find
from aero_assets.lake import empty_file
from aero_assets.lake import write_empty as zero_rows

FEED = find("partner/bts_ontime")
TYPES = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
}
SCHEMA = pa.schema([(column.name, TYPES[column.type]) for column in FEED.file_columns])
FIRST, SECOND, THIRD = "2015-01-01", "2015-01-02", "2015-01-03"
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")

Row = dict[str, Any]


def leg(number: int, day: str = FIRST, dep: float | None = 0, arr: float | None = 0, **said: Any) -> Row:
    """A leg of AA from LAX to JFK, 10:00 to 12:00, that left and arrived so many minutes late."""
    on = date.fromisoformat(day)
    std = datetime.combine(on, time(10))
    sta = std + timedelta(hours=2)
    out = None if dep is None else std + timedelta(minutes=dep)
    came = None if arr is None else sta + timedelta(minutes=arr)
    row: Row = dict.fromkeys(SCHEMA.names) | {
        "operating_date": on,
        "carrier": "AA",
        "flight_number": number,
        "operational_suffix": "",
        "leg_sequence": 1,
        "origin": "LAX",
        "destination": "JFK",
        "tail": f"N{number}",
        "std_at": std,
        "sta_at": sta,
        "out_at": out,
        "off_at": out and out + timedelta(minutes=12),
        "on_at": came and came - timedelta(minutes=5),
        "in_at": came,
        "scheduled_block_minutes": 120,
        "is_cancelled": False,
        "is_diverted": False,
        "distance_miles": 100,
        "source": "partner_file",
        "attempt": 1,
        "is_actual": True,
        "version": 1,
        "received_at": datetime(2015, 1, 3, 0, 0, 1),  # noqa: DTZ001 - the lake holds UTC without a zone
        "raw_ref": f"partner/bts_ontime/a.csv.gz#{number}",
    }
    row |= said
    identity = (row[name] for name in ("carrier", "flight_number", "operational_suffix", "origin"))
    row["leg_uid"] = _hash(*identity, row["operating_date"], row["leg_sequence"])
    content = {name: value for name, value in row.items() if name not in ("received_at", "raw_ref", "event_id")}
    row["event_id"] = said.get("event_id") or _hash(*content.values())
    return row


def causes(**minutes: int) -> Row:
    """Coded causes of a delay: all five, those not named with no minutes."""
    return {f"{cause}_delay_minutes": minutes.get(cause, 0) for cause in CAUSES}


def write(lake: Path, rows: Iterable[Row], arrived: str = "2015-01-03-0123abcd") -> None:
    """Write rows as one arrival, a file per operating date, replacing what that arrival wrote before."""
    folder = lake / "typed" / FEED.path
    for old in folder.glob(f"*/arrived={arrived}.parquet"):
        old.unlink()
    ordered = sorted(rows, key=lambda row: row["operating_date"])
    for day, group in groupby(ordered, key=lambda row: row["operating_date"]):
        path = folder / f"operating_date={day}" / f"arrived={arrived}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(list(group), SCHEMA), path)


def write_empty(lake: Path) -> None:
    """Write the zero-row files that registering the feeds writes: every staging model has something to read."""
    for feed in feeds():
        zero_rows(feed, lake / empty_file(feed))


def sample() -> list[Row]:
    """Two and a half days at the boundaries; tests/dbt/test_marts.py counts them by hand."""
    gone: Row = {"tail": None, "is_cancelled": True, "cancellation_code": "B"}
    other: Row = {"carrier": "AM", "origin": "MEX", "destination": "CUN"}
    return [
        leg(1, dep=0, arr=0),
        leg(2, dep=-7, arr=-9),
        leg(3, dep=14 + 59 / 60, arr=14 + 59 / 60),
        leg(4, dep=15, arr=15, **causes(carrier=15)),
        leg(5, dep=1, arr=16, **causes(nas=10, late_aircraft=6)),
        leg(6, dep=60, arr=60, **causes(late_aircraft=60)),
        leg(7, dep=120, arr=120, **causes(weather=120)),
        leg(8, dep=250, arr=240, **causes(security=40, late_aircraft=200)),
        leg(9, dep=None, arr=None, **gone),
        leg(10, dep=20, arr=None, off_at=None, is_cancelled=True, cancellation_code="A"),
        leg(11, dep=5, arr=None, is_diverted=True),
        leg(12, dep=-2, arr=None, in_at=datetime(2015, 1, 1, 17), is_diverted=True),  # noqa: DTZ001
        leg(13, dep=3, arr=None),
        leg(21, SECOND, dep=0, arr=5, **other),
        leg(22, SECOND, dep=-0.5, arr=-0.5, **other),
        leg(23, SECOND, dep=16, arr=14, **other),
        leg(24, SECOND, dep=30, arr=15.5, **other, **causes(carrier=15)),
        leg(25, SECOND, dep=None, arr=None, **other, **gone),
        leg(26, SECOND, dep=0, arr=0, operational_suffix="D"),
        leg(27, SECOND, dep=840, arr=845, **causes(carrier=845)),
        leg(31, THIRD, dep=0, arr=0),
    ]


def _hash(*parts: object) -> str:
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]
