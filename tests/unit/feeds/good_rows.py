"""A good record of every feed, as texts by raw column, and the typed step for records that are given so.

A new feed needs a record here: it is then held to the law that a value is read as a person would read it, or refused.
"""

import csv
import gzip
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from aero_assets.defs.typed import rows
from aero_assets.defs.typed.event_lines import unwrap
from aero_assets.feeds import Feed
from aero_assets.partitions import FIRST_OPERATING_DATE
from tests.judging import engine
from tests.unit.feeds import (
    table_rows,
    test_opsdb__connections,
    test_partner__airline_legs,
    test_partner__bts_arrivals,
    test_partner__bts_cancellations,
    test_partner__bts_departures,
    test_partner__bts_ontime,
    test_partner__db1b_fares,
    test_partner__gsa_fares,
    test_partner__t100_segment,
    test_partner__weather,
)
from tests.unit.streaming.event_samples import event

Record = dict[str, Any]
TEXTS = pa.list_(pa.string())
#: Columns of `line` that a record of these tests may fill.
LINE = pa.schema({
    "body": pa.string(), "defect": pa.string(), "message": pa.string(), "given": TEXTS, "named": TEXTS,
    "places": pa.list_(pa.int32()), "width": pa.int32(), "columns": pa.int64(),
})  # fmt: skip
LOG = {"log_id": "a1", "arrived_at": "2026-11-01T18:00:00Z", "data_label": "datos sintéticos"}
KEY = "long_delay_flight#leg#00000000000000000000000000000100#2026-11-01"
FLIGHT = {
    "OPERATING_DATE": "2026-11-01", "CARRIER": "AM", "FLIGHT_NUMBER": "905", "ORIGIN": "MEX", "DESTINATION": "CUN",
}  # fmt: skip
STAMPS = {"row_id": "r1", "extracted_at": table_rows.WINDOW_END}


def _text(value: object) -> str:
    return f"{value}".lower() if isinstance(value, bool) else f"{value}"


def _said(record: Record) -> Record:
    return {name: _text(value) for name, value in record.items() if value is not None}


def _line(feed: Feed, text: str) -> Record:
    [values] = csv.reader(io.StringIO(text))
    return dict(zip(feed.header, values, strict=True))


def good_row(feed: Feed) -> Record:
    """Return the record of a feed, raw column → text, or value where the feed is one of JSON lines."""
    if feed.arrival == "table":
        rows_of = [test_opsdb__connections.ROW] if feed.name == "connections" else table_rows.rows(feed.name)
        return {name: _text(value) for name, value in (rows_of[-1] | STAMPS).items()}
    if feed.arrival == "event":
        return event({"leg_events": "out", "bookings": "booking", "feedback": "feedback"}[feed.name])
    return {name: text for name, text in MADE[feed.path](feed).items() if text not in (None, "")}


MADE = {
    "partner/airline_legs": lambda feed: _line(feed, test_partner__airline_legs.NIGHT),
    "partner/bts_departures": lambda feed: (
        _line(feed, test_partner__bts_departures.FLOWN) | {"ORIGIN": "GRR"}
    ),
    "partner/bts_ontime": lambda feed: _line(feed, test_partner__bts_ontime.GUAM),
    "partner/t100_segment": lambda feed: _line(feed, test_partner__t100_segment.RECORD),
    "partner/weather": lambda feed: _line(feed, test_partner__weather.RECORD),
    "partner/gsa_fares": lambda _: _said(test_partner__gsa_fares.RECORD),
    "partner/db1b_fares": lambda _: _said(test_partner__db1b_fares.RECORD) | {"QUARTER": "2025q2"},
    "partner/afac_sase": lambda _: {
        "EDITION_AT": "2022-08-18 23:28:21", "THROUGH_MONTH": "7", "FIGURES_DIGEST": "0a1b",
        "SHEET": "REG NAC", "YEAR": "2022", "MONTH": "1", "ORIGIN": "MEXICO",
        "DESTINATION": "CANCUN", "FLIGHTS": "10", "PASSENGERS": "1500", "CARGO_KG": "20.5",
    },
    "partner/metar": lambda _: {
        "STATION": "MMMX", "KIND": "SPECI", "OBSERVED_AT": "2026-11-01 12:12:00", "VERSION": "1",
        "WIND_FROM_DEGREES": "350", "WIND_KT": "18", "GUST_KT": "32", "VISIBILITY_MILES": "1", "WEATHER": "+TSRA",
        "HAS_CEILING": "true", "CEILING_FT": "1500",
        "TEMPERATURE_C": "13", "DEW_POINT_C": "12", "PRESSURE_HPA": "1023.1",
    },
    "partner/messages": lambda _: {
        "FORMAT": "mvt", "SENT_AT": "2026-11-01 13:40:00", "CARRIER": "AM", "FLIGHT_NUMBER": "640",
        "FLIGHT_DATE": "2026-11-01", "REGISTRATION": "XAMAZ", "AIRPORT": "MEX", "IS_CORRECTION": "false",
        "OUT_AT": "2026-11-01 13:30:00", "OFF_AT": "2026-11-01 13:39:00", "DELAYS": "62:4", "PASSENGERS": "168",
        "INFANTS": "3",
    },
    "partner/ssim": lambda _: {
        "OPERATING_DATE": "2026-11-01", "CARRIER": "AM", "FLIGHT_NUMBER": "905", "LEG_SEQUENCE": "1", "SEASON": "W26",
        "CREATED_AT": "2026-10-20 06:00:00", "SERVICE_TYPE": "J", "ORIGIN": "TIJ", "DESTINATION": "MEX",
        "STD_AT": "2026-11-01 07:45:00", "STA_AT": "2026-11-01 11:10:00", "STD_UTC_OFFSET_MINUTES": "-480",
        "STA_UTC_OFFSET_MINUTES": "-360", "AIRCRAFT_TYPE": "738", "SEATS": "160", "IS_OPERATED": "true",
    },
    "partner/bts_arrivals": lambda feed: (
        _line(feed, test_partner__bts_arrivals.LATE) | {"DESTINATION": "GRR"}
    ),
    "partner/bts_cancellations": lambda feed: (
        _line(feed, ",".join(test_partner__bts_cancellations.LINE)) | {"ORIGIN": "GRR", "KIND": "Cancellation"}
    ),
    "partner/costs": lambda _: FLIGHT | {
        "COST_LINE": "fuel", "AMOUNT": "18500.50", "CURRENCY": "MXN", "BASIS": "actual", "REFERENCE": "F-1001",
    },
    "partner/revenue": lambda _: FLIGHT | {
        "COUPONS": "128", "CABIN": "economy", "STATUS": "flown", "REVENUE": "412500", "FARE": "412000",
        "ANCILLARY": "500", "TUA": "90000", "IVA": "66000", "CURRENCY": "MXN",
    },
    "partner/cargo": lambda _: FLIGHT | {
        "AIR_WAYBILL": "139-10010010", "WEIGHT_KG": "840.5", "CARGO_REVENUE": "18500", "CURRENCY": "MXN",
    },
    "partner/targets": lambda _: {
        "MONTH_START_ON": "2026-11-01", "CARRIER": "AM", "ORIGIN": "MEX", "DESTINATION": "CUN", "KPI": "otp_a14",
        "TARGET": "88.5",
    },
    "partner/bookings": lambda _: FLIGHT | {
        "SNAPSHOT_DATE": "2026-10-20", "DAYS_TO_DEPARTURE": "12", "BOOKED_SEATS": "112", "BOOKED_REVENUE": "301200",
        "CURRENCY": "MXN",
    },
    "partner/surveys": lambda _: FLIGHT | {
        "RESPONSE_ID": "R-000123", "CABIN": "economy", "RECOMMENDATION": "9", "SATISFACTION": "5",
    },
    "alerts/transitions": lambda _: LOG | {
        "alert_key": KEY, "revision": "1", "incident": "1", "kind": "FIRED", "at": "2026-11-01T18:00:00Z",
        "state_before": "CLOSED", "state_after": "OPEN", "level_after": "red", "severity": "high", "notify": "true",
        "is_shadow": "false", "value": "130.5", "n": "12", "limit": "120", "baseline": "80.1", "by": "aero",
        "step": "2", "until": "2026-11-01T20:00:00Z",
    },
    "alerts/decisions": lambda _: LOG | {
        "subject": KEY, "decision_id": "d1", "decision": "SHELVED", "decided_at": "2026-11-02T18:00:00Z",
        "at": "2026-11-01T18:00:00Z", "who": "Ana", "note": "nota", "revision": "2", "level_after": "red",
        "value": "130.5", "n": "12", "until": "2026-11-01T20:00:00Z",
    },
}  # fmt: skip


def typed(feed: Feed, records: Sequence[Record], arrived: date = date(2026, 11, 20)) -> list[dict]:
    """Return what the typed step makes of records, in their order: typed columns, `reason`, `message`."""
    connection = engine()
    with TemporaryDirectory() as folder:
        if feed.is_json:
            _add_json(connection, feed, records)
        elif feed.format == "csv" and not feed.layout.preamble_lines:
            body = Path(folder) / "body"
            body.write_bytes(gzip.compress(_csv(feed, records).encode(), 1))
            rows.add_lines(connection, body, "raw/key", datetime.combine(arrived, time(), UTC), feed)
        else:
            _add_given(connection, feed, records)
    rows.judge(connection, feed, FIRST_OPERATING_DATE, arrived + timedelta(days=feed.max_days_ahead))
    # Values of a refused record are of no use; some of them are no date of Python.
    found = {number: {"reason": reason, "message": message} for number, reason, message in connection.execute(
        "select line_number, reason, message from judged where reason is not null").fetchall()}  # fmt: skip
    accepted = connection.sql("select * from judged where reason is null").to_arrow_table().to_pylist()
    found |= {row["line_number"]: row for row in accepted}
    return [found[number] for number in sorted(found)]


def _csv(feed: Feed, records: Sequence[Record]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(feed.header)
    writer.writerows([record.get(name) or "" for name in feed.header] for record in records)
    return text.getvalue()


def _add_json(connection: duckdb.DuckDBPyConnection, feed: Feed, records: Sequence[Record]) -> None:
    bodies = [json.dumps(record, ensure_ascii=False) for record in records]
    said = [unwrap(body.encode())[:3] if feed.arrival == "event" else (body, None, None) for body in bodies]
    _insert(connection, [dict(zip(("body", "defect", "message"), event, strict=True)) for event in said])


def _add_given(connection: duckdb.DuckDBPyConnection, feed: Feed, records: Sequence[Record]) -> None:
    """Records of a reader, or of a CSV file whose preamble says a part of them."""
    lines = []
    for record in records:
        header = [record.get(name) or None for name in feed.header]
        places = [*range(1, len(feed.in_records) + 1)] if feed.layout.by_name else []
        lines.append({
            "body": _csv(feed, [record]).splitlines()[1] if feed.format == "csv" else f"{header}",
            "given": [record.get(name) or None for name in feed.captions] if feed.format == "csv" else header,
            "named": [record.get(name) for name in feed.layout.named],
            "places": places, "width": len(places), "columns": (1 << len(places)) - 1,
        })  # fmt: skip
    _insert(connection, lines)


def _insert(connection: duckdb.DuckDBPyConnection, lines: list[Record]) -> None:
    """Add records to `line`, numbered from 1, as they arrived on one day."""
    schema = pa.schema([LINE.field(name) for name in lines[0]]) if lines else LINE
    numbers = pa.array(range(1, len(lines) + 1), pa.int64())
    given = pa.Table.from_pylist(lines, schema).append_column("line_number", numbers)
    connection.register("lines_given", given)
    connection.execute(
        "insert into line by name "
        "select *, 'raw/key' as raw_key, timestamp '2026-11-20' as received_at from lines_given"
    )
    connection.unregister("lines_given")
