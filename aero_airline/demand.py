"""Passenger demand and boarding: demand is limited by seats (spill) and builds up by booking curves."""

from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd

from aero_airline import parameters as p
from aero_airline.episodes import is_peak
from aero_airline.leg import Leg
from aero_airline.network import market
from aero_airline.randomness import Purpose, stream


def expected_load_factor(ratio: float, variation: float = p.DEMAND_VARIATION) -> float:
    """Return the load factor if mean demand is `ratio` times the seats and demand is normal with K = `variation`.

    Spill formula: carried = mean - sigma (phi(z) - z (1 - Phi(z))), z = (seats - mean) / sigma (Belobaba, Swan).
    """
    sigma, normal = variation * ratio, NormalDist()
    z = (1 - ratio) / sigma
    return ratio - sigma * (normal.pdf(z) - z * (1 - normal.cdf(z)))


@cache
def demand_ratio(load_factor: float) -> float:
    """Return the mean demand per seat at which a route has this load factor: the inverse of the spill formula."""
    low, high = 0.3, 3.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if expected_load_factor(middle) < load_factor else (low, middle)
    return low


def board(legs: list[Leg], seed: int) -> None:
    """Draw the demand of the legs of one operating day and fill their seats; on cancelled legs nobody flies."""
    on = legs[0].operating_date
    chance = stream(seed, Purpose.DEMAND, on).standard_normal(len(legs))
    day = p.DEMAND_BY_WEEKDAY[on.weekday()] * p.DEMAND_BY_MONTH[on.month - 1]
    day *= p.PEAK_DEMAND_FACTOR if is_peak(on) else 1.0
    seats = np.array([leg.seats for leg in legs])
    ratios = np.array([demand_ratio(market(leg.origin, leg.destination).load_factor) for leg in legs])
    demand = np.rint(np.maximum(0.0, seats * ratios * day * (1 + p.DEMAND_VARIATION * chance))).astype(int).tolist()
    for leg, passengers in zip(legs, demand, strict=True):
        leg.demand = passengers
        leg.passengers = 0 if leg.is_cancelled else min(passengers, leg.seats)


def booked_share(kind: str, days_to_departure: np.ndarray) -> np.ndarray:
    """Return the share of a market's final bookings that exists a given number of days before departure."""
    scale, shape = p.BOOKING_CURVE[kind]
    return np.exp(-((days_to_departure / scale) ** shape))


def bookings(legs: list[Leg], seed: int) -> pd.DataFrame:
    """Return booking snapshots of the legs of one operating day: one row per leg and days to departure.

    `booked` and `revenue_usd` are net and cumulative: the state of the bookings that many days before departure. On a
    cancelled leg they are refunded afterwards.
    """
    chance = stream(seed, Purpose.BOOKINGS, legs[0].operating_date)
    days = np.array(p.SNAPSHOT_DAYS, dtype=float)
    kinds = np.array([market(leg.origin, leg.destination).kind for leg in legs])
    final = np.array([min(leg.demand, leg.seats) for leg in legs])
    noise = chance.standard_normal(len(legs))
    sold = np.zeros((len(legs), len(days)), dtype=int)
    index = np.zeros_like(sold, dtype=float)
    for kind in p.BOOKING_CURVE:
        rows = kinds == kind
        shares = np.diff(booked_share(kind, days), prepend=0.0)
        sold[rows] = chance.multinomial(final[rows], shares / shares.sum())
        index[rows] = 1 - p.FARE_DEPTH[kind] * (1 - np.exp(-days / 14))
    fares = _full_fares(legs, kinds) * np.exp(p.FARE_NOISE * noise)
    return pd.DataFrame(
        {
            "leg": np.repeat(np.arange(len(legs)), len(days)),
            "days_to_departure": np.tile(np.array(p.SNAPSHOT_DAYS), len(legs)),
            "booked": np.cumsum(sold, axis=1).ravel(),
            "revenue_usd": np.cumsum(sold * index * fares[:, None], axis=1).round(2).ravel(),
        }
    )


def _full_fares(legs: list[Leg], kinds: np.ndarray) -> np.ndarray:
    """Return the fare on the day of departure, all cabins together: by distance, market and demand of the flight."""
    km = np.array([leg.distance_km for leg in legs])
    load = np.array([leg.demand / leg.seats for leg in legs])
    factor = np.array([p.FARE_FACTOR[kind] for kind in kinds])
    return (p.FARE_CONSTANT + p.FARE_PER_KM * km**p.FARE_EXPONENT) * factor * np.clip(load, 0.5, 1.5) ** 0.15
