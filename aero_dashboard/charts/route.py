"""Charts of one route: control chart by day, block times against the schedule, punctuality by departure hour."""

from datetime import date
from typing import Literal

import altair as alt
import pandas as pd

from aero_dashboard.charts.style import Chart, Palette, day, finish, plot, share_axis
from aero_dashboard.i18n import Translator
from aero_dashboard.kpis import quantile

BIN_MINUTES = 5


def trend(rows: pd.DataFrame, centre: float, first: date, last: date, t: Translator, colours: Palette) -> Chart:
    """Draw a p-chart of days judged by `limits.judged`: limits move with the number of legs of each day."""
    rows = _worded(rows, t).assign(
        day=[f"{pd.Timestamp(value):%Y-%m-%dT00:00:00Z}" for value in rows["operating_date"]]
    )
    x = day("day", t, f"{first}", f"{last}")
    low = max(0.0, min(float(rows["share"].min()), float(rows["lower"].min())) - 0.04)
    scale = alt.Scale(domain=[low, 1.0], nice=False, clamp=True)
    y = alt.Y("share:Q", scale=scale, axis=share_axis(t("word.punctuality")))
    band = (
        plot(rows)
        .mark_area(interpolate="step", opacity=0.10, color=colours.accent)
        .encode(x=x, y=alt.Y("lower:Q", scale=scale, axis=share_axis(t("word.punctuality"))), y2=alt.Y2("upper"))
    )
    edges = [
        plot(rows)
        .mark_line(interpolate="step", strokeDash=[5, 4], strokeWidth=1, color=colours.accent)
        .encode(x=x, y=alt.Y(f"{side}:Q", scale=scale))
        for side in ("lower", "upper")
    ]
    mean = plot(pd.DataFrame({"share": [centre]})).mark_rule(strokeWidth=1.2, color=colours.muted).encode(y=y)
    line = plot(rows).mark_line(strokeWidth=1.8, color=colours.accent).encode(x=x, y=y)
    tooltip = [
        alt.Tooltip("day_text:N", title=t("word.operating_day")),
        alt.Tooltip("share_text:N", title=t("word.punctuality")),
        alt.Tooltip("legs_text:N", title=t("word.n")),
        alt.Tooltip("unknown_text:N", title=t("word.unknown")),
        alt.Tooltip("limits_text:N", title=t("chart.limits_control")),
    ]
    marks = {
        "inside": ("circle", colours.accent, 45), "below": ("triangle-down", colours.bad, 110),
        "above": ("triangle-up", colours.good, 110),
    }  # fmt: skip
    points = [
        plot(rows[rows["verdict"] == verdict])
        .mark_point(shape=shape, filled=True, size=size, color=colour, opacity=1)
        .encode(x=x, y=y, tooltip=tooltip)
        for verdict, (shape, colour, size) in marks.items()
        if (rows["verdict"] == verdict).any()
    ]
    few = rows[rows["verdict"] == "small"]
    small = (
        plot(few)
        .mark_point(shape="circle", filled=True, size=45, fill=colours.ground, stroke=colours.small, opacity=1)
        .encode(x=x, y=y, tooltip=tooltip)
    )
    return finish([band, *edges, mean, line, *points, *([small] if len(few) else [])], 280)


def block(frame: pd.DataFrame, t: Translator, colours: Palette) -> Chart:
    """Draw how long blocks took, in steps of five minutes, with the median scheduled block and three percentiles."""
    bins = frame.assign(start=frame["block_minutes"] // BIN_MINUTES * BIN_MINUTES).groupby("start")["legs"].sum()
    rows = bins.rename("legs").reset_index()
    rows["end"] = rows["start"] + BIN_MINUTES
    rows["span_text"] = [f"{start}–{start + BIN_MINUTES - 1} min" for start in rows["start"]]
    rows["legs_text"] = [t.integer(legs) for legs in rows["legs"]]
    scale = alt.Scale(domain=[int(rows["start"].min()), int(rows["end"].max())], nice=False, padding=8)
    axis = alt.Axis(title=t("chart.block_minutes"), grid=False, format="d", labelOverlap=True)
    x = alt.X("start:Q", scale=scale, axis=axis)
    # Room above the bars for the names of the lines.
    counts = alt.Axis(title=t("word.legs"), tickCount=4, domain=False, ticks=False)
    bars = (
        plot(rows)
        .mark_rect(color=colours.accent, opacity=0.55)
        .encode(
            x=x,
            x2=alt.X2("end"),
            y=alt.Y("legs:Q", axis=counts, scale=alt.Scale(domain=[0, float(rows["legs"].max()) * 1.2], nice=False)),
            y2=alt.datum(0),
            tooltip=[
                alt.Tooltip("span_text:N", title=t("chart.block_minutes")),
                alt.Tooltip("legs_text:N", title=t("word.n")),
            ],
        )
    )
    layers: list[Chart] = [bars]
    for name, share, side in (("p10", 0.1, "right"), ("p50", 0.5, "right"), ("p90", 0.9, "left")):
        layers += _mark(quantile(frame, "block_minutes", share), name, x, t, (colours.muted, 1.2, side, 2))
    scheduled = quantile(frame, "scheduled_block_minutes", 0.5)
    layers += _mark(scheduled, t("chart.scheduled"), x, t, (colours.bad, 2.5, "left", 18))
    return finish(layers, 260)


def _mark(
    minutes: float | None, name: str, x: alt.X, t: Translator, look: tuple[str, float, Literal["left", "right"], int]
) -> list[Chart]:
    """A line across the chart with its name on one side; `look` is colour, width, side, and where the name begins."""
    colour, width, side, top = look
    row = pd.DataFrame({"start": [minutes], "text": [f"{name} {t.integer(minutes)}"]})
    line = plot(row).mark_rule(strokeWidth=width, color=colour).encode(x=x, y=alt.value(top), y2=alt.value("height"))
    word = plot(row).mark_text(align=side, dx=5 if side == "left" else -5, fontSize=11, color=colour, baseline="top")
    return [line, word.encode(x=x, y=alt.value(top), text=alt.Text("text:N"))]


def hours(rows: pd.DataFrame, minimum: int, t: Translator, colours: Palette) -> Chart:
    """Draw punctuality by local departure hour with its interval; hollow and grey below the minimum sample."""
    rows = _worded(rows, t).assign(
        hour=[f"{hour:02d}" for hour in rows["std_local_hour"]], is_small=rows["legs"] < minimum
    )
    x = alt.X("hour:O", axis=alt.Axis(title=t("chart.local_hour"), labelAngle=0, labelOverlap=True, ticks=False))
    scale = alt.Scale(domain=[max(0.0, float(rows["lower"].min()) - 0.05), 1.0], nice=False, clamp=True)
    tooltip = [
        alt.Tooltip("hour:N", title=t("chart.local_hour")),
        alt.Tooltip("share_text:N", title=t("word.punctuality")),
        alt.Tooltip("limits_text:N", title=t("chart.interval_80")),
        alt.Tooltip("legs_text:N", title=t("word.n")),
    ]
    base = plot(rows).encode(x=x, tooltip=tooltip)
    y = alt.Y("share:Q", scale=scale, axis=share_axis(t("word.punctuality")))
    low = alt.Y("lower:Q", scale=scale, axis=share_axis(t("word.punctuality")))
    big, few = "!datum.is_small", "datum.is_small"
    return finish(
        [
            base.transform_filter(big)
            .mark_rule(strokeWidth=3, opacity=0.35, color=colours.accent)
            .encode(y=low, y2=alt.Y2("upper")),
            base.transform_filter(few)
            .mark_rule(strokeWidth=1, strokeDash=[2, 2], color=colours.small)
            .encode(y=low, y2=alt.Y2("upper")),
            base.transform_filter(big).mark_point(filled=True, size=80, color=colours.accent, opacity=1).encode(y=y),
            base.transform_filter(few)
            .mark_point(filled=True, size=60, fill=colours.ground, stroke=colours.small, opacity=1)
            .encode(y=y),
        ],
        240,
    )


def _worded(rows: pd.DataFrame, t: Translator) -> pd.DataFrame:
    worded = rows.assign(
        share_text=[t.percent(share) for share in rows["share"]],
        legs_text=[t.integer(legs) for legs in rows["legs"]],
        unknown_text=[t.integer(legs) for legs in rows["unknown_legs"]],
        limits_text=[
            f"{t.percent(low)} – {t.percent(high)}" for low, high in zip(rows["lower"], rows["upper"], strict=True)
        ],
    )
    if "operating_date" in rows:
        worded["day_text"] = [t.date(value) for value in rows["operating_date"]]
    return worded
