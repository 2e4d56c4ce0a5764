"""Schedule files for tests: plans of legs, and what pandas counts of the published days held against them."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from aero_assets.feeds import find
from tests.dbt.typed_lake import Row, write

SSIM = find("partner/ssim")
#: A season, and what became of its later half a month on.
SEASON, CHANGE = datetime(2014, 11, 1), datetime(2014, 12, 20)  # noqa: DTZ001 - the lake holds UTC without a zone


def planned(leg: Row, made_at: datetime, **changed: Any) -> Row:
    """The plan of a leg in the schedule file that was made at a time, received the same day at noon."""
    row = {name: leg.get(name) for name in (column.name for column in SSIM.columns)}
    row |= {"created_at": made_at, "received_at": made_at.replace(hour=12), "operational_suffix": None, "season": "W14"}
    row |= {"service_type": "J", "is_operated": True, "source": "schedule", "is_actual": False, "raw_ref": "a.ssim#1"}
    return row | {"event_id": f"{made_at}-{leg['leg_uid']}-{changed}"} | changed


def write_schedules(lake: Path, legs: Iterable[Row], rng: random.Random) -> None:
    """Write two files that plan most of the legs, and some that were never flown."""
    legs = list(legs)
    for made_at in (SEASON, CHANGE):
        ahead = [leg for leg in legs if leg["operating_date"] > made_at.date()]
        kept = [planned(leg, made_at) for leg in ahead if rng.random() < 0.8]
        ghosts = [planned(leg, made_at, flight_number=9000 + leg["flight_number"]) for leg in rng.sample(ahead, 20)]
        write(lake, [*kept, *ghosts], arrived=f"{made_at.date()}-0abc0abc", feed=SSIM)


def _added(name: str) -> Callable[[pd.DataFrame], float]:
    return lambda days: float(days[name].fillna(0).sum())


#: Numerator and denominator of each KPI of frozen plans, from the columns of the published days.
SCHEDULES_BY_HAND: dict[str, tuple[Callable[[pd.DataFrame], float], Callable[[pd.DataFrame], float] | None]] = {
    f"completion_{horizon}": (_added(f"operated_scheduled_legs_{horizon}"), _added(f"judged_scheduled_legs_{horizon}"))
    for horizon in ("d1", "d7")
}
