"""Errors of real senders: wrong first versions, which are corrected the next day, and rows damaged in transmission."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from aero_airline import parameters as p
from aero_airline.delay_codes import before_review
from aero_airline.geography import local_text
from aero_airline.leg import Leg
from aero_airline.randomness import Purpose, stream
from aero_airline.schedule import Schedule

Row = dict[str, str]


class Report(NamedTuple):
    """A leg as sent first, and as corrected the next day if it was."""

    first: Leg
    corrected: Leg | None


def reports(legs: list[Leg], schedule: Schedule, seed: int) -> list[Report]:
    """Return the sender's reports of the legs of one operating day, of that day and of the next.

    Some arrivals never reach the sender. A wrong arrival time, a wrong tail and the codes before their review are in
    the first version only.
    """
    if not legs:
        return []
    draws = stream(seed, Purpose.FAULTS, legs[0].operating_date, 1).random((len(legs), 5)).tolist()
    return [_report(leg, draw, schedule) for leg, draw in zip(legs, draws, strict=True)]


def _report(leg: Leg, draw: list[float], schedule: Schedule) -> Report:
    known, first, left = leg, leg, draw[0]
    if (left := left - p.NO_ARRIVAL_SHARE) < 0:
        known = first = replace(leg, on=None, in_=None)
    elif (left := left - p.CORRECTED_SHARE) < 0:
        if leg.in_ is not None:
            first = replace(leg, in_=leg.in_ + 3 + int(15 * draw[1]))
    elif left - p.WRONG_TAIL_SHARE < 0:
        others = [tail for tail in schedule.tails(leg.aircraft_type) if tail != leg.tail]
        first = replace(leg, tail=others[int(draw[2] * len(others))])
    if leg.delay_codes and draw[3] < p.RECODED_SHARE:
        first = replace(first, delay_codes=before_review(leg.delay_codes, draw[4]))
    return Report(first, known if first is not known else None)


class Damage(NamedTuple):
    """One kind of damage to a row, and the reason for which the register refuses such a row."""

    reason: str
    apply: Callable[[Row, Leg], Row]


def _swap(**values: str) -> Callable[[Row, Leg], Row]:
    return lambda row, leg: row | values


#: Used in turn. Every one starts from the row of a flight that arrived.
DAMAGES = (
    Damage("unknown_airport", lambda row, leg: row | {"ORIGIN": row["ORIGIN"][:2] + "0"}),
    Damage("impossible_sequence", lambda row, leg: row | {"AIBT": local_text(leg.destination, (leg.on or 0) - 30)}),
    Damage("bad_tail", lambda row, leg: row | {"TAIL": f"XA-{row['TAIL'][2:]}?"}),
    Damage("too_many_passengers", lambda row, leg: row | {"PASSENGERS": str(leg.seats + 1 + leg.seats // 5)}),
    Damage("offset_mismatch", lambda row, leg: row | {"AOBT": f"{row['AOBT'][:16]}+05:30"}),
    Damage("bad_date", lambda row, leg: row | {"OPERATING_DATE": f"{row['OPERATING_DATE'][:5]}13-45"}),
    Damage("bad_flag", _swap(CANCELLED="N")),
    Damage("same_airport", lambda row, leg: row | {"DESTINATION": row["ORIGIN"]}),
    Damage("bad_time", lambda row, leg: row | {"STA": f"{row['STA'][:11]}25:61{row['STA'][16:]}"}),
    Damage("bad_flight_number", lambda row, leg: row | {"FLIGHT_NUMBER": f"{row['FLIGHT_NUMBER'][:-1]}O"}),
    Damage("bad_delay_codes", _swap(DELAY_CODES="9B:3O")),
    Damage("missing_value", _swap(STD="")),
)
