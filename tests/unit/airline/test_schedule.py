"""The schedule: clocks, identities, aircraft and lines."""

from collections import Counter
from datetime import date, timedelta

import pytest

from aero_airline import parameters as p
from aero_airline.geography import block_minutes, distance_km, local_date, local_text
from aero_airline.lines import aircraft_of
from aero_airline.network import long_haul, routes
from aero_assets.zones import airports

#: (airport, date, offset) on both sides of the changes of 2026: the United States and the Mexican border on 8 March and
#: 1 November, Europe on 29 March and 25 October, the rest of Mexico never.
OFFSETS = [
    ("TIJ", date(2026, 3, 6), "-08:00"), ("TIJ", date(2026, 3, 10), "-07:00"),
    ("TIJ", date(2026, 10, 30), "-07:00"), ("TIJ", date(2026, 11, 3), "-08:00"),
    ("CJS", date(2026, 3, 6), "-07:00"), ("CJS", date(2026, 3, 10), "-06:00"),
    ("REX", date(2026, 3, 6), "-06:00"), ("REX", date(2026, 3, 10), "-05:00"),
    ("MAD", date(2026, 3, 27), "+01:00"), ("MAD", date(2026, 3, 31), "+02:00"),
    ("MAD", date(2026, 10, 23), "+02:00"), ("MAD", date(2026, 10, 27), "+01:00"),
    ("MEX", date(2026, 1, 15), "-06:00"), ("MEX", date(2026, 7, 15), "-06:00"),
    ("CUU", date(2026, 1, 15), "-06:00"), ("CUU", date(2026, 7, 15), "-06:00"),
    ("CUN", date(2026, 7, 15), "-05:00"), ("HMO", date(2026, 7, 15), "-07:00"),
]  # fmt: skip


@pytest.mark.parametrize(("airport", "on", "offset"), OFFSETS)
def test_departures_show_the_clock_of_their_airport(airline, airport, on, offset):
    leaving = [leg for leg in airline.day(on).legs if leg.origin == airport]
    assert leaving
    assert {local_text(airport, leg.std)[16:] for leg in leaving} == {offset}


@pytest.fixture(scope="module")
def planned(airline):
    """Scheduled legs while clocks change: (number, origin, date, sequence, STD, block, rotation, leg)."""
    spring, autumn = date(2027, 3, 10), date(2027, 10, 27)
    return [
        (leg.flight_number, leg.origin, local_date(leg.origin, std), leg.leg_sequence, std, leg.block, rotation, leg)
        for start, days in ((spring, 28), (autumn, 15), (date(2027, 9, 1), 8))
        for number in range(days)
        for rotation in airline.schedule.rotations(start + timedelta(days=number))
        for trip in rotation.trips
        for leg, std in trip
    ]


def test_no_leg_has_the_identity_of_another_through_all_changes_of_the_clock(planned):
    twice = [key for key, n in Counter(row[:4] for row in planned).items() if n > 1]
    assert twice == []


def test_every_turn_of_the_schedule_can_be_worked_and_every_line_ends_in_time(planned):
    before = None
    for *_, std, block, rotation, leg in planned:
        if before and before[0] is rotation:
            assert std - before[1] >= rotation.aircraft.minimum_ground_minutes
            assert before[2] == leg.origin
        assert std + block <= rotation.deadline
        before = (rotation, std + block, leg.destination)


def test_an_aircraft_has_one_line_at_a_time_and_all_exist(airline):
    on = date(2026, 11, 10)
    flying = Counter()
    for back in range(3):
        for rotation in airline.schedule.rotations(on - timedelta(days=back)):
            if airline.schedule.lines[rotation.number].days > back:
                flying[rotation.tail] += 1
    assert set(flying.values()) == {1}
    names = [tail for kind in p.FLEET for tail in airline.schedule.tails(kind.code)]
    assert len(names) == len(set(names)) == 161
    assert set(flying) <= set(names)
    assert 0.8 * 161 <= len(flying) <= 161


def test_the_fleet_is_the_published_one():
    counts = {kind.code: (kind.count, kind.seats) for kind in p.FLEET}
    assert counts == {"738": (34, 160), "7M8": (41, 166), "7M9": (25, 181), "788": (8, 243), "789": (14, 274),
                      "E90": (39, 99)}  # fmt: skip
    for kind in p.FLEET:
        assert sum(aircraft_of(base, kind.code) for base in ("MEX", "GDL", "MTY", "NLU")) == kind.count


def test_connect_flies_the_small_aircraft(legs):
    assert {(leg.aircraft_type == "E90", leg.carrier) for leg in legs} == {(True, "5D"), (False, "AM")}


def test_one_number_goes_to_asia_over_monterrey(legs):
    # The first of all is the second leg of a flight that left the day before.
    [first, second] = [leg for leg in legs if leg.flight_number == 58][1:3]
    assert (first.origin, first.destination, first.leg_sequence) == ("MEX", "MTY", 1)
    assert (second.origin, second.destination, second.leg_sequence) == ("MTY", "NRT", 2)
    assert first.tail == second.tail
    assert second.operating_date == first.operating_date + timedelta(days=1)


def test_flight_numbers_and_times_repeat_every_week(airline):
    def programme(on):
        return {(leg.carrier, leg.flight_number, leg.origin, local_text(leg.origin, leg.std)[10:16], leg.aircraft_type)
                for leg in airline.day(on).legs}  # fmt: skip

    assert programme(date(2026, 11, 10)) == programme(date(2026, 11, 17)) != programme(date(2026, 11, 14))


def test_not_every_route_flies_every_day(legs):
    weekdays = {}
    for leg in legs:
        weekdays.setdefault((leg.origin, leg.destination), set()).add(leg.operating_date.isoweekday())
    assert len(weekdays[("MEX", "MTY")]) == 7
    assert weekdays[("MEX", "BCN")] == {1, 3, 5, 7}


@pytest.mark.parametrize(
    ("origin", "destination", "km"),
    [("MEX", "VER", 304), ("MEX", "GDL", 459), ("MEX", "MTY", 713), ("MEX", "CUN", 1_285), ("MEX", "TIJ", 2_301),
     ("MEX", "LAX", 2_500), ("MEX", "JFK", 3_365), ("MEX", "MAD", 9_065), ("MEX", "NRT", 11_253),
     ("GDL", "TIJ", 1_902), ("MTY", "MAD", 8_696)],
)  # fmt: skip
def test_distances_are_great_circles(origin, destination, km):
    assert distance_km(origin, destination) == pytest.approx(km, rel=0.005)
    assert distance_km(origin, destination) == distance_km(destination, origin)


@pytest.mark.parametrize(
    ("origin", "destination", "wide", "minutes"),
    [("MEX", "CUN", False, 135), ("MEX", "TIJ", False, 211), ("MEX", "GDL", False, 73), ("MEX", "BOG", False, 275),
     ("MEX", "MAD", True, 681), ("MEX", "GRU", True, 566)],
)  # fmt: skip
def test_block_times_follow_distance_and_the_way_east_is_shorter(origin, destination, wide, minutes):
    there, back = block_minutes(origin, destination, wide), block_minutes(destination, origin, wide)
    assert (there + back) / 2 == pytest.approx(minutes, abs=4)
    if origin == "MEX" and destination in ("CUN", "MAD"):
        assert there < back


def test_all_airports_of_the_network_are_in_the_airport_table():
    flown = {code for route in routes() for code in (route.base, route.destination)}
    flown |= {code for trip in long_haul() for code in trip.path}
    assert flown <= airports().keys()
    assert len(flown) >= 80
