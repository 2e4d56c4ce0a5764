"""Legs at random for tests: with every fate that a leg may have, over two years and quarters."""

import random
from datetime import date, timedelta
from typing import Any

from tests.dbt.typed_lake import airline_leg, causes, leg

FIRST, DAYS = date(2014, 11, 25), 75
PAIRS = (("MEX", "CUN"), ("CUN", "MEX"), ("MEX", "JFK"), ("GDL", "LAX"), ("LAX", "GDL"))


def reported(rng: random.Random, number: int) -> dict[str, Any]:
    """A leg as BTS reports it: flown, late, cancelled, diverted, or never heard of."""
    origin, destination = rng.choice(PAIRS)
    said: dict[str, Any] = {"carrier": rng.choice(("AM", "5D", "AA")), "origin": origin, "destination": destination}
    said |= {"std_utc_offset_minutes": 60 * rng.randint(-9, -4)}
    fate = rng.choices(
        ("flown", "late", "cancelled", "left and cancelled", "diverted", "silent"), (50, 25, 8, 2, 6, 9)
    )[0]
    dep, arr = rng.randint(-10, 14), rng.randint(-15, 16)
    if fate == "late":
        late = rng.randint(15, 300)
        return leg(number, day(rng), late, late, **said, **causes(carrier=late - 5, nas=5))
    if fate == "cancelled":
        return leg(number, day(rng), None, None, **said, tail=None, is_cancelled=True, cancellation_code="B")
    if fate == "left and cancelled":
        return leg(number, day(rng), dep, None, **said, off_at=None, is_cancelled=True, cancellation_code="A")
    if fate == "diverted":
        return leg(number, day(rng), dep, None, **said, is_diverted=True)
    return leg(number, day(rng), None, None, **said) if fate == "silent" else leg(number, day(rng), dep, arr, **said)


def loaded(rng: random.Random, number: int) -> dict[str, Any]:
    """A leg as its airline reports it, with seats; the passengers of some are not known."""
    kind, seats = rng.choice((("7M8", 166), ("E90", 99)))
    said = {"aircraft_type": kind, "seats": seats, "distance_miles": rng.randint(200, 900)}
    passengers = rng.choice((None, *range(40, 99)))
    delay = rng.randint(-10, 90)
    said["origin"], said["destination"] = rng.choice((("MEX", "CUN"), ("GDL", "MEX")))
    return airline_leg(1000 + number, delay, delay - 3, day(rng), **said, passengers=passengers)


def day(rng: random.Random) -> str:
    return f"{FIRST + timedelta(days=rng.randrange(DAYS))}"
