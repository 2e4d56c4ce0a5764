"""Published versions to show: made-up legs with every edge the dashboard must survive, and marts built from them.

The marts are built here in SQL of their own, so that neither dbt nor the dashboard's queries vouch for themselves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd

from aero_assets.defs.published.export import Publisher, Relation
from aero_assets.environment import PROJECT
from tests.fakes import FolderBucket

SEEDS = PROJECT / "dbt_project" / "seeds" / "reference"
SYNTHETIC = "datos sintéticos"
LAST_DAY = date(2026, 11, 22)
DAYS = 45
NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
#: origin, destination, kilometres, scheduled block, flights a day (below one: a share of days), share of bad days.
ROUTES = (
    ("MEX", "CUN", 1285, 140, 7, 0.15), ("CUN", "MEX", 1285, 150, 7, 0.2), ("MEX", "GDL", 460, 85, 6, 0.1),
    ("GDL", "MEX", 460, 85, 6, 0.1), ("MEX", "MTY", 712, 105, 6, 0.12), ("MTY", "MEX", 712, 105, 6, 0.12),
    ("MEX", "TIJ", 2304, 230, 4, 0.25), ("TIJ", "MEX", 2304, 205, 4, 0.2), ("GDL", "TIJ", 1900, 195, 3, 0.15),
    ("TIJ", "GDL", 1900, 175, 3, 0.45), ("MEX", "MID", 1000, 120, 3, 0.1), ("MID", "MEX", 1000, 125, 3, 0.1),
    ("MEX", "CJS", 1540, 165, 2, 0.15), ("CJS", "MEX", 1540, 160, 2, 0.15), ("MEX", "JFK", 3366, 300, 2, 0.5),
    ("JFK", "MEX", 3366, 345, 2, 0.3), ("MEX", "LAX", 2500, 250, 2, 0.2), ("LAX", "MEX", 2500, 225, 2, 0.2),
    ("MEX", "MAD", 9070, 625, 1, 0.2), ("MAD", "MEX", 9070, 700, 1, 0.2), ("MTY", "CUN", 1480, 150, 2, 0.1),
    ("CUN", "MTY", 1480, 160, 2, 0.1), ("GDL", "LAX", 2100, 215, 1, 0.3), ("LAX", "GDL", 2100, 190, 1, 0.15),
    ("MEX", "OAX", 365, 70, 2, 0.02), ("OAX", "MEX", 365, 75, 2, 0.02), ("MEX", "ZIH", 240, 65, 0.3, 0.1),
    ("ZIH", "MEX", 240, 65, 0.3, 0.1),
)  # fmt: skip
OFFSETS = ("std_utc_offset_minutes", "sta_utc_offset_minutes")
#: Codes as an airline sends them, the frequent ones first.
CODES = ("93", "41", "63", "89", "71", "32", "15", "66", "81", "36", "99", "35", "52", "87")
BTS_ROUTES = (
    ("ATL", "LGA", 1226, 140, 30, 0.2), ("LGA", "ATL", 1226, 155, 30, 0.3), ("DFW", "LAX", 1985, 200, 25, 0.2),
    ("LAX", "DFW", 1985, 180, 25, 0.15), ("ORD", "SFO", 2970, 280, 12, 0.4), ("HNL", "LAX", 4113, 320, 4, 0.1),
    ("ANC", "SEA", 2330, 215, 2, 0.1),
)  # fmt: skip
TABLES = {
    "operations.fct_leg": "One row per operated flight leg.",
    "operations.fct_otp_day": "One row per day, carrier, route, hour and definition.",
    "operations.fct_route_day": "One row per route and day.",
    "operations.fct_delay_cause_day": "One row per day, carrier, route and cause.",
    "operations.fct_completeness_day": "One row per day, carrier, route and source.",
    "operations.fct_delay_code_day": "One row per day, carrier, route and code.",
    "operations.fct_rotation": "One row per operated leg.",
    "operations.fct_turnaround": "One row per turn.",
    "operations.route_status": "One row per closed day, rule and route.",
    "finance.fct_route_margin": "One row per day, carrier and route.",
    "commercial.fct_route_day_commercial": "One row per day and route.",
    "customer.fct_satisfaction": "One row per day, carrier, route, cabin and band of delay.",
    "commercial.fct_booking_curve": "One row per day, carrier, route and bucket of days to departure.",
    "reference.dim_airport": "One row per airport.",
    "reference.dim_carrier": "One row per carrier.",
    "reference.dim_delay_code": "One row per code.",
    "reference.otp_definitions": "One row per definition.",
    "health.feed": "One row per feed.",
    "health.outcome": "One row per outcome.",
    "health.quarantine_reason": "One row per feed, day, kind and reason.",
    "health.quarantine": "One row per sampled record.",
}


@dataclass(frozen=True)
class Plan:
    """The kind of airline that the legs are of."""

    routes: tuple[tuple[str, str, int, int, float, float], ...]
    carriers: tuple[str, str]
    days: int = DAYS
    last: date = LAST_DAY
    has_codes_and_seats: bool = True
    label: str | None = SYNTHETIC
    seed: int = 7
    is_over: bool = True


SYNTHETIC_PLAN = Plan(ROUTES, ("AM", "5D"))
BTS_PLAN = Plan(BTS_ROUTES, ("DL", "AA"), days=2, last=date(2015, 1, 2), has_codes_and_seats=False, label=None)


def legs(plan: Plan) -> pd.DataFrame:
    """Make the legs of a plan; the same every time."""
    rng = np.random.default_rng(plan.seed)
    zones = zones_of({code for origin, destination, *_ in plan.routes for code in (origin, destination)})
    rows = []
    for number, (origin, destination, km, block, daily, badness) in enumerate(plan.routes):
        for back in range(plan.days):
            day = plan.last - timedelta(days=plan.days - 1 - back)
            flights = int(daily) if daily >= 1 else int(rng.random() < daily)
            weather = rng.random() < 0.08
            for turn in range(flights):
                # The last flight of a route leaves late in the evening: in UTC that is the next day.
                hour = 22 if turn == flights - 1 and flights > 1 else 6 + turn * 15 // flights
                local = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour, minutes=5 * (number % 11))
                rows.append(
                    _leg(
                        rng,
                        plan,
                        number,
                        turn,
                        local,
                        (origin, destination, km, block),
                        zones,
                        badness + 0.25 * weather,
                    )
                )
    return pd.DataFrame(rows)


def with_plan(frame: pd.DataFrame, days: int = 3) -> pd.DataFrame:
    """Add the plan of days to come: nothing has happened on them but a few cancellations, and nothing is due."""
    last = frame[frame["operating_date"] == frame["operating_date"].max()]
    happened = [
        name
        for name in frame
        if name in ("out_at", "off_at", "on_at", "in_at", "delay_codes", "passengers", "seat_km", "passenger_km")
        or (name.endswith("_minutes") and name not in ("scheduled_block_minutes", *OFFSETS))
    ]
    plans = []
    for ahead in range(1, days + 1):
        plan = last.copy()
        later = timedelta(days=ahead)
        plan["leg_uid"] = [sha256(f"{uid}{ahead}".encode()).hexdigest()[:32] for uid in plan["leg_uid"]]
        plan["operating_date"] = [day + later for day in plan["operating_date"]]
        plan[["std_at", "sta_at"]] += later
        plan[happened] = None
        plan[["is_diverted", "is_departed", "is_operated", "is_departure_due", "is_arrival_due"]] = False
        plan["is_cancelled"] = [number % 20 == 0 for number in range(len(plan))]
        plan["cancellation_code"] = ["A" if gone else None for gone in plan["is_cancelled"]]
        plans.append(plan)
    return pd.concat([frame, *plans], ignore_index=True)


def zones_of(codes: Iterable[str]) -> dict[str, ZoneInfo]:
    """Return the zone of each airport from our own table."""
    rows = duckdb.execute(
        f"select iata, zone from read_csv('{SEEDS}/airports.csv', all_varchar=true) "
        "qualify row_number() over (partition by iata order by coalesce(valid_from, '') desc) = 1"
    ).fetchall()
    return {iata: ZoneInfo(zone) for iata, zone in rows if iata in set(codes)}


def _leg(
    rng: np.random.Generator, plan: Plan, number: int, turn: int, local: datetime,
    route: tuple[str, str, int, int], zones: Mapping[str, ZoneInfo], badness: float,
) -> dict[str, object]:  # fmt: skip
    origin, destination, km, block = route
    carrier = plan.carriers[int(number % 5 == 4)]
    std_offset = _offset(local, zones[origin])
    std = local - timedelta(minutes=std_offset)
    sta = std + timedelta(minutes=block)
    sta_offset = _offset_at(sta, zones[destination])
    late = rng.random() < badness
    delay = int(rng.gamma(2.0, 28.0)) + 8 if late else int(rng.normal(-2, 5))
    fate = rng.random()
    cancelled, diverted = fate < 0.012, 0.012 <= fate < 0.018
    silent, unseen = 0.018 <= fate < 0.025, 0.025 <= fate < 0.035
    taxi_out, taxi_in = int(rng.integers(9, 24)), int(rng.integers(4, 11))
    flown = max(20, int(rng.normal(block - 6, block * 0.035)))
    out = None if cancelled or silent else std + timedelta(minutes=delay)
    arrived = out is not None and not diverted and not unseen
    into = out + timedelta(minutes=flown) if arrived else None
    arrival_delay = int((into - sta).total_seconds() // 60) if into else None
    causes = _causes(rng, delay if out is not None else 0, arrival_delay)
    seats = (160 if carrier == plan.carriers[0] else 99) if plan.has_codes_and_seats else None
    passengers = int(min(seats, rng.normal(seats * 0.85, seats * 0.08))) if seats and not cancelled else None
    operated = out is not None and not cancelled
    uid = sha256(f"{carrier}{number}{turn}{local}".encode()).hexdigest()[:32]
    return {
        "leg_uid": uid, "operating_date": local.date(), "carrier": carrier, "flight_number": 100 + 10 * number + turn,
        "operational_suffix": None, "leg_sequence": 1, "origin": origin, "destination": destination,
        "route": f"{origin}-{destination}", "tail": f"XA-{'ABCDEFGH'[turn % 8]}{number:02d}",
        "aircraft_type": ("7M8" if carrier == "AM" else "E90") if plan.has_codes_and_seats else None,
        "std_at": std, "sta_at": sta, "out_at": out, "off_at": out + timedelta(minutes=taxi_out) if out else None,
        "on_at": into - timedelta(minutes=taxi_in) if into else None, "in_at": into, "attempts": 1,
        "is_cancelled": cancelled, "cancellation_code": "B" if cancelled else None, "is_diverted": diverted,
        "is_departed": out is not None, "is_operated": operated,
        "is_departure_due": plan.is_over, "is_arrival_due": plan.is_over,
        "departure_delay_minutes": None if out is None else delay,
        "arrival_delay_minutes": arrival_delay, "scheduled_block_minutes": block,
        "block_minutes": flown if into else None, "taxi_out_minutes": taxi_out if out else None,
        "air_minutes": flown - taxi_out - taxi_in if into else None, "taxi_in_minutes": taxi_in if into else None,
        **{f"{cause}_delay_minutes": minutes for cause, minutes in causes.items()},
        "delay_codes": _codes(rng, delay) if plan.has_codes_and_seats and out is not None and delay >= 15 else None,
        "distance_km": float(km), "seats": seats, "passengers": passengers,
        "seat_km": float(km * seats) if seats and operated else None,
        "passenger_km": float(km * passengers) if passengers and operated else None, "data_label": plan.label,
        "std_utc_offset_minutes": std_offset, "sta_utc_offset_minutes": sta_offset, "std_local_hour": local.hour,
    }  # fmt: skip


def _offset(local: datetime, zone: ZoneInfo) -> int:
    return _minutes(local.replace(tzinfo=zone).utcoffset())


def _offset_at(utc: datetime, zone: ZoneInfo) -> int:
    return _minutes(utc.replace(tzinfo=UTC).astimezone(zone).utcoffset())


def _minutes(offset: timedelta | None) -> int:
    assert offset is not None
    return int(offset.total_seconds() // 60)


def _causes(rng: np.random.Generator, delay: int, arrival_delay: int | None) -> dict[str, int | None]:
    names = ("carrier", "weather", "nas", "security", "late_aircraft")
    if arrival_delay is None or arrival_delay < 15 or delay < 1:
        return dict.fromkeys(names)
    first = int(arrival_delay * rng.random())
    main = str(rng.choice(names, p=[0.35, 0.1, 0.2, 0.01, 0.34]))
    causes: dict[str, int | None] = dict.fromkeys(names, 0)
    causes[main] = arrival_delay - first
    causes["nas"] = (causes["nas"] or 0) + first
    return causes


def _codes(rng: np.random.Generator, delay: int) -> str:
    weights = np.array([1 / (place + 1) for place in range(len(CODES))])
    first, second = rng.choice(CODES, size=2, replace=False, p=weights / weights.sum())
    part = int(delay * rng.uniform(0.3, 0.9)) or 1
    return f"{first}:{delay}" if delay - part < 5 else f"{first}:{part};{second}:{delay - part}"


def publish(
    folder: Path, frame: pd.DataFrame, labels: Iterable[str] = (), now: datetime = NOW, without: Iterable[str] = ()
) -> Path:
    """Publish the marts of legs below a folder and return it."""
    integers = [name for name in frame if name.endswith(("_minutes", "_hour")) or name in ("seats", "passengers")]
    with duckdb.connect() as connection:
        connection.register("made", frame.astype(dict.fromkeys(integers, "Int32")))
        return publish_made(connection, folder, labels, now, without)


def publish_made(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    labels: Iterable[str] = (),
    now: datetime = NOW,
    without: Iterable[str] = (),
) -> Path:
    """Build every mart from the relation `made`, publish them below a folder and return it."""
    for schema in ("operations", "finance", "commercial", "customer", "reference", "health"):
        connection.execute(f"create schema {schema}")
    connection.execute(Path(__file__).with_name("marts.sql").read_text(encoding="utf-8").replace("{seeds}", f"{SEEDS}"))
    relations = [Relation(name, f"from {name}", text) for name, text in TABLES.items() if name not in set(without)]
    Publisher(FolderBucket(folder), folder / "scratch").publish(
        connection, relations, level="L1", now=now, labels=labels
    )
    return folder
