"""Pareto of delay minutes: bars from the largest, each with its share and the share reached so far."""

import altair as alt
import pandas as pd

from aero_dashboard.charts.style import Chart, Palette, finish, plot
from aero_dashboard.i18n import Translator

CODES = 12


def by_cause(frame: pd.DataFrame, t: Translator) -> pd.DataFrame:
    """Word the rows of `queries.causes`."""
    return _worded(frame.assign(label=[t.known(f"cause.{cause}", cause) for cause in frame["cause"]], kind=""), t)


def by_code(frame: pd.DataFrame, t: Translator, most: int = CODES) -> pd.DataFrame:
    """Word the rows of `queries.codes`: the largest codes, the others as one row; shares are of all of them."""
    description = frame["description_es" if t.language == "es" else "description_en"]
    rows = frame.assign(
        label=[
            f"{code} · {text}" if isinstance(text, str) else code
            for code, text in zip(frame["code"], description, strict=True)
        ],
        kind=[_imputable(value, t) for value in frame["is_imputable"]],
    )
    head, rest = rows.head(most), rows.iloc[most:]
    if len(rest):
        other = {
            "label": t("chart.other_codes", count=t.integer(len(rest))), "kind": t("chart.mixed"),
            "delayed_legs": rest["delayed_legs"].sum(), "delay_minutes": rest["delay_minutes"].sum(),
        }  # fmt: skip
        head = pd.concat([head[list(other)], pd.DataFrame([other])], ignore_index=True)
    return _worded(head, t)


def chart(rows: pd.DataFrame, t: Translator, colours: Palette) -> Chart:
    """Draw worded rows; where codes tell who answers for a delay, the bars differ in colour and the legend says it."""
    order = list(rows["label"])
    most = float(rows["delay_minutes"].max())
    kinds = [kind for kind in dict.fromkeys(rows["kind"]) if kind]
    # Names stand above their bars: beside them they would be cut off on a small screen.
    y = alt.Y("label:N", sort=order, axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    # Room to the right of the longest bar for its words.
    x = alt.X("delay_minutes:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.6], nice=False))
    tooltip = [
        alt.Tooltip("label:N", title=t("word.cause")),
        alt.Tooltip("minutes_text:N", title=t("word.minutes")),
        alt.Tooltip("share_text:N", title=t("chart.share")),
        alt.Tooltip("reached_text:N", title=t("chart.reached")),
        alt.Tooltip("legs_text:N", title=t("chart.delayed_legs")),
    ]
    bars = plot(rows).mark_bar(cornerRadiusEnd=3, size=12, yOffset=8).encode(x=x, y=y, tooltip=tooltip)
    if kinds:
        by_kind = {
            t("chart.imputable"): colours.bad, t("chart.not_imputable"): colours.accent,
            t("chart.unclear"): colours.small, t("chart.mixed"): colours.line,
        }  # fmt: skip
        scale = alt.Scale(domain=kinds, range=[by_kind[kind] for kind in kinds])
        bars = bars.encode(
            color=alt.Color("kind:N", scale=scale, legend=alt.Legend(title=None, columns=2, labelLimit=260))
        )
    else:
        bars = bars.encode(color=alt.value(colours.accent))
    words = (
        plot(rows)
        .mark_text(align="left", dx=6, dy=9, fontSize=12, color=colours.muted)
        .encode(x=x, y=y, text=alt.Text("bar_text:N"), tooltip=tooltip)
    )
    names = (
        plot(rows)
        .mark_text(align="left", dy=-7, fontSize=12, color=colours.ink)
        .encode(x=alt.value(0), y=y, text=alt.Text("label:N"), tooltip=tooltip)
    )
    return finish([bars, names, words], alt.Step(38))


def _imputable(value: object, t: Translator) -> str:
    if pd.isna(value):
        return t("chart.unclear")
    return t("chart.imputable") if value else t("chart.not_imputable")


def _worded(rows: pd.DataFrame, t: Translator) -> pd.DataFrame:
    total = float(rows["delay_minutes"].sum()) or 1.0
    share, reached = rows["delay_minutes"] / total, rows["delay_minutes"].cumsum() / total
    return rows.assign(
        minutes_text=[t.integer(minutes) for minutes in rows["delay_minutes"]],
        legs_text=[t.integer(legs) for legs in rows["delayed_legs"]],
        share_text=[t.percent(value, 0) for value in share],
        reached_text=[t.percent(value, 0) for value in reached],
        bar_text=[
            t("chart.bar", minutes=t.integer(minutes), share=t.percent(value, 0))
            for minutes, value in zip(rows["delay_minutes"], share, strict=True)
        ],
    )
