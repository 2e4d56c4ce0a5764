"""Alerts that count as right, as wrong, and as facts that need no proof."""

import pytest

from aero_drills.scoring.judge import judged, tells_of

from .samples import FOG_ELSEWHERE, LEG, STORM, flown, notice, truth


def verdict(notice, known):
    return judged(notice, known).verdict


@pytest.mark.parametrize(
    ("late", "brought", "expected"),
    [(15, 1, "right"), (14, 14, "wrong"), (40, 0, "wrong"), (None, 30, "wrong"), (-5, 0, "wrong")],
)
def test_a_rotation_was_at_risk_where_the_leg_left_15_minutes_late_and_its_inbound_was_a_cause(late, brought, expected):
    leg = flown(departure_delay_minutes=late, brought_minutes=brought)
    assert verdict(notice("rotation_flight"), truth(leg)) == expected


@pytest.mark.parametrize(("level", "late", "expected"), [("amber", 45, "right"), ("amber", 44, "wrong"),
                                                         ("red", 104, "wrong"), ("red", 105, "right")])  # fmt: skip
def test_an_estimate_was_right_where_its_step_was_reached_but_for_15_minutes(level, late, expected):
    leg = flown(departure_delay_minutes=late, out_heard=1000 + late)
    assert verdict(notice("long_delay_flight", level=level), truth(leg)) == expected


def test_an_estimate_of_a_leg_that_was_cancelled_was_wrong():
    leg = flown(departure_delay_minutes=None, is_cancelled=True, out=None, out_heard=None)
    assert verdict(notice("long_delay_flight"), truth(leg)) == "wrong"


def test_what_is_told_after_the_leg_left_is_a_fact():
    leg = flown(departure_delay_minutes=61, out_heard=1062)
    assert verdict(notice("long_delay_flight", at=1062), truth(leg)) == "fact"
    assert verdict(notice("long_delay_flight", at=1061), truth(leg)) == "right"


@pytest.mark.parametrize("rule_id", ["cancellation_flight", "diversion_flight"])
def test_cancellations_and_diversions_are_facts(rule_id):
    assert verdict(notice(rule_id), truth(flown())) == "fact"


def test_passengers_sat_on_the_ground_for_as_long_as_was_told():
    assert verdict(notice("tarmac_flight"), truth(flown(ground_minutes=90))) == "right"
    assert verdict(notice("tarmac_flight"), truth(flown(ground_minutes=89))) == "wrong"
    assert verdict(notice("tarmac_flight", level="critical"), truth(flown(ground_minutes=90))) == "wrong"


@pytest.mark.parametrize(("at", "expected"), [(899, "wrong"), (900, "right"), (1300, "right"), (1301, "wrong")])
def test_a_hub_was_bad_where_a_problem_of_the_kind_lay_there_at_that_time(at, expected):
    assert verdict(notice("d15_hub_2h", "MEX", at=at), truth(problems=(STORM,))) == expected


@pytest.mark.parametrize(("at", "expected"), [(719, "wrong"), (720, "right"), (1300, "right"), (1301, "wrong")])
def test_flights_that_wait_for_a_hub_tell_of_its_problem_up_to_three_hours_ahead(at, expected):
    assert verdict(notice("flights_hub_60min", "MEX", at=at), truth(problems=(STORM,))) == expected
    assert verdict(notice("flights_hub_60min", "MTY", at=at), truth(problems=(STORM,))) == "wrong"


def test_a_problem_elsewhere_or_of_another_kind_makes_no_alert_right():
    assert verdict(notice("d15_hub_2h", "GDL"), truth(problems=(STORM,))) == "wrong"
    assert verdict(notice("cancellations_hub_3h", "MEX"), truth(problems=(STORM,))) == "wrong"
    assert verdict(notice("a14_network_day", "network"), truth(problems=(STORM,))) == "right"
    assert verdict(notice("a14_network_day", "network"), truth()) == "wrong"


def test_of_a_real_day_nobody_knows_what_was_wrong_at_a_hub():
    known = truth(flown())
    unknown = type(known)(known.legs, None)
    assert verdict(notice("d15_hub_2h", "MEX"), unknown) == "unknown"
    assert verdict(notice("rotation_flight", "0" * 32), unknown) == "unknown"


@pytest.mark.parametrize(("late", "expected"), [((20, 0), "right"), ((0, 0), "wrong")])
def test_a_route_was_bad_where_its_day_ended_so(late, expected):
    legs = [flown(uid=f"{n:032x}", arrival_delay_minutes=minutes) for n, minutes in enumerate(late)]
    assert verdict(notice("a14_route_day", "MEX-CUN"), truth(*legs)) == expected


def test_of_a_route_only_the_day_that_an_alert_speaks_of_counts():
    today, later = (
        flown(arrival_delay_minutes=0),
        flown(uid="c" * 32, operating_date="2026-11-25", arrival_delay_minutes=60),
    )
    assert verdict(notice("a14_route_day", "MEX-CUN"), truth(today, later)) == "wrong"
    assert verdict(notice("a14_route_day", "MEX-CUN", operating_date="2026-11-25"), truth(today, later)) == "right"


def test_a_source_was_silent_where_it_sent_nothing_for_so_long():
    sent = (900.0, 941.0)
    assert verdict(notice("feed_silence", "leg-events", at=950), truth(sent_at=sent)) == "wrong"
    assert verdict(notice("feed_silence", "leg-events", at=951), truth(sent_at=sent)) == "right"


def test_a_problem_at_a_hub_is_told_at_the_hub_and_one_elsewhere_by_its_flights():
    tijuana = flown(uid="a" * 32, origin="TIJ")
    known = truth(LEG, tijuana, problems=(STORM, FOG_ELSEWHERE))
    assert tells_of(notice("d15_hub_2h", "MEX"), STORM, known)
    assert not tells_of(notice("a14_network_day", "network"), STORM, known)
    assert tells_of(notice("long_delay_flight", tijuana.uid), FOG_ELSEWHERE, known)
    assert not tells_of(notice("long_delay_flight", LEG.uid), FOG_ELSEWHERE, known)
    assert not tells_of(notice("rotation_flight", tijuana.uid), FOG_ELSEWHERE, known)


def test_the_alert_of_a_chain_speaks_of_the_leg_that_waits():
    waiting = flown(uid="b" * 32, departure_delay_minutes=30, brought_minutes=25)
    known = truth(LEG, waiting)
    assert verdict(notice("rotation_flight", LEG.uid, facts={"leg_uid": waiting.uid}), known) == "right"
    assert verdict(notice("rotation_flight", waiting.uid, facts={"leg_uid": LEG.uid}), known) == "wrong"


def test_a_chain_goes_back_to_the_leg_that_inherited_nothing():
    first, second, third = (
        flown(uid=f"{n:032x}", std=1000 + 200 * n, brought_minutes=brought) for n, brought in enumerate((0, 20, 5))
    )
    after = flown(uid="9" * 32, std=2000)
    other = flown(uid="8" * 32, std=2200, tail="XABBB", brought_minutes=9)
    known = truth(first, second, third, after, other)
    assert known.chain(third) == {first.uid, second.uid, third.uid}
    assert known.chain(after) == {after.uid}
    assert known.chain(other) == {other.uid}
