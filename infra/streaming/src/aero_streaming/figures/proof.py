"""Check that the description of a KPI agrees with its sums: the treatment of each kind of leg, and the rules of OTP.

The words are for people (`population`, the table of definitions of punctuality), the sums for engines. Here one leg of
each kind goes through the sums; a KPI whose words say otherwise is refused when the register is read.
"""

from collections.abc import Iterable, Mapping

from aero_streaming.figures.conditions import Row
from aero_streaming.figures.model import KINDS_OF_LEG, Kpi, Treatment

_PLANNED: Row = {"scheduled_block_minutes": 120, "distance_km": 1000, "attempts": 1}
_FLOWN = {**_PLANNED, "is_operated": True, "taxi_out_minutes": 12, "passengers": 90, "seat_km": 100, "passenger_km": 90}
_DUE = {"is_departure_due": True, "is_arrival_due": True}
_DELAYS = (-5, 0, 10, 15, 30, 60, 120, 300)

#: Legs of each kind, in every way that matters.
LEGS: Mapping[str, tuple[Row, ...]] = {
    "cancelled": (
        {**_PLANNED, **_DUE, "is_cancelled": True},
        *({**_PLANNED, **_DUE, "is_cancelled": True, "departure_delay_minutes": delay} for delay in _DELAYS),
    ),
    "diverted": tuple({**_FLOWN, **_DUE, "is_diverted": True, "departure_delay_minutes": delay} for delay in _DELAYS),
    "unknown": ({**_FLOWN, **_DUE},),
    "silent": ({**_PLANNED, **_DUE},),
    "not_due": (_PLANNED, {**_PLANNED, "is_cancelled": True}),
}


def treatment(kpi: Kpi, legs: Iterable[Row]) -> Treatment:
    """Return what a KPI does with legs: `counted` where one of them adds to the numerator."""
    over = under = 0
    for leg in legs:
        over += abs(kpi.over({part.id: part.of_row(leg) for part in kpi.sums}))
        under += sum(part.of_row(leg) for part in kpi.denominator)
    if over:
        return "counted"
    return "missed" if under else "left_out"


def check_population(kpi: Kpi) -> str | None:
    """Return what is wrong with the words of `population`, or None."""
    if not kpi.population or kpi.measures:
        return None
    for kind in KINDS_OF_LEG:
        # A cancellation ahead is known before it is due: a count for who acts may have it, a share may not.
        legs = LEGS[kind][:1] if kind == "not_due" and kpi.counts_ahead else LEGS[kind]
        if (actual := treatment(kpi, legs)) != kpi.population[kind]:
            return f"says that a leg of kind {kind} is {kpi.population[kind]}; by its sums it is {actual}"
    if kpi.denominator and kpi.counts_ahead:
        return "counts_ahead is for plain sums: a share counts what is due"
    return None


def check_otp(kpi: Kpi) -> str | None:
    """Return what is wrong with the line of `otp_definitions` beside the sums, or None."""
    if kpi.otp is None or kpi.measures:
        return None
    cancelled, unknown = kpi.population["cancelled"], kpi.population["unknown"]
    expected = "scheduled" if cancelled == "missed" else "operated" if unknown == "missed" else "operated_tracked"
    if kpi.otp.denominator != expected:
        return f"denominator is {kpi.otp.denominator!r}; by population it is {expected!r}"
    if kpi.otp.event != {"arrival": "IN", "departure": "OUT"}.get(kpi.numerator[0].side):
        return f"event is {kpi.otp.event!r}; its numerator counts the {kpi.numerator[0].side}"
    return None
