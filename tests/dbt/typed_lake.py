"""A small typed zone, written as the platform writes it: the legs that the dbt tests are about."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from aero_assets.feeds import Feed, feeds, find
from aero_assets.lake import empty_file
from aero_assets.lake import write_empty as zero_rows

FEED = find("partner/bts_ontime")
AIRLINE = find("partner/airline_legs")
TYPES = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}
FIRST, SECOND, THIRD, FOURTH = "2015-01-01", "2015-01-02", "2015-01-03", "2015-01-04"
CAUSES = ("carrier", "weather", "nas", "security", "late_aircraft")

Row = dict[str, Any]


def leg(number: int, day: str = FIRST, dep: float | None = 0, arr: float | None = 0, **said: Any) -> Row:
    """A leg of AA from LAX to JFK, 10:00 to 12:00, that left and arrived so many minutes late, as BTS reports it."""
    facts: Row = {"carrier": "AA", "origin": "LAX", "destination": "JFK", "tail": f"N{number}", "distance_miles": 100}
    facts |= {"scheduled_block_minutes": 120, "attempt": 1, "version": 1}
    return _row(FEED, number, day, dep, arr, facts | said)


def airline_leg(number: int, dep: float | None = 0, arr: float | None = 0, day: str = FOURTH, **said: Any) -> Row:
    """A leg of AM from MEX to CUN, 10:00 to 12:00, with aircraft and load, as its airline reports it."""
    facts: Row = {"carrier": "AM", "origin": "MEX", "destination": "CUN", "tail": f"XA{number}", "distance_miles": 800}
    facts |= {"aircraft_type": "7M8", "seats": 166, "passengers": 140, "data_label": "datos sintéticos"}
    return _row(AIRLINE, number, day, dep, arr, facts | {"attempt": 1, "version": 1} | said)


def _row(feed: Feed, number: int, day: str, dep: float | None, arr: float | None, said: Row) -> Row:
    """A typed row of a feed: times from the delays, then what is said of it, then the hashes of both."""
    on = date.fromisoformat(day)
    std = datetime.combine(on, time(10))
    sta = std + timedelta(hours=2)
    out = None if dep is None else std + timedelta(minutes=dep)
    came = None if arr is None else sta + timedelta(minutes=arr)
    row: Row = dict.fromkeys(_schema(feed).names) | {
        "operating_date": on,
        "flight_number": number,
        "operational_suffix": "",
        "leg_sequence": 1,
        "std_at": std,
        "sta_at": sta,
        "std_utc_offset_minutes": -360,
        "sta_utc_offset_minutes": -360,
        "out_at": out,
        "off_at": out and out + timedelta(minutes=12),
        "on_at": came and came - timedelta(minutes=5),
        "in_at": came,
        "is_cancelled": False,
        "is_diverted": False,
        "source": "partner_file",
        "is_actual": True,
        "received_at": datetime(2015, 1, 3, 0, 0, 1),  # noqa: DTZ001 - the lake holds UTC without a zone
        "raw_ref": f"{feed.path}/a.csv.gz#{number}",
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


def write(lake: Path, rows: Iterable[Row], arrived: str = "2015-01-03-0123abcd", feed: Feed = FEED) -> None:
    """Write rows of a feed as one arrival, a file per business date, replacing what that arrival wrote before."""
    folder = lake / "typed" / feed.path
    for old in folder.glob(f"*/arrived={arrived}.parquet"):
        old.unlink()
    filed_by = feed.business_date
    ordered = sorted(rows, key=lambda row: row[filed_by])
    for day, group in groupby(ordered, key=lambda row: row[filed_by]):
        path = folder / f"{filed_by}={day}" / f"arrived={arrived}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(list(group), _schema(feed)), path)


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


#: The times of a leg from 13:00 to 15:00, on time.
AFTERNOON: Row = {
    name: datetime(2015, 1, 4, hour, minute)  # noqa: DTZ001
    for name, hour, minute in (
        ("std_at", 13, 0), ("sta_at", 15, 0), ("out_at", 13, 0), ("off_at", 13, 12), ("on_at", 14, 55),
        ("in_at", 15, 0),
    )
}  # fmt: skip


def airline_sample() -> list[Row]:
    """One day of an airline's own reports; tests/dbt/test_airline_legs.py counts it by hand."""
    corrected: Row = {"version": 2, "passengers": 141, "received_at": datetime(2015, 1, 5)}  # noqa: DTZ001
    return [
        # left 20 late, came back to the ramp and left again an hour after that; corrected and recoded next day
        airline_leg(100, 20, None, off_at=None, delay_codes="93:20"),
        airline_leg(100, 80, 75, attempt=2),
        airline_leg(100, 20, None, off_at=None, delay_codes="41:12;93:8", **corrected),
        airline_leg(100, 80, 70, attempt=2, **corrected),
        airline_leg(101, passengers=None),
        airline_leg(102, None, None, tail=None, is_cancelled=True, cancellation_code="C"),
        airline_leg(103, 5, None, is_diverted=True, passengers=100),
        airline_leg(104, 45, 45, delay_codes="93:30;89:15"),
        airline_leg(104, operational_suffix="D", aircraft_type="E90", seats=99, passengers=99, **AFTERNOON),
    ]


def _schema(feed: Feed) -> pa.Schema:
    return pa.schema([(column.name, TYPES[column.type]) for column in feed.file_columns])


def _hash(*parts: object) -> str:
    return sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]
