"""Limits of chance: of the funnel plot and of the control chart, and intervals of a share.

All of them take legs as independent. On a bad day they are not, so that true limits are wider; pages say so.
"""

from math import sqrt

import pandas as pd

from aero_streaming.rules import wilson_bounds

#: 95 % of the normal distribution, two-sided: the funnel plot.
Z_95 = 1.959964
#: Shewhart's three standard deviations: the control chart.
Z_CONTROL = 3.0


def binomial_limits(centre: float, legs: float, z: float) -> tuple[float, float]:
    """Return the lower and upper limit of an observed share around `centre` for n legs, cut to [0, 1].

    The score form: the deviation is that of the centre, not of the observed share (Spiegelhalter 2005 for funnels).
    """
    if legs <= 0:
        return 0.0, 1.0
    half = z * sqrt(centre * (1 - centre) / legs)
    return max(0.0, centre - half), min(1.0, centre + half)


def judged(frame: pd.DataFrame, z: float, minimum: int) -> tuple[pd.DataFrame, float | None]:
    """Add share, lower, upper and verdict to rows with legs and on_time_legs; return them and their centre.

    The verdict is below, above, inside, or small where there are fewer than `minimum` legs. The centre is the share of
    all rows together; None where there is no leg.
    """
    rows = frame[frame["legs"] > 0].copy()
    legs = int(rows["legs"].sum())
    if not legs:
        return rows.assign(share=[], lower=[], upper=[], score=[], verdict=[]), None
    centre = int(rows["on_time_legs"].sum()) / legs
    limits = [binomial_limits(centre, n, z) for n in rows["legs"]]
    rows["share"] = rows["on_time_legs"] / rows["legs"]
    rows["lower"], rows["upper"] = [low for low, _ in limits], [high for _, high in limits]
    deviation = sqrt(centre * (1 - centre)) or 1.0
    rows["score"] = (rows["share"] - centre) * rows["legs"] ** 0.5 / deviation
    rows["verdict"] = [
        _verdict(*values, minimum)
        for values in zip(rows["share"], rows["lower"], rows["upper"], rows["legs"], strict=True)
    ]
    return rows, centre


def _verdict(share: float, lower: float, upper: float, legs: int, minimum: int) -> str:
    if legs < minimum:
        return "small"
    # A limit that was cut to the end of the scale, or met exactly, is no limit passed.
    return "below" if share < lower - 1e-12 else "above" if share > upper + 1e-12 else "inside"


def curve(centre: float, most: int, z: float, points: int = 120) -> pd.DataFrame:
    """Return the funnel: legs, lower and upper from one leg to `most`, closer together where it bends."""
    steps = sorted({max(1, round(most * (step / points) ** 2)) for step in range(1, points + 1)})
    limits = [binomial_limits(centre, legs, z) for legs in steps]
    return pd.DataFrame({"legs": steps, "lower": [low for low, _ in limits], "upper": [high for _, high in limits]})


def with_interval(frame: pd.DataFrame) -> pd.DataFrame:
    """Add share and Wilson's 80 % interval (two one-sided 90 % bounds) to rows with legs and on_time_legs."""
    rows = frame[frame["legs"] > 0].copy()
    bounds = [wilson_bounds(int(k), int(n)) for k, n in zip(rows["on_time_legs"], rows["legs"], strict=True)]
    rows["share"] = rows["on_time_legs"] / rows["legs"]
    rows["lower"], rows["upper"] = [low for low, _ in bounds], [high for _, high in bounds]
    return rows
