"""The database adds nothing to what the events say of a leg: the marts and the stream stay equal.

What the stream is held to (`aero_drills.compare.OF_MART`) comes from times, cancellations and diversions.
Delay codes are another matter: there the database speaks first, and the stream counts none.
"""

from datetime import date
from hashlib import sha256

import pytest

from aero_airline import Airline
from aero_airline.events import day_events
from aero_airline.leg_life import minute_text
from aero_airline.opsdb import LEG, day_changes
from aero_streaming.events import to_facts
from aero_streaming.merge import FIELDS, merge

ON = date(2026, 11, 1)
#: Columns that differ on purpose: delay codes are taken from the database first.
DATABASE_FIRST = {field.name for field in FIELDS if field.field_class == "delay_codes"}


def database_facts(airline):
    """The rows of legs as facts of the merge, received at the end of the hour they were entered in."""
    found = {}
    for change in day_changes(airline, ON):
        if change.table != "legs":
            continue
        for values in change.rows:
            row = dict(zip(LEG, values, strict=True))
            facts = found.setdefault(row["leg_uid"], [])
            version = len(facts) + 1
            fact = {field.name: row[field.name] for field in FIELDS if field.name in row}
            facts.append(
                fact
                | {
                    "leg_uid": row["leg_uid"],
                    "event_id": sha256(f"{row['leg_uid']}{version}".encode()).hexdigest()[:32],
                    "source": "database",
                    "is_actual": True,
                    "version": version,
                    "attempt": row["attempt"],
                    "received_at": minute_text(change.at // 60 * 60 + 60),
                }
            )
    return found


@pytest.fixture(scope="module")
def both():
    airline = Airline(11)
    facts = to_facts(event for event in day_events(airline, ON) if event["event_type"] not in ("booking", "feedback"))
    return facts, database_facts(airline)


def test_the_database_knows_the_legs_that_the_events_tell_of(both):
    told, kept = both
    assert set(told) == set(kept)
    assert len(kept) > 400


def test_with_the_database_every_leg_is_as_the_events_alone_make_it(both):
    told, kept = both
    different = {}
    for uid, facts in told.items():
        alone, together = merge(facts), merge([*facts, *kept[uid]])
        wrong = {name: (alone[name], together[name]) for name in alone if alone[name] != together[name]}
        if seen := {name: value for name, value in wrong.items() if name not in DATABASE_FIRST}:
            different[uid] = seen
    assert different == {}


def test_after_the_review_even_the_delay_codes_are_the_same(both):
    told, kept = both
    coded = 0
    for uid, facts in told.items():
        alone, together = merge(facts), merge([*facts, *kept[uid]])
        assert alone["delay_codes"] == together["delay_codes"]
        coded += alone["delay_codes"] is not None
    assert coded
