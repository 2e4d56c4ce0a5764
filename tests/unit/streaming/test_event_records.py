"""Records made of events without Flink end where a count of the events ends, on the way as the merge has them."""

from datetime import date

import pytest

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_airline.scenarios import ScenarioWeather
from aero_drills import recount
from aero_streaming.backtesting.event_records import records_of_events
from aero_streaming.rules.stations import hubs_and_stations

ON = date(2026, 11, 24)
MOST_LEGS = 120
COUNTED = (
    "scheduled_legs", "cancelled_legs", "diverted_legs", "accounted_legs", "awaiting_departure_legs",
    "awaiting_arrival_legs", "departed_legs", "dep_on_time_d0_legs", "dep_late_15_legs", "departure_delay_minutes",
    "arrived_legs", "arr_late_15_legs", "arr_late_240_legs", "dep_tracked_legs", "d15_on_time_legs", "d0_on_time_legs",
    "arr_tracked_legs", "a14_on_time_legs", "operated_legs", "net_arrival_delay_minutes",
)  # fmt: skip


@pytest.fixture(scope="module")
def events():
    """Legs of a strike with all that senders get wrong: cancelled, corrected, late, twice."""
    found = day_events(Airline(7, weather=ScenarioWeather(7, "strike", ON)), ON)
    chosen = set(sorted({event["leg_uid"] for event in found})[:MOST_LEGS])
    return [event for event in found if event["leg_uid"] in chosen]


@pytest.fixture(scope="module")
def records(events):
    return list(records_of_events(events, hubs_and_stations()))


def test_records_come_in_the_order_of_arrival_and_their_versions_only_grow(records):
    arrivals = [row.get("last_received_at") or row["received_at"] for row in records]
    assert arrivals == sorted(arrivals)
    versions = {}
    for row in (row for row in records if row["kind"] != "event"):
        key = row.get("leg_uid") or (row["scope_type"], row["scope_id"], row["operating_date"], row["quarter_at"])
        assert row["state_version"] == versions.get(key, 0) + 1
        versions[key] = row["state_version"]


def test_the_last_record_of_every_leg_is_its_merge(events, records):
    last = {row["leg_uid"]: row for row in records if row["kind"] == "leg"}
    expected = recount.legs(event for event in events if event["event_type"] not in ("booking", "feedback"))
    assert last.keys() == expected.keys()
    for uid, leg in expected.items():
        same = ("departure_delay_minutes", "arrival_delay_minutes", "time_problem", "out_at", "in_at", "tail", "std_at")
        assert {name: last[uid][name] for name in same} == {name: leg[name] for name in same}
        assert last[uid]["is_cancelled"] == leg["cancelled"]


def test_the_last_sums_of_every_scope_are_a_count_of_its_legs(events, records):
    last = {
        (row["scope_type"], row["scope_id"], row["operating_date"], row["quarter_at"]): row
        for row in records
        if row["kind"] == "state"
    }
    for key, sums in recount.scopes(recount.legs(events)).items():
        assert {name: last[key].get(name, 0) for name in COUNTED} == {name: sums[name] for name in COUNTED}, key


def test_an_event_that_comes_twice_is_told_once(events, records):
    assert list(records_of_events([event for event in events for _ in range(2)], hubs_and_stations())) == records


def test_what_is_notable_is_told_by_itself_first(events, records):
    words = [row for row in records if row["kind"] == "event"]
    cancelled = {event["event_id"] for event in events if event["event_type"] in ("cancel", "reinstate")}
    assert cancelled
    assert cancelled <= {row["event_id"] for row in words}
    late = [row for row in words if row["event_type"] in ("out", "estimate")]
    assert all(row["departure_delay_minutes"] >= 60 for row in late)
