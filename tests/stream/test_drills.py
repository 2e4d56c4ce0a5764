"""Parts break in the middle of a day: nothing is lost or doubled, and the end is as if nothing had happened."""

from datetime import date

import pytest

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_drills import fault_drills
from aero_local.state import State


@pytest.fixture(scope="module")
def events():
    """A third of a day of the synthetic airline."""
    day = day_events(Airline(seed=2), date(2026, 11, 24), faults=False)
    legs = set(sorted({event["leg_uid"] for event in day})[::3])
    return [event for event in day if event["leg_uid"] in legs]


def is_whole(verdict):
    print(verdict)
    return (verdict["lost"], verdict["duplicated"], verdict["differing"]) == (0, 0, 0)


def test_everything_restarts_in_the_middle_of_a_day(events, tmp_path):
    state = State(tmp_path / "restart")
    assert is_whole(fault_drills.run(state, "restart", events, fault_drills.everything_restarts, print))


def test_unreadable_records_stop_nobody_and_are_all_in_quarantine(events, tmp_path):
    verdict = fault_drills.poison(State(tmp_path / "poison"), events, bad=200, seed=1, log=print)
    assert is_whole(verdict)
    assert verdict["not_quarantined"] == {}
    assert sum(verdict["quarantined"].values()) == 200
    assert len(verdict["quarantined"]) >= 8
