"""Items of DynamoDB: plain values to typed ones and back, and which attributes carry the indexes of each table.

Absent is left out, whole numbers come back as int (80.0 too), others as float. Lives of items count from their arrival.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from aero_streaming.alerts.conditions import Row, on_ground
from aero_streaming.alerts.model import Alert, Transition
from aero_streaming.rules.model import RuleSet
from aero_streaming.times import text

Item = dict[str, Any]
Typed = dict[str, dict[str, Any]]

STATE_DAYS, LOG_DAYS = 10, 90
"""How long leg-state keeps what it heard last, and how long logs and closed alerts stay in the tables."""


def typed(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any plain value
    """Return a value as DynamoDB wants it."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        # DynamoDB keeps 80.0 as 80; written so from the start, every table has it the same.
        return {"N": repr(int(value) if value == int(value) else value)}
    if isinstance(value, Mapping):
        return {"M": to_item(value)}
    if isinstance(value, set | frozenset):
        return {"SS": sorted(value)}
    return {"L": [typed(part) for part in value]}


def plain(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any plain value
    """Return the plain value of a typed one."""
    ((kind, content),) = value.items()
    if kind == "N":
        return float(content) if any(sign in content for sign in ".eE") else int(content)
    if kind == "M":
        return from_item(content)
    if kind == "L":
        return [plain(part) for part in content]
    return set(content) if kind == "SS" else content


def to_item(values: Mapping[str, Any]) -> Typed:
    """Return an item; what is None is left out."""
    return {name: typed(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """Return the plain values of an item."""
    return {name: plain(value) for name, value in item.items()}


def expiry(arrived: datetime, days: int) -> int:
    """Return when an item may go, seconds since 1970."""
    return int((arrived + timedelta(days=days)).timestamp())


def state_item(rules: RuleSet, key: str, row: Row, arrived: datetime) -> Item:
    """Return what leg-state keeps of a leg or a state, with what its indexes need."""
    item: Item = {**row, "key": key, "expires_at": expiry(arrived, STATE_DAYS)}
    if row.get("is_deleted"):
        return item
    if row["kind"] == "state":
        item["scope_day"] = f"{row['scope_type']}#{row['operating_date']}"
        return item
    if row.get("std_at"):
        item["scope_day"] = f"leg#{row.get('route') or row['origin']}#{row['operating_date']}"
        item["scope_id"] = f"{row['std_at']}#{row['leg_uid']}"
        item["flight"] = f"{row['carrier']}{row['flight_number']}{row.get('operational_suffix') or ''}"
        if row.get("tail"):
            item["tail_day"] = f"{row['tail']}#{row['operating_date']}"
    if ground := on_ground(rules, row):
        item["on_ground"], item["ground_since_at"] = "1", ground[1]
    return item


@cache
def _alert_fields() -> frozenset[str]:
    return frozenset(field.name for field in fields(Alert))


def alert_item(alert: Alert, arrived: datetime) -> Item:
    """Return an alert as it is kept; only one in view is in the index of open ones, only one out of it goes in time."""
    item = {name: value for name, value in vars(alert).items() if value is not None}
    if alert.is_kept_in_view:
        item["is_open"] = "1"
        item["opened_at"] = alert.fired_at or min(alert.held_since.values())
    else:
        item["expires_at"] = expiry(arrived, LOG_DAYS)
    return item


def alert_of(item: Mapping[str, Any]) -> Alert:
    """Return the alert that an item holds; attributes that it does not know are left aside."""
    known = {name: value for name, value in item.items() if name in _alert_fields()}
    known["recent_at"] = tuple(known.get("recent_at", ()))
    return Alert(**known)


def transition_item(transition: Transition, arrived: datetime) -> Item:
    """Return a line of the transition log. Its id follows from alert and revision; it sorts by arrival."""
    identity = sha256(f"{transition.alert_key}#{transition.revision}".encode()).hexdigest()[:16]
    item = {name: value for name, value in asdict(transition).items() if value is not None}
    item |= {
        "transition_id": identity,
        "arrived_hour": arrived_hour(arrived),
        "arrival": f"{arrival_text(arrived)}#{transition.revision:06d}#{identity}",
        "arrived_at": arrival_text(arrived),
        "notify_state": "pending" if transition.notify else "muted",
        "expires_at": expiry(arrived, LOG_DAYS),
    }
    if transition.notify:
        item["pending"] = "1"
    return item


def arrival_text(arrived: datetime) -> str:
    """Return a time of arrival with all its microseconds, so that texts sort as times."""
    return arrived.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def arrived_hour(arrived: datetime) -> str:
    """Return the hour of arrival, the partition of the transition log."""
    return arrived.strftime("%Y-%m-%dT%H")


def log_item(event: Row, arrived: datetime) -> Item:
    """Return what the event log keeps of an event."""
    item = {name: value for name, value in event.items() if value is not None and name not in ("kind", "partition_key")}
    item["flight"] = f"{event['carrier']}{event['flight_number']}"
    item["route"] = event.get("route") or f"{event['origin']}-?"
    item["arrived_at"] = text(arrived)
    item["expires_at"] = expiry(arrived, LOG_DAYS)
    return item
