"""The answer to "are all of yesterday's flights in?": one sentence, and what each source owes, for the health page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from aero_assets import completeness
from aero_assets.completeness import Day, Expected
from aero_dashboard import components
from aero_dashboard.frame import View
from aero_dashboard.i18n import MISSING, Translator, plain
from aero_dashboard.queries import Connection

#: Sources and routes named in a sentence or a cell; the rest is counted.
NAMED = 3


@dataclass(frozen=True)
class Owed:
    """Legs that one source was expected to close on a day, and those it did, over all its routes."""

    source: str
    expected_legs: int
    final_legs: int
    missing_legs: int
    routes: Sequence[str]
    last_at: datetime | None
    hours_late: float | None


def of_latest_day(connection: Connection, as_of: datetime) -> Day:
    """Read what is in of the day that people ask for: yesterday, where anything came lately."""
    return completeness.of_day(connection, completeness.latest_day(connection, as_of), as_of)


def section(view: View, published: datetime) -> None:
    """Answer the question; nothing where the version has no such marts."""
    if not all(view.has(name) for name in completeness.NEEDED):
        return
    t, day = view.t, view.read(of_latest_day, published)
    components.section(title(t, day, published))
    show = st.success if day.is_complete else st.info if not day.is_due else st.warning
    show(plain(sentence(t, day)))
    if sources := by_source(day):
        formats = {t(f"complete.{name}"): t.integer for name in ("expected", "closed", "missing")}
        components.table(table(t, sources), {**formats, t("complete.hours"): t.decimal}, {}, "complete")
        st.caption(t("complete.reading"))


def title(t: Translator, day: Day, published: datetime) -> str:
    """The question, by name for a day that is not yesterday."""
    if day.operating_date == published.date() - timedelta(days=1):
        return t("complete.title")
    return t("complete.title_of_day", date=t.date(day.operating_date))


def sentence(t: Translator, day: Day) -> str:
    """Say in one sentence how many flights of the day have ended and what is missing of whom."""
    values = {
        "date": t.date(day.operating_date),
        "known": t.integer(day.known_legs),
        "final": t.integer(day.final_legs),
        "open": t.integer(day.known_legs - day.final_legs),
        "closes": t.time(day.closes_at),
        "expected": t.integer(max((source.expected_legs for source in by_source(day)), default=0)),
        "owed": _owed(t, day),
    }
    return t(f"complete.{_case(day)}", **values)


def _case(day: Day) -> str:
    if not day.is_due:
        return "not_due"
    if not day.known_legs:
        return "none_expected" if day.expected else "none"
    flights = "all" if day.final_legs == day.known_legs else "some"
    return f"{flights}_owed" if day.missing else flights


def _owed(t: Translator, day: Day) -> str:
    """Name the sources that owe the most: flights, routes and hours of each."""
    late = [source for source in by_source(day) if source.missing_legs]
    named = [
        t(
            "complete.source_owes",
            source=t.known(f"source.{source.source}", source.source),
            legs=t.integer(source.missing_legs),
            routes=_routes(t, source.routes),
            hours=t.decimal(source.hours_late),
        )
        for source in late[:NAMED]
    ]
    if len(late) > NAMED:
        named.append(t("complete.more_sources", count=t.integer(len(late) - NAMED)))
    return "; ".join(named)


def by_source(day: Day) -> list[Owed]:
    """Sum what is expected over routes, the source that owes most first; before the close nothing is owed."""
    groups: dict[str, list[Expected]] = {}
    for row in day.expected:
        groups.setdefault(row.source, []).append(row)
    owed = [_sum(day, source, rows) for source, rows in groups.items()]
    return sorted(owed, key=lambda source: (-source.missing_legs, source.source))


def _sum(day: Day, source: str, rows: Sequence[Expected]) -> Owed:
    missing = [pair for pair in day.missing if pair.source == source]
    came = [row.final_received_at for row in rows if row.final_received_at]
    late = [hours for row in rows if (hours := day.hours_late(row)) is not None]
    return Owed(
        source,
        sum(row.expected_legs for row in rows),
        sum(row.final_legs for row in rows),
        sum(pair.missing_legs for pair in missing),
        [pair.route for pair in missing],
        max(came, default=None),
        max(late, default=None),
    )


def table(t: Translator, sources: Sequence[Owed]) -> pd.DataFrame:
    """One row per source."""
    return pd.DataFrame(
        {
            t("complete.source"): [t.known(f"source.{source.source}", source.source) for source in sources],
            t("complete.expected"): [source.expected_legs for source in sources],
            t("complete.closed"): [source.final_legs for source in sources],
            t("complete.missing"): [source.missing_legs for source in sources],
            t("complete.routes"): [_routes(t, source.routes) for source in sources],
            t("complete.last"): [t.time(source.last_at) if source.last_at else MISSING for source in sources],
            t("complete.hours"): [source.hours_late for source in sources],
        }
    )


def _routes(t: Translator, routes: Sequence[str]) -> str:
    if not routes:
        return MISSING
    named = ", ".join(routes[:NAMED])
    return t("complete.more_routes", routes=named, count=t.integer(len(routes) - NAMED)) if routes[NAMED:] else named
