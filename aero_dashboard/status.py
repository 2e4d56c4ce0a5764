"""The status of routes by the rules over days: light, value, what it was compared with, since when.

The days were judged when they closed, and keep their colour; a page shows the last judged day of its period.
"""

from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd
import streamlit as st

from aero_dashboard import components
from aero_dashboard.frame import View
from aero_dashboard.i18n import MISSING, Translator
from aero_dashboard.lights import LOOKS
from aero_dashboard.queries import Connection, Scope
from aero_streaming.rules import DayRule, rules_of_days

TABLE = "operations.route_status"
#: Light of a judged day → its look; the first is the worst.
LIGHTS = {"red": "R", "amber": "A", "green": "V", "grey": "gris"}
#: Rows of the network page; the rest is counted.
MOST_ROWS = 12


def judged(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Return the rows of the last judged day of a period, worst first; empty where none was judged.

    Rules judge a route of all carriers: a choice of carrier or origin does not narrow them.
    """
    last_day = f"(select max(operating_date) from {TABLE} where operating_date between ? and ?)"
    try:
        rows = connection.execute(
            f"select * from {TABLE} where operating_date = {last_day}", [scope.first, scope.last]
        ).df()
    except duckdb.CatalogException:
        return pd.DataFrame()
    known = rows[rows["rule_id"].isin(_rules())]
    if scope.route:
        known = known[known["route"] == scope.route]
    place = {light: number for number, light in enumerate(LIGHTS)}
    order = known.assign(place=known["light"].map(place)).sort_values(["place", "rule_id", "route"], kind="stable")
    return order.drop(columns="place")


def section(view: View, scope: Scope) -> None:
    """Show every rule of a route, or the routes of the network that are red or amber; nothing where none was judged."""
    t, rows = view.t, view.read(judged, scope)
    if rows.empty:
        return
    day = t.date(rows["operating_date"].iloc[0])
    shown = rows if scope.route else rows[rows["light"].isin(["red", "amber"])]
    counts = {light: t.integer((rows["light"] == light).sum()) for light in LIGHTS}
    components.section(t("status.title"), t("status.reading", day=day, **counts))
    if shown.empty:
        return
    rules = _rules()
    table = pd.DataFrame([_row(t, rules[row["rule_id"]], row) for row in shown.head(MOST_ROWS).to_dict("records")])
    st.table(table.set_index(t("status.route")) if not scope.route else table.drop(columns=t("status.route")))
    if len(shown) > MOST_ROWS:
        st.caption(t("status.more", more=t.integer(len(shown) - MOST_ROWS)))


def amount(t: Translator, value: float | None, unit: str) -> str:
    """Write a value of a rule in its unit; a missing one is a dash."""
    if value is None or pd.isna(value):
        return MISSING
    if unit == "percent":
        return t.percent(value / 100)
    if unit == "points":
        return t("status.points", value=t.signed(value))
    if unit == "usd":
        return f"{t.integer(value)} USD"
    return t.decimal(value, 4 if unit.endswith("_per_km") else 1)


def _rules() -> Mapping[str, DayRule]:
    return {rule.id: rule for rule in rules_of_days()}


def _row(t: Translator, rule: DayRule, row: dict[str, Any]) -> dict[str, str]:
    look = LOOKS[LIGHTS[row["light"]]]
    compared, limit = row["compared"], row["limit"]
    unit = "percent" if rule.kpi.is_share else rule.kpi.unit
    return {
        t("status.route"): row["route"],
        t("status.rule"): rule.title[t.language],
        t("status.light"): f"{look.shape} {t('status.' + row['light'])}",
        t("status.value"): amount(t, row["value"], row["unit"]),
        t("status.compared"): amount(t, 100 * compared if rule.kpi.is_share and pd.notna(compared) else compared, unit),
        t("status.limit"): amount(t, limit, row["unit"]),
        t("status.n"): t.integer(row["n"]),
        t("status.since"): t.date(row["since"]),
    }
