"""The airline's events: a day merges to what the airline reports, is the same whenever it is made, and has faults."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from jsonschema import Draft202012Validator

from aero_airline import Airline
from aero_airline import parameters as p
from aero_airline.delay_codes import text as codes_text
from aero_airline.events import alternate, day_events, events
from aero_airline.faults import reports
from aero_airline.geography import distance_km, distance_miles
from aero_airline.leg_life import minute_text, published_at, second_text
from aero_streaming.events import leg_uid, parse, to_facts, to_json, topic_of
from aero_streaming.events.schema import json_schema
from aero_streaming.events.types import EVENT_TYPES
from aero_streaming.merge import merge

FIRST, DAYS = date(2026, 11, 2), 4
DATES = [FIRST + timedelta(days=number) for number in range(DAYS)]


@pytest.fixture(scope="module")
def sent(airline):
    """The events of four days, with faults."""
    return {on: day_events(airline, on) for on in DATES}


@pytest.fixture(scope="module")
def everything(sent):
    return [event for day in sent.values() for event in day]


@pytest.fixture(scope="module")
def merged(everything):
    return {uid: merge(facts) for uid, facts in to_facts(everything).items()}


def uid(leg) -> str:
    return leg_uid(leg.carrier, leg.flight_number, "", leg.origin, leg.operating_date, leg.leg_sequence)


def truth(leg) -> dict:
    """Return the leg that the merge must make."""
    return {
        "destination": leg.destination,
        "std_at": minute_text(leg.std),
        "sta_at": minute_text(leg.sta),
        "out_at": minute_text(leg.out if leg.first_out is None else leg.first_out),
        "last_out_at": minute_text(leg.out),
        "off_at": minute_text(leg.off),
        "on_at": minute_text(leg.on),
        "in_at": minute_text(leg.in_),
        "attempts": 1 if leg.first_out is None else 2,
        "tail": leg.tail,
        "aircraft_type": leg.aircraft_type,
        "seats": leg.seats,
        "passengers": None if leg.is_cancelled else leg.passengers,
        "is_cancelled": leg.is_cancelled,
        "is_diverted": leg.is_diverted,
        "delay_codes": codes_text(leg.delay_codes) or None,
        "distance_miles": distance_miles(leg.origin, leg.destination),
        "data_label": "datos sintéticos",
    }


def differences(legs, merged) -> list:
    found = []
    for leg in legs:
        expected, made = truth(leg), merged[uid(leg)]
        if leg.is_cancelled:
            expected["cancellation_code"] = leg.cancellation_code
        found += [(uid(leg), name, value, made[name]) for name, value in expected.items() if made[name] != value]
    return found


def test_the_events_of_a_day_merge_to_what_the_airline_reports_in_the_end(airline, merged):
    known = []
    for on in DATES:
        sent = reports(airline.day(on).legs, airline.schedule, airline.seed)
        known += [report.first if report.corrected is None else report.corrected for report in sent]
    assert len(merged) == len(known)
    assert differences(known, merged) == []


def test_without_faults_the_events_merge_to_what_truly_happened(airline):
    clean = day_events(airline, FIRST, faults=False)
    made = {uid: merge(facts) for uid, facts in to_facts(clean).items()}
    assert differences(airline.day(FIRST).legs, made) == []
    assert not any(event["is_correction"] for event in clean)
    assert len({event["event_id"] for event in clean}) == len(clean)


def test_an_air_return_has_two_attempts():
    airline = Airline(seed=2026)
    on, leg = next(
        (leg.operating_date, leg)
        for number in range(120)
        for leg in airline.day(FIRST + timedelta(days=number)).legs
        if leg.returned == "FR"
    )
    told = [event for event in day_events(airline, on, faults=False) if event["leg_uid"] == uid(leg)]
    kinds = [event["event_type"] for event in sorted(told, key=lambda event: event["event_time"])]
    flown = [kind for kind in kinds if kind in ("out", "off", "air_return", "on", "in")]
    assert flown[:5] == ["out", "off", "air_return", "out", "off"]
    assert differences([leg], {uid: merge(facts) for uid, facts in to_facts(told).items()}) == []


def test_every_event_is_read_as_it_was_sent(everything):
    assert all(parse(to_json(event)) == event for event in everything)


def test_every_event_is_valid_against_the_schema(everything):
    # A validator takes a millisecond for each: every rare one, and of the many every twentieth.
    validator, seen = Draft202012Validator(json_schema()), Counter()
    for event in everything:
        kind = event["event_type"]
        seen[kind] += 1
        if seen[kind] <= 20 or seen[kind] % 20 == 0:
            validator.validate(event)
    # An air return is too rare for four days.
    assert seen.keys() >= EVENT_TYPES.keys() - {"air_return"}


def test_events_come_in_order_of_receipt_and_none_before_it_happened(sent):
    for day in sent.values():
        received = [event["received_at"] for event in day]
        assert received == sorted(received)
        assert all(event["event_time"] <= event["received_at"] for event in day)


def test_the_plan_is_out_before_anything_happens(sent):
    for on, day in sent.items():
        published = second_text(published_at(on) * 60)
        assert {event["event_time"] for event in day if event["event_type"] == "schedule"} == {published}
        assert all(event["received_at"] >= published for event in day)
        happened = [event for event in day if event["event_type"] in ("estimate", "out", "cancel", "load")]
        assert all(event["event_time"] > published for event in happened)


def test_the_same_seed_gives_the_same_events_and_another_seed_others(sent):
    assert day_events(Airline(seed=2026), DATES[1]) == sent[DATES[1]]
    assert day_events(Airline(seed=2027), DATES[1]) != sent[DATES[1]]


def test_days_on_end_are_the_days_one_by_one_in_order_of_receipt(airline, sent):
    both = [*sent[DATES[1]], *sent[DATES[2]]]
    assert list(events(airline, DATES[1], 2)) == sorted(
        both, key=lambda event: (event["received_at"], event["event_id"])
    )


def test_faults_are_as_frequent_as_the_recipe_says(sent, everything):
    copies = len(everything) - len({event["event_id"] for event in everything})
    assert copies / len(everything) == pytest.approx(p.DUPLICATE_SHARE, abs=0.004)
    arrivals = [event for event in everything if event["event_type"] == "in"]
    corrected = {event["leg_uid"] for event in arrivals if event["is_correction"]}
    assert len(corrected) / len(arrivals) == pytest.approx(p.CORRECTED_SHARE, abs=0.006)
    coded = [event for event in everything if event["event_type"] == "delay_codes"]
    recoded = {event["leg_uid"] for event in coded if event["is_correction"]}
    assert len(recoded) / len({event["leg_uid"] for event in coded}) == pytest.approx(p.RECODED_SHARE, abs=0.06)
    # Receipt alone takes no movement five minutes; the first copy counts.
    first_copies = {event["event_id"]: event for event in reversed(everything) if not event["is_correction"]}
    movements = [event for event in first_copies.values() if event["event_type"] in ("out", "off", "on", "in")]
    late = sum(_minutes_on_the_way(event) >= 5 for event in movements)
    assert late / len(movements) == pytest.approx(p.OUT_OF_ORDER_SHARE, abs=0.01)


def _minutes_on_the_way(event) -> float:
    received, happened = (datetime.fromisoformat(event[name]) for name in ("received_at", "event_time"))
    return (received - happened).total_seconds() / 60


def test_a_wrong_tail_is_sent_until_it_is_corrected(airline, everything, merged):
    known = [(leg, report) for on in DATES for leg, report in _reported(airline, on) if report.first.tail != leg.tail]
    flown = [(leg, report) for leg, report in known if leg.out is not None]
    assert flown
    for leg, report in flown:
        own = [event for event in everything if event["leg_uid"] == uid(leg)]
        assert report.first.tail in {event["tail"] for event in own}
        assert any(event["is_correction"] and event["tail"] == leg.tail for event in own)
        assert merged[uid(leg)]["tail"] == leg.tail


def _reported(airline, on):
    legs = airline.day(on).legs
    return zip(legs, reports(legs, airline.schedule, airline.seed), strict=True)


def test_codes_are_reviewed_on_the_next_day_or_after_the_flight(everything):
    reviews = [event for event in everything if event["event_type"] == "delay_codes" and event["is_correction"]]
    assert reviews
    for event in reviews:
        assert event["received_at"][:10] > event["operating_date"]


def test_some_legs_are_cancelled_and_reinstated_and_fly(everything, merged):
    back = {event["leg_uid"] for event in everything if event["event_type"] == "reinstate"}
    assert 1 <= len(back) <= 12
    for event in back:
        assert merged[event]["is_cancelled"] is False
        assert merged[event]["out_at"] is not None


def test_the_last_booking_of_a_leg_is_what_it_sold_and_a_cancelled_one_is_refunded(airline, sent):
    for on, day in sent.items():
        last = {}
        for event in day:
            if event["event_type"] == "booking":
                last[event["leg_uid"]] = max(
                    last.get(event["leg_uid"], event), event, key=lambda version_of_leg: version_of_leg["version"]
                )
        table = airline.day(on).bookings
        final = table[table["days_to_departure"] == 0].set_index("leg")
        for number, leg in enumerate(airline.day(on).legs):
            sold = (0, 0.0) if leg.is_cancelled else (final.booked[number], final.revenue_usd[number])
            assert (last[uid(leg)]["booked_seats"], last[uid(leg)]["booked_revenue_usd"]) == sold


def test_every_answer_of_a_passenger_is_one_event(airline, sent):
    for on, day in sent.items():
        answers = {e["response_id"]: e["recommendation"] for e in day if topic_of(e) == "feedback"}
        assert len(answers) == len(airline.day(on).surveys)
        assert sum(answers.values()) == airline.day(on).surveys["recommendation"].sum()


def test_a_flight_diverts_to_the_nearest_other_airport():
    assert alternate("TIJ", "MEX") == "NLU"
    assert alternate("NLU", "MEX") != "NLU"
    assert distance_km("CUN", alternate("MEX", "CUN")) < 700


def test_what_is_announced_comes_before_the_departure_and_ends_at_the_truth(everything, merged):
    announced = [event for event in everything if "estimated_out_at" in event]
    assert announced
    assert all(event["event_time"] < event["estimated_out_at"] for event in announced)
    assert all(merged[event["leg_uid"]]["estimated_out_at"] is None for event in announced)
