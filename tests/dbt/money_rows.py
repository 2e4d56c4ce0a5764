"""Money of legs for tests: coupons and costs at random, and what pandas counts of the published margins."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from aero_assets.feeds import find
from tests.dbt.typed_lake import Row, write

TICKETS, COSTS = find("opsdb/tickets"), find("opsdb/leg_costs")
LINES = {
    "fuel": "fuel_kg", "passenger_services": "passengers", "ownership": "block_hours", "overhead": "available_seat_km"
}  # fmt: skip
ARRIVED = "2015-02-20-0aaa0aaa"


def write_money(lake: Path, legs: Iterable[Row], rng: random.Random) -> None:
    """Write coupons of most legs and costs of most legs: of some routes and days only one of them is known.

    A booking has legs anywhere, some of which follow one another.
    """
    tickets, costs = [], []
    for leg in legs:
        stamp = {
            "leg_uid": leg["leg_uid"], "operating_date": leg["operating_date"], "source": "database",
            "is_actual": True, "version": 1, "received_at": datetime(2015, 2, 20), "attempt": 1,  # noqa: DTZ001
            "updated_at": datetime(2015, 2, 20), "data_label": "datos sintéticos", "event_id": leg["event_id"],  # noqa: DTZ001
        }  # fmt: skip
        if rng.random() < 0.8:
            fare, status = rng.randint(100, 90_000), rng.choice(("flown", "flown", "open", "refunded"))
            coupon = {
                "coupon_id": leg["event_id"], "booking_hash": f"{rng.randrange(8)}", "cabin": "economy",
                "status": status, "issued_at": datetime(2015, 1, 1), "fare_usd": fare / 100, "ancillary_usd": 12.34,  # noqa: DTZ001
                "tua_usd": 30.0, "iva_usd": 5.0, "currency": "USD", "seats": 3, "raw_ref": f"{TICKETS.path}/a.gz#1",
            }  # fmt: skip
            tickets.append(_row(TICKETS, stamp | coupon))
        if rng.random() < 0.9:
            for line, driver in LINES.items():
                cents, basis = rng.randint(100, 60_000), rng.choice(("actual", "standard"))
                cost = {
                    "cost_line": line, "driver": driver, "quantity": 1.0, "usd_per_unit": cents / 100, "basis": basis,
                    "amount_usd": cents / 100, "raw_ref": f"{COSTS.path}/a.gz#1",
                }  # fmt: skip
                costs.append(_row(COSTS, stamp | cost))
    write(lake, tickets, arrived=ARRIVED, feed=TICKETS)
    write(lake, costs, arrived=ARRIVED, feed=COSTS)


def _row(feed: Any, cells: Row) -> Row:
    return {column.name: cells.get(column.name) for column in feed.columns}


def _added(name: str) -> Callable[[pd.DataFrame], float]:
    return lambda margins: float(margins[name].fillna(0).astype(float).sum())


def _where(name: str, known: str) -> Callable[[pd.DataFrame], float]:
    return lambda margins: float(margins[margins[known].notna()][name].fillna(0).astype(float).sum())


OF_PASSENGERS = "passenger_revenue_usd"
#: Numerator and denominator of each KPI of money, from the columns of the published margins.
MONEY_BY_HAND: dict[str, tuple[Callable[[pd.DataFrame], float], Callable[[pd.DataFrame], float] | None]] = {
    "flown_revenue": (_added(OF_PASSENGERS), None),
    "cargo_revenue": (_added("cargo_revenue_usd"), None),
    "operating_revenue": (_where("revenue_usd", OF_PASSENGERS), None),
    "rask": (_where("revenue_usd", OF_PASSENGERS), _where("seat_km", OF_PASSENGERS)),
    "prask": (_added(OF_PASSENGERS), _where("seat_km", OF_PASSENGERS)),
    "yield": (_added(OF_PASSENGERS), _where("passenger_km", OF_PASSENGERS)),
    "revenue_per_departure": (_where("revenue_usd", OF_PASSENGERS), _where("operated_legs", OF_PASSENGERS)),
    "cask": (_added("cost_usd"), _where("seat_km", "cost_usd")),
    "cask_ex_fuel": (_added("cost_ex_fuel_usd"), _where("seat_km", "cost_usd")),
    "fuel_per_seat_km": (_where("fuel_kg", "seat_km"), _where("seat_km", "fuel_kg")),
    "co2_rpk": (lambda margins: 3160 * _where("fuel_kg", "passenger_km")(margins), _where("passenger_km", "fuel_kg")),
    "margin_cm1": (_added("cm1_usd"), None),
    "margin_cm2": (_added("cm2_usd"), None),
    "margin_cm2_share": (_added("cm2_usd"), _where("revenue_usd", "cm2_usd")),
    "margin_cm2_per_minute": (_added("cm2_usd"), _where("block_minutes", "cm2_usd")),
    "margin_cm3": (_added("cm3_usd"), None),
    "margin_all_in": (_added("fully_allocated_usd"), None),
    "beyond_revenue": (_added("beyond_revenue_usd"), None),
    "margin_network": (_added("network_usd"), None),
}
