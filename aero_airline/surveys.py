"""Survey answers of passengers after a flight; the answers get worse with the delay."""

import numpy as np
import pandas as pd

from aero_airline import parameters as p
from aero_airline.leg import Leg
from aero_airline.randomness import Purpose, stream


def surveys(legs: list[Leg], seed: int) -> pd.DataFrame:
    """Return one row per response: leg, minute (UTC) of the answer, cabin, recommendation 0 to 10, satisfaction 1 to 5.

    If the arrival of a leg is not known, its departure delay counts for its passengers.
    """
    chance = stream(seed, Purpose.SURVEYS, legs[0].operating_date)
    answers = chance.binomial([leg.passengers for leg in legs], p.RESPONSE_SHARE)
    leg_rows = np.repeat(np.arange(len(legs)), answers)
    late = np.array([_delay(leg) for leg in legs])
    minutes, points = zip(*p.SATISFACTION_LOSS, strict=True)
    premium = chance.random(len(leg_rows)) < p.PREMIUM_SHARE
    felt = p.SATISFACTION_MEAN - np.interp(late, minutes, points)[leg_rows] + p.PREMIUM_POINTS * premium
    felt = felt + p.SATISFACTION_DEVIATION * chance.standard_normal(len(leg_rows))
    ready = np.array([leg.ready for leg in legs])[leg_rows]
    return pd.DataFrame(
        {
            "leg": leg_rows,
            "responded_at_minute": ready + 60 + (1_440 * chance.standard_exponential(len(leg_rows))).astype(int),
            "cabin": np.where(premium, "premium", "economy"),
            "recommendation": np.clip(np.rint(felt), 0, 10).astype(int),
            "satisfaction": np.clip(np.rint(felt / 2), 1, 5).astype(int),
        }
    )


def net_promoter_score(recommendations: pd.Series) -> float:
    """Return the share of 9 and 10 minus the share of 0 to 6, in points."""
    return float(100 * ((recommendations >= 9).mean() - (recommendations <= 6).mean()))


def _delay(leg: Leg) -> int:
    """Return the delay in minutes as the passengers experienced it."""
    if leg.is_cancelled:
        return 0
    return leg.ready - leg.sta
