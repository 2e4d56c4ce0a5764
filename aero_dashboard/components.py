"""Pieces that several pages show: the strip of figures, charts with their reading, tables with figures as words."""

from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from aero_dashboard import kpis, lights, queries
from aero_dashboard.charts.style import Chart
from aero_dashboard.frame import View
from aero_dashboard.i18n import MISSING
from aero_dashboard.kpis import Kpi
from aero_dashboard.queries import Scope
from aero_streaming.figures import figures

DIGITS = {"percent": 1, "minutes": 1, "count": 0}


def kpi_strip(view: View, scope: Scope, level: str) -> list[Kpi]:
    """Show every figure of a scope as a card: value, change, light, n and unknown; return them."""
    t, chosen, minimum = view.t, view.filters.definition, view.filters.minimum
    otp_days, sum_days = view.read(queries.otp_by_day, scope), view.read(queries.sums_by_day, scope)
    figures = kpis.strip(chosen, otp_days, sum_days)
    before = _before(view, scope, chosen)
    with st.container(key=f"cards_{level}"):
        for kpi in figures:
            light = lights.of_kpi(kpi, level, scope.days, minimum)
            with st.container(border=True, key=f"card_{level}_{kpi.key}"):
                line = kpis.daily(kpi.key, chosen, otp_days, sum_days)
                _metric(view, kpi, kpis.change(kpi, before.get(kpi.key)), line, light)
                if light and light.rule:
                    st.badge(light.text(t), color=lights.LOOKS[light.status].badge, help=light.explain(t))  # ty: ignore[invalid-argument-type]
                st.caption(_sample(view, kpi))
    if before:
        previous = scope.previous()
        st.caption(t("kpi.compared", dates=t.dates(previous.first, previous.last)))
    with st.expander(t("kpi.exact"), icon=":material/table_rows:"):
        st.dataframe(_exact(view, figures), hide_index=True, key=f"exact_{level}")
    return figures


def _before(view: View, scope: Scope, definition: str) -> dict[str, Kpi]:
    """Return the figures of as many days before, if all of those days were published."""
    previous = scope.previous()
    if previous.first < view.known.first:
        return {}
    otp_days, sum_days = view.read(queries.otp_by_day, previous), view.read(queries.sums_by_day, previous)
    return {kpi.key: kpi for kpi in kpis.strip(definition, otp_days, sum_days)}


def _metric(view: View, kpi: Kpi, change: float | None, line: list[float], light: lights.Light | None) -> None:
    t = view.t
    delta = None
    if change is not None:
        unit = {"percent": t("unit.points"), "minutes": t("unit.minutes"), "count": ""}[kpi.unit]
        delta = f"{t.signed(change, DIGITS[kpi.unit])} {unit}".strip()
    st.metric(
        kpi_label(view, kpi),
        kpi_value(view, kpi),
        delta=delta,
        # A change of one is no verdict: red and green are for lights that have evidence.
        delta_color="off",
        help=kpi_help(view, kpi, light),
        chart_data=line if len(line) > 2 else None,
    )


def kpi_label(view: View, kpi: Kpi) -> str:
    """Name a figure; the first one by its definition."""
    chosen = view.filters.definition
    return view.t.known(f"otp.{chosen}_short", chosen) if kpi.key == "punctuality" else view.t(f"kpi.{kpi.key}")


def kpi_value(view: View, kpi: Kpi) -> str:
    """Write a figure."""
    if kpi.unit == "percent":
        figure = figures().kpis.get(kpi.key)
        return view.t.percent(kpi.value, figure.digits if figure and figure.digits else DIGITS[kpi.unit])
    return view.t.decimal(kpi.value, DIGITS[kpi.unit]) + (
        " min" if kpi.unit == "minutes" and kpi.value is not None else ""
    )


def kpi_help(view: View, kpi: Kpi, light: lights.Light | None = None) -> str:
    """Define a figure with its denominator, and say what its light is held against."""
    t, chosen = view.t, view.filters.definition
    text = t.known(f"otp.{chosen}_help", chosen) if kpi.key == "punctuality" else t(f"kpi.{kpi.key}_help")
    return f"{text}\n\n{light.explain(t)}" if light and light.rule else text


def _sample(view: View, kpi: Kpi) -> str:
    t = view.t
    of_what = {"cancelled": "kpi.n_cancelled", "diverted": "kpi.n_diverted"}
    text = t(of_what.get(kpi.key, "kpi.n"), n=t.integer(kpi.legs))
    return f"{text} · {t('kpi.unknown', count=t.integer(kpi.unknown_legs))}"


def _exact(view: View, figures: list[Kpi]) -> pd.DataFrame:
    t = view.t
    return pd.DataFrame(
        {
            t("word.figure"): [kpi_label(view, kpi) for kpi in figures],
            t("word.value"): [kpi.value for kpi in figures],
            t("word.numerator"): [float(kpi.numerator) for kpi in figures],
            t("word.denominator"): [None if kpi.denominator is None else float(kpi.denominator) for kpi in figures],
            t("word.n"): [kpi.legs for kpi in figures],
            t("word.unknown"): [kpi.unknown_legs for kpi in figures],
        }
    )


def section(heading: str, reading: str = "") -> None:
    """Head a part of a page and say how to read it."""
    st.subheader(heading, anchor=False)
    if reading:
        st.caption(reading)


def draw(chart: Chart, alt_text: str, key: str) -> None:
    """Show a chart over the whole width, with words for those who cannot see it."""
    st.altair_chart(chart, width="stretch", alt=alt_text, key=key)


def table(
    frame: pd.DataFrame,
    formats: Mapping[str, Callable[[float | None], str]],
    config: Mapping[str, ColumnConfig],
    key: str,
    height: int | Literal["auto"] = "auto",
) -> None:
    """Show a table that sorts by number and reads in the reader's language."""
    styled = frame.style.format({name: _or_dash(write) for name, write in formats.items() if name in frame})
    st.dataframe(styled, hide_index=True, column_config=dict(config), key=key, height=height, placeholder=MISSING)


def _or_dash(write: Callable[[float | None], str]) -> Callable[[object], str]:
    return lambda value: write(None if pd.isna(value) else value)  # ty: ignore[invalid-argument-type]


def link(view: View, page: str, route: str) -> str:
    """Return the address of a page about a route that keeps every filter."""
    return f"{page}?{urlencode({**view.filters.params(), 'route': route})}"
