"""Published versions read without the dashboard: the manifest and the Parquet files, in pandas."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

#: Definition → the delay it looks at, the last minute that is on time, its denominator.
DEFINITIONS = {
    "cirium_a14": ("arrival", 14, "tracked"), "oag_a14": ("arrival", 14, "scheduled"),
    "dot_a14": ("arrival", 14, "scheduled"), "eurocontrol": ("arrival", 15, "operated"),
    "d0": ("departure", 0, "tracked"), "d15": ("departure", 14, "tracked"),
}  # fmt: skip


def table(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of the current version."""
    manifest = json.loads((folder / "published" / "v1" / "manifest.json").read_text(encoding="utf-8"))
    [found] = [item for item in manifest["tables"] if item["name"] == name]
    return pd.concat([pd.read_parquet(folder / part["key"]) for part in found["parts"]], ignore_index=True)


def chosen(legs: pd.DataFrame, params: dict[str, str], route: str | None = None) -> pd.DataFrame:
    """Return the legs an address asks for."""
    dates = pd.to_datetime(legs["operating_date"]).dt.date
    first, last = dates.min(), dates.max()
    period = params["period"]
    if period == "custom":
        first, last = date.fromisoformat(params["from"]), date.fromisoformat(params["to"])
    elif period != "all":
        first = max(first, last - timedelta(days=int(period.removesuffix("d")) - 1))
    rows = legs[(dates >= first) & (dates <= last)]
    if "carrier" in params:
        rows = rows[rows["carrier"] == params["carrier"]]
    if route:
        return rows[rows["route"] == route]
    return rows[rows["origin"] == params["origin"]] if "origin" in params else rows


def otp(rows: pd.DataFrame, definition: str) -> dict[str, Any]:
    """Count a definition over legs: n, on time, unknown."""
    side, limit, denominator = DEFINITIONS[definition]
    delay = rows[f"{side}_delay_minutes"]
    missed = rows["is_diverted"] if side == "arrival" else rows["is_diverted"] & False
    counted = {
        "scheduled": rows["is_arrival_due"],
        "operated": rows["is_operated"] & rows["is_arrival_due"],
        "tracked": rows["is_operated"] & (missed | delay.notna()),
    }[denominator]
    own = counted & ~rows["is_cancelled"] & ~missed
    return {
        "numerator": int((own & (delay <= limit).fillna(False)).sum()),
        "denominator": int(counted.sum()),
        "n": int(counted.sum()),
        "unknown": int((own & delay.isna()).sum()),
    }


def figures(rows: pd.DataFrame, definition: str) -> list[dict[str, Any]]:
    """Recompute every figure of the strip from legs, in the order of the strip."""
    operated = rows[rows["is_operated"]]
    late = rows["departure_delay_minutes"].clip(lower=0).sum()
    due = rows[rows["is_departure_due"]]
    cancelled, diverted = int(due["is_cancelled"].sum()), int(rows["is_diverted"].sum())
    silent = int((~due["is_operated"] & ~due["is_cancelled"]).sum())
    unknown, departed = (
        int(operated["departure_delay_minutes"].isna().sum()),
        int(rows["departure_delay_minutes"].count()),
    )
    settled = len(operated) + cancelled
    found = [otp(rows, name) for name in [definition, *(name for name in ("d15", "d0") if name != definition)]]
    found += [
        {"numerator": len(operated), "denominator": settled, "n": settled, "unknown": silent},
        {"numerator": late, "denominator": departed, "n": departed, "unknown": unknown},
        {"numerator": late, "denominator": None, "n": departed, "unknown": unknown},
        {"numerator": cancelled, "denominator": None, "n": len(due), "unknown": silent},
        {"numerator": diverted, "denominator": None, "n": len(operated), "unknown": 0},
    ]
    loaded = rows[rows["seat_km"].notna() & rows["passenger_km"].notna()]
    if len(loaded):
        sums = {name: float(loaded[name].astype(float).sum()) for name in ("passenger_km", "seat_km")}
        found.append(
            {"numerator": sums["passenger_km"], "denominator": sums["seat_km"], "n": len(loaded),
             "unknown": len(operated) - len(loaded)}
        )  # fmt: skip
    return found
