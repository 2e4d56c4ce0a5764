"""Passengers of a choice of routes: NPS and CSAT by the delay that they had, and how early they booked.

A version that was published before there were these marts, and flights of which nobody told either, have no such part
of a page.
"""

from dataclasses import replace

import duckdb
import pandas as pd
import streamlit as st

from aero_dashboard import components, money
from aero_dashboard.charts import pace
from aero_dashboard.frame import View
from aero_dashboard.i18n import MISSING
from aero_dashboard.queries import Connection, Scope

#: Bands of arrival delay in the order of the page (seed delay_bands), and the fates of other legs.
BANDS = (
    "on_time", "late_15", "late_60", "late_120", "late_180", "late_240", "cancelled", "diverted", "unknown",
)  # fmt: skip
#: Below so many answers an interval by the normal approximation says nothing.
FEW_ANSWERS = 10
LAST_DAYS = 7


def by_band(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Return the sums of answers by band of delay, in the order of `BANDS`; empty without answers."""
    sums = _frame(
        connection, "customer.fct_satisfaction",
        "delay_band, sum(recommendations)::bigint as recommendations, sum(promoters)::bigint as promoters, "
        "sum(detractors)::bigint as detractors, sum(satisfactions)::bigint as satisfactions, "
        "sum(satisfied)::bigint as satisfied", scope,
    )  # fmt: skip
    if sums.empty:
        return sums
    place = {band: number for number, band in enumerate(BANDS)}
    return sums[sums["recommendations"] > 0].sort_values("delay_band", key=lambda bands: bands.map(place))


def curve(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Return the share of the kept seats that was sold so many days before departure or earlier; empty without any."""
    sums = _frame(
        connection, "commercial.fct_booking_curve", "days_to_departure, sum(kept_seats)::bigint as seats",
        scope, " and days_to_departure >= 0",
    )  # fmt: skip
    if sums.empty or not sums["seats"].sum():
        return sums.iloc[:0]
    rows = sums.sort_values("days_to_departure", ascending=False)
    return rows.assign(share=rows["seats"].cumsum() / rows["seats"].sum())


def _frame(connection: Connection, table: str, columns: str, scope: Scope, more: str = "") -> pd.DataFrame:
    """Sums by the first of the columns; no rows where the table is not published."""
    where, values = scope.where()
    try:
        return connection.execute(f"select {columns} from {table} where {where}{more} group by 1", values).df()
    except duckdb.CatalogException:
        return pd.DataFrame()


def section(view: View, scope: Scope) -> None:
    """Show both, where somebody told of them; a route's bookings are shown beside those of the network."""
    t = view.t
    bands = view.read(by_band, scope)
    if len(bands):
        components.section(t("passengers.title"), t("passengers.reading", few=t.integer(FEW_ANSWERS)))
        st.table(pd.DataFrame([_row(view, band) for band in bands.to_dict("records")]).set_index(t("passengers.band")))
    sold = view.read(curve, scope)
    if sold.empty:
        return
    lines = {t("pace.chosen" if scope.route else "pace.network"): sold}
    if scope.route:
        lines[t("pace.network")] = view.read(curve, replace(scope, route=None, origin=None))
    components.section(t("pace.title"), _reading(view, sold))
    components.draw(pace.chart(lines, t, view.colours), t("pace.alt"), "pace")


def _row(view: View, band: dict[str, int]) -> dict[str, str]:
    t, answers = view.t, band["recommendations"]
    score = money.scored(answers, band["promoters"], band["detractors"])
    return {
        t("passengers.band"): t(f"band.{band['delay_band']}"),
        t("passengers.answers"): t.integer(answers),
        t("passengers.nps"): t.signed(score.nps),
        t("passengers.interval"): (
            t("passengers.span", low=t.signed(score.low), high=t.signed(score.high))
            if answers >= FEW_ANSWERS else MISSING
        ),
        t("passengers.csat"): t.percent(band["satisfied"] / band["satisfactions"] if band["satisfactions"] else None),
    }  # fmt: skip


def _reading(view: View, sold: pd.DataFrame) -> str:
    t = view.t
    half = sold[sold["share"] >= 0.5]["days_to_departure"].max()
    late = 1 - sold[sold["days_to_departure"] >= LAST_DAYS]["share"].max()
    return t(
        "pace.reading", seats=t.integer(sold["seats"].sum()), half=t.integer(half), last=t.integer(LAST_DAYS),
        late=t.percent(late),
    )  # fmt: skip
