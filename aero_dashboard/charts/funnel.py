"""Funnel plot: punctuality against legs per route, with the limits that chance alone explains; outliers have names."""

from typing import Literal

import altair as alt
import pandas as pd

from aero_dashboard.charts.style import Chart, Palette, finish, plot, share_axis
from aero_dashboard.i18n import Translator
from aero_dashboard.limits import Z_95, curve

Align = Literal["left", "right"]
#: Names beyond these would cover each other.
NAMED = 12
#: Places for a name beside its point, the best first; sizes of a plot and of a name in pixels.
PLACES: tuple[tuple[Align, int, int], ...] = (("left", 8, -6), ("left", 8, 8), ("right", -8, -6), ("right", -8, 8))
PLOT, NAME = (420.0, 300.0), (54.0, 13.0)
SHAPES = {"below": "triangle-down", "inside": "circle", "above": "triangle-up", "small": "circle"}


def chart(rows: pd.DataFrame, centre: float, t: Translator, colours: Palette) -> Chart:
    """Draw rows of `limits.judged` by route around their centre."""
    rows = _worded(rows, t)
    present = [verdict for verdict in SHAPES if verdict in set(rows["verdict"])]
    labels = {verdict: t(f"chart.verdict_{verdict}") for verdict in present}
    limits = curve(centre, int(rows["legs"].max() * 1.05) + 1, Z_95)
    lowest = min(float(rows["share"].min()), centre) - 0.05
    y_scale = alt.Scale(domain=[max(0.0, lowest), 1.0], clamp=True, nice=False)
    x = alt.X(
        "legs:Q", title=t("chart.legs_per_route"), axis=alt.Axis(format=",d", grid=False), scale=alt.Scale(nice=False)
    )
    band = (
        plot(limits)
        .mark_area(opacity=0.10, color=colours.accent, clip=True)
        .encode(x=x, y=alt.Y("lower:Q", scale=y_scale, axis=share_axis(t("word.punctuality"))), y2=alt.Y2("upper"))
    )
    edges = [
        plot(limits)
        .mark_line(strokeDash=[5, 4], strokeWidth=1.2, color=colours.accent, clip=True)
        .encode(x=x, y=alt.Y(f"{side}:Q", scale=y_scale))
        for side in ("lower", "upper")
    ]
    mean = (
        plot(pd.DataFrame({"share": [centre]}))
        .mark_rule(strokeWidth=1.2, color=colours.muted)
        .encode(y=alt.Y("share:Q", scale=y_scale))
    )
    by = {
        "below": (colours.bad, SHAPES["below"]), "inside": (colours.accent, SHAPES["inside"]),
        "above": (colours.good, SHAPES["above"]), "small": (colours.small, SHAPES["small"]),
    }  # fmt: skip
    domain = [labels[verdict] for verdict in present]
    legend = alt.Legend(title=None, orient="top", columns=2, symbolSize=90, labelLimit=260)
    points = (
        plot(rows)
        .mark_point(filled=True, size=70, opacity=0.9)
        .encode(
            x=x,
            y=alt.Y("share:Q", scale=y_scale),
            color=alt.Color(
                "verdict_text:N", scale=alt.Scale(domain=domain, range=[by[name][0] for name in present]), legend=legend
            ),
            shape=alt.Shape(
                "verdict_text:N", scale=alt.Scale(domain=domain, range=[by[name][1] for name in present]), legend=legend
            ),
            tooltip=[
                alt.Tooltip("route:N", title=t("word.route")),
                alt.Tooltip("share_text:N", title=t("word.punctuality")),
                alt.Tooltip("legs_text:N", title=t("word.n")),
                alt.Tooltip("limits_text:N", title=t("chart.limits_95")),
                alt.Tooltip("verdict_text:N", title=t("chart.verdict")),
            ],
        )
    )
    names = [
        plot(own)
        .mark_text(align=align, dx=dx, dy=dy, fontSize=11, color=colours.ink)
        .encode(x=x, y=alt.Y("share:Q", scale=y_scale), text=alt.Text("route:N"))
        for (align, dx, dy), own in placed(outliers(rows), max(0.0, lowest))
    ]
    return finish([band, *edges, mean, points, *names], 360)


def placed(rows: pd.DataFrame, lowest: float) -> list[tuple[tuple[Align, int, int], pd.DataFrame]]:
    """Give each name a side of its point where it covers no earlier name; one that fits nowhere is left out."""
    if rows.empty:
        return []
    taken: list[tuple[float, float]] = []
    sides: dict[tuple[Align, int, int], list[int]] = {place: [] for place in PLACES}
    across, up = PLOT[0] / float(rows["legs"].max()), PLOT[1] / max(1.0 - lowest, 0.01)
    for index, legs, share in zip(rows.index, rows["legs"], rows["share"], strict=True):
        for align, dx, dy in PLACES:
            left = legs * across + dx - (NAME[0] if align == "right" else 0)
            top = (1.0 - share) * up + dy
            if left >= 0 and all(abs(left - x) >= NAME[0] or abs(top - y) >= NAME[1] for x, y in taken):
                taken.append((left, top))
                sides[align, dx, dy].append(index)
                break
    return [(place, rows.loc[indices]) for place, indices in sides.items() if indices]


def outliers(rows: pd.DataFrame, most: int = NAMED) -> pd.DataFrame:
    """Return the rows outside their limits, the farthest first."""
    outside = rows[rows["verdict"].isin(["below", "above"])]
    return outside.reindex(outside["score"].abs().sort_values(ascending=False).index).head(most)


def _worded(rows: pd.DataFrame, t: Translator) -> pd.DataFrame:
    return rows.assign(
        share_text=[t.percent(share) for share in rows["share"]],
        legs_text=[t.integer(legs) for legs in rows["legs"]],
        limits_text=[
            f"{t.percent(low)} – {t.percent(high)}" for low, high in zip(rows["lower"], rows["upper"], strict=True)
        ],
        verdict_text=[t(f"chart.verdict_{verdict}") for verdict in rows["verdict"]],
    )
