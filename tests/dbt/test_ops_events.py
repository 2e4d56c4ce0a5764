"""Events in the warehouse: SQL makes the facts of them that the vocabulary makes; legs, books and answers follow."""

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_assets.feeds import find
from aero_streaming.events import to_facts, topic_of
from aero_streaming.events.types import CAUSES
from aero_streaming.merge import FIELDS, first_received, merge
from tests.dbt.project import Warehouse
from tests.dbt.typed_lake import write
from tests.golden import leg_columns
from tests.judging import judged
from tests.unit.feeds.event_rows import wrapped
from tests.unit.streaming.event_samples import event, events_of_one_leg

SELECT = ("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
LEGS, BOOKINGS, FEEDBACK = find("ops/leg_events"), find("commercial/bookings"), find("customer/feedback")
FACT = ("leg_uid", "source", "attempt", "is_actual", "version", "received_at", *(field.name for field in FIELDS))
CAUSE_NAMES = {cause.name for cause in CAUSES}
DAY = date(2026, 11, 2)
ARRIVED = date(2026, 11, 20)


class SqlFacts:
    """Makes facts of events with the typed step and the compiled SQL of int_leg_fact."""

    def __init__(self, built: Warehouse) -> None:
        int_leg_fact = built.compiled("int_leg_fact")
        inline = built.dbt("compile", "--inline", "{{ first_received('staging.given_events') }}")
        [unique] = [result.node.compiled_code for result in inline.result.results]
        self.engine: Any = duckdb.connect()
        self.engine.execute("attach ':memory:' as warehouse; use warehouse; create schema staging")
        self.engine.execute("create schema intermediate; create schema reference")
        columns = ", ".join(f"{column.name} {column.type}" for column in LEGS.columns)
        self.engine.execute(f"create table staging.given_events ({columns})")
        self.engine.execute(f"create view staging.stg_ops__leg_events as {unique}")
        nodes = built.parsed.manifest.nodes
        for parent in (nodes[name] for name in nodes["model.aero.int_leg_fact"].depends_on_nodes):
            if parent.name != "stg_ops__leg_events":
                columns = f"select column_name, data_type from duckdb_columns() where table_name = '{parent.name}'"
                given = ", ".join(f"{name} {kind}" for name, kind in built.rows(columns))
                self.engine.execute(f"create table {parent.schema}.{parent.name} ({given})")
        self.engine.execute(f"create view intermediate.int_leg_fact as {int_leg_fact}")

    def __call__(self, events: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return what each event says, by event id: only what is said."""
        typed = judged(LEGS, wrapped(*events), ARRIVED)
        assert [row["message"] for row in typed if row["reason"]] == []
        self.engine.execute("delete from staging.given_events")
        names = [column.name for column in LEGS.columns]
        for row in typed:
            self.engine.execute(
                f"insert into staging.given_events values ({', '.join('?' * len(names))})",
                [row[name] for name in names],
            )
        rows = self.engine.execute(f"select event_id, {', '.join(FACT)} from intermediate.int_leg_fact").fetchall()
        facts = (dict(zip(FACT, row[1:], strict=True)) for row in rows)
        return {row[0]: said(fact) for row, fact in zip(rows, facts, strict=True)}


def said(fact: dict[str, Any]) -> dict[str, Any]:
    """A fact in one spelling: nothing that is null, times without a zone, causes only where they were sent."""
    derived = CAUSE_NAMES if fact.get("delay_codes") else set()
    named = {name: fact[name] for name in FACT if fact.get(name) is not None and name not in derived}
    for name, value in named.items():
        if name.endswith("_at"):
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
            named[name] = moment.replace(tzinfo=None)
    return named


def expected(events: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    facts = [fact for of_leg in to_facts(events).values() for fact in first_received(of_leg)]
    return {fact["event_id"]: said(dict(fact)) for fact in facts}


@pytest.fixture(scope="module")
def sql_facts(built) -> Iterator[SqlFacts]:
    facts_in_sql = SqlFacts(built)
    yield facts_in_sql
    facts_in_sql.engine.close()
    # Hypothesis keeps the fixture to the end of the process.
    facts_in_sql.engine = None


@given(events_of_one_leg(), st.randoms())
@settings(deadline=None, max_examples=30)
def test_sql_makes_the_facts_that_the_vocabulary_makes(sql_facts, events, random):
    copies = [*events, *({**event, "received_at": "2026-11-23T09:00:00Z"} for event in events[:2])]
    random.shuffle(copies)
    assert sql_facts(copies) == expected(copies)


def test_a_field_of_another_type_says_nothing_to_the_merge(sql_facts):
    odd = event("cancel") | {"passengers": 12, "out_at": "2026-11-22T19:00:00Z", "delay_codes": "93:30", "new": "x"}
    assert sql_facts([odd]) == expected([odd])


# -- a day of the synthetic airline -----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def day() -> list[dict[str, Any]]:
    """All events of a fifth of the legs of a day, with the mistakes, copies and late ones of real senders."""
    events = day_events(Airline(), DAY)
    chosen = set(sorted({event["leg_uid"] for event in events})[::5])
    return [event for event in events if event["leg_uid"] in chosen]


def store(warehouse: Warehouse, events: Iterable[dict[str, Any]], arrived: str) -> None:
    for feed in (LEGS, BOOKINGS, FEEDBACK):
        sent = [event for event in events if topic_of(event) == feed.topic]
        rows = judged(feed, wrapped(*sent), ARRIVED)
        assert [row["message"] for row in rows if row["reason"]] == []
        write(warehouse.lake, rows, arrived=arrived, feed=feed)


@pytest.fixture(scope="module")
def with_events(built, day, tmp_path_factory) -> Warehouse:
    """The sample with that day beside it; read only."""
    warehouse = built.copy(tmp_path_factory.mktemp("events") / "copy")
    store(warehouse, day, "2026-11-20-0aaa0aaa")
    warehouse.build(*SELECT, dates=[f"{DAY}"])
    return warehouse


def test_every_leg_of_the_day_is_what_the_merge_makes_of_its_events(with_events, day):
    names = [name for name in leg_columns() if name not in CAUSE_NAMES]
    rows = with_events.rows(f"select {', '.join(names)} from intermediate.int_leg where operating_date = '{DAY}'")
    found = {row[0]: dict(zip(names, row, strict=True)) for row in rows}
    legs = {uid: merge(facts) for uid, facts in to_facts(day).items()}
    assert len(found) == len(legs) > 50
    for uid, leg in legs.items():
        assert said_leg(found[uid]) == said_leg({name: leg[name] for name in names})


def test_a_leg_that_only_bookings_and_answers_name_is_none_until_its_plan_comes(with_events, day, tmp_path):
    events = day_events(Airline(), DAY)
    known = {event["leg_uid"] for event in day}
    [uid, *_] = sorted({event["leg_uid"] for event in events if topic_of(event) == "feedback"} - known)
    of_leg = [event for event in events if event["leg_uid"] == uid]
    warehouse = with_events.copy(tmp_path / "copy")
    store(warehouse, [event for event in of_leg if topic_of(event) != "leg-events"], "2026-11-21-0bbb0bbb")
    # The marts warn of what waits for its leg; nothing stops.
    assert warehouse.dbt("build", *SELECT, dates=[f"{DAY}"]).success
    assert legs_of(warehouse) == legs_of(with_events) == known
    assert booked_legs(warehouse) == booked_legs(with_events)
    store(warehouse, [event for event in of_leg if event["event_type"] == "schedule"], "2026-11-22-0ccc0ccc")
    warehouse.build(*SELECT, dates=[f"{DAY}"])
    assert legs_of(warehouse) == known | {uid}
    assert booked_legs(warehouse) == booked_legs(with_events) + 1


def booked_legs(warehouse: Warehouse) -> int:
    [(legs,)] = warehouse.rows("select sum(booked_legs) from commercial.fct_route_day_commercial")
    return legs


def legs_of(warehouse: Warehouse) -> set[str]:
    return {uid for (uid,) in warehouse.rows(f"select leg_uid from operations.fct_leg where operating_date = '{DAY}'")}


def said_leg(leg: dict[str, Any]) -> dict[str, Any]:
    """A leg with its times without a zone."""
    times = {name: value for name, value in leg.items() if name.endswith("_at") and isinstance(value, str)}
    return leg | {name: datetime.fromisoformat(value).replace(tzinfo=None) for name, value in times.items()}


def latest(events: Iterable[dict[str, Any]], topic: str, key: str) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for sent_event in sorted(
        (sent_event for sent_event in events if topic_of(sent_event) == topic),
        key=lambda sent_event: sent_event["version"],
    ):
        found[sent_event[key]] = sent_event
    return list(found.values())


def test_books_and_answers_of_the_day_are_counted_by_the_route_of_their_leg(with_events, day):
    route = {uid: f"{facts[0]['origin']}-{merge(to_facts(facts)[uid])['destination']}" for uid, facts in by_leg(day)}
    expected: dict[str, list[float]] = {}
    for book in latest(day, "bookings", "leg_uid"):
        sums = expected.setdefault(route[book["leg_uid"]], [0] * 7)
        sums[0] += 1
        sums[1] += book["booked_seats"]
        sums[2] += round(book["booked_revenue_usd"] * 100)
    for answer in latest(day, "feedback", "response_id"):
        sums = expected.setdefault(route[answer["leg_uid"]], [0] * 7)
        sums[3] += 1
        sums[4] += answer["recommendation"] >= 9
        sums[5] += answer["recommendation"] <= 6
        sums[6] += answer["satisfaction"]
    columns = "booked_legs, booked_seats, booked_revenue_usd * 100, answers, promoters, detractors, satisfaction_sum"
    rows = with_events.rows(
        f"select route, {columns} from commercial.fct_route_day_commercial where operating_date = '{DAY}'"
    )
    assert {route: list(sums) for route, *sums in rows} == expected
    assert len(rows) > 20


def by_leg(events: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    legs: dict[str, list[dict[str, Any]]] = {}
    for sent_event in events:
        if topic_of(sent_event) == "leg-events":
            legs.setdefault(sent_event["leg_uid"], []).append(sent_event)
    return list(legs.items())


def test_the_same_events_again_in_another_order_and_later_change_nothing(with_events, day, tmp_path):
    warehouse = with_events.copy(tmp_path / "copy")
    before = warehouse.marts()
    again = [{**event, "received_at": "2026-11-19T00:00:00Z"} for event in day]
    random.Random(5).shuffle(again)
    store(warehouse, again, "2026-11-21-0bbb0bbb")
    warehouse.build(*SELECT, dates=[f"{DAY}"])
    assert warehouse.marts() == before


def test_halves_in_either_order_give_the_marts_of_the_whole(built, with_events, day, tmp_path):
    """Attempts come from the set: a return may arrive days after the departure that follows it."""
    shuffled = [*day]
    random.Random(7).shuffle(shuffled)
    warehouse = built.copy(tmp_path / "copy")
    for number, half in enumerate((shuffled[1::2], shuffled[::2])):
        store(warehouse, half, f"2026-11-2{number}-0ccc0ccc")
        warehouse.dbt("build", *SELECT, "--exclude-resource-type", "test", dates=[f"{DAY}"])
    assert warehouse.marts() == with_events.marts()


def test_files_of_other_dates_are_not_opened(with_events):
    """Attempts, duplicates and last snapshots are found within an operating date, so the filter reaches the files."""
    for model in ("int_leg", "int_booking", "int_feedback", "fct_leg_at_close", "fct_schedule"):
        [(_, plan)] = with_events.rows(f"explain analyze {with_events.compiled(model, dates=[f'{DAY}'])}")
        assert "Scanning Files: 1/2" in plan
        assert "Scanning Files: 2/2" not in plan
