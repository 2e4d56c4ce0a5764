"""Fares against the same days to departure: the view says what plain Python counts from the coupons."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest

from aero_assets.feeds import find
from tests.dbt.project import Warehouse, messages
from tests.dbt.typed_lake import AIRLINE, _hash, airline_leg, write, write_empty

TICKETS = find("opsdb/tickets")
#: The airport of SJD was closed in the first week of October 2014 (seed exceptional_days).
FIRST, DAYS, SEED = date(2014, 9, 25), 45, 20261130
CLOSED = [date(2014, 10, 7) - timedelta(days=days) for days in range(24)]
BUCKETS = (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 35, 45, 60, 90, 120)
SELECT = ("--select", "+fct_fare_position", "--exclude-resource-type", "unit_test")
POSITIONS = """
    select operating_date, destination, days_to_departure, kept_seats, kept_fare_usd::double, baseline_seats,
           baseline_fare_usd::double, baseline_days, fare_position, expected_fare_usd::double
    from commercial.fct_fare_position
"""


def coupons(leg, rng):
    """Some coupons of a leg, sold any time before it; of a few the time is not known."""
    at = datetime(2015, 1, 20)  # noqa: DTZ001 - the lake holds UTC without a zone
    for number in range(rng.randint(1, 6)):
        ahead = rng.choice((0, 1, 4, 6, 30, 31, None))
        issued = None if ahead is None else datetime.combine(leg["operating_date"] - timedelta(days=ahead), at.time())
        said = {
            "coupon_id": _hash(leg["leg_uid"], number), "booking_hash": _hash(leg["leg_uid"], number, "b"),
            "leg_uid": leg["leg_uid"], "operating_date": leg["operating_date"], "cabin": "economy",
            "issued_at": issued, "status": rng.choice(("flown", "flown", "open", "refunded", "exchanged")),
            "fare_usd": rng.randint(1000, 90_000) / 100, "ancillary_usd": 1.0, "tua_usd": 1.0, "iva_usd": 1.0,
            "currency": "USD", "seats": rng.randint(1, 9), "source": "database", "is_actual": True, "version": 1,
            "received_at": at, "updated_at": at, "event_id": _hash(leg["leg_uid"], number), "raw_ref": "a#1",
        }  # fmt: skip
        yield {column.name: said.get(column.name) for column in TICKETS.columns}


@pytest.fixture(scope="module")
def sold():
    """Legs of two routes on most of the days, and their coupons."""
    rng = random.Random(SEED)
    legs = [
        airline_leg(100 * place + turn, day=f"{FIRST + timedelta(days=day)}", destination=destination)
        for day in range(DAYS) for place, destination in enumerate(("CUN", "SJD"))
        for turn in range(rng.randint(0, 4))
    ]  # fmt: skip
    return legs, [(leg, coupon) for leg in legs for coupon in coupons(leg, rng)]


@pytest.fixture(scope="module")
def warehouse(parsed, sold, tmp_path_factory):
    warehouse = Warehouse(tmp_path_factory.mktemp("fares"), parsed)
    write_empty(warehouse.lake)
    write(warehouse.lake, sold[0], feed=AIRLINE)
    write(warehouse.lake, [coupon for _, coupon in sold[1]], feed=TICKETS)
    result = warehouse.dbt("build", *SELECT)
    assert result.success, messages(result)
    return warehouse


def by_hand(sold):
    """Seats and fares of the kept coupons by date, destination and bucket, of all buckets that have a coupon."""
    sums = {}
    for leg, coupon in sold[1]:
        if coupon["issued_at"] is None:
            continue
        ahead = (leg["operating_date"] - coupon["issued_at"].date()).days
        key = (leg["operating_date"], leg["destination"], max(first for first in BUCKETS if first <= ahead))
        seats, fare = sums.get(key, (0, 0.0))
        kept = coupon["status"] in ("flown", "open")
        sums[key] = (seats + kept * coupon["seats"], fare + kept * coupon["fare_usd"])
    return sums


def test_a_position_is_of_the_sums_of_28_days_and_not_of_their_averages(warehouse, sold):
    sums, judged = by_hand(sold), 0
    days = defaultdict(list)
    for (on, destination, bucket), (seats, fare) in sums.items():
        if not (destination == "SJD" and on in CLOSED):
            days[destination, bucket].append((on, seats, fare))
    rows = {row[:3]: row[3:] for row in warehouse.rows(POSITIONS)}
    assert rows.keys() == sums.keys()
    for (on, destination, bucket), (seats, fare) in sums.items():
        before = [day for day in days[destination, bucket] if on - timedelta(days=28) <= day[0] < on]
        base_seats, base_fare = sum(day[1] for day in before), sum(day[2] for day in before)
        found = rows[on, destination, bucket]
        assert (found[0], found[2], found[4]) == (seats, base_seats, len(before))
        assert (found[1], found[3]) == (pytest.approx(fare), pytest.approx(base_fare, abs=1e-6))
        if seats >= 10 and base_seats >= 30:
            judged += 1
            assert found[5] == pytest.approx(fare / seats / (base_fare / base_seats) - 1)
            assert found[6] == pytest.approx(seats * base_fare / base_seats, abs=0.005)
        else:
            assert found[5:] == (None, None)
    assert judged > 20


def test_a_date_has_its_baseline_whenever_it_is_asked_for(warehouse):
    """The blocking test reads the 28 days before the dates that are asked for, and finds the view right."""
    result = warehouse.dbt(
        "test", "--select", "fare_baselines_are_of_the_28_dates_before", dates=["2014-10-20", "2014-11-05"]
    )
    assert result.success, messages(result)
