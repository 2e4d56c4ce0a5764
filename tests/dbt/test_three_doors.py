"""A day that comes by the database, by messages and by events: one leg each, and the right word wins.

What every leg must be is said by the drill `aero drill doors`, which plays the same on the real engines.
"""

import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest

from aero_airline.airline import Airline
from aero_airline.leg_life import minute_text
from aero_airline.opsdb import day_changes
from aero_assets.feeds import find
from aero_drills.doors_drill import FIGURES, compose
from aero_extract.raw_store import Stamp
from aero_ingest.database_events import events_of_row, read
from aero_streaming.events import to_facts
from aero_streaming.merge import merge
from tests.dbt.test_ops_events import ARRIVED, SELECT, store
from tests.dbt.typed_lake import write
from tests.judging import judged
from tests.unit.ingest.test_gateway import World

ON, LEGS = date(2026, 11, 5), 64
TABLE = find("opsdb/legs")


@pytest.fixture(scope="module")
def day():
    return compose(Airline(1), ON, LEGS)


@pytest.fixture(scope="module")
def lines():
    """The rows of the table of legs after all its corrections, as the extract reads them."""
    rows: dict[str, dict[str, Any]] = {}
    for change in day_changes(Airline(1), ON, most_legs=LEGS):
        for values in change.rows if change.table == "legs" else ():
            row: dict[str, Any] = {
                name: value for name, value in zip(change.columns, values, strict=True) if value is not None
            }
            number = rows.get(row["leg_uid"], {}).get("row_version", 0) + 1
            rows[row["leg_uid"]] = row | {"row_version": number, "updated_at": minute_text(change.at)}
    stamp = Stamp(TABLE.path, "2026-11-09T00:00:00Z")
    return [stamp.line(json.dumps(row, default=str, ensure_ascii=False))[0] for row in rows.values()]


@pytest.fixture(scope="module")
def told(day, lines):
    """All events of the three doors, those of messages by the gateway."""
    world = World()
    world.sent += [event for line in lines for event in events_of_row(read(line))]
    world.sent += day.events
    for telegram in day.messages:
        tally = world.take(telegram.text, at=telegram.sent_at)
        assert (tally.accepted, tally.put_aside) == (1, [])
    return world.sent


@pytest.fixture(scope="module")
def legs(built, lines, told, tmp_path_factory):
    """The day's legs in the warehouse."""
    warehouse = built.copy(tmp_path_factory.mktemp("doors") / "copy")
    store(warehouse, told, "2026-11-20-0aaa0aaa")
    rows = judged(TABLE, "".join(lines).encode(), ARRIVED)
    assert [row["message"] for row in rows if row["reason"]] == []
    write(warehouse.lake, rows, arrived="2026-11-20-0aaa0aaa", feed=TABLE)
    warehouse.build(*SELECT, dates=[f"{ON}"])
    figures = ", ".join(FIGURES)
    found = warehouse.rows(f"select leg_uid, {figures} from operations.fct_leg where operating_date = '{ON}'")
    return {name: spelt(dict(zip(FIGURES, values, strict=True))) for name, *values in found}


def spelt(leg):
    times = {name: value for name, value in leg.items() if isinstance(value, datetime)}
    return leg | {name: f"{value.replace(tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}" for name, value in times.items()}


def test_every_leg_is_one_leg_and_says_what_the_nearest_source_to_the_aircraft_said(day, legs):
    assert Counter(day.doors.values()) == dict.fromkeys(
        ("database", "database+events", "database+messages", "database+events+messages"), LEGS // 4
    )
    assert legs == day.expected


def test_the_recount_of_the_stream_says_the_same_of_every_leg(day, told):
    merged = {uid: merge(facts) for uid, facts in to_facts(told).items()}
    found = {uid: {name: leg[name] for name in FIGURES} for uid, leg in merged.items()}
    assert {uid: leg | {"is_cancelled": bool(leg["is_cancelled"])} for uid, leg in found.items()} == day.expected


def test_every_source_is_counted(day, lines, told):
    """The doors were given what was sent: nothing is told twice by two doors, for each has its own source."""
    by_source = Counter(event["source"] for event in told)
    assert by_source["ops_event"] + by_source["schedule"] == len(day.events)
    assert by_source["mvt"] + by_source["ldm"] >= len(day.messages)
    assert len({event["event_id"] for event in told}) == len(told)
    assert len(lines) == LEGS == len({event["leg_uid"] for event in told})
