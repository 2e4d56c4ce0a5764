"""Route page: one route day by day, why it was late, whether its block time fits, and when it leaves on time."""

import pandas as pd
import streamlit as st

from aero_dashboard import components, frame, kpis, limits, money, passengers, queries, rotations, status, tables
from aero_dashboard.charts import pareto
from aero_dashboard.charts import route as charts
from aero_dashboard.frame import WIDGETS, View
from aero_dashboard.i18n import plain
from aero_dashboard.queries import Scope


def page() -> None:
    """Compose the page."""
    view = frame.current()
    t, route = view.t, view.filters.route
    if route is None:
        st.info(t("network.no_legs"))
        return
    scope = view.filters.scope(view.known, route)
    days = view.read(queries.otp_by_day, scope)
    own = days[days["definition"] == view.filters.definition]
    frame.title(t("route.title", route=plain(route)), *head(view, scope, route, int(own["legs"].sum())))
    frame.period_note(view)
    st.selectbox(
        t("filter.route"), view.known.routes, key=WIDGETS["route"], format_func=lambda code: name(view, code), width=420
    )
    if own["legs"].sum() == 0:
        st.info(t("route.no_legs"), icon=":material/search_off:")
        return
    components.kpi_strip(view, scope, "route")
    status.section(view, scope)
    trend(view, scope, own)
    left, right = st.columns(2, gap="large")
    with left:
        components.section(t("causes.title"), t("causes.reading"))
        tables.causes(view, scope, pareto.CODES - 4)
    with right:
        block(view, scope)
    hours(view, scope)
    rotations.section(view, scope)
    latest(view, scope)
    money.section(view, scope)
    passengers.section(view, scope)


def name(view: View, route: str) -> str:
    """Name a route by its cities; legs whose destination nobody said have none."""
    origin, _, destination = route.partition("-")
    if not destination:
        return route
    cities = view.cities
    return f"{route} · {cities.get(origin, origin)} → {cities.get(destination, destination)}"


def head(view: View, scope: Scope, route: str, legs: int) -> list[str]:
    """Say what is shown: cities, distance, period, definition, n."""
    t = view.t
    sums = view.read(queries.sums_by_route, scope)
    facts = [plain(name(view, route).partition(" · ")[2])]
    if len(sums) and pd.notna(sums["distance_km"].iloc[0]):
        facts.append(f"{t.integer(sums['distance_km'].iloc[0])} km")
    facts += [t.dates(scope.first, scope.last), view.definition, t("head.legs", n=t.integer(legs))]
    if view.filters.carrier:
        facts.append(plain(view.carrier_names.get(view.filters.carrier, view.filters.carrier)))
    return facts


def trend(view: View, scope: Scope, own: pd.DataFrame) -> None:
    """Day by day, with the limits of chance."""
    t = view.t
    rows, centre = limits.judged(kpis.heard_of(own), limits.Z_CONTROL, view.filters.minimum)
    if centre is None:
        return
    outside = rows[rows["verdict"].isin(["below", "above"])]["operating_date"]
    named = ", ".join(t.date(day) for day in outside) or t("trend.none")
    components.section(
        t("trend.title", definition=view.definition),
        t("trend.reading", centre=t.percent(centre), outside=named, minimum=t.integer(view.filters.minimum)),
    )
    components.draw(charts.trend(rows, centre, scope.first, scope.last, t, view.colours), t("trend.alt"), "trend")


def block(view: View, scope: Scope) -> None:
    """Compare the scheduled block time with the time that the route takes."""
    t = view.t
    frame_ = view.read(queries.block_minutes, scope)
    fit = kpis.block_fit(frame_)
    if fit.value is None:
        components.section(t("block.title"))
        st.info(t("block.none"), icon=":material/info:")
        return
    scheduled = kpis.quantile(frame_, "scheduled_block_minutes", 0.5)
    low = kpis.quantile(frame_, "block_minutes", 0.1)
    components.section(
        t("block.title"),
        t("block.reading", fit=t.percent(fit.value, 0), n=t.integer(fit.legs), scheduled=t.integer(scheduled),
          pad=t.integer((scheduled or 0) - (low or 0))),
    )  # fmt: skip
    components.draw(charts.block(frame_, t, view.colours), t("block.alt"), "block")


def hours(view: View, scope: Scope) -> None:
    """The best and the worst hours to leave."""
    t, minimum = view.t, view.filters.minimum
    rows = limits.with_interval(kpis.heard_of(view.read(queries.otp_by_hour, scope, view.filters.definition)))
    if rows.empty:
        return
    components.section(t("hours.title", definition=view.definition), hours_reading(view, rows))
    components.draw(charts.hours(rows, minimum, t, view.colours), t("hours.alt"), "hours")


def hours_reading(view: View, rows: pd.DataFrame) -> str:
    """Name the best and the worst hour among those with enough legs."""
    t, minimum = view.t, view.filters.minimum
    enough = rows[rows["legs"] >= minimum].sort_values("share", kind="stable")
    if len(enough) < 2:
        return t("hours.too_few", minimum=t.integer(minimum))
    worst, best = enough.iloc[0], enough.iloc[-1]
    return t(
        "hours.reading", minimum=t.integer(minimum),
        best=f"{int(best['std_local_hour']):02d} h", best_share=t.percent(best["share"]),
        best_n=t.integer(best["legs"]), worst=f"{int(worst['std_local_hour']):02d} h",
        worst_share=t.percent(worst["share"]), worst_n=t.integer(worst["legs"]),
    )  # fmt: skip


def latest(view: View, scope: Scope) -> None:
    """The newest legs, local and UTC."""
    t = view.t
    airports = view.read(queries.airports)
    zones = dict(zip(airports["iata"], airports["zone"], strict=True))
    components.section(t("legs.title"), t("legs.reading"))
    whole = {t("legs.departure_delay"): t.integer, t("legs.arrival_delay"): t.integer}
    components.table(tables.latest(view, scope, zones), whole, {}, "latest", height=420)


page()
