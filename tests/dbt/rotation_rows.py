"""Rotations for tests: legs of aircraft at random, and what pandas counts of the published rotations and turns."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from tests.dbt.typed_lake import Row, leg

FIRST, DAYS, TAILS, FIRST_NUMBER = date(2015, 1, 1), 7, 25, 3000
AIRPORTS = ("DEN", "ATL", "JFK", "LAX")
Counted = Callable[[pd.DataFrame], float]


def flown(rng: random.Random) -> list[Row]:
    """Days of aircraft that fly round the clock, late, early, cancelled, diverted, and sometimes from elsewhere."""
    rows, number = [], FIRST_NUMBER
    for tail in range(TAILS):
        at, airport, late = datetime.combine(FIRST, datetime.min.time()), rng.choice(AIRPORTS), 0
        while at.date() < FIRST + timedelta(days=DAYS):
            number += 1
            std, airport = at, rng.choice(AIRPORTS) if rng.random() < 0.05 else airport
            destination = rng.choice([name for name in AIRPORTS if name != airport])
            late = max(0, late + rng.choice((-20, -10, 0, 0, 10, 40, 90 if rng.random() < 0.2 else 0)))
            times = {"std_at": std, "sta_at": std + timedelta(hours=2)}
            fate = rng.choices(("flown", "cancelled", "diverted", "no IN", "no tail", "early"), (80, 6, 4, 4, 3, 3))[0]
            out = std + timedelta(minutes=-5 if fate == "early" else late, seconds=rng.randrange(60))
            came = std + timedelta(hours=2, minutes=late + rng.randint(-15, 25), seconds=rng.randrange(60))
            said: dict[str, Any] = {"origin": airport, "destination": destination, "tail": f"N{tail}", **times}
            said |= {"out_at": out, "off_at": None, "on_at": None, "in_at": came}
            if fate == "cancelled":
                said |= {"out_at": None, "in_at": None, "is_cancelled": True}
            elif fate == "diverted":
                said |= {"is_diverted": True, "in_at": None}
            elif fate == "no IN":
                said |= {"in_at": None}
            elif fate == "no tail":
                said |= {"tail": None}
            rows.append(leg(number, f"{std.date()}", **said))
            airport = airport if fate == "cancelled" else destination
            at = std + timedelta(hours=2, minutes=rng.choice((20, 35, 45, 60, 75, 300)))
    return rows


def _added(*names: str) -> Counted:
    return lambda rows: float(sum(rows[name].fillna(0).sum() for name in names))


def _first(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.is_first_of_day & rows.departure_delay_minutes.notna()]


def _aircraft_days(rows: pd.DataFrame) -> float:
    """Aircraft with a leg on a date, each where its first leg is."""
    return float(rows[rows.is_first_of_day].groupby(["operating_date", "tail"]).ngroups)


#: Numerator and denominator of each KPI, from the columns of the published rotations and turns.
ROTATIONS_BY_HAND: dict[str, tuple[Counted, Counted | None]] = {
    "react_min": (_added("propagated_minutes"), None),
    "react_share": (_added("propagated_minutes"), lambda rows: float(rows.departure_delay_minutes.clip(lower=0).sum())),
    "delay_mult": (_added("root_minutes", "downstream_minutes"), _added("root_minutes")),
    "util": (lambda rows: float(rows[rows["tail"].notna()].block_minutes.sum()) / 60, _aircraft_days),
    "first_wave_d0": (lambda rows: float((_first(rows).departure_delay_minutes <= 0).sum()),
                      lambda rows: float(len(_first(rows)))),
}  # fmt: skip
TURNS_BY_HAND: dict[str, tuple[Counted, Counted | None]] = {
    "turn_cmp": (
        lambda turns: float((turns.actual_ground_minutes <= turns.allowed_ground_minutes).sum()),
        lambda turns: float(len(turns)),
    ),
}
