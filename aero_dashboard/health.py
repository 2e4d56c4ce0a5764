"""State of the data: freshness of feeds, and stages that account for every row. No Streamlit here."""

from datetime import datetime

import pandas as pd

from aero_dashboard.i18n import plain

#: The look of a state without colour, and with it.
SHAPES = {
    "fresh": "●", "late": "▲", "silent": "○", "untimed": "○", "balanced": "●", "wrong": "■", "none": "●", "some": "▲",
}  # fmt: skip
BADGES = {
    "fresh": "green", "late": "orange", "silent": "gray", "untimed": "gray", "balanced": "green", "wrong": "red",
    "none": "green", "some": "orange",
}  # fmt: skip


def judged(feeds: pd.DataFrame, published_at: datetime) -> pd.DataFrame:
    """Add age_hours at the time of publication and a state, the stale ones first.

    late: older than the feed allows; silent: nothing ever came; untimed: nobody said how fresh it should be.
    """
    age = (pd.Timestamp(published_at) - pd.to_datetime(feeds["last_arrived_at"])).dt.total_seconds() / 3600
    limit = feeds["fresh_within_hours"].astype("Float64")
    rows = feeds.assign(age_hours=age, fresh_within_hours=limit)
    rows["state"] = [_state(hours, within_hours) for hours, within_hours in zip(age, limit, strict=True)]
    order = {"late": 0, "silent": 1, "fresh": 2, "untimed": 3}
    return rows.sort_values("state", key=lambda states: states.map(order), kind="stable").reset_index(drop=True)


def _state(age_hours: float, limit: float) -> str:
    if pd.isna(age_hours):
        return "silent"
    if pd.isna(limit):
        return "untimed"
    return "late" if age_hours > limit else "fresh"


def one_line(text: str) -> str:
    """Escape a heading that holds words from data."""
    return plain(" ".join(text.split()))
