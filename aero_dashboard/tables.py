"""Tables of routes, causes and legs as pages show them: figures joined, worded and named in the reader's language."""

import pandas as pd
import streamlit as st

from aero_dashboard import components, lights, queries
from aero_dashboard.charts import pareto
from aero_dashboard.frame import View
from aero_dashboard.i18n import Translator
from aero_dashboard.kpis import column, rule_of
from aero_dashboard.queries import Scope

ROUTE_COLUMNS = (
    "route", "status", "share", "legs", "unknown", "delay", "minutes", "cancelled", "diverted", "load",
)  # fmt: skip
#: Columns of the table of routes that are figures of the register.
ROUTE_FIGURES = {
    "delay": "departure_delay", "minutes": "delay_minutes", "cancelled": "cancelled", "diverted": "diverted",
    "load": "load_factor",
}  # fmt: skip
LEGS = 50


def routes(view: View, otp: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Join punctuality and sums by route and judge each one, the least punctual first."""
    rows = sums.merge(otp, on="route", how="left")
    counts = ["legs", "on_time_legs", "unknown_legs"]
    rows[counts] = rows[counts].fillna(0).astype("int64")
    kpi, days, minimum = rule_of(view.filters.definition), view.scope.days, view.filters.minimum
    route_lights = [
        lights.of_share(kpi, "route", days, int(on_time), int(legs), minimum)
        for on_time, legs in zip(rows["on_time_legs"], rows["legs"], strict=True)
    ]
    rows["status"] = [light.status for light in route_lights]
    rows["status_text"] = [light.text(view.t) for light in route_lights]
    rows["share"] = rows["on_time_legs"] / rows["legs"].where(rows["legs"] > rows["unknown_legs"])
    for name, kpi_id in ROUTE_FIGURES.items():
        rows[name] = column(kpi_id, rows)
    return rows.sort_values(["share", "legs"], ascending=[True, False], kind="stable").reset_index(drop=True)


def words(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the words a chart of routes shows."""
    t = view.t
    return rows.assign(
        share_text=[t.percent(share) for share in rows["share"]], legs_text=[t.integer(legs) for legs in rows["legs"]]
    )


def route_columns(t: Translator) -> dict[str, str]:
    """Return the headings of the table of routes."""
    return {name: t(f"routes.{name}") for name in ROUTE_COLUMNS}


def route_table(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the table of routes, each with the address of its page; load only where it is known."""
    names = route_columns(view.t)
    table = pd.DataFrame(
        {
            names["route"]: [components.link(view, "route", route) for route in rows["route"]],
            names["status"]: rows["status_text"],
            names["share"]: rows["share"],
            names["legs"]: rows["legs"],
            names["unknown"]: rows["unknown_legs"],
            names["delay"]: rows["delay"],
            **{names[name]: rows[name] for name in ROUTE_FIGURES if name != "delay"},
        }
    )
    return table if rows["load_legs"].sum() else table.drop(columns=names["load"])


def causes(view: View, scope: Scope, most: int) -> None:
    """Show delay minutes by cause group and, where airlines send codes, by code."""
    t = view.t
    groups, codes = view.read(queries.causes, scope), view.read(queries.codes, scope)
    if groups.empty and codes.empty:
        st.info(t("causes.none"), icon=":material/info:")
        return
    tabs = st.tabs([t("causes.by_code"), t("causes.by_group")]) if len(codes) else [None, st.container()]
    if tabs[0] is not None:
        with tabs[0]:
            components.draw(pareto.chart(pareto.by_code(codes, t, most), t, view.colours), t("causes.alt"), "codes")
    if groups.empty or tabs[1] is None:
        return
    with tabs[1]:
        components.draw(pareto.chart(pareto.by_cause(groups, t), t, view.colours), t("causes.alt"), "causes")
        if codes.empty:
            st.caption(t("causes.no_codes"))


def latest(view: View, scope: Scope, zones: dict[str, str]) -> pd.DataFrame:
    """Return the newest legs: every time on the clock of its airport, with the zone beside it and UTC after it."""
    t = view.t
    rows = view.read(queries.latest_legs, scope, LEGS)

    def clock(name: str) -> list[str]:
        return [t.clock(value) for value in rows[name]]

    def whole(name: str) -> pd.Series:
        return rows[name].astype("Int64")

    flags = zip(rows["is_cancelled"], rows["is_diverted"], rows["is_operated"], strict=True)
    ends = zip(rows["origin"], rows["destination"], strict=True)
    return pd.DataFrame(
        {
            t("legs.day"): [t.date(value) for value in rows["operating_date"]],
            t("legs.flight"): rows["carrier"] + " " + rows["flight_number"].astype(str),
            t("legs.status"): [_status(*values, t) for values in flags],
            t("legs.std"): clock("std_local"),
            t("legs.out"): clock("out_local"),
            t("legs.departure_delay"): whole("departure_delay_minutes"),
            t("legs.sta"): clock("sta_local"),
            t("legs.in"): clock("in_local"),
            t("legs.arrival_delay"): whole("arrival_delay_minutes"),
            t("legs.zones"): [f"{zones.get(a, a)} → {zones.get(b, b)}" for a, b in ends],
            t("legs.std_utc"): clock("std_at"),
            t("legs.out_utc"): clock("out_at"),
            t("legs.sta_utc"): clock("sta_at"),
            t("legs.in_utc"): clock("in_at"),
            t("legs.tail"): rows["tail"],
            t("legs.type"): rows["aircraft_type"],
            t("legs.codes"): rows["delay_codes"],
        }
    )  # fmt: skip


def _status(is_cancelled: bool, is_diverted: bool, is_operated: bool, t: Translator) -> str:
    if is_cancelled:
        return t("legs.cancelled")
    if is_diverted:
        return t("legs.diverted")
    return t("legs.operated") if is_operated else t("legs.unknown")
