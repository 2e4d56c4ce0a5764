"""Punctuality by route and local hour: colour where there are enough legs, grey hatching where there are not."""

import altair as alt
import pandas as pd

from aero_dashboard.charts.style import SHARE_RANGE, Chart, Palette, finish, plot
from aero_dashboard.i18n import Translator

#: Each hatched cell gets three diagonals, as shares of its band: where they begin and end along x and y.
HATCHES = (((0.0, 0.5), (0.5, 0.0)), ((0.0, 1.0), (1.0, 0.0)), ((0.5, 1.0), (1.0, 0.5)))
ROUTES = 20


def cells(frame: pd.DataFrame, minimum: int, t: Translator, routes: int = ROUTES) -> pd.DataFrame:
    """Keep the busiest routes, the least punctual first, and give each cell its share and its words."""
    by_route = frame.groupby("route")[["legs", "on_time_legs"]].sum()
    busiest = by_route.sort_values(["legs"], ascending=False, kind="stable").head(routes)
    order = (busiest["on_time_legs"] / busiest["legs"]).sort_values(kind="stable").index
    rows = frame[frame["route"].isin(order) & (frame["legs"] > 0)].copy()
    rows["place"] = rows["route"].map({route: place for place, route in enumerate(order)})
    rows["share"] = rows["on_time_legs"] / rows["legs"]
    rows["is_small"] = rows["legs"] < minimum
    rows["hour"] = [f"{hour:02d}" for hour in rows["std_local_hour"]]
    rows["when"] = [f"{hour:02d}:00–{hour:02d}:59" for hour in rows["std_local_hour"]]
    rows["share_text"] = [
        t("chart.too_few") if small else t.percent(share)
        for share, small in zip(rows["share"], rows["is_small"], strict=True)
    ]
    rows["legs_text"] = [t.integer(legs) for legs in rows["legs"]]
    rows["unknown_text"] = [t.integer(legs) for legs in rows["unknown_legs"]]
    return rows.sort_values(["place", "hour"], kind="stable").reset_index(drop=True)


def chart(rows: pd.DataFrame, t: Translator, colours: Palette, middle: float) -> Chart:
    """Draw cells; `middle` is the share at which the colour turns."""
    order = list(dict.fromkeys(rows["route"]))
    hours = [f"{hour:02d}" for hour in range(int(rows["hour"].min()), int(rows["hour"].max()) + 1)]
    x = alt.X(
        "hour:O",
        scale=alt.Scale(domain=hours, paddingInner=0.06, paddingOuter=0),
        axis=alt.Axis(title=t("chart.local_hour"), labelAngle=0, ticks=False, domain=False, labelOverlap=True),
    )
    y = alt.Y(
        "route:N",
        sort=order,
        scale=alt.Scale(paddingInner=0.1, paddingOuter=0),
        axis=alt.Axis(title=None, ticks=False, domain=False),
    )
    tooltip = [
        alt.Tooltip("route:N", title=t("word.route")),
        alt.Tooltip("when:N", title=t("chart.local_hour")),
        alt.Tooltip("share_text:N", title=t("word.punctuality")),
        alt.Tooltip("legs_text:N", title=t("word.n")),
        alt.Tooltip("unknown_text:N", title=t("word.unknown")),
    ]
    low = max(0.0, 2 * middle - 1)
    colour = alt.Color(
        "share:Q",
        scale=alt.Scale(domain=[low, (low + middle) / 2, middle, (1 + middle) / 2, 1], range=SHARE_RANGE, clamp=True),
        legend=alt.Legend(title=t("word.punctuality"), format=".0%", gradientLength=160, values=[low, middle, 1]),
    )
    big, small = rows[~rows["is_small"]], rows[rows["is_small"]]
    layers: list[Chart] = []
    if len(big):
        layers.append(plot(big).mark_rect(cornerRadius=2).encode(x=x, y=y, tooltip=tooltip, color=colour))
    if len(small):
        grey = alt.value(colours.ground)
        layers.append(plot(small).mark_rect(cornerRadius=2).encode(x=x, y=y, tooltip=tooltip, color=grey))
        layers += [_hatch(small, x, y, begin, end, colours) for begin, end in HATCHES]
    return finish(layers, alt.Step(22))


def _hatch(
    rows: pd.DataFrame, x: alt.X, y: alt.Y, begin: tuple[float, float], end: tuple[float, float], colours: Palette
) -> Chart:
    """One diagonal per small cell, from `begin` to `end` in shares of the cell."""
    first, last = x.copy(), y.copy()
    first["bandPosition"], last["bandPosition"] = begin[0], begin[1]
    return (
        plot(rows)
        .mark_rule(strokeWidth=1, tooltip=False)
        .encode(
            x=first,
            y=last,
            x2=alt.X2("hour", bandPosition=end[0]),
            y2=alt.Y2("route", bandPosition=end[1]),
            color=alt.value(colours.small),
        )
    )
