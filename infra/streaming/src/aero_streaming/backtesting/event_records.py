"""From events to the records that the Flink job writes of them: for scores and drills of the rules, without Flink.

Legs are merged by the oracle (`leg_merge.py`) and judged by `leg_times.py`, as Flink does; the sums of their scopes
follow as in `leg_records.py`. Events of the topic leg-events only: bookings and answers of passengers raise no alert.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from aero_streaming.backtesting.leg_records import Sums
from aero_streaming.events import Event, to_facts, topic_of
from aero_streaming.events.types import EVENT_TYPES
from aero_streaming.flink.sql import NOTABLE, RETURNS
from aero_streaming.merge import merge
from aero_streaming.merge.leg_times import judge
from aero_streaming.times import minutes_between

IDENTITY = ("leg_uid", "carrier", "flight_number", "operational_suffix", "leg_sequence", "origin", "operating_date")
OF_EVENT = (
    *IDENTITY, "event_id", "event_type", "event_time", "received_at", "version", "is_correction", "source",
    "destination", "std_at", "sta_at", "tail", "cancellation_code", "diverted_to", "data_label",
)  # fmt: skip
LONG_DELAY_MINUTES = 60
"""From here on the delay that one event tells of is worth a record of its own."""


def records_of_events(events: Iterable[Event], hubs: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    """Yield records of kind event, leg and state; events come in the order of `received_at`, each counts once."""
    known: dict[str, list[Event]] = {}
    legs_before: dict[str, dict[str, Any]] = {}
    sums, seen = Sums(frozenset(hubs)), set[str]()
    for event in events:
        if topic_of(event) != "leg-events" or event["event_id"] in seen:
            continue
        seen.add(event["event_id"])
        uid = event["leg_uid"]
        of_leg = known.setdefault(uid, [])
        of_leg.append(event)
        before, after = legs_before.get(uid), _leg(of_leg)
        legs_before[uid] = after
        if (word := _first_word(event)) is not None:
            yield word
        yield after
        if after["std_at"] and after["sta_at"] and after["route"]:
            known_before = before if before and before["std_at"] and before["sta_at"] and before["route"] else None
            yield from sums.move(known_before, after, after["last_received_at"])


def _first_word(event: Event) -> dict[str, Any] | None:
    """The record of an event that people hear of before its leg is merged."""
    late = None
    if event["event_type"] in ("out", "estimate") and event.get("std_at"):
        moment = event.get("out_at") or event.get("estimated_out_at")
        late = minutes_between(event["std_at"], moment) if moment else None
    if event["event_type"] not in NOTABLE and (late is None or late < LONG_DELAY_MINUTES):
        return None
    route = f"{event['origin']}-{event.get('destination') or ''}"
    row = {name: event.get(name) for name in OF_EVENT}
    return {**row, "kind": "event", "partition_key": route, "route": route, "departure_delay_minutes": late,
            "is_actual": EVENT_TYPES[event["event_type"]].is_actual}  # fmt: skip


def _leg(of_leg: list[Event]) -> dict[str, Any]:
    """The leg as merged from its events so far, the last of which just came."""
    last = of_leg[-1]
    row = merge(to_facts(of_leg)[last["leg_uid"]])
    returns = sorted((event["event_time"], event["event_type"]) for event in of_leg if event["event_type"] in RETURNS)
    route = f"{last['origin']}-{row['destination']}" if row["destination"] else None
    row |= {
        **{name: last[name] for name in IDENTITY},
        "kind": "leg",
        "route": route,
        "partition_key": route or last["origin"],
        "state_version": len(of_leg),
        "events": len(of_leg),
        "last_received_at": max(event["received_at"] for event in of_leg),
        "last_event_at": max(event["event_time"] for event in of_leg),
        "corrections": sum(event["is_correction"] for event in of_leg),
        "return_count": len(returns),
        "last_return_at": returns[-1][0] if returns else None,
        "last_return_type": returns[-1][1] if returns else None,
        "is_cancelled": bool(row["is_cancelled"]),
        "is_diverted": bool(row["is_diverted"]),
        "cancelled_at": _decided_at(of_leg, "cancel") if row["is_cancelled"] else None,
        "diverted_at": _decided_at(of_leg, "divert") if row["is_diverted"] else None,
    }
    row["time_problem"], times = judge(row)
    std, out = times["std_at"], times["out_at"]
    row["departure_delay_minutes"] = _late(out, std)
    row["expected_delay_minutes"] = _late(out or times["estimated_out_at"], std)
    flown = not row["is_cancelled"] and not row["is_diverted"]
    row["arrival_delay_minutes"] = _late(times["in_at"], times["sta_at"]) if flown else None
    return row


def _decided_at(of_leg: list[Event], event_type: str) -> str | None:
    """Return the time of the last version of a decision."""
    decisions = [event for event in of_leg if event["event_type"] == event_type]
    newest = max(decisions, key=lambda event: (event["version"], event["received_at"], event["event_id"]), default=None)
    return newest["event_time"] if newest else None


def _late(actual: str | None, planned: str | None) -> int | None:
    return minutes_between(planned, actual) if actual and planned else None
