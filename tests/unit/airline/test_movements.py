"""Laws of what happens to flights: one aircraft in one place, delay with its parts, times in order."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from aero_airline import Airline
from aero_airline import parameters as p
from aero_airline.episodes import Weather, is_peak

AIRLINES = {seed: Airline(seed=seed) for seed in (1, 2, 3)}
dates = st.dates(date(2023, 1, 1), date(2028, 12, 31))
seeds = st.sampled_from(sorted(AIRLINES))


@settings(max_examples=8, deadline=None)
@given(seeds, dates)
def test_an_aircraft_is_never_in_two_places(seed, first):
    chains: dict[str, list] = {}
    for leg in AIRLINES[seed].legs(first, 4):
        if not leg.is_cancelled:
            chains.setdefault(leg.tail, []).append(leg)
    for chain in chains.values():
        chain.sort(key=lambda leg: leg.out)
        for before, after in pairwise(chain):
            assert after.origin == before.destination
            assert after.out >= before.ready + p.TYPES[after.aircraft_type].minimum_ground_minutes


@settings(max_examples=8, deadline=None)
@given(seeds, dates)
def test_delay_is_what_the_aircraft_brought_plus_what_is_new(seed, on):
    for leg in AIRLINES[seed].day(on).legs:
        if leg.is_cancelled:
            assert (leg.out, leg.off, leg.on, leg.in_, leg.passengers) == (None, None, None, None, 0)
            continue
        assert leg.propagated_minutes >= 0
        assert leg.departure_delay_minutes == leg.propagated_minutes + leg.new_minutes
        assert leg.new_minutes >= 0 or leg.propagated_minutes == 0


@settings(max_examples=8, deadline=None)
@given(seeds, dates)
def test_times_are_in_order_and_codes_add_up(seed, on):
    for leg in AIRLINES[seed].day(on).legs:
        if leg.is_cancelled:
            assert leg.delay_codes == ()
            continue
        times = [t for t in (leg.first_out, leg.first_off, leg.out, leg.off, leg.on, leg.in_) if t is not None]
        assert times == sorted(times)
        assert leg.on not in (leg.off, leg.in_) or leg.on is None
        delay = leg.departure_delay_minutes
        assert delay is not None
        if delay >= 15:
            assert sum(minutes for _, minutes in leg.delay_codes) == delay
            assert 1 <= len(leg.delay_codes) <= 4
            assert dict(leg.delay_codes).get("93", 0) == leg.propagated_minutes
        else:
            assert leg.delay_codes == ()


def test_reactionary_delay_is_computed_from_the_arrival_before(legs):
    chains: dict[tuple, list] = {}
    for leg in legs:
        if not leg.is_cancelled:
            chains.setdefault(leg.tail, []).append(leg)
    checked = 0
    for chain in chains.values():
        chain.sort(key=lambda leg: leg.out)
        for before, after in pairwise(chain):
            ground = p.TYPES[after.aircraft_type].minimum_ground_minutes
            assert after.propagated_minutes == max(0, before.ready + ground - after.std)
            checked += after.propagated_minutes > 0
    assert checked > 1_000


def test_a_cancelled_leg_takes_its_round_trip_with_it(airline):
    legs = airline.legs(date(2026, 1, 1), 30)
    places: dict[str, str] = {}
    cancelled = 0
    for leg in sorted(legs, key=lambda leg: (leg.tail, leg.std)):
        if leg.is_cancelled:
            cancelled += 1
            continue
        assert places.get(leg.tail, leg.origin) == leg.origin
        places[leg.tail] = leg.destination
    assert cancelled > 20


def test_a_diverted_flight_reaches_its_destination_late_or_not_at_all(airline):
    diverted = [leg for leg in airline.legs(date(2026, 1, 1), 30) if leg.is_diverted]
    assert {leg.in_ is None for leg in diverted} == {True, False}
    assert all(leg.arrival_delay_minutes is None for leg in diverted)
    assert all(leg.in_ - leg.sta > 60 for leg in diverted if leg.in_ and leg.out >= leg.std)


def test_storms_come_to_mexico_city_in_summer_afternoons_and_fog_to_the_north_in_winter_mornings():
    weather = Weather(2026)
    found = {"storm": set(), "fog": set(), "ash": set()}
    ash_days = set()
    for number in range(4 * 365):
        on = date(2023, 1, 1) + timedelta(days=number)
        for episode in weather.on(on):
            found[episode.kind].add((episode.airport, on.month))
            ash_days |= {on} if episode.kind == "ash" else set()
    assert found["storm"] == {("MEX", month) for month in (6, 7, 8, 9)}
    assert found["fog"] == {(airport, month) for airport in ("TIJ", "MTY") for month in (11, 12, 1, 2)}
    assert 3 <= len(ash_days) <= 20


def test_a_stormy_afternoon_is_worse_than_a_dry_one(airline):
    legs = [leg for leg in airline.legs(date(2026, 7, 1), 14) if leg.origin == "MEX" and not leg.is_cancelled]

    def late(stormy):
        chosen = [leg for leg in legs if bool(airline.weather.at("MEX", leg.operating_date, leg.std)) == stormy]
        return sum(leg.departure_delay_minutes >= 15 for leg in chosen) / len(chosen)

    assert late(True) > late(False) + 0.1


def test_holidays_are_known():
    for on in (date(2026, 9, 16), date(2026, 12, 24), date(2026, 4, 2), date(2026, 4, 5), date(2026, 11, 16),
               date(2026, 2, 2), date(2026, 3, 16)):  # fmt: skip
        assert is_peak(on)
    assert not is_peak(date(2026, 10, 14))
