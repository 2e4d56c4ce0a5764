"""Typed records of figures of legs: coupons and costs of the database, answers, and rows of tables that people keep.

A record of the database or of an event names its leg; one of a table names a flight, and is shown for each leg of that
flight. The published marts say what a leg earned and cost; of its records the last state counts, as staging decides it.
Which of two sources counts where both state an amount is for `int_coupon` and `int_cost` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from aero_assets.feeds import Feed, FeedError, find
from aero_assets.lake import LakeCopy
from aero_assets.trace.records import Record, record_of, typed_files, typed_rows

#: Feeds of money → the columns of a record that a reader looks for.
MONEY: dict[str, tuple[str, ...]] = {
    "opsdb/tickets": ("coupon_id", "cabin", "status", "seats", "fare_usd", "ancillary_usd"),
    "opsdb/leg_costs": ("cost_line", "basis", "driver", "quantity", "amount_usd"),
    "partner/revenue": ("coupon_id", "cabin", "status", "coupons", "revenue", "fare", "ancillary", "currency"),
    "partner/costs": ("cost_line", "basis", "reference", "amount", "currency"),
    "partner/cargo": ("air_waybill", "weight_kg", "amount", "currency"),
}
#: Feeds of answers, that of events first: an answer that both have counts from the event.
ANSWERS = dict.fromkeys(
    ("customer/feedback", "partner/surveys"), ("response_id", "cabin", "recommendation", "satisfaction")
)
#: The names that a row of a table has for its flight.
FLIGHT = ("carrier", "flight_number", "operational_suffix")


@dataclass(frozen=True)
class FigureRecord:
    """A record of a figure of a leg, with what it states."""

    record: Record
    values: Mapping[str, Any] = field(default_factory=dict)


def figure_records(
    copy: LakeCopy,
    day: date,
    legs: Iterable[Mapping[str, Any]],
    scratch: Path,
    shown: Mapping[str, tuple[str, ...]] = MONEY,
) -> dict[str, list[FigureRecord]]:
    """Return the records of legs of a date by `leg_uid`, of the feeds in `shown`; `legs` are rows with their names."""
    rows_of_legs = {leg["leg_uid"]: leg for leg in legs}
    telling = {path: feed for path in shown if (feed := _registered(path))}
    records_of_leg: dict[str, list[FigureRecord]] = {}
    for path, files in typed_files(copy, telling, day, scratch).items():
        feed = telling[path]
        if feed.arrival != "file":
            rows = typed_rows(feed, files, "leg_uid", sorted(rows_of_legs))
            pairs = [(row["leg_uid"], row) for row in rows]
        else:
            rows = typed_rows(feed, files, "carrier", sorted({leg["carrier"] for leg in rows_of_legs.values()}))
            pairs = [(uid, row) for uid, leg in rows_of_legs.items() for row in rows if _names(row, leg)]
        last = _last(feed, rows)
        for uid, row in pairs:
            counts = row["event_id"] in last and not row["is_copy"]
            state = "withdrawn" if counts and row.get("deleted_at") else "counts" if counts else "earlier"
            record = record_of(feed, {**row, "leg_uid": uid}, "copy" if row["is_copy"] else state)
            records_of_leg.setdefault(uid, []).append(
                FigureRecord(record, {name: row.get(name) for name in shown[path]})
            )
    return records_of_leg


def _registered(path: str) -> Feed | None:
    try:
        return find(path)
    except FeedError:
        return None


def _names(row: Mapping[str, Any], leg: Mapping[str, Any]) -> bool:
    """Return True if a row of a table names the flight of a leg, and no other airports than those of the leg."""
    return all((row[name] or "") == (leg[name] or "") for name in FLIGHT) and all(
        row.get(name) in (None, leg[name]) for name in ("origin", "destination")
    )


def _last(feed: Feed, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the event ids of the last state of every row, by the key of the feed."""
    last: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in rows:
        names = {"table": feed.version_of, "file": feed.identity}.get(feed.arrival, feed.row_key)
        key = tuple(row[name] for name in names)
        if key not in last or _order(feed, row) > _order(feed, last[key]):
            last[key] = row
    return {row["event_id"] for row in last.values()}


def _order(feed: Feed, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the order of states: of a database by version, of tables by arrival and place."""
    place = row["raw_ref"] if feed.arrival == "file" else ""
    return row["version"], row["received_at"], place, row["event_id"]


def answers_of_legs(records_of_leg: Mapping[str, Iterable[FigureRecord]]) -> list[tuple[str, int | None, int | None]]:
    """Return leg, recommendation and satisfaction of the answers that count, each once, as `int_feedback` chooses them.

    The row of a table counts for the only leg of its flight, if no event has the same answer.
    """
    counting = [(uid, item) for uid, items in records_of_leg.items() for item in items if item.record.state == "counts"]
    legs_of: dict[str, set[str]] = {}
    for uid, item in counting:
        legs_of.setdefault(item.record.event_id, set()).add(uid)
    streamed = {item.values["response_id"] for _, item in counting if item.record.feed == "customer/feedback"}
    return [
        (uid, item.values["recommendation"], item.values["satisfaction"])
        for uid, item in counting
        if item.record.feed == "customer/feedback"
        or (item.values["response_id"] not in streamed and len(legs_of[item.record.event_id]) == 1)
    ]
