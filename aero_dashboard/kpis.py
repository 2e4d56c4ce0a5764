"""From additive sums to figures: value, what it is of, what is not known, and the change against the period before.

What each figure is stands in the register (`kpis.toml`). A ratio is always a ratio of sums; a figure without a
denominator is missing, never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from aero_streaming.figures import Kpi as Figure
from aero_streaming.figures import figures

Unit = Literal["percent", "minutes", "count"]
Sums = Mapping[str, float]

#: Figures of the register that the strip shows after punctuality, in this order.
STRIP = ("completion", "departure_delay", "delay_minutes", "cancelled", "diverted", "load_factor")
#: Figures of it whose n is every due leg, those that nobody told of among them.
COUNT_UNKNOWN = ("cancelled",)


@dataclass(frozen=True)
class Kpi:
    """One figure: `numerator` of `denominator` (None where it is a plain count), and legs of which nothing is known.

    `legs` is n, what the reader should judge the figure by; `counts_unknown` where n has the unknown legs in it. `rule`
    names the KPI in `rules.toml`.
    """

    key: str
    unit: Unit
    numerator: float
    denominator: float | None
    legs: int
    unknown_legs: int
    rule: str | None = None
    counts_unknown: bool = False

    @property
    def value(self) -> float | None:
        """The figure; None where there is nothing to divide by, or nothing is known of any of its legs."""
        if self.counts_unknown and self.unknown_legs == self.legs:
            return None
        if self.denominator is None:
            return self.numerator if self.legs else None
        return self.numerator / self.denominator if self.denominator else None


def rule_of(definition: str) -> str:
    """Name the KPI in `rules.toml` that an OTP definition is held against: its own, which not every one has."""
    kpi = figures().by_definition.get(definition)
    return kpi.id if kpi else definition


def total(frame: pd.DataFrame) -> dict[str, float]:
    """Add up every additive column of a frame; an empty frame gives zeros."""
    return {str(name): frame[name].sum() for name in frame.select_dtypes("number").columns}


def otp(key: str, definition: str, frame: pd.DataFrame) -> Kpi:
    """Punctuality by a definition over rows of `otp_by_day`."""
    own = frame[frame["definition"] == definition]
    legs = int(own["legs"].sum())
    on_time, unknown = int(own["on_time_legs"].sum()), int(own["unknown_legs"].sum())
    return Kpi(key, "percent", on_time, legs, legs, unknown, rule=rule_of(definition), counts_unknown=True)


def heard_of(otp: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of punctuality with a leg of which something is known: a share of unknown legs says nothing."""
    return otp[otp["legs"] > otp["unknown_legs"]]


def from_sums(sums: Sums) -> list[Kpi]:
    """Return the figures that sums of legs give, in the order they are shown; load only where it is known."""
    strip = [_figure(figures().kpis[name], sums) for name in STRIP]
    return [kpi for kpi in strip if kpi.legs or kpi.key != "load_factor"]


def _figure(kpi: Figure, sums: Sums) -> Kpi:
    n, unknown = (int(sum(sums[part.id] for part in parts)) for parts in (kpi.sample, kpi.unknown))
    rule = kpi.id if kpi.is_share and "rules" in kpi.used_by else None
    return Kpi(kpi.id, kpi.unit, kpi.over(sums), kpi.under(sums), n, unknown, rule, kpi.id in COUNT_UNKNOWN)  # ty: ignore[invalid-argument-type]


def column(name: str, frame: pd.DataFrame) -> pd.Series:
    """Return a figure of the register for every row of sums; missing where there is nothing to divide by."""
    kpi = figures().kpis[name]
    over = frame[[part.id for part in kpi.numerator]].sum(axis=1)
    if not kpi.denominator:
        return over
    under = frame[[part.id for part in kpi.denominator]].sum(axis=1)
    return over / under.where(under > 0)


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
    if key in STRIP:
        line = column(key, sum_days)
    else:
        own = heard_of(otp_days[otp_days["definition"] == (definition if key == "punctuality" else key)])
        line = own["on_time_legs"] / own["legs"].where(own["legs"] > 0)
    return [float(value) for value in line.dropna()]


def change(now: Kpi, before: Kpi | None) -> float | None:
    """Return the change: in percentage points for a share, else in the figure's own unit; None where unknown."""
    if before is None or now.value is None or before.value is None:
        return None
    return (now.value - before.value) * (100 if now.unit == "percent" else 1)


def block_fit(blocks: pd.DataFrame) -> Kpi:
    """Return the block percentile F(scheduled): the share of legs whose block time fitted their scheduled one."""
    kpi, rows = figures().kpis["block_fit"], blocks.to_dict("records")
    fitting, legs = (
        sum(int(row["legs"]) * part.of_row(row) for row in rows for part in parts)
        for parts in (kpi.numerator, kpi.denominator)
    )
    return Kpi("block_fit", "percent", fitting, legs, legs, 0)


def quantile(blocks: pd.DataFrame, column: str, share: float) -> float | None:
    """Return the smallest value that at least `share` of the legs do not exceed (the inverse of F)."""
    counts = blocks.groupby(column)["legs"].sum().sort_index()
    if counts.empty:
        return None
    reached = counts.cumsum() >= share * counts.sum() - 1e-9
    return float(reached.idxmax())
