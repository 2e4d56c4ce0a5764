"""Rows of the database in the warehouse: SQL makes the facts of them that the stream is told."""

import json
from datetime import timedelta

import pytest

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_extract.raw_store import Stamp
from aero_ingest.database_events import events_of_row, read
from aero_streaming.events import build, to_facts, topic_of
from aero_streaming.events.checks import IDENTITY
from aero_streaming.events.types import DESCRIPTION
from aero_streaming.merge import merge
from aero_streaming.times import parse
from tests.dbt.test_ops_events import FACT, SqlFacts, said
from tests.judging import judged
from tests.unit.feeds.table_rows import ON, WINDOW_END, rows

SEED = 3


@pytest.fixture(scope="module")
def lines():
    """The last row of every leg that the extract would read, as lines of the raw zone."""
    latest = {}
    for row in rows("legs"):
        number = latest.get(row["leg_uid"], {}).get("row_version", 0) + 1
        latest[row["leg_uid"]] = row | {"row_version": number}
    stamp = Stamp("opsdb/legs", WINDOW_END)
    return [stamp.line(json.dumps(row, default=str, ensure_ascii=False))[0] for row in latest.values()]


@pytest.fixture(scope="module")
def events(lines):
    """Events of the same legs, one of which came back to its stand."""
    known = {read(line).values["leg_uid"] for line in lines}
    found = [
        event
        for event in day_events(Airline(SEED), ON)
        if event["leg_uid"] in known and topic_of(event) == "leg-events"
    ]
    off = next(event for event in found if event["event_type"] == "off")
    leg = {name: off[name] for name in (*IDENTITY, *DESCRIPTION) if off.get(name) is not None}
    back = minutes_before(off["off_at"], 5)
    returned = build("return_to_ramp", leg, source="ops_event", event_time=back, received_at=off["received_at"])
    return [*found, returned]


def minutes_before(moment, minutes):
    return parse(moment) - timedelta(minutes=minutes)


class DatabaseFacts(SqlFacts):
    """Makes facts of events and of rows of the database."""

    def __init__(self, built):
        super().__init__(built)
        self.engine.execute("drop table intermediate.int_database_leg_event")
        columns = "select column_name, data_type from duckdb_columns() where table_name = 'stg_opsdb__legs'"
        self.columns = built.rows(columns)
        given = ", ".join(f"{name} {kind}" for name, kind in self.columns)
        self.engine.execute(f"create table staging.stg_opsdb__legs ({given})")
        view = built.compiled("int_database_leg_event")
        self.engine.execute(f"create view intermediate.int_database_leg_event as {view}")

    def of_rows(self, lines, events):
        """Return every fact of the database's rows beside these events, in one spelling."""
        self.engine.execute("delete from staging.stg_opsdb__legs")
        names = [name for name, _ in self.columns]
        for row in judged("opsdb/legs", "".join(lines).encode(), ON):
            assert row["reason"] is None, row["message"]
            values = [row[name] for name in names]
            self.engine.execute(
                f"insert into staging.stg_opsdb__legs values ({', '.join('?' * len(names))})", values
            )  # fmt: skip
        self(events)
        found = self.engine.execute(
            f"select {', '.join(FACT)} from intermediate.int_leg_fact where source = 'database'"
        ).fetchall()
        return ordered(said(dict(zip(FACT, row, strict=True))) for row in found)


def ordered(facts):
    return sorted(facts, key=lambda fact: sorted((name, str(value)) for name, value in fact.items()))


@pytest.fixture(scope="module")
def sql(built):
    found = DatabaseFacts(built)
    yield found
    found.engine.close()


def told(lines, events):
    """The rows as the stream knows them, beside the events of the same legs."""
    facts = to_facts([*events, *(event for line in lines for event in events_of_row(read(line)))])
    return ordered(said(dict(event)) for of_leg in facts.values() for event in of_leg if event["source"] == "database")


@pytest.mark.parametrize("is_beside_events", [False, True])
def test_the_warehouse_makes_the_facts_of_rows_that_the_stream_is_told(sql, lines, events, is_beside_events):
    beside = events if is_beside_events else []
    expected = told(lines, beside)
    assert sql.of_rows(lines, beside) == expected
    assert ({fact["attempt"] for fact in expected} == {1, 2}) is is_beside_events


def test_a_leg_is_the_same_by_rows_alone_and_by_rows_and_what_was_told_of_them(lines, events):
    by_row = [event for line in lines for event in events_of_row(read(line))]
    alone, twice = to_facts([*events, *by_row]), to_facts([*events, *by_row, *by_row])
    assert {uid: merge(facts) for uid, facts in alone.items()} == {uid: merge(facts) for uid, facts in twice.items()}
    assert len(alone) == len(lines)
