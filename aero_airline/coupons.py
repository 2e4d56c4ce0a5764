"""Coupons: the sale of each seat of a leg. Their sums equal the leg's revenue, to the cent.

A booking of one to three people is a salted hash; no person exists behind it.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from aero_airline import parameters as p
from aero_airline.airline import Day
from aero_airline.geography import DAY
from aero_airline.leg_life import minute_text
from aero_airline.randomness import Purpose, stream

COUPON = (
    "coupon_id", "booking_hash", "leg_uid", "operating_date", "cabin", "issued_at", "status", "fare_usd",
    "ancillary_usd", "tua_usd", "iva_usd", "currency", "data_label", "deleted_at",
)  # fmt: skip
PREMIUM_FARE = 2.6
#: Share of coupons paid in each currency [A].
CURRENCIES = ((p.CURRENCY, 0.62), ("USD", 0.30), ("EUR", 0.05), ("CAD", 0.03))

Row = tuple[object, ...]


@dataclass(frozen=True)
class LegCoupons:
    """The coupons of one leg; `sold` are rows without status, split in three around it."""

    sold: list[tuple[Row, Row]]

    def rows(self, status: str, deleted_at: str | None = None) -> list[Row]:
        """Return the rows of the table with a status."""
        return [(*before, status, *after, p.DATA_LABEL, deleted_at) for before, after in self.sold]


def coupons(day: Day, uids: list[str], seed: int, published: int) -> list[LegCoupons]:
    """Return the coupons of every leg of a day; on a cancelled leg those that were sold, to be refunded."""
    fares = day.bookings.groupby("leg")["revenue_usd"].last().to_numpy()
    money = {name: day.revenue[name].to_numpy() for name in ("ancillary_usd", "tua_usd", "iva_usd")}
    legs_sold = []
    for number, leg in enumerate(day.legs):
        count = min(leg.demand, leg.seats)
        chance = stream(seed, Purpose.OPSDB, day.on, 1_000 + number).random((3, count))
        premium = chance[0] < p.PREMIUM_SHARE
        weights = (0.5 + chance[1]) * np.where(premium, PREMIUM_FARE, 1.0)
        parts = [_split(fares[number], weights), *(_split(money[name][number], weights) for name in money)]
        before_publishing = (-np.log(1 - 0.98 * chance[2]) * 25 * DAY).astype(int)
        names = np.array([name for name, _ in CURRENCIES])
        paid = names[np.searchsorted(np.cumsum([share for _, share in CURRENCIES]), chance[1] * 0.999)]
        sold: list[tuple[Row, Row]] = []
        for seat, (fare, extra, tua, iva) in enumerate(zip(*parts, strict=True)):
            coupon = sha256(f"{uids[number]}|{seat}".encode()).hexdigest()[:32]
            booking = sha256(f"synthetic|{seed}|{uids[number]}|{seat // 2}".encode()).hexdigest()[:32]
            issued = minute_text(published - 1 - int(before_publishing[seat]))
            cabin = "premium" if premium[seat] else "economy"
            sold.append(
                ((coupon, booking, uids[number], day.on, cabin, issued), (fare, extra, tua, iva, str(paid[seat])))
            )
        legs_sold.append(LegCoupons(sold))
    return legs_sold


def _split(total_usd: float, weights: np.ndarray) -> list[str]:
    """Share an amount among coupons to the cent: the parts add up to it."""
    if not len(weights):
        return []
    edges = np.rint(np.cumsum(weights) / weights.sum() * round(100 * total_usd)).astype(np.int64)
    cents = np.diff(edges, prepend=0).tolist()
    return [f"{cent // 100}.{cent % 100:02d}" for cent in cents]
