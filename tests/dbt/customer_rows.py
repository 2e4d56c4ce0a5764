"""Answers and connections of legs for tests, at random, and what pandas counts of the published marts of passengers."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from aero_assets.feeds import find
from tests.dbt.typed_lake import Row, write

ANSWERS, CONNECTIONS = find("partner/surveys"), find("opsdb/connections")
ARRIVED = "2015-02-20-0aaa0aaa"
AT = datetime(2015, 2, 20)  # noqa: DTZ001 - the lake holds UTC without a zone


def write_passengers(lake: Path, legs: Iterable[Row], rng: random.Random) -> None:
    """Write answers of most legs, and connections between two legs of a day; some of them are missed."""
    legs = list(legs)
    answers, connections = [], []
    for number, leg in enumerate(legs):
        for turn in range(rng.randint(0, 4)):
            identity = f"{leg['event_id']}-{turn}"
            said = {
                "response_id": identity, "cabin": rng.choice(("economy", "premium", None)), "version": 1,
                "recommendation": rng.choice((None, *range(11))), "satisfaction": rng.choice((None, *range(1, 6))),
                "source": "partner_file", "event_id": identity, "raw_ref": f"{ANSWERS.path}/a.gz#{number}",
            }  # fmt: skip
            answers.append(_row(ANSWERS, leg | said | {"received_at": AT}))
        said = {
            "in_leg_uid": rng.choice(legs)["leg_uid"], "out_leg_uid": leg["leg_uid"], "airport": leg["origin"],
            "passengers": rng.randint(1, 9), "minimum_connect_minutes": 45, "connection_result": "made", "version": 1,
            "source": "database", "updated_at": AT, "event_id": f"c{number}", "raw_ref": f"{CONNECTIONS.path}/a.gz#1",
        }  # fmt: skip
        same_day = [other for other in legs if other["operating_date"] == leg["operating_date"] and other is not leg]
        if same_day:
            said["in_leg_uid"] = rng.choice(same_day)["leg_uid"]
        connections.append(_row(CONNECTIONS, {**leg, **said, "received_at": AT}))
    write(lake, answers, arrived=ARRIVED, feed=ANSWERS)
    write(lake, connections, arrived=ARRIVED, feed=CONNECTIONS)


def _row(feed: Any, cells: Row) -> Row:
    return {column.name: cells.get(column.name) for column in feed.columns}


def _added(name: str) -> Callable[[pd.DataFrame], float]:
    return lambda rows: float(rows[name].sum())


def _net_promoters(answers: pd.DataFrame) -> float:
    return float(answers.promoters.sum() - answers.detractors.sum())


#: Numerator and denominator of each KPI of passengers, from the columns of the published marts.
ANSWERS_BY_HAND: dict[str, tuple[Callable[[pd.DataFrame], float], Callable[[pd.DataFrame], float] | None]] = {
    "nps": (_net_promoters, lambda rows: float((rows.promoters + rows.passives + rows.detractors).sum())),
    "csat": (_added("satisfied"), _added("satisfactions")),
}
CONNECTIONS_BY_HAND: dict[str, tuple[Callable[[pd.DataFrame], float], Callable[[pd.DataFrame], float] | None]] = {
    "misconnects": (
        _added("missed_passengers"),
        lambda rows: float((rows.connecting_passengers - rows.not_flown_passengers - rows.unknown_passengers).sum()),
    ),
}
