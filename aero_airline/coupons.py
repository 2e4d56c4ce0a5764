"""Coupons: the sale of each booking on a leg, with its seats. Their sums equal the leg's revenue, to the cent.

A booking is a salted hash; no person exists behind it. Each leg has bookings of its own until `connections.travel_on`
puts the coupons of passengers who change under one.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import NamedTuple, Self

import numpy as np

from aero_airline import parameters as p
from aero_airline.airline import Day
from aero_airline.geography import DAY
from aero_airline.leg_life import minute_text
from aero_airline.randomness import Purpose, stream

COUPON = (
    "coupon_id", "booking_hash", "leg_uid", "operating_date", "cabin", "issued_at", "status", "fare_usd",
    "ancillary_usd", "tua_usd", "iva_usd", "currency", "seats", "data_label", "deleted_at",
)  # fmt: skip
PREMIUM_FARE = 2.6
#: Share of coupons paid in each currency [A].
CURRENCIES = ((p.CURRENCY, 0.62), ("USD", 0.30), ("EUR", 0.05), ("CAD", 0.03))

#: Sizes of bookings with their shares [A]: larger than at a real airline, where a laptop could not carry the rows.
SIZES = ((1, 0.18), (2, 0.24), (3, 0.12), (4, 0.16), (6, 0.14), (9, 0.16))

Row = tuple[object, ...]


class Coupon(NamedTuple):
    """The sale of one booking on one leg; its status comes later."""

    coupon_id: str
    booking_hash: str
    leg_uid: str
    operating_date: date
    cabin: str
    issued_at: str | None
    amounts_usd: tuple[str, str, str, str]  #: fare, extras, TUA and IVA
    currency: str
    seats: int

    def booked_with(self, other: Self) -> Self:
        """Return this coupon in the booking of another one, issued with it and paid in its currency."""
        return self._replace(booking_hash=other.booking_hash, issued_at=other.issued_at, currency=other.currency)


@dataclass(frozen=True)
class LegCoupons:
    """The coupons of one leg."""

    sold: list[Coupon]

    def rows(self, status: str, deleted_at: str | None = None) -> list[Row]:
        """Return the rows of the table, with a status."""
        return [
            (*coupon[:6], status, *coupon.amounts_usd, coupon.currency, coupon.seats, p.DATA_LABEL, deleted_at)
            for coupon in self.sold
        ]


def coupons(day: Day, uids: list[str], seed: int, published: int) -> list[LegCoupons]:
    """Return the coupons of every leg of a day; for a cancelled leg the sold coupons, which are refunded."""
    fares = day.bookings.groupby("leg")["revenue_usd"].last().to_numpy()
    money = {name: day.revenue[name].to_numpy() for name in ("ancillary_usd", "tua_usd", "iva_usd")}
    legs_sold = []
    names, paid_shares = np.array([name for name, _ in CURRENCIES]), np.cumsum([share for _, share in CURRENCIES])
    for number, leg in enumerate(day.legs):
        chance = stream(seed, Purpose.OPSDB, day.on, 1_000 + number)
        seats = _bookings(min(leg.demand, leg.seats), chance)
        premium, value, age = chance.random((3, len(seats)))
        premium = premium < p.PREMIUM_SHARE
        weights = seats * (0.5 + value) * np.where(premium, PREMIUM_FARE, 1.0)
        parts = [_split(fares[number], weights), *(_split(money[name][number], weights) for name in money)]
        before_publishing = (-np.log(1 - 0.98 * age) * 25 * DAY).astype(int)
        paid = names[np.searchsorted(paid_shares, value * 0.999)]
        sold: list[Coupon] = []
        for place, (fare, extra, tua, iva) in enumerate(zip(*parts, strict=True)):
            coupon = sha256(f"{uids[number]}|{place}".encode()).hexdigest()[:32]
            booking = sha256(f"synthetic|{seed}|{uids[number]}|{place}".encode()).hexdigest()[:32]
            issued = minute_text(published - 1 - int(before_publishing[place]))
            cabin = "premium" if premium[place] else "economy"
            amounts = (fare, extra, tua, iva)
            sold.append(
                Coupon(
                    coupon, booking, uids[number], day.on, cabin, issued, amounts, str(paid[place]), int(seats[place])
                )
            )
        legs_sold.append(LegCoupons(sold))
    return legs_sold


def _bookings(count: int, chance: np.random.Generator) -> np.ndarray:
    """Share the sold seats of a leg among bookings; the last one takes what is left."""
    sizes, shares = zip(*SIZES, strict=True)
    seats = chance.choice(sizes, count, p=shares)
    after = np.cumsum(seats)
    needed = int(np.searchsorted(after, count)) + 1 if count else 0
    seats = seats[:needed]
    if needed:
        seats[-1] -= after[needed - 1] - count
    return seats


def _split(total_usd: float, weights: np.ndarray) -> list[str]:
    """Share an amount among coupons to the cent: the parts add up to it."""
    if not len(weights):
        return []
    edges = np.rint(np.cumsum(weights) / weights.sum() * round(100 * total_usd)).astype(np.int64)
    cents = np.diff(edges, prepend=0).tolist()
    return [f"{cent // 100}.{cent % 100:02d}" for cent in cents]
