"""From additive sums to figures: value, what it is of, what is not known, and the change against the period before.

A ratio is always a ratio of sums; a figure without a denominator is missing, never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Unit = Literal["percent", "minutes", "count"]
Sums = Mapping[str, float]


#: Figures that are a sum, or a sum over another: unit, what is added up, what it is divided by, its rule.
RATIOS: dict[str, tuple[Unit, str, str | None, str | None]] = {
    "completion": ("percent", "operated_legs", "scheduled_legs", "completion"),
    "mean_departure_delay": ("minutes", "departure_delay_minutes", "operated_legs", None),
    "delay_minutes": ("count", "departure_delay_minutes", None, None),
    "cancelled": ("count", "cancelled_legs", None, None),
    "diverted": ("count", "diverted_legs", None, None),
    "load_factor": ("percent", "passenger_km", "seat_km", None),
}


@dataclass(frozen=True)
class Kpi:
    """One figure: `numerator` of `denominator` (None where it is a plain count), and legs of which nothing is known.

    `legs` is n, what the reader should judge the figure by. `rule` names the KPI in `rules.toml`.
    """

    key: str
    unit: Unit
    numerator: float
    denominator: float | None
    legs: int
    unknown_legs: int
    rule: str | None = None

    @property
    def value(self) -> float | None:
        """The figure; None where there is nothing to divide by."""
        if self.denominator is None:
            return self.numerator if self.legs else None
        return self.numerator / self.denominator if self.denominator else None


def rule_of(definition: str) -> str:
    """Name the KPI in `rules.toml` that an OTP definition is held against: every arrival definition is an A14."""
    return definition if definition in ("d0", "d15") else "a14"


def total(frame: pd.DataFrame) -> dict[str, float]:
    """Add up every additive column of a frame; an empty frame gives zeros."""
    return {str(name): frame[name].sum() for name in frame.select_dtypes("number").columns}


def otp(key: str, definition: str, frame: pd.DataFrame) -> Kpi:
    """Punctuality by a definition over rows of `otp_by_day`."""
    own = frame[frame["definition"] == definition]
    legs = int(own["legs"].sum())
    on_time, unknown = int(own["on_time_legs"].sum()), int(own["unknown_legs"].sum())
    return Kpi(key, "percent", on_time, legs, legs, unknown, rule=rule_of(definition))


def from_sums(sums: Sums) -> list[Kpi]:
    """Return the figures that sums of legs give, in the order they are shown; load only where it is known."""
    scheduled, operated = int(sums["scheduled_legs"]), int(sums["operated_legs"])
    silent, unknown = scheduled - operated - int(sums["cancelled_legs"]), int(sums["departure_unknown_legs"])
    load = int(sums["load_legs"])
    #: n and unknown legs of each figure.
    samples = {
        "completion": (scheduled, silent), "mean_departure_delay": (operated, unknown),
        "delay_minutes": (operated, unknown), "cancelled": (scheduled, silent),
        "diverted": (int(sums["departed_legs"]), 0), "load_factor": (load, operated - load),
    }  # fmt: skip
    return [
        Kpi(key, unit, sums[over], sums[under] if under else None, *samples[key], rule=rule)
        for key, (unit, over, under, rule) in RATIOS.items()
        if load or key != "load_factor"
    ]


def strip(definition: str, otp_days: pd.DataFrame, sum_days: pd.DataFrame) -> list[Kpi]:
    """Return every figure of the strip: the chosen definition first, D15 and D0 unless chosen, then the sums."""
    others = [name for name in ("d15", "d0") if name != definition]
    return [
        otp("punctuality", definition, otp_days),
        *(otp(name, name, otp_days) for name in others),
        *from_sums(total(sum_days)),
    ]


def daily(key: str, definition: str, otp_days: pd.DataFrame, sum_days: pd.DataFrame) -> list[float]:
    """Return a figure of the strip day by day, days without a value left out: the small line in its card."""
    if key in RATIOS:
        _, over, under, _ = RATIOS[key]
        line = sum_days[over] / sum_days[under].where(sum_days[under] > 0) if under else sum_days[over]
    else:
        own = otp_days[otp_days["definition"] == (definition if key == "punctuality" else key)]
        line = own["on_time_legs"] / own["legs"].where(own["legs"] > 0)
    return [float(value) for value in line.dropna()]


def change(now: Kpi, before: Kpi | None) -> float | None:
    """Return the change: in percentage points for a share, else in the figure's own unit; None where unknown."""
    if before is None or now.value is None or before.value is None:
        return None
    return (now.value - before.value) * (100 if now.unit == "percent" else 1)


def block_fit(blocks: pd.DataFrame) -> Kpi:
    """Return the block percentile F(scheduled): the share of legs whose block time fitted their scheduled one."""
    legs = int(blocks["legs"].sum())
    fitting = int(blocks.loc[blocks["block_minutes"] <= blocks["scheduled_block_minutes"], "legs"].sum())
    return Kpi("block_fit", "percent", fitting, legs, legs, 0)


def quantile(blocks: pd.DataFrame, column: str, share: float) -> float | None:
    """Return the smallest value that at least `share` of the legs do not exceed (the inverse of F)."""
    counts = blocks.groupby(column)["legs"].sum().sort_index()
    if counts.empty:
        return None
    reached = counts.cumsum() >= share * counts.sum() - 1e-9
    return float(reached.idxmax())
