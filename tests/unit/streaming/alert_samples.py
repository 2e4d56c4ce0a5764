"""Legs, records and engines for the tests of the semáforo; every time is on 25 November 2026 unless said."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from aero_streaming.alerts.acts import mature
from aero_streaming.alerts.baselines import Baselines
from aero_streaming.alerts.batch import Engine
from aero_streaming.alerts.engine import evaluate
from aero_streaming.alerts.flights import Composer
from aero_streaming.alerts.handler import Quarantine, handle
from aero_streaming.alerts.model import Condition
from aero_streaming.alerts.outbox import Outbox
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.tables import Tables
from aero_streaming.alerts.tick import Ticked, tick
from aero_streaming.alerts.words import Settings
from aero_streaming.rules import rules
from aero_streaming.rules.model import Rule, RuleSet

from .fakes import FakeDynamo, FakeS3, FakeSns

DAY = "2026-11-25"
NOON = datetime(2026, 11, 25, 18, tzinfo=UTC)
TABLES = Tables(*("leg-state", "alerts", "transitions", "event-log", "decisions", "baselines"))


def at(clock: str, day: str = DAY) -> str:
    return f"{day}T{clock}:00Z"


def moment(clock: str, day: str = DAY) -> datetime:
    return datetime.fromisoformat(at(clock, day))


def rule(rule_id: str) -> Rule:
    found = rules().by_id(rule_id)
    assert found is not None
    return found


def leg(number: int = 100, version: int = 1, received: str = "12:00", **values: Any) -> dict[str, Any]:
    origin, destination = values.get("origin", "MEX"), values.get("destination", "CUN")
    return {
        "kind": "leg", "partition_key": f"{origin}-{destination}", "leg_uid": f"{number:032x}",
        "state_version": version, "last_received_at": at(received), "last_event_at": at(received), "corrections": 0,
        "carrier": "AM", "flight_number": number, "operational_suffix": "", "leg_sequence": 1, "origin": origin,
        "destination": destination, "route": f"{origin}-{destination}", "operating_date": DAY,
        "std_at": at("18:00"), "sta_at": at("20:00"), "std_utc_offset_minutes": -360, "sta_utc_offset_minutes": -300,
        "tail": "XAAAA", "is_cancelled": False, "is_diverted": False, "return_count": 0,
        "data_label": "datos sintéticos",
        **values,
    }  # fmt: skip


def state(scope_type: str = "route", scope_id: str = "MEX-CUN", version: int = 1, received: str = "18:00",
          **values: Any) -> dict[str, Any]:  # fmt: skip
    """A state of a day; what follows from the sums given is filled in, with every flight that left tracked."""
    given = {
        "scheduled_legs": 40, "cancelled_legs": 0, "diverted_legs": 0, "departed_legs": 0, "dep_on_time_d0_legs": 0,
        "dep_late_15_legs": 0, "departure_delay_minutes": 0, "arrived_legs": 0, "arr_late_15_legs": 0, **values,
    }  # fmt: skip
    follows = {
        "operated_legs": max(given["departed_legs"], given["arrived_legs"] + given["diverted_legs"]),
        "dep_tracked_legs": given["departed_legs"],
        "d0_on_time_legs": given["dep_on_time_d0_legs"],
        "d15_on_time_legs": given["departed_legs"] - given["dep_late_15_legs"],
        "arr_tracked_legs": given["arrived_legs"] + given["diverted_legs"],
        "a14_on_time_legs": given["arrived_legs"] - given["arr_late_15_legs"],
        "cancelled_by_quarter": {f"{DAY} 12:00": given["cancelled_legs"]} if given["cancelled_legs"] else {},
    }
    return {
        "kind": "state", "partition_key": scope_id, "scope_type": scope_type, "scope_id": scope_id,
        "operating_date": DAY, "quarter_at": None, "state_version": version, "last_received_at": at(received),
        "last_event_at": at(received), "corrections": 0, "accounted_legs": 0, "data_label": "datos sintéticos",
        **follows, **given,
    }  # fmt: skip


def event(kind: str = "cancel", number: int = 100, received: str = "12:00", **values: Any) -> dict[str, Any]:
    of_leg = leg(number)
    copied = ("leg_uid", "carrier", "flight_number", "operational_suffix", "leg_sequence", "origin", "destination",
              "route", "operating_date", "std_at", "sta_at", "tail", "data_label")  # fmt: skip
    return {
        "kind": "event", "partition_key": of_leg["route"], "event_id": f"{kind}{number}{received}".ljust(32, "0"),
        "event_type": kind, "event_time": at(received), "received_at": at(received), "version": 1,
        "is_correction": False, "source": "operations", **{name: of_leg[name] for name in copied}, **values,
    }  # fmt: skip


def condition(rule: Rule, value: float | None, **values: Any) -> Condition:
    scope_id = values.pop("scope_id", "X")
    rest: dict[str, Any] = {"n": 100, "seen": "v1", "last_event_at": at("12:00"), **values}
    return Condition(
        alert_key=f"{rule.id}#{rule.scope}#{scope_id}#{DAY}", rule_id=rule.id, scope_type=rule.scope, scope_id=scope_id,
        operating_date=DAY, value=value, **rest,
    )  # fmt: skip


def kinesis(rows: list[Any], first: int = 1, arrived: datetime = NOON) -> list[dict[str, Any]]:
    """Rows (or raw bytes) as Lambda gives them; leg and state as an update of a changelog."""
    records = []
    for number, row in enumerate(rows, first):
        body = row
        if isinstance(row, dict):
            plain = row.get("kind") == "event" or "op" in row
            body = json.dumps(row if plain else {"before": None, "after": row, "op": "c"}).encode()
        records.append(
            {
                "eventID": f"shardId-000000000000:{number}",
                "kinesis": {
                    "sequenceNumber": f"{number}", "partitionKey": "p", "data": base64.b64encode(body).decode(),
                    "approximateArrivalTimestamp": arrived.timestamp(),
                },
            }
        )  # fmt: skip
    return records


class Line:
    """The handler and the tick over tables in memory; `wall` is the clock of arrival, a second further at each look."""

    def __init__(self, rule_set: RuleSet | None = None, by_wall: bool = False) -> None:
        self.dynamo, self.sns, self.s3 = FakeDynamo(), FakeSns(), FakeS3()
        self.wall = NOON
        self.store = AlertStore(self.dynamo, TABLES)
        self.rules = rule_set or rules()
        self.by_wall = by_wall
        self.restart()

    def restart(self) -> None:
        """Begin a new process: nothing is left in memory."""
        settings = Settings(dashboard_url="https://tablero.example")
        outbox = Outbox(self.store, self.sns, "arn:topic", Composer(self.store, self.rules, settings), self.look)
        self.engine = Engine(self.store, self.rules, Baselines(self.store), outbox, self.look, self.by_wall)

    def look(self) -> datetime:
        self.wall += timedelta(microseconds=1000)
        return self.wall

    def send(self, *rows: Any, first: int = 1) -> dict[str, Any]:
        return handle(kinesis(list(rows), first), self.engine, Quarantine(self.s3, "lake"))

    def tick(self, clock: str, day: str = DAY) -> Ticked:
        """Tick at a time; the wall clock has come as far, or further."""
        self.wall = max(self.wall, moment(clock, day))
        return tick(self.engine, moment(clock, day))

    def plan(self, hub: str = "MEX", clock: str = "18:30", legs: int = 10) -> None:
        """Flights that are still to leave a hub: without them nobody is told of it."""
        self.send(state("hub_quarter", hub, 1, "12:00", quarter_at=at(clock), scheduled_legs=legs,
                        awaiting_departure_legs=legs))  # fmt: skip

    def tell_movements(self) -> None:
        """A flight of the carrier that is over: its source tells OUT, OFF, ON and IN."""
        times = {"std_at": at("06:00"), "out_at": at("06:00"), "off_at": at("06:10"), "on_at": at("07:55"),
                 "sta_at": at("08:00"), "in_at": at("08:00")}  # fmt: skip
        self.send(leg(9998, 1, "08:01", tail="XAYYY", **times))

    def heartbeat(self, clock: str) -> None:
        """A record that means nothing but that the feed is alive."""
        self.wall = max(self.wall, moment(clock))
        self.send(leg(9999, int(clock.replace(":", "")), clock, tail="XAZZZ"))

    def late(self, minutes: int, number: int = 100, version: int = 3, received: str = "18:00", **values: Any) -> None:
        """A flight that is expected so late and has not left: told for the second time when its hold is over."""
        before = (moment(received) - timedelta(minutes=5)).strftime("%H:%M")
        for step, told_at in ((version - 1, before), (version, received)):
            self.send(leg(number, step, told_at, expected_delay_minutes=minutes, **values))

    def told(self, rule_id: str) -> list[dict[str, Any]]:
        """Messages about alerts of a rule."""
        return [m for m in self.sns.published if m["MessageAttributes"]["rule_id"]["StringValue"] == rule_id]

    def alerts(self) -> dict[str, dict[str, Any]]:
        return {item["alert_key"]: item for item in self.dynamo.rows("alerts")}

    def alert(self, rule_id: str, scope_id: str) -> dict[str, Any]:
        return next(a for a in self.alerts().values() if (a["rule_id"], a["scope_id"]) == (rule_id, scope_id))

    def kinds(self, rule_id: str | None = None) -> list[str]:
        lines = sorted(self.dynamo.rows("transitions"), key=lambda line: line["arrival"])
        return [line["kind"] for line in lines if rule_id is None or line["alert_key"].startswith(f"{rule_id}#")]


class Story:
    """One alert told step by step; `say` gives a value at a time."""

    def __init__(self, rule, scope_id="X"):
        self.rule, self.scope_id, self.alert, self.told = rule, scope_id, None, []

    def say(self, clock, value, **values):
        if self.rule.unit == "percent" and value is not None:
            values = {"n": 100, "k": round(value), **values}
        values = {"last_event_at": at(clock), "seen": f"at {clock}", **values}
        condition_now = condition(self.rule, value, scope_id=self.scope_id, **values)
        self.alert, told = evaluate(self.rule, condition_now, self.alert, moment(clock))
        self.told += told
        return self

    def wait(self, clock):
        assert self.alert is not None
        self.alert, told = mature(self.rule, self.alert, moment(clock), 12)
        self.told += told
        return self

    def act(self, act, *arguments):
        self.alert, told = act(self.rule, self.alert, *arguments)
        self.told += told
        return self

    @property
    def state(self):
        return self.alert.state if self.alert else None

    def kinds(self):
        return [line.kind for line in self.told]

    def heard(self):
        return [line.kind for line in self.told if line.notify]
