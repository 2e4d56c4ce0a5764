"""Network page: figures, route by hour, routes against each other, causes, and which routes to open next."""

import pandas as pd
import streamlit as st

from aero_dashboard import components, frame, limits, money, passengers, queries, rotations, status, tables
from aero_dashboard.charts import funnel, heatmap, network_map, pareto
from aero_dashboard.frame import View
from aero_dashboard.i18n import plain
from aero_dashboard.kpis import heard_of, rule_of
from aero_streaming.rules import rules


def page() -> None:
    """Compose the page."""
    view = frame.current()
    t, scope = view.t, view.scope
    otp = view.read(queries.otp_by_route, scope, view.filters.definition)
    legs = int(otp["legs"].sum())
    frame.title(t("network.title"), *head(view, legs))
    frame.period_note(view)
    if not legs:
        st.info(t("network.no_legs"), icon=":material/search_off:")
        return
    components.kpi_strip(view, scope, "network")
    heat(view)
    left, right = st.columns(2, gap="large")
    with left:
        funnel_plot(view, otp)
    with right:
        causes(view)
    routes = tables.routes(view, otp, view.read(queries.sums_by_route, scope))
    route_table(view, routes)
    network(view, routes)
    status.section(view, scope)
    rotations.section(view, scope)
    money.section(view, scope)
    passengers.section(view, scope)


def head(view: View, legs: int) -> list[str]:
    """Say what is shown: period, definition, n, and where it was narrowed."""
    t, filters, scope = view.t, view.filters, view.scope
    facts = [t.dates(scope.first, scope.last), view.definition, t("head.legs", n=t.integer(legs))]
    carrier, origin = filters.carrier, filters.origin
    facts.append(plain(view.carrier_names.get(carrier, carrier)) if carrier else t("filter.all_carriers"))
    if origin:
        facts.append(t("head.from", city=plain(view.cities.get(origin, origin))))
    return facts


def heat(view: View) -> None:
    """Route by local hour."""
    t, minimum = view.t, view.filters.minimum
    frame_ = heard_of(view.read(queries.otp_by_route_hour, view.scope, view.filters.definition))
    if frame_.empty:
        st.info(t("network.nothing_known", definition=view.definition), icon=":material/info:")
        return
    rows = heatmap.cells(frame_, minimum, t)
    shown, routes = rows["route"].nunique(), frame_["route"].nunique()
    components.section(
        t("heat.title", definition=view.definition),
        t("heat.reading", shown=t.integer(shown), there=t.integer(routes), minimum=t.integer(minimum)),
    )
    rule = rules().find(rule_of(view.filters.definition), "network", 1)
    middle = rule.amber.enter_percent / 100 if rule else 0.8
    components.draw(heatmap.chart(rows, t, view.colours, middle), t("heat.alt"), "heat")


def funnel_plot(view: View, otp: pd.DataFrame) -> None:
    """Every route against the limits of chance."""
    t = view.t
    rows, centre = limits.judged(heard_of(otp), limits.Z_95, view.filters.minimum)
    if centre is None:
        return
    outside = funnel.outliers(rows, len(rows))
    tested = int((rows["verdict"] != "small").sum())
    components.section(
        t("funnel.title"),
        t(
            "funnel.reading",
            centre=t.percent(centre),
            outside=t.integer(len(outside)),
            tested=t.integer(tested),
            chance=t.decimal(0.05 * tested),
        ),
    )
    components.draw(funnel.chart(rows, centre, t, view.colours), t("funnel.alt"), "funnel")


def causes(view: View) -> None:
    """Show delay minutes by cause."""
    components.section(view.t("causes.title"), view.t("causes.reading"))
    tables.causes(view, view.scope, pareto.CODES)


def route_table(view: View, routes: pd.DataFrame) -> None:
    """Every route, the least punctual first; each opens its own page."""
    t = view.t
    components.section(t("routes.title"), t("routes.reading"))
    names = tables.route_columns(t)
    formats = {
        names["share"]: t.percent, names["legs"]: t.integer, names["unknown"]: t.integer,
        names["delay"]: t.decimal, names["minutes"]: t.integer, names["cancelled"]: t.integer,
        names["diverted"]: t.integer, names["load"]: t.percent,
    }  # fmt: skip
    config = {
        names["route"]: st.column_config.LinkColumn(
            names["route"], display_text=r"route=([A-Z0-9-]+)", help=t("routes.open"), pinned=True, width="small"
        ),
        names["status"]: st.column_config.TextColumn(names["status"], help=t("routes.status_help")),
    }
    components.table(
        tables.route_table(view, routes), formats, config, "routes", height=420 if len(routes) > 11 else "auto"
    )


def network(view: View, routes: pd.DataFrame) -> None:
    """The map, for orientation only."""
    t = view.t
    box = st.expander(t("map.title"), icon=":material/public:", key="map_box", on_change="rerun")
    # Nobody waits for a map that is folded away.
    if not box.open:
        return
    with box:
        drawn = network_map.chart(tables.words(view, routes), view.read(queries.airports), t, view.colours)
        if drawn is None:
            st.info(t("map.nowhere"))
            return
        components.draw(drawn, t("map.alt"), "map")
        st.caption(t("map.reading"))


page()
