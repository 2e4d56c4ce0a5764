"""Money and satisfaction of a choice of routes: the margin ladder, revenue and cost of a seat-kilometre, NPS.

A version that was published before there were these marts or columns, and flights of which nobody told any money, have
no such part of a page.
"""

from dataclasses import dataclass, replace
from math import sqrt

import duckdb
import pandas as pd
import streamlit as st

from aero_dashboard import components
from aero_dashboard.frame import View
from aero_dashboard.queries import Connection, Scope
from aero_streaming.figures import figures

#: Steps of the margin ladder by their name in the register, from revenue down.
LADDER = ("operating_revenue", "margin_cm1", "margin_cm2", "margin_cm3", "margin_all_in")
#: Of one route the ladder ends here. Over routes it has a dollar at each leg of a journey, so it is never added up.
OF_ONE_ROUTE = "margin_network"
NAMED_FEEDERS = 5
_NEEDED = {
    part.id: part for kpi in figures().used_by("pages") if kpi.of.id == "margins" for part in kpi.sums
} | {"invoiced_cost": figures().sums["invoiced_cost"]}  # fmt: skip
SUMS = ", ".join(f"sum({part.value_sql()})::double as {part.id}" for part in _NEEDED.values())
ANSWERS = (
    "sum(recommendations)::bigint as n, sum(promoters)::bigint as promoters, sum(detractors)::bigint as detractors"
)
#: Two-sided 95 %.
Z_INTERVAL = 1.96


@dataclass(frozen=True)
class Satisfaction:
    """The net promoter score in points with its 95 % interval, of `answers` answers."""

    nps: float
    low: float
    high: float
    answers: int


def margins(connection: Connection, scope: Scope) -> dict[str, float]:
    """Return the sums of money by their name in the register; empty where revenue or costs are not known."""
    sums = sums_of_rows(connection, "finance.fct_route_margin", SUMS, scope)
    is_known = all(pd.notna(sums.get(name)) for name in ("operating_revenue", "flight_cost"))
    return sums if is_known and sums["operating_revenue"] else {}


def feeders(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Return what routes lose with all costs, and what the network earns with them, best first; empty if unknown."""
    where, values = scope.where()
    all_in, network = (figures().sums[name].value_sql() for name in ("margin_all_in", OF_ONE_ROUTE))
    try:
        return connection.execute(
            f"select route, sum({all_in})::double as all_in, sum({network})::double as network "
            f"from finance.fct_route_margin where route <> 'unknown' and {where} group by route "
            "having all_in < 0 and network is not null order by network desc, route",
            values,
        ).df()
    except (duckdb.CatalogException, duckdb.BinderException):
        return pd.DataFrame()


def satisfaction(connection: Connection, scope: Scope) -> Satisfaction | None:
    """Return the NPS of a choice of routes; None without an answer. Answers are of routes, of whatever carrier."""
    counts = sums_of_rows(connection, "commercial.fct_route_day_commercial", ANSWERS, replace(scope, carrier=None))
    if not counts or pd.isna(counts["n"]) or not counts["n"]:
        return None
    return scored(counts["n"], counts["promoters"], counts["detractors"])


def scored(answers: float, promoters: float, detractors: float) -> Satisfaction:
    """Return the NPS of at least one answer.

    The interval is that of a mean of -1, 0 and 1 (normal approximation), and stays within what a score can be.
    """
    good, bad = promoters / answers, detractors / answers
    score, half = good - bad, Z_INTERVAL * sqrt(max(good + bad - (good - bad) ** 2, 0) / answers)
    return Satisfaction(100 * score, 100 * max(score - half, -1), 100 * min(score + half, 1), int(answers))


def sums_of_rows(connection: Connection, table: str, columns: str, scope: Scope) -> dict[str, float]:
    """Return the sums of a table over a choice, by their names; empty where the table or a column is not published."""
    where, values = scope.where()
    try:
        frame = connection.execute(f"select {columns} from {table} where {where}", values).df()
    except (duckdb.CatalogException, duckdb.BinderException):
        return {}
    return {str(name): frame[name].iloc[0] for name in frame.columns}


def section(view: View, scope: Scope) -> None:
    """Show the ladder, what a seat-kilometre brings and costs, and what passengers say; nothing where none is known."""
    t, sums, answers = view.t, view.read(margins, scope), view.read(satisfaction, scope)
    if sums:
        invoiced = sums["invoiced_cost"] / sums["flight_cost"] if sums["flight_cost"] else None
        components.section(t("money.title"), t("money.reading", invoiced=t.percent(invoiced, 0)))
        steps = (*LADDER, OF_ONE_ROUTE) if scope.route and pd.notna(sums[OF_ONE_ROUTE]) else LADDER
        rows = pd.DataFrame(
            {
                t("money.step"): [figures().kpis[name].name[t.language] for name in steps],
                t("money.usd"): [sums[name] for name in steps],
                t("money.of_revenue"): [sums[name] / sums["operating_revenue"] for name in steps],
                t("money.what"): [figures().kpis[name].help[t.language] for name in steps],
            }
        )
        # Few rows that a screen reader can read, which the canvas of a sortable table is not.
        st.table(
            rows.set_index(t("money.step")).style.format({t("money.usd"): t.integer, t("money.of_revenue"): t.percent})
        )
        if unit := _of_a_seat_kilometre(view, sums):
            st.caption(unit)
        if not scope.route and (losing := _of_feeders(view, scope)):
            st.caption(losing)
    if answers:
        st.caption(
            t("money.nps", nps=t.signed(answers.nps), low=t.signed(answers.low), high=t.signed(answers.high),
              n=t.integer(answers.answers))
        )  # fmt: skip


def _of_feeders(view: View, scope: Scope) -> str:
    """Say which routes lose alone and earn for the network; nothing where no route loses."""
    t, losing = view.t, view.read(feeders, scope)
    if losing.empty:
        return ""
    feeding = [str(route) for route in losing[losing["network"] > 0]["route"]]
    named = ", ".join(feeding[:NAMED_FEEDERS])
    text = t("money.feeders", losing=t.integer(len(losing)), feeding=t.integer(len(feeding)))
    return f"{text} {t('money.feeders_named', routes=named)}" if feeding else text


def _of_a_seat_kilometre(view: View, sums: dict[str, float]) -> str:
    if not (sums["revenue_seat_km"] and sums["cost_seat_km"]):
        return ""
    rask, cask = sums["operating_revenue"] / sums["revenue_seat_km"], sums["flight_cost"] / sums["cost_seat_km"]
    # The difference is that of the two figures as they are shown.
    cents = {"rask": round(100 * rask, 2), "cask": round(100 * cask, 2)}
    t = view.t
    return t(
        "money.unit", **{name: t.decimal(value, 2) for name, value in cents.items()},
        spread=t.signed(cents["rask"] - cents["cask"], 2),
    )  # fmt: skip
