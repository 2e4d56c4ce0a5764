"""Made-up flights (datos sintéticos) in the format of `partner/bts_ontime`, as many as a bench or a test asks for.

Deterministic: the same seed gives the same bytes. Numbers are drawn, times are computed, so every record passes the
same rules as a real one. It is a sample of the format, not a model of an airline.
"""

import csv
import gzip
import io
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aero_assets.feeds import find
from aero_assets.zones import airports, offset_minutes

FEED = "partner/bts_ontime"
NAME = "sample_datos_sinteticos.csv.gz"
#: Pairs of airports with distance (miles) and scheduled block time (minutes).
ROUTES = (
    ("MEX", "CUN", 799, 150), ("MEX", "GDL", 286, 90), ("MEX", "MTY", 440, 105), ("MEX", "TIJ", 1430, 230),
    ("GDL", "TIJ", 1178, 190), ("MTY", "CUN", 900, 150), ("MEX", "LAX", 1555, 260), ("MEX", "JFK", 2090, 285),
    ("MEX", "MID", 622, 125), ("GDL", "LAX", 1309, 205),
)  # fmt: skip
CARRIERS = ("AM", "VB", "Y4")


def write(path: Path, first: datetime | None = None, days: int = 2, seed: int = 7) -> int:
    """Write `days` of flights from `first` (UTC) as gzipped CSV; return the number of legs."""
    draw = random.Random(seed)  # noqa: S311 - made-up data, no secret
    start = first or datetime(2026, 11, 1, tzinfo=UTC)
    header = find(FEED).header
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n", restval="")
    writer.writeheader()
    legs = 0
    for day in range(days):
        for number, (home, away, miles, block) in enumerate(ROUTES * 6):
            origin, destination = (home, away) if number % 2 else (away, home)
            midnight = start + timedelta(days=day, minutes=-offset_minutes(airports()[origin].zone, start))
            std = midnight + timedelta(minutes=300 + (number * 17) % 1020)
            flight = {"AIRLINE": CARRIERS[number % 3], "FLIGHT_NUMBER": 100 + number, "ORIGIN_AIRPORT": origin,
                      "DESTINATION_AIRPORT": destination, "DISTANCE": miles, "SCHEDULED_TIME": block}  # fmt: skip
            writer.writerow(_leg(draw, flight, std, midnight + timedelta(hours=12)))
            legs += 1
    path.parent.mkdir(parents=True, exist_ok=True)
    # No time stamp and no name inside: the same flights are the same bytes, so a second demo is no new arrival.
    path.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))
    return legs


def _leg(draw: random.Random, flight: dict, std: datetime, noon: datetime) -> dict:
    """One record: a few legs are cancelled, some are late, delays have causes that add up."""
    day = noon + timedelta(minutes=offset_minutes(airports()[flight["ORIGIN_AIRPORT"]].zone, noon))
    sta = std + timedelta(minutes=flight["SCHEDULED_TIME"])
    record = flight | {
        "YEAR": day.year, "MONTH": day.month, "DAY": day.day, "DAY_OF_WEEK": day.isoweekday(),
        "SCHEDULED_DEPARTURE": _clock(flight["ORIGIN_AIRPORT"], std),
        "SCHEDULED_ARRIVAL": _clock(flight["DESTINATION_AIRPORT"], sta), "CANCELLED": 0, "DIVERTED": 0,
    }  # fmt: skip
    if draw.random() < 0.015:
        return record | {"CANCELLED": 1, "CANCELLATION_REASON": draw.choice("AB")}
    delay = int(draw.expovariate(1 / 22)) if draw.random() < 0.35 else draw.randint(-7, 4)
    taxi_out, taxi_in = draw.randint(10, 28), draw.randint(4, 11)
    air = flight["SCHEDULED_TIME"] - 25 + draw.randint(-6, 8)
    out = std + timedelta(minutes=delay)
    off = out + timedelta(minutes=taxi_out)
    on = off + timedelta(minutes=air)
    arrived = on + timedelta(minutes=taxi_in)
    late = int((arrived - sta).total_seconds() // 60)
    record |= {
        "TAIL_NUMBER": f"XA{draw.randint(100, 160)}", "DEPARTURE_TIME": _clock(flight["ORIGIN_AIRPORT"], out),
        "DEPARTURE_DELAY": delay, "TAXI_OUT": taxi_out, "WHEELS_OFF": _clock(flight["ORIGIN_AIRPORT"], off),
        "ELAPSED_TIME": taxi_out + air + taxi_in, "AIR_TIME": air, "TAXI_IN": taxi_in,
        "WHEELS_ON": _clock(flight["DESTINATION_AIRPORT"], on),
        "ARRIVAL_TIME": _clock(flight["DESTINATION_AIRPORT"], arrived), "ARRIVAL_DELAY": late,
    }  # fmt: skip
    if late >= 15:
        own = draw.randint(0, late)
        record |= {"AIR_SYSTEM_DELAY": late - own, "AIRLINE_DELAY": own, "SECURITY_DELAY": 0,
                   "LATE_AIRCRAFT_DELAY": 0, "WEATHER_DELAY": 0}  # fmt: skip
    return record


def _clock(code: str, instant: datetime) -> str:
    """hhmm on the clock of an airport; midnight is 2400, as in the format."""
    local = instant + timedelta(minutes=offset_minutes(airports()[code].zone, instant))
    return "2400" if (local.hour, local.minute) == (0, 0) else f"{local:%H%M}"
