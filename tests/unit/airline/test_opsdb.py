"""The operational database says what files and events say, later corrects it, and names every row as made up."""

from datetime import date
from decimal import Decimal

import pytest

from aero_airline import Airline
from aero_airline.events import day_events
from aero_airline.faults import reports
from aero_airline.opsdb import LEG, changes, day_changes

ON = date(2026, 11, 1)


@pytest.fixture(scope="module")
def airline():
    return Airline(7)


@pytest.fixture(scope="module")
def entered(airline):
    return day_changes(airline, ON)


def rows(entered, table):
    return [
        dict(zip(change.columns, row, strict=True))
        for change in entered
        if change.table == table
        for row in change.rows
    ]


def last(entered, table, *key):
    """The rows of a table after all changes."""
    found = {}
    for change in entered:
        if change.table == table:
            for values in change.rows:
                row = dict(zip(change.columns, values, strict=True))
                name = tuple(row[column] for column in key)
                found.pop(name, None) if change.removes else found.__setitem__(name, row)
    return found


def test_legs_are_those_of_the_events(airline, entered):
    told = {event["leg_uid"] for event in day_events(airline, ON) if event["event_type"] == "schedule"}
    assert {row["leg_uid"] for row in rows(entered, "legs")} == told


def test_in_the_end_a_leg_is_as_the_partner_file_corrects_it(airline, entered):
    legs = last(entered, "legs", "carrier", "flight_number", "origin", "leg_sequence")
    recoded = 0
    for first, corrected in reports(airline.day(ON).legs, airline.schedule, airline.seed):
        leg = corrected or first
        row = legs[(leg.carrier, leg.flight_number, leg.origin, leg.leg_sequence)]
        assert row["tail"] == leg.tail
        assert row["delay_codes"] == (";".join(f"{code}:{minutes}" for code, minutes in leg.delay_codes) or None)
        recoded += corrected is not None and corrected.delay_codes != first.delay_codes
    assert recoded, "a day on which no delay was recoded shows nothing"


def test_nothing_is_known_of_a_flight_before_it_flew(entered):
    for change in entered:
        for row in change.rows if change.table == "legs" else ():
            leg = dict(zip(LEG, row, strict=True))
            assert leg["in_at"] is None or leg["in_at"] <= _minute(change.at)


def test_what_the_coupons_bring_is_the_revenue_of_the_leg_to_the_cent(airline, entered):
    day = airline.day(ON)
    sums = {}
    for row in last(entered, "tickets", "coupon_id").values():
        sums[row["leg_uid"]] = sums.get(row["leg_uid"], Decimal(0)) + Decimal(row["fare_usd"])
    bookings = day.bookings.groupby("leg")["revenue_usd"].last().to_numpy()
    from aero_airline.opsdb import uid

    for number, leg in enumerate(day.legs):
        if min(leg.demand, leg.seats):
            assert sums[uid(leg)] == Decimal(f"{bookings[number]:.2f}")


def test_passengers_who_change_travel_on_one_booking(entered):
    """Tickets and connections say the same of each pair of legs, and nobody else has a booking of two legs."""
    legs_of = {}
    for coupon in last(entered, "tickets", "coupon_id").values():
        legs_of.setdefault(coupon["booking_hash"], []).append(coupon)
    journeys = [coupons for coupons in legs_of.values() if len(coupons) > 1]
    connections = last(entered, "connections", "in_leg_uid", "out_leg_uid")
    changing, seats = {pair: row["passengers"] for pair, row in connections.items()}, {}
    for feeder, onward in journeys:
        for name in ("seats", "issued_at", "currency"):
            assert feeder[name] == onward[name]
        pairs = [(feeder["leg_uid"], onward["leg_uid"]), (onward["leg_uid"], feeder["leg_uid"])]
        [pair] = [pair for pair in pairs if pair in changing]
        seats[pair] = seats.get(pair, 0) + feeder["seats"]
    assert all(changing[pair] >= number for pair, number in seats.items())
    assert sum(seats.values()) > 0.98 * sum(changing.values())


def test_every_row_says_that_it_is_made_up(entered):
    for change in entered:
        if not change.removes:
            assert {row[change.columns.index("data_label")] for row in change.rows} <= {"datos sintéticos"}


def test_the_rates_of_exchange_are_corrected_and_one_is_removed_without_a_trace(entered):
    first = next(change for change in entered if change.table == "fx_rates")
    after = last(entered, "fx_rates", "currency")
    assert len(after) == len(first.rows) - 1
    before = {row[1]: row[2] for row in first.rows}
    assert sum(before[currency] != row["usd_per_unit"] for (currency,), row in after.items()) == 1


def test_the_same_day_is_the_same_whichever_days_are_asked_for(airline):
    alone = [change for _, change in changes(airline, ON, 1, most_legs=20)]
    among = [change for on, change in changes(Airline(7), date(2026, 10, 31), 3, most_legs=20) if on == ON]
    assert alone == among


def test_changes_come_in_the_order_of_their_moments(airline):
    moments = [change.at for _, change in changes(airline, ON, 2, most_legs=10)]
    assert moments == sorted(moments)


def _minute(minute):
    from aero_airline.leg_life import minute_text

    return minute_text(minute)
