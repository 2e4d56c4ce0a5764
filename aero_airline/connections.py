"""Passengers who change from one leg to another at a hub, and the bookings that they travel on."""

from collections.abc import Iterator
from dataclasses import dataclass

from aero_airline import parameters as p
from aero_airline.coupons import Coupon, LegCoupons
from aero_airline.leg import Leg

CONNECTS_FROM, CONNECTS_UNTIL, MINIMUM_CONNECT_MINUTES = 50, 180, 45

Row = tuple[object, ...]


@dataclass(frozen=True)
class Connection:
    """Passengers who change from one leg to another, each leg by its number in the day."""

    inbound_number: int
    outbound_number: int
    inbound: Leg
    outbound: Leg
    passengers: int

    @property
    def result(self) -> str:
        """`made` if there was enough time, `missed` if there was not or if either leg did not fly."""
        inbound, outbound = self.inbound, self.outbound
        came, left = inbound.in_, outbound.out
        is_made = came is not None and left is not None and left - came >= MINIMUM_CONNECT_MINUTES
        return "made" if is_made and not inbound.is_diverted else "missed"

    def row(self, uids: list[str], result: str) -> Row:
        """Return the row of the table, with a result."""
        return (
            uids[self.inbound_number], uids[self.outbound_number], self.outbound.operating_date, self.outbound.origin,
            self.passengers, MINIMUM_CONNECT_MINUTES, result, p.DATA_LABEL, None,
        )  # fmt: skip


def connections(legs: list[Leg], hubs: frozenset[str], chance: list[list[float]]) -> Iterator[Connection]:
    """Yield the connecting passengers of a day at hubs: two arriving legs for every departing one."""
    arriving: dict[str, list[int]] = {}
    for number, leg in enumerate(legs):
        arriving.setdefault(leg.destination, []).append(number)
    for number, leg in enumerate(legs):
        if leg.origin not in hubs:
            continue
        near = [
            n
            for n in arriving.get(leg.origin, ())
            if CONNECTS_FROM <= leg.std - legs[n].sta <= CONNECTS_UNTIL and legs[n].origin != leg.destination
        ]
        if not near:
            continue
        first = int(chance[1][number] * len(near))
        for turn in range(min(2, len(near))):
            inbound = near[(first + turn) % len(near)]
            people = 1 + int(9 * chance[2 + turn][number])
            yield Connection(inbound, number, legs[inbound], leg, people)


def travel_on(coupons: list[LegCoupons], connections: list[Connection]) -> list[LegCoupons]:
    """Put the coupons of connecting passengers under one booking, issued and paid for at once.

    Coupons of as many seats on both legs are joined, the largest first, until everybody who changes has both. No amount
    and no number of seats changes. A coupon is joined once, so nobody changes twice.
    """
    sold = [list(leg.sold) for leg in coupons]
    alone = [_by_seats(leg) for leg in sold]
    for connection in connections:
        feeding, onward = alone[connection.inbound_number], alone[connection.outbound_number]
        left = connection.passengers
        for seats in sorted(feeding.keys() & onward.keys(), reverse=True):
            while left >= seats and feeding[seats] and onward[seats]:
                first = sold[connection.inbound_number][feeding[seats].pop()]
                place = onward[seats].pop()
                sold[connection.outbound_number][place] = sold[connection.outbound_number][place].booked_with(first)
                left -= seats
    return [LegCoupons(leg) for leg in sold]


def _by_seats(sold: list[Coupon]) -> dict[int, list[int]]:
    """Return the places of the coupons of a leg by their seats, the first one last."""
    places: dict[int, list[int]] = {}
    for place in reversed(range(len(sold))):
        places.setdefault(sold[place].seats, []).append(place)
    return places
