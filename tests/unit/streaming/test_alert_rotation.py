"""Rotations: which leg an aircraft will be late for, what that began with, and who is behind it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aero_streaming.alerts.rotation import links
from aero_streaming.rules import rules

from .alert_samples import Line, at, leg

RULE = "rotation_flight"
TYPE = "7M9"


@pytest.fixture
def line():
    return Line()


def inbound(version=1, **values):
    plan = {"origin": "CUN", "destination": "MEX", "std_at": at("15:00"), "sta_at": at("17:00"), "aircraft_type": TYPE}
    return leg(1, version, "17:00", **{**plan, **values})


def onward(number=2, version=1, **values):
    return leg(number, version, "17:00", **{"aircraft_type": TYPE, **values})


def day(*late):
    """Five legs of one aircraft, each an hour in the air and an hour on the ground; `late` are minutes of OUT."""
    legs = []
    for number in range(5):
        ends = ("MEX", "CUN") if number % 2 else ("CUN", "MEX")
        values = {"std_at": at(f"{12 + 2 * number}:00"), "sta_at": at(f"{13 + 2 * number}:00"), "aircraft_type": TYPE}
        if number < len(late):
            gone = {"out_at": f"{12 + 2 * number}", "in_at": f"{13 + 2 * number}"}
            values |= {
                name: at(f"{int(hour) + late[number] // 60}:{late[number] % 60:02d}") for name, hour in gone.items()
            }
        legs.append(
            leg(10 + number, 1, "12:00", origin=ends[0], destination=ends[1], passengers=100 + number, **values)
        )
    return legs


def test_the_next_leg_of_a_late_aircraft_is_at_risk_before_it_is_late(line):
    line.send(inbound(), onward())
    assert line.alerts() == {}
    line.send(inbound(2, estimated_in_at=at("17:50")))
    alert = line.alert(RULE, leg(1)["leg_uid"])
    # 17:50 + 45 minutes on the ground - 18:00
    assert (alert["state"], alert["level"], alert["value"], alert["facts"]["inbound"]) == (
        "PENDING",
        "amber",
        35,
        "AM1",
    )
    assert (alert["facts"]["flight_number"], alert["facts"]["expected_out_at"]) == (2, at("18:35"))
    line.send(onward(version=2, out_at=at("18:20"), last_event_at=at("18:20")))
    assert line.alert(RULE, leg(1)["leg_uid"])["state"] == "NORMAL"


def test_less_than_twenty_minutes_are_no_alert(line):
    line.send(inbound(2, estimated_in_at=at("17:34")), onward())
    assert line.alerts() == {}
    line.send(inbound(3, estimated_in_at=at("17:35")))
    assert line.alert(RULE, leg(1)["leg_uid"])["value"] == 20


def test_an_aircraft_of_another_type_needs_another_time(line):
    line.send(inbound(2, estimated_in_at=at("17:50"), aircraft_type="E90"), onward(aircraft_type="E90"))
    assert line.alert(RULE, leg(1)["leg_uid"])["value"] == 25


def test_a_turnaround_planned_shorter_than_needed_is_no_risk_by_itself(line):
    line.send(inbound(sta_at=at("17:40")), onward())
    line.send(inbound(2, sta_at=at("17:40"), in_at=at("17:48")))
    assert line.alerts() == {}


def test_an_aircraft_change_takes_the_risk_away(line):
    line.send(inbound(2, estimated_in_at=at("18:10")), onward())
    assert line.alert(RULE, leg(1)["leg_uid"])["state"] == "PENDING"
    line.send(onward(version=2, tail="XABBB"))
    assert line.alert(RULE, leg(1)["leg_uid"])["state"] == "NORMAL"


def test_a_late_flight_that_gets_another_aircraft_leaves_the_next_one_in_peace(line):
    line.send(inbound(2, estimated_in_at=at("18:10")), onward())
    line.send(inbound(3, estimated_in_at=at("18:10"), tail="XABBB"))
    assert line.alert(RULE, leg(1)["leg_uid"])["state"] == "NORMAL"


def test_a_chain_is_one_alert_named_by_the_leg_it_began_with_from_first_to_last(line):
    first, second, third, *rest = day()
    line.send(first, second, third, *rest)
    line.send({**first, "state_version": 2, "out_at": at("13:30"), "expected_delay_minutes": 90})
    alert = line.alert(RULE, first["leg_uid"])
    # IN 14:30 + 45 - 14:00; each leg of the four behind wins a quarter of an hour on the ground.
    assert (alert["value"], alert["facts"]["flight_number"], alert["facts"]["legs_behind"]) == (75, 11, 3)
    assert alert["facts"]["affected_passengers"] == 101 + 102 + 103 + 104
    line.send({**second, "state_version": 2, "out_at": at("15:15"), "expected_delay_minutes": 75})
    alert = line.alert(RULE, first["leg_uid"])
    assert (alert["value"], alert["facts"]["flight_number"], alert["facts"]["legs_behind"]) == (60, 12, 2)
    assert [key for key in line.alerts() if key.startswith(RULE)] == [alert["alert_key"]]


def test_a_leg_that_waits_for_nothing_begins_a_chain_of_its_own():
    found = links(rules(), day(40, 10, 80))
    assert [link.root["flight_number"] for link in found] == [10, 10, 12, 12, 12]
    assert [link.late_minutes for link in found] == [None, 25, -5, 65, 50]


@pytest.mark.parametrize(("own", "root"), [(10, 10), (20, 10), (21, 11)])
def test_a_leg_whose_own_delay_is_the_greater_part_begins_a_chain_of_its_own(own, root):
    """The aircraft comes ten minutes too late; whatever it is late beyond twenty, it did not bring along."""
    legs = day(25)
    legs[1] |= {"expected_delay_minutes": own}
    assert links(rules(), legs)[1].root["flight_number"] == root


def test_an_aircraft_that_is_elsewhere_or_did_not_fly_brings_no_delay():
    legs = day(200)
    legs[1] |= {"origin": "GDL"}
    assert [link.inbound for link in links(rules(), legs)][1] is None
    assert [link.late_minutes for link in links(rules(), [{**day(200)[0], "is_cancelled": True}, day()[1]])] == [None]


def test_the_alert_ends_when_the_last_leg_behind_it_has_left(line):
    first, second, *rest = day()
    line.send({**first, "out_at": at("12:55"), "expected_delay_minutes": 55}, second)
    line.heartbeat("13:00")
    line.tick("13:10")
    assert line.alert(RULE, first["leg_uid"])["state"] == "FIRING"
    line.send({**second, "state_version": 2, "out_at": at("15:15"), "last_event_at": at("15:15")})
    assert (line.alert(RULE, first["leg_uid"])["state"], line.kinds(RULE)) == ("CLOSED", ["FIRED", "CLOSED"])
    assert rest


@given(st.lists(st.integers(0, 240), max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_root_is_a_leg_that_inherits_nothing_and_all_between_inherit(late):
    legs = day(*late)
    found = {link.leg["leg_uid"]: link for link in links(rules(), legs)}
    order = [leg["leg_uid"] for leg in legs]
    for uid, link in found.items():
        assert not found[link.root["leg_uid"]].is_late
        between = order[order.index(link.root["leg_uid"]) + 1 : order.index(uid) + 1]
        assert all(found[leg_uid].is_late for leg_uid in between)
        # Nobody needs more than was planned, so no leg inherits more than what the worst of them left late.
        assert (link.late_minutes or 0) <= max(late, default=0)


@pytest.mark.parametrize(("next_minutes", "left_is"), [(19, "CLOSED"), (20, "FIRING")])
def test_when_the_leg_it_was_about_has_left_the_rest_of_the_chain_has_to_enter_by_itself(line, next_minutes, left_is):
    """Neither the limit that a level is left at nor the hold before that belongs to another leg."""
    line.send(inbound(), onward(), onward(3, origin="CUN", destination="MEX", std_at=at("21:00"), sta_at=at("23:00")))
    line.send(inbound(2, estimated_in_at=at("17:50"), last_received_at=at("17:01")))
    line.heartbeat("17:15")
    line.tick("17:15")
    alert = line.alert(RULE, leg(1)["leg_uid"])
    assert (alert["state"], alert["facts"]["leg_uid"]) == ("FIRING", leg(2)["leg_uid"])
    # The next leg leaves at 21:00 and wants 45 minutes on the ground.
    lands_at = f"20:{15 + next_minutes}"
    gone = {"out_at": at("18:40"), "expected_delay_minutes": 40, "estimated_in_at": at(lands_at)}
    line.send(onward(version=2, last_received_at=at("18:41"), last_event_at=at("18:41"), **gone))
    alert = line.alert(RULE, leg(1)["leg_uid"])
    assert (alert["state"], alert["value"]) == (left_is, next_minutes)
