"""Counts by pandas of published legs, causes, departures and fares: written by hand, nothing of the register."""

from collections.abc import Callable

import pandas as pd

Frame = pd.DataFrame
Counted = Callable[[Frame], float]


def holds(condition: pd.Series) -> float:
    """Rows that meet a condition; what is unknown meets none."""
    return float(condition.fillna(False).sum())


def on_time(legs: Frame) -> float:
    """Legs that arrived less than 15 minutes late."""
    return holds(legs.arrival_delay_minutes < 15)


def _tracked(legs: Frame) -> float:
    return holds(legs.is_operated & legs.departure_delay_minutes.notna())


def _left_within(minutes: int) -> Counted:
    return lambda legs: holds(legs.is_operated & (legs.departure_delay_minutes <= minutes))


def _km(name: str) -> Counted:
    return lambda legs: float(legs[legs.seat_km.notna() & legs.passenger_km.notna()][name].astype(float).sum())


def _known(name: str) -> Counted:
    return lambda legs: float(legs[name].notna().sum())


def _added(name: str) -> Counted:
    return lambda legs: float(legs[name].fillna(0).astype(float).sum())


def _late(name: str) -> Counted:
    return lambda legs: float(legs[name].clip(lower=0).sum())


def _above(name: str, minutes: int) -> Counted:
    return lambda legs: holds(legs[name] > minutes)


def _both(legs: Frame) -> Frame:
    return legs[legs.block_minutes.notna() & legs.scheduled_block_minutes.notna()]


def _percentile(name: str, share: float) -> tuple[Counted, None]:
    return lambda legs: float(legs[name].astype(float).quantile(share)), None


DEP, ARR = "departure_delay_minutes", "arrival_delay_minutes"
#: Numerator and denominator of each KPI, from the columns of the published legs.
LEGS_BY_HAND: dict[str, tuple[Counted, Counted | None]] = {
    "otp_a14": (on_time, lambda legs: holds(legs.is_diverted | legs[ARR].notna())),
    "otp_a14_oag": (on_time, _added("is_arrival_due")),
    "otp_a14_dot": (on_time, _added("is_arrival_due")),
    "otp_a15_eurocontrol": (
        lambda legs: holds(legs[ARR] <= 15), lambda legs: holds(legs.is_operated & legs.is_arrival_due)
    ),
    "otp_a0": (lambda legs: holds(legs[ARR] <= 0), lambda legs: holds(legs.is_diverted | legs[ARR].notna())),
    "otp_d0": (_left_within(0), _tracked),
    "otp_d15": (_left_within(14), _tracked),
    "completion": (
        _added("is_operated"), lambda legs: holds(legs.is_operated | (legs.is_cancelled & legs.is_departure_due))
    ),
    "departure_delay": (_late(DEP), _known(DEP)),
    "delay_minutes": (_late(DEP), None),
    "cancelled": (lambda legs: holds(legs.is_cancelled & legs.is_departure_due), None),
    "cancellations": (_added("is_cancelled"), None),
    "diverted": (_added("is_diverted"), None),
    "load_factor": (_km("passenger_km"), _km("seat_km")),
    "block_fit": (lambda legs: holds(legs.block_minutes <= legs.scheduled_block_minutes),
                  lambda legs: float(len(_both(legs)))),
    "departure_delay_per_delayed": (_late(DEP), _above(DEP, 0)),
    "arrival_delay": (_late(ARR), _known(ARR)),
    "arrival_delay_per_delayed": (_late(ARR), _above(ARR, 0)),
    "long_delay_60": (_above(ARR, 59), None),
    "long_delay_120": (_above(ARR, 119), None),
    "long_delay_240": (_above(ARR, 239), None),
    "delay_cost": (lambda legs: 63.53 * _late(DEP)(legs), None),
    "cancel_rate": (lambda legs: holds(legs.is_cancelled & legs.is_departure_due), _added("is_departure_due")),
    "divert_rate": (_added("is_diverted"), _added("is_operated")),
    "rtb_rate": (lambda legs: float((legs.attempts - 1).sum()), _added("is_operated")),
    "ask": (lambda legs: float((legs.seats.astype(float) * legs.distance_km.astype(float))[legs.is_operated].sum()),
            None),
    "rpk": (
        lambda legs: float((legs.passengers.astype(float) * legs.distance_km.astype(float))[legs.is_operated].sum()),
        None,
    ),
    "blk_act": (_added("block_minutes"), _known("block_minutes")),
    "blk_sched": (lambda legs: _added("scheduled_block_minutes")(_both(legs)), lambda legs: float(len(_both(legs)))),
    "blk_var": (lambda legs: float((_both(legs).block_minutes - _both(legs).scheduled_block_minutes).sum()),
                lambda legs: float(len(_both(legs)))),
    "taxi_out": (_added("taxi_out_minutes"), _known("taxi_out_minutes")),
    "taxi_in": (_added("taxi_in_minutes"), _known("taxi_in_minutes")),
    "departure_delay_p50": _percentile(DEP, 0.5),
    "departure_delay_p90": _percentile(DEP, 0.9),
    "arrival_delay_p50": _percentile(ARR, 0.5),
    "arrival_delay_p90": _percentile(ARR, 0.9),
    "taxi_out_p90": _percentile("taxi_out_minutes", 0.9),
    "taxi_in_p90": _percentile("taxi_in_minutes", 0.9),
}  # fmt: skip
CAUSES_BY_HAND: dict[str, tuple[Counted, Counted | None]] = {"cause_minutes": (_added("delay_minutes"), None)}
DEPARTURES_BY_HAND: dict[str, tuple[Counted, Counted | None]] = {
    "ctl_punct": (
        lambda left: float(len(left)) - holds((left[DEP] > 15) & left.is_imputable),
        lambda left: float(len(left)),
    ),
}
#: Dates that the tests take as enough for a baseline.
LEAST_DAYS = 3


def _paced(pace: Frame) -> Frame:
    return pace[pace.is_over & (pace.baseline_days >= LEAST_DAYS)]


def _usual(pace: Frame) -> float:
    paced = _paced(pace)
    return float((paced.baseline_seats / paced.baseline_days).round(6).sum())


PACE_BY_HAND: dict[str, tuple[Counted, Counted | None]] = {
    "bk_pace": (lambda pace: float(_paced(pace).kept_seats.sum()) - _usual(pace), _usual),
}
#: Seats that the tests take as enough on both sides.
LEAST_SEATS = 3


def _judged(fares: Frame) -> Frame:
    return fares[(fares.kept_seats >= LEAST_SEATS) & (fares.baseline_seats >= LEAST_SEATS)]


def _expected(fares: Frame) -> float:
    judged = _judged(fares)
    return float((judged.kept_seats * judged.baseline_average_fare_usd).round(2).sum())


FARES_BY_HAND: dict[str, tuple[Counted, Counted | None]] = {
    "fare_pos": (lambda fares: _added("kept_fare_usd")(_judged(fares)) - _expected(fares), _expected),
}
