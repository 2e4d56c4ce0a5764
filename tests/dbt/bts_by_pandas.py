"""Real flights of BTS counted by pandas from the file as published: no code of ours reads, merges or counts them.

Minutes are those of the file. Times are local; at one airport they compare without zones, so turnarounds need none.
The order of an aircraft's legs and the dates of arrivals need UTC, from zoneinfo and our table of zones.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from aero_streaming.rules import rules

ZONES = Path(__file__).parents[2] / "dbt_project" / "seeds" / "reference" / "airports.csv"
PERCENTILES = {
    "departure_delay": (50, 90), "arrival_delay": (50, 90), "block": (10,), "taxi_out": (20, 90), "taxi_in": (90,)
}  # fmt: skip
KEY = ["day", "AIRLINE", "FLIGHT_NUMBER", "ORIGIN_AIRPORT"]


def read(file: Path, carriers: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the flights of a file, or of some carriers of it."""
    flights = pd.read_csv(file, dtype={"SCHEDULED_DEPARTURE": str, "SCHEDULED_ARRIVAL": str, "TAIL_NUMBER": str})
    flights = flights[flights.AIRLINE.isin(list(carriers))] if carriers else flights
    flights = flights.rename(columns={
        "DEPARTURE_DELAY": "dep", "ARRIVAL_DELAY": "arr", "DESTINATION_AIRPORT": "to", "LATE_AIRCRAFT_DELAY": "coded",
    })  # fmt: skip
    flights["day"] = pd.to_datetime(flights[["YEAR", "MONTH", "DAY"]])
    flights["route"] = flights.ORIGIN_AIRPORT + "-" + flights.to
    flights["cancelled"], flights["diverted"] = flights.CANCELLED == 1, flights.DIVERTED == 1
    flights["operated"] = ~flights.cancelled
    flights["arr"] = flights.arr.where(flights.operated & ~flights.diverted)
    return flights.reset_index(drop=True)


def route_days(flights: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of each route and day."""
    counts = pd.DataFrame({
        "day": flights.day.dt.strftime("%Y-%m-%d"), "route": flights.route,
        "scheduled_legs": 1, "cancelled_legs": flights.cancelled, "diverted_legs": flights.diverted,
        "operated_legs": flights.operated, "departed_legs": flights.dep.notna(),
        "dep_on_time_d0_legs": flights.dep <= 0, "dep_late_15_legs": flights.dep >= 15,
        "departure_delay_minutes": flights.dep.clip(lower=0), "net_departure_delay_minutes": flights.dep,
        "arrived_legs": flights.arr.notna(), "a14_on_time_legs": flights.arr < 15,
        "arr_late_15_legs": flights.arr >= 15, "arr_late_60_legs": flights.arr >= 60,
        "arr_late_120_legs": flights.arr >= 120, "arr_late_240_legs": flights.arr >= 240,
        "arrival_delay_minutes": flights.arr.clip(lower=0), "net_arrival_delay_minutes": flights.arr,
        "scheduled_block_minutes": flights.SCHEDULED_TIME,
        "block_minutes": flights.ELAPSED_TIME.where(flights.arr.notna()),
        "block_judged_minutes": flights.ELAPSED_TIME.where(flights.arr.notna()),
        "block_judged_legs": flights.arr.notna(),
        "a0_on_time_legs": flights.arr <= 0, "arr_delayed_legs": flights.arr > 0, "dep_delayed_legs": flights.dep > 0,
        "taxi_out_minutes": flights.TAXI_OUT.where(flights.operated), "leg_attempts": 1,
        "taxi_in_minutes": flights.TAXI_IN.where(flights.arr.notna()),
    })  # fmt: skip
    return counts.groupby(["day", "route"]).sum().astype("int64").sort_index()


def percentiles(flights: pd.DataFrame) -> pd.DataFrame:
    """Return percentiles of each carrier and route, of all days together."""
    flown = flights.arr.notna()
    values = pd.DataFrame({
        "carrier": flights.AIRLINE, "route": flights.route,
        "departure_delay": flights.dep, "arrival_delay": flights.arr,
        "block": flights.ELAPSED_TIME.where(flown), "scheduled_block": flights.SCHEDULED_TIME.where(flown),
        "taxi_out": flights.TAXI_OUT.where(flights.operated), "taxi_in": flights.TAXI_IN.where(flown),
    })  # fmt: skip
    groups = values.groupby(["carrier", "route"])
    table = {
        f"{name}_p{percent}_minutes": groups[name].quantile(percent / 100)
        for name, shares in PERCENTILES.items()
        for percent in shares
    }
    table["padding_minutes"] = groups.scheduled_block.mean() - table["block_p10_minutes"]
    table["additional_taxi_out_minutes"] = groups.taxi_out.mean() - table["taxi_out_p20_minutes"]
    return pd.DataFrame(table).sort_index()


def punctuality(flights: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return legs and legs on time of each definition of domain §1.3 that needs no slots."""
    tracked = flights.diverted | flights.arr.notna()
    left = flights.operated & flights.dep.notna()
    within_14, within_15 = int((flights.arr < 15).sum()), int((flights.arr <= 15).sum())
    return {
        "cirium_a14": (int((flights.operated & tracked).sum()), within_14),
        "d0": (int(left.sum()), int((left & (flights.dep < 1)).sum())),
        "d15": (int(left.sum()), int((left & (flights.dep < 15)).sum())),
        "dot_a14": (len(flights), within_14),
        "eurocontrol": (int(flights.operated.sum()), within_15),
        "oag_a14": (len(flights), within_14),
    }


def rotations(flights: pd.DataFrame) -> pd.DataFrame:
    """Return the operated flights with the minutes that their aircraft brought along, one aircraft after the other."""
    legs = flights[flights.operated].copy()
    legs["std"] = legs.day + _clock(legs.SCHEDULED_DEPARTURE)
    zones = pd.read_csv(ZONES).drop_duplicates("iata", keep="last").set_index("iata").zone
    legs["utc"] = legs["std"] - _offsets(legs["std"], legs.ORIGIN_AIRPORT.map(zones))
    # An arrival has the date that brings it nearest to departure and block.
    sta = legs.day + _clock(legs.SCHEDULED_ARRIVAL)
    offset = _offsets(sta, legs.to.map(zones))
    nearest = legs.utc + pd.to_timedelta(legs.SCHEDULED_TIME, "min") + offset
    legs["sta"] = sta + pd.to_timedelta(((nearest - sta) / pd.Timedelta(days=1)).round(), "D")
    # Of two legs with one STD the one that left first flew first.
    legs = legs.sort_values(["TAIL_NUMBER", "day", "utc", "dep"])
    before = legs.groupby("TAIL_NUMBER")[["day", "to", "sta", "arr", "diverted"]].shift()
    linked = (before["to"] == legs.ORIGIN_AIRPORT) & before.arr.notna() & (before.diverted == False)  # noqa: E712
    linked &= legs.dep.notna() & ((legs.day - before.day) <= pd.Timedelta(days=1))
    planned = (legs["std"] - before.sta) / pd.Timedelta(minutes=1)
    needed = legs.ORIGIN_AIRPORT.map(lambda airport: rules().ground_minutes(None, airport))
    needed = needed.where(needed < planned.clip(lower=0), planned.clip(lower=0))
    brought = (before.arr - planned + needed).clip(lower=0)
    late = legs.dep.clip(lower=0)
    legs["linked"] = linked
    legs["propagated"] = brought.where(brought < late, late).where(linked, 0)
    return legs


def against_codes(legs: pd.DataFrame) -> dict[str, Any]:
    """Return computed and coded minutes, and the parts that their difference is made of."""
    coded = legs.coded.fillna(0)
    apart = legs.propagated - coded
    late = legs.arr >= 15
    unlinked = late & ~legs.linked
    both = late & legs.linked
    figures = {
        "reactionary, computed": legs.propagated.sum(),
        "late aircraft, coded": coded.sum(),
        "computed on legs that BTS does not code: less than 15 late, or diverted": apart[~late].sum(),
        "coded, leg before not in these two days or elsewhere": apart[unlinked].sum(),
        "computed more than coded": apart[both & (apart > 0)].sum(),
        "computed less than coded": apart[both & (apart < 0)].sum(),
        "legs coded": (coded > 0).sum(),
        "legs coded and computed": ((coded > 0) & (legs.propagated > 0)).sum(),
        "legs with equal minutes": ((coded > 0) & (apart == 0)).sum(),
        "legs within 10 minutes": ((coded > 0) & (apart.abs() <= 10)).sum(),
    }
    return {name: int(value) for name, value in figures.items()}


def _offsets(local: pd.Series, zones: pd.Series) -> pd.Series:
    offsets = [ZoneInfo(zone).utcoffset(at.to_pydatetime()) for at, zone in zip(local, zones, strict=True)]
    return pd.Series(offsets, index=local.index)


def _clock(text: pd.Series) -> pd.Series:
    digits = text.str.zfill(4)
    minutes = digits.str[:2].astype(int) * 60 + digits.str[2:].astype(int)
    return pd.to_timedelta(minutes, "min")
