"""Output: the operational database, as changes of its tables in the order in which people make them.

    day_changes(airline, date(2026, 11, 2))     # from the plan on the day before to the invoices two days later

Legs are those of the partner files and of the events, with the same errors and the same corrections: late updates,
delay codes changed the next day, invoices entered twice and withdrawn. Every row is labelled *datos sintéticos*.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from aero_airline import parameters as p
from aero_airline.airline import Airline, Day
from aero_airline.connections import connections, travel_on
from aero_airline.coupons import COUPON, coupons
from aero_airline.delay_codes import text as codes_text
from aero_airline.faults import Report, reports
from aero_airline.geography import DAY, distance_miles, offset
from aero_airline.leg import Leg
from aero_airline.leg_life import minute_text, published_at
from aero_airline.randomness import Purpose, stream
from aero_streaming.airline import airline as synthetic
from aero_streaming.events.checks import leg_uid

AIRCRAFT = ("tail", "aircraft_type", "seats", "in_service_on", "data_label", "deleted_at")
LEG = (
    "leg_uid", "operating_date", "carrier", "flight_number", "operational_suffix", "leg_sequence", "origin",
    "destination", "tail", "aircraft_type", "seats", "distance_miles", "std_at", "sta_at", "std_utc_offset_minutes",
    "sta_utc_offset_minutes", "attempt", "out_at", "off_at", "on_at", "in_at", "is_cancelled", "cancellation_code",
    "is_diverted", "delay_codes", "passengers", "data_label", "deleted_at",
)  # fmt: skip
COST = (
    "leg_uid", "cost_line", "operating_date", "driver", "quantity", "usd_per_unit", "amount_usd", "basis",
    "data_label", "deleted_at",
)  # fmt: skip
CONNECTION = (
    "in_leg_uid", "out_leg_uid", "operating_date", "airport", "passengers", "minimum_connect_minutes", "result",
    "data_label", "deleted_at",
)  # fmt: skip
RATE = ("rate_date", "currency", "usd_per_unit", "published_by", "data_label")
#: Table → its key; `fx_rates` has no stamp of its changes.
KEYS = {
    "aircraft": ("tail",),
    "legs": ("leg_uid",),
    "leg_costs": ("leg_uid", "cost_line"),
    "tickets": ("coupon_id",),
    "connections": ("in_leg_uid", "out_leg_uid"),
    "fx_rates": ("rate_date", "currency"),
}
#: Minutes after the aircraft stands until the leg is entered; then once an hour.
ENTERED_AFTER_MINUTES = 15
#: Minutes after the plan of a day is published at which entries are looked at again [A].
REVIEW_FROM, REVIEW_MINUTES, INVOICED = 2 * DAY, 8 * 60, 3 * DAY
WITHDRAWN_SHARE, INVOICE_DEVIATION = 0.01, 0.03
#: Units of a currency in US dollars around which made-up rates move [A].
RATES = {p.CURRENCY: 0.054, "EUR": 1.09, "CAD": 0.73}
BY_MISTAKE = "BRL"

Row = tuple[object, ...]


@dataclass(frozen=True)
class Change:
    """Rows of one table that are entered, or removed, at one moment (minutes since 1970, UTC)."""

    at: int
    table: str
    columns: tuple[str, ...]
    rows: list[Row]
    removes: bool = False


def day_changes(airline: Airline, on: date, most_legs: int | None = None) -> list[Change]:
    """Return the changes of one operating day, in order; with a number of legs, only those of its first legs."""
    day = airline.day(on)
    if most_legs is not None:
        day = Day(on, day.legs[:most_legs], airline.seed)
    if not day.legs:
        return []
    return sorted(_Entered(day, airline).changes(), key=lambda change: change.at)


class _Entered:
    """Enters one operating day into the database."""

    def __init__(self, day: Day, airline: Airline) -> None:
        self.day, self.on, self.legs, self.seed = day, day.on, day.legs, airline.seed
        self.sent = reports(day.legs, airline.schedule, airline.seed)
        self.uids = [uid(leg) for leg in day.legs]
        self.published = published_at(day.on)
        self.chance = stream(airline.seed, Purpose.OPSDB, day.on).random((4, len(day.legs))).tolist()
        self.connections = list(connections(day.legs, frozenset(synthetic().connecting_hubs), self.chance))
        self.coupons = travel_on(coupons(day, self.uids, airline.seed, self.published), self.connections)
        self.entered = [_entered_at(report) for report in self.sent]

    def changes(self) -> Iterator[Change]:
        yield from self._planned()
        for hour in sorted(set(self.entered)):
            yield from self._flown(hour, [n for n, at in enumerate(self.entered) if at == hour])
        yield from self._reviewed()
        yield from self._invoiced()
        yield from rate_changes(self.seed, self.on)

    def _planned(self) -> Iterator[Change]:
        at = self.published
        tails = {
            (leg.tail, leg.aircraft_type, leg.seats, date(2026, 1, 1), p.DATA_LABEL, None)
            for report in self.sent
            for leg in (report.first, report.corrected or report.first)
        }
        yield Change(at, "aircraft", AIRCRAFT, sorted(tails, key=lambda row: str(row[0])))
        yield Change(
            at, "legs", LEG, [_leg(leg, uid, planned=True) for leg, uid in zip(self.legs, self.uids, strict=True)]
        )
        yield Change(at, "tickets", COUPON, [row for leg in self.coupons for row in leg.rows("open")])
        yield Change(at, "connections", CONNECTION, [it.row(self.uids, "planned") for it in self.connections])

    def _flown(self, at: int, numbers: list[int]) -> Iterator[Change]:
        yield Change(at, "legs", LEG, [_leg(self.sent[n].first, self.uids[n]) for n in numbers])
        yield Change(at, "leg_costs", COST, [row for n in numbers for row in self._costs(n)])
        fate = {True: "refunded", False: "flown"}
        rows = [row for n in numbers for row in self.coupons[n].rows(fate[self.legs[n].is_cancelled])]
        yield Change(at, "tickets", COUPON, rows)
        left = set(numbers)
        met = [it.row(self.uids, it.result) for it in self.connections if it.outbound_number in left]
        yield Change(at, "connections", CONNECTION, met)

    @cached_property
    def _cost_rows(self) -> list[Row]:
        """Return the cost lines of all legs by the planned rates, leg by leg, the same number for each leg."""
        columns = ["leg", "line", "driver", "quantity", "usd_per_unit", "amount_usd"]
        return [
            (self.uids[number], line, self.on, *figures, "standard", p.DATA_LABEL, None)
            for number, line, *figures in self.day.costs[columns].itertuples(index=False, name=None)
        ]

    def _costs(self, number: int) -> Iterator[Row]:
        """Return the cost lines of a leg; sometimes an invoice is entered twice."""
        lines = len(self._cost_rows) // len(self.legs)
        for row in self._cost_rows[number * lines : (number + 1) * lines]:
            yield row
            if row[1] == "handling" and self._is_twice(number):
                yield self._second_invoice(number, *row[3:7], None)

    def _is_twice(self, number: int) -> bool:
        return not self.legs[number].is_cancelled and self.chance[0][number] < WITHDRAWN_SHARE

    def _second_invoice(self, number: int, *columns: object) -> Row:
        *figures, deleted = columns
        return (self.uids[number], "handling_again", self.on, *figures, "standard", p.DATA_LABEL, deleted)

    def _reviewed(self) -> Iterator[Change]:
        """On the next day, correct times, tails and codes and withdraw invoices, each at a moment of its own."""
        for number, report in enumerate(self.sent):
            at = self.published + REVIEW_FROM + int(REVIEW_MINUTES * self.chance[1][number])
            at = max(at, self.entered[number] + 60)
            if report.corrected is not None:
                yield Change(at, "legs", LEG, [_leg(report.corrected, self.uids[number])])
            if self._is_twice(number):
                [row] = [row for row in self._costs(number) if row[1] == "handling_again"]
                yield Change(at, "leg_costs", COST, [(*row[:-1], minute_text(at))])

    def _invoiced(self) -> Iterator[Change]:
        """Two days later, replace planned fuel costs by invoices, and mark a few coupons as exchanged."""
        at = self.published + INVOICED
        rows: list[Row] = []
        for number, leg in enumerate(self.legs):
            if leg.is_cancelled:
                continue
            [fuel] = [row for row in self._costs(number) if row[1] == "fuel"]
            factor = 1 + INVOICE_DEVIATION * (2 * self.chance[2][number] - 1)
            amount = round(float(str(fuel[6])) * factor, 2)
            rows.append((*fuel[:5], round(float(str(fuel[5])) * factor, 8), amount, "actual", p.DATA_LABEL, None))
        yield Change(at, "leg_costs", COST, rows)
        withdrawn = [
            row
            for number, leg in enumerate(self.legs)
            if not leg.is_cancelled and self.chance[3][number] < WITHDRAWN_SHARE
            for row in self.coupons[number].rows("exchanged", minute_text(at))[:1]
        ]
        yield Change(at, "tickets", COUPON, withdrawn)


def rate_changes(seed: int, on: date) -> Iterator[Change]:
    """Yield the exchange rates of a day: one is wrong until the next day, and one, entered by mistake, is removed."""
    at, chance = published_at(on) + DAY + 6 * 60, stream(seed, Purpose.OPSDB, on, 1)
    draws = chance.standard_normal((2, len(RATES))).tolist()
    first = [
        (on, name, round(unit * (1 + 0.004 * draw), 8), "synthetic_fix", p.DATA_LABEL)
        for (name, unit), draw in zip(RATES.items(), draws[0], strict=True)
    ]
    yield Change(at, "fx_rates", RATE, [*first, (on, BY_MISTAKE, 0.19, "synthetic_fix", p.DATA_LABEL)])
    wrong = first[on.toordinal() % len(first)]
    right = round(float(str(wrong[2])) * (1 + 0.002 * draws[1][0]), 8)
    yield Change(at + DAY, "fx_rates", RATE, [(*wrong[:2], right, *wrong[3:])])
    yield Change(at + DAY, "fx_rates", RATE, [(on, BY_MISTAKE, 0.19, "", "")], removes=True)


def uid(leg: Leg) -> str:
    """Return the identity of a leg, as events and files have it."""
    return leg_uid(leg.carrier, leg.flight_number, "", leg.origin, leg.operating_date, leg.leg_sequence)


def changes(airline: Airline, first: date, days: int, most_legs: int | None = None) -> Iterator[tuple[date, Change]]:
    """Yield the changes of consecutive days in order of time, each with its operating day."""
    changed = [(on, change) for n in range(days) for on in [first + timedelta(days=n)]
             for change in day_changes(airline, on, most_legs)]  # fmt: skip
    yield from sorted(changed, key=lambda item: (item[1].at, item[0]))


def _entered_at(report: Report) -> int:
    leg = report.first
    return max(leg.ready, leg.sta, leg.in_ or 0) // 60 * 60 + 60 + ENTERED_AFTER_MINUTES


def _leg(leg: Leg, identity: str, planned: bool = False) -> Row:
    """Return the row of a leg: as planned, or as flown."""
    went = None if planned else leg
    return (
        identity, leg.operating_date, leg.carrier, leg.flight_number, "", leg.leg_sequence, leg.origin, leg.destination,
        leg.tail, leg.aircraft_type, leg.seats, distance_miles(leg.origin, leg.destination), minute_text(leg.std),
        minute_text(leg.sta), offset(leg.origin, leg.std), offset(leg.destination, leg.sta),
        2 if went and went.first_out is not None else 1,
        *(minute_text(at if went else None) for at in (leg.out, leg.off, leg.on, leg.in_)),
        bool(went and went.is_cancelled), (went and went.cancellation_code) or None, bool(went and went.is_diverted),
        (went and codes_text(went.delay_codes)) or None, went and (None if went.is_cancelled else went.passengers),
        p.DATA_LABEL, None,
    )  # fmt: skip
