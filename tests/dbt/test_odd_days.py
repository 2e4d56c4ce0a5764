"""Whatever is in the typed zone, the day is built: events and rows, in form or odd, stop no blocking test."""

import os
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from aero_assets.feeds import find
from aero_streaming.events import Problem, read, to_json
from aero_streaming.events.types import EVENT_TYPES, sources_of
from tests.dbt.test_database_legs import DATABASE, database_leg
from tests.dbt.typed_lake import AIRLINE, FOURTH, airline_leg, write
from tests.golden.odd_events import STD, forged, later
from tests.judging import judged
from tests.unit.feeds.event_rows import wrapped
from tests.unit.streaming.event_samples import LEG, PAYLOAD, event

SELECT = ("--select", "tag:operating_day", "--exclude-resource-type", "unit_test")
FEEDS = {
    "leg-events": find("ops/leg_events"),
    "bookings": find("commercial/bookings"),
    "feedback": find("customer/feedback"),
}
DAY = "2026-11-22"
AIRPORTS = ("MEX", "MTY", "QQX", "ZZZ", "CUN")
#: Minutes from what was said: nothing, minutes, days and years.
SHIFTS = (0, 0, 0, -90, 45, 700, -4_400, 5_000_000)


def odd_event(draw: random.Random) -> dict[str, Any] | None:
    """An event of one of fifty legs, with airports, times and sources at random; None where no sender could send it."""
    kind = draw.choice([*EVENT_TYPES, "out", "off", "on", "in", "schedule"])
    number = draw.randrange(1, 50)
    places = {"origin": AIRPORTS[number % 4], "destination": draw.choice(AIRPORTS)}
    leg: dict[str, Any] = LEG | {"flight_number": number, **places}
    if draw.random() < 0.3:
        leg |= dict.fromkeys(("destination", "std_at", "sta_at", "seats"))
    if draw.random() < 0.1:
        leg |= {"carrier": draw.choice(["Q9", "AM"]), "operating_date": "2026-11-23"}
    payload: dict[str, Any] = {name: moved(draw, name, value) for name, value in PAYLOAD[kind].items()}
    if kind == "delay_codes":
        by_cause = {"delay_codes": None, "weather_delay_minutes": 12}
        payload = draw.choice([{"delay_codes": "00:5;93:7"}, by_cause, payload])
    minutes = draw.randrange(-500, 500)
    said = {
        "source": draw.choice(sources_of(EVENT_TYPES[kind])),
        "event_time": later(STD, minutes=minutes),
        "received_at": later(STD, minutes=minutes + 1),
    }
    odd = forged(kind, leg | payload | said, event(kind))
    return None if isinstance(read(to_json(odd)), Problem) else odd


def moved(draw: random.Random, name: str, value: Any) -> Any:
    """A time of a payload somewhere else; anything else as it is."""
    if not name.endswith("_at"):
        return value
    return f"{datetime.fromisoformat(value) + timedelta(minutes=draw.choice(SHIFTS)):%Y-%m-%dT%H:%M:%SZ}"


def odd_rows(draw: random.Random) -> tuple[list[dict], list[dict]]:
    """Rows of files and of the database as older code may have let them into the typed zone."""

    def said(number: int) -> dict[str, Any]:
        return {
            "origin": AIRPORTS[number % 4],
            "destination": draw.choice(AIRPORTS),
            "cancellation_code": draw.choice([None, "A", "Z"]),
            "is_cancelled": draw.random() < 0.2,
            "is_diverted": draw.random() < 0.2,
            "distance_miles": draw.choice([None, 1, 800, 10_000]),
            "delay_codes": draw.choice([None, "93:30", "00:12", "late"]),
        }

    def late() -> float | None:
        return draw.choice([None, 0, -30, 600, 5_000, 2_000_000])

    files = [airline_leg(n, late(), late(), **said(n)) for n in range(300, 360)]
    return files, [database_leg(n, late(), late(), **said(n)) for n in range(330, 390)]


@pytest.mark.parametrize("seed", range(1, 1 + int(os.environ.get("ODD_DAYS", "1"))))
def test_a_day_of_odd_events_and_rows_is_built_and_every_leg_is_in_it(a_copy, seed):
    draw = random.Random(seed)
    warehouse = a_copy()
    sent = [event for event in (odd_event(draw) for _ in range(600)) if event]
    assert len(sent) > 200
    for topic, feed in FEEDS.items():
        of_topic = [event for event in sent if EVENT_TYPES[event["event_type"]].topic == topic]
        # As if the typed step let in what it refuses today: what lies in the lake may be older than its rules.
        rows = [row for row in judged(feed, wrapped(*of_topic)) if row["operating_date"] and row["leg_uid"]]
        write(warehouse.lake, rows, arrived="2026-11-22-0aaa0aaa", feed=feed)
    files, database = odd_rows(draw)
    write(warehouse.lake, files, arrived="2015-01-05-0aaa0aaa", feed=AIRLINE)
    write(warehouse.lake, database, arrived="2015-01-05-0bbb0bbb", feed=DATABASE)
    dates = [FOURTH, DAY, "2026-11-23"]
    result = warehouse.dbt("build", *SELECT, dates=dates)
    assert {node.node.name: node.message for node in result.result.results if node.status in ("error", "fail")} == {}
    told = {row["leg_uid"] for row in (*files, *database)} | {
        event["leg_uid"] for event in sent if EVENT_TYPES[event["event_type"]].topic == "leg-events"
    }
    expected = ", ".join(f"'{day}'" for day in dates)
    assert {
        uid for (uid,) in warehouse.rows(f"select leg_uid from operations.fct_leg where operating_date in ({expected})")
    } == told
    [(legs,)] = warehouse.rows(
        f"select sum(scheduled_legs) from operations.fct_route_day where operating_date in ({expected})"
    )
    assert legs == len(told)
    [(marked, summed)] = warehouse.rows(
        f"select (select count(*) from operations.fct_leg where time_problem is not null), "
        f"(select sum(implausible_legs) from operations.fct_carrier_day where operating_date in ({expected}))"
    )
    assert marked == summed > 10
