"""The network on a map: outlines of countries, lines between airports. Secondary to every other chart.

Drawn by the browser from a file of ours: no tiles, no WebGL, no request to anybody else.
"""

from math import asinh, atan, degrees, radians, sinh, tan
from typing import Any

import altair as alt
import pandas as pd

from aero_dashboard.charts.style import Chart, Palette, finish, plot
from aero_dashboard.i18n import Translator
from aero_dashboard.lights import LOOKS

#: Served by Streamlit from static/, relative to the address of the page.
OUTLINES = "app/static/countries-110m.json"
HEIGHT = 460
#: Busier networks would be a ball of wool.
ROUTES = 300
#: A second sign beside colour.
DASHES = {"V": [1, 0], "A": [6, 3], "R": [2, 2], "gris": [1, 4]}


def chart(routes: pd.DataFrame, airports: pd.DataFrame, t: Translator, colours: Palette) -> Chart | None:
    """Draw routes (route, origin, destination, status, legs and words) between known airports; None where none is."""
    places = airports.set_index("iata")[["latitude", "longitude", "municipality"]]
    rows = routes[routes["origin"].isin(places.index) & routes["destination"].isin(places.index)]
    rows = rows.sort_values("legs", ascending=False).head(ROUTES)
    if rows.empty:
        return None
    used = places.loc[sorted(set(rows["origin"]) | set(rows["destination"]))].reset_index()
    land = plot(alt.topo_feature(OUTLINES, "countries")).mark_geoshape(
        fill=colours.land, stroke=colours.line, strokeWidth=0.5, clip=True
    )
    ends = rows.assign(
        **{
            f"{name}_{side}": rows[side].map(places[name])
            for side in ("origin", "destination")
            for name in ("latitude", "longitude")
        }
    )
    present = [status for status in LOOKS if status in set(rows["status"])]
    labels = dict(zip(rows["status"], rows["status_text"], strict=True))
    legend = alt.Legend(title=None, orient="top", columns=2, labelLimit=260, symbolType="stroke")
    lines = (
        plot(ends)
        .mark_rule(opacity=0.75, clip=True)
        .encode(
            longitude="longitude_origin:Q",
            latitude="latitude_origin:Q",
            longitude2="longitude_destination:Q",
            latitude2="latitude_destination:Q",
            strokeWidth=alt.StrokeWidth("legs:Q", scale=alt.Scale(range=[0.8, 3.5]), legend=None),
            strokeDash=alt.StrokeDash(
                "status_text:N",
                scale=alt.Scale(
                    domain=[labels[status] for status in present], range=[DASHES[status] for status in present]
                ),
                legend=legend,
            ),
            color=alt.Color(
                "status_text:N",
                scale=alt.Scale(
                    domain=[labels[status] for status in present],
                    range=[LOOKS[status].colour for status in present],
                ),
                legend=legend,
            ),
            tooltip=[
                alt.Tooltip("route:N", title=t("word.route")),
                alt.Tooltip("share_text:N", title=t("word.punctuality")),
                alt.Tooltip("legs_text:N", title=t("word.n")),
                alt.Tooltip("status_text:N", title=t("word.status")),
            ],
        )
    )
    base = plot(used).encode(longitude="longitude:Q", latitude="latitude:Q")
    dots = base.mark_circle(size=26, color=colours.ink, opacity=0.9).encode(
        tooltip=[alt.Tooltip("iata:N", title=t("word.airport")), alt.Tooltip("municipality:N", title=t("word.city"))]
    )
    busy = [*dict.fromkeys([*rows["origin"], *rows["destination"]])][:12]
    names = (
        plot(used[used["iata"].isin(busy)])
        .mark_text(dy=-9, fontSize=11, color=colours.ink)
        .encode(longitude="longitude:Q", latitude="latitude:Q", text=alt.Text("iata:N"))
    )
    return finish([land, lines, dots, names], HEIGHT).project(**projection(used))


def projection(used: pd.DataFrame) -> dict[str, Any]:
    """Return a Mercator projection that shows every airport, whatever the width of the page is."""
    west, east = float(used["longitude"].min()), float(used["longitude"].max())
    south, north = float(used["latitude"].min()), float(used["latitude"].max())

    # Mercator's ordinate of a latitude is asinh(tan(latitude)).
    bottom, top = asinh(tan(radians(south))), asinh(tan(radians(north)))
    wide, high = max(radians(east - west), 0.12) * 1.15, max(top - bottom, 0.12) * 1.25
    return {
        "type": "mercator",
        "center": [(west + east) / 2, degrees(atan(sinh((bottom + top) / 2)))],
        "scale": {"expr": f"min(width / {wide:.4f}, height / {high:.4f})"},
        "translate": {"expr": "[width / 2, height / 2]"},
    }
