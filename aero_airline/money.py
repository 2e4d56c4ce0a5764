"""Revenue and cost of legs in USD, and the TUA (airport fee) and IVA (value added tax) collected with them.

The airline collects TUA and IVA for others, so they are never revenue: they have columns of their own.
"""

import numpy as np
import pandas as pd

from aero_airline import parameters as p
from aero_airline.geography import country, is_domestic
from aero_airline.leg import Leg
from aero_airline.randomness import Purpose, stream

#: Cost lines with what drives them; a line's amount is quantity times rate.
COST_DRIVERS = {
    "fuel": "fuel_kg",
    "crew": "block_hours",
    "landing": "take_off_tonnes",
    "navigation": "weighted_km",
    "handling": "departures",
    "passenger_services": "passengers",
    "maintenance": "block_hours",
    "ownership": "block_hours",
    "overhead": "available_seat_km",
}


def revenue(legs: list[Leg], bookings: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return one row per leg: revenue of passengers, extras and cargo, and separately the taxes and fees collected.

    `revenue_usd` is passengers + ancillary + cargo; `gross_sales_usd` adds TUA and IVA. Cancelled legs are refunded.
    """
    chance = stream(seed, Purpose.MONEY, legs[0].operating_date).standard_normal((2, len(legs)))
    flown = np.array([not leg.is_cancelled for leg in legs])
    passengers = np.array([leg.passengers for leg in legs], dtype=float)
    km = np.array([leg.distance_km for leg in legs])
    at_home = np.array([is_domestic(leg.origin, leg.destination) for leg in legs])
    wide = np.array([p.TYPES[leg.aircraft_type].wide for leg in legs])
    fares = bookings.groupby("leg")["revenue_usd"].last().to_numpy() * flown
    extras = passengers * (p.ANCILLARY_CONSTANT + p.ANCILLARY_PER_KM * km) * np.exp(0.1 * chance[0])
    tonnes = np.where(wide, p.CARGO_TONNES_WIDE, p.CARGO_TONNES_NARROW) * np.exp(0.25 * chance[1]) * flown
    cargo = tonnes * km * p.CARGO_USD_PER_TONNE_KM
    leaves_home = np.array([country(leg.origin) == p.HOME for leg in legs])
    fee = np.where(at_home, p.TUA_DOMESTIC_USD, p.TUA_INTERNATIONAL_USD)
    tax = np.where(at_home, p.IVA_DOMESTIC, p.IVA_INTERNATIONAL * leaves_home)
    table = pd.DataFrame(
        {
            "leg": np.arange(len(legs)),
            "passenger_usd": fares.round(2),
            "ancillary_usd": extras.round(2),
            "cargo_usd": cargo.round(2),
            "tua_usd": (passengers * fee * leaves_home).round(2),
            "iva_usd": ((fares + extras) * tax).round(2),
        }
    )
    table["revenue_usd"] = table[["passenger_usd", "ancillary_usd", "cargo_usd"]].sum(axis=1)
    table["gross_sales_usd"] = table[["revenue_usd", "tua_usd", "iva_usd"]].sum(axis=1)
    return table


def costs(legs: list[Leg]) -> pd.DataFrame:
    """Return one row per leg and cost line: driver, its quantity, rate and amount; a cancelled leg costs nothing."""
    quantities, rates = _quantities(legs), _rates(legs)
    lines = list(COST_DRIVERS)
    quantity = np.column_stack([quantities[line] for line in lines])
    rate = np.column_stack([rates[line] for line in lines])
    return pd.DataFrame(
        {
            "leg": np.repeat(np.arange(len(legs)), len(lines)),
            "line": np.tile(lines, len(legs)),
            "driver": np.tile(list(COST_DRIVERS.values()), len(legs)),
            "quantity": quantity.round(3).ravel(),
            "usd_per_unit": rate.ravel(),
            "amount_usd": (quantity * rate).round(2).ravel(),
        }
    )


def _quantities(legs: list[Leg]) -> dict[str, np.ndarray]:
    kinds = [p.TYPES[leg.aircraft_type] for leg in legs]
    flown = np.array([float(not leg.is_cancelled) for leg in legs])
    hours = np.array([leg.block_minutes for leg in legs]) / 60
    km = np.array([leg.distance_km for leg in legs]) * flown
    tonnes = np.array([kind.take_off_tonnes for kind in kinds])
    return {
        "fuel": hours * np.array([kind.burn_kg_per_block_hour for kind in kinds]),
        "crew": hours,
        "landing": tonnes * flown,
        "navigation": km * np.sqrt(tonnes / 50),
        "handling": flown * np.array([p.DIVERSION_HANDLING_FACTOR if leg.is_diverted else 1.0 for leg in legs]),
        "passenger_services": np.array([float(leg.passengers) for leg in legs]),
        "maintenance": hours,
        "ownership": hours,
        "overhead": km * np.array([leg.seats for leg in legs]),
    }


def _rates(legs: list[Leg]) -> dict[str, np.ndarray]:
    kinds = [p.TYPES[leg.aircraft_type] for leg in legs]
    km = np.array([leg.distance_km for leg in legs])
    abroad = np.array([country(leg.destination) != p.HOME for leg in legs])
    every = np.ones(len(legs))
    return {
        "fuel": every * p.FUEL_USD_PER_KG,
        "crew": np.array([kind.crew_usd_per_block_hour for kind in kinds], dtype=float),
        "landing": p.LANDING_USD_PER_TONNE * np.where(abroad, p.LANDING_FACTOR_ABROAD, 1.0),
        "navigation": every * p.NAVIGATION_USD_PER_100_KM / 100,
        "handling": np.array([kind.handling_usd_per_departure for kind in kinds], dtype=float),
        "passenger_services": p.PASSENGER_USD + p.PASSENGER_USD_PER_KM * km,
        "maintenance": np.array([kind.maintenance_usd_per_block_hour for kind in kinds], dtype=float),
        "ownership": np.array([kind.ownership_usd_per_block_hour for kind in kinds], dtype=float),
        "overhead": every * p.OVERHEAD_USD_PER_ASK,
    }
