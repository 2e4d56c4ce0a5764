"""The common style of charts: colours for light and dark pages, axes of days and hours, the size of letters."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from aero_dashboard.i18n import Translator

FONT_SIZE = 12
CONFIG = alt.Config(
    view=alt.ViewConfig(strokeWidth=0),
    axis=alt.AxisConfig(labelFontSize=FONT_SIZE, titleFontSize=FONT_SIZE, titleFontWeight="normal", labelFlush=False),
    legend=alt.LegendConfig(labelFontSize=FONT_SIZE, titleFontSize=FONT_SIZE, orient="top"),
)


@dataclass(frozen=True)
class Palette:
    """Colours of one theme; every pair that carries meaning differs in lightness or along blue and orange."""

    ink: str
    muted: str
    line: str
    accent: str
    good: str
    bad: str
    small: str
    ground: str
    land: str


LIGHT = Palette(
    ink="#1B2A34", muted="#5E6B75", line="#CBD4DA", accent="#14566E", good="#00775A", bad="#B93A1B", small="#9AA4AC",
    ground="#E6EAED", land="#E3E8EB",
)  # fmt: skip
DARK = Palette(
    ink="#E6EDF1", muted="#9FADB7", line="#3A4A54", accent="#6FB6CC", good="#3FC79F", bad="#F0805F", small="#76838C",
    ground="#27333B", land="#27333B",
)  # fmt: skip
#: Low to high: orange over cream to teal; no red and green side by side.
SHARE_RANGE = ["#A6430F", "#DD8A4A", "#F2E3C6", "#7FB7C0", "#0F6478"]


#: The type of charts that builders return. Altair makes its methods at import: no type checker can follow them.
Chart = Any


def plot(rows: pd.DataFrame | alt.Data) -> Chart:
    """Begin a chart over rows."""
    return alt.Chart(rows)


def palette(theme: str | None) -> Palette:
    """Return the colours for a theme, `light` or `dark`."""
    return DARK if theme == "dark" else LIGHT


def day_axis(t: Translator) -> alt.Axis:
    """An axis of days that reads 22 nov in the reader's language, whatever the browser's zone is."""
    months = json.dumps(t.months(), ensure_ascii=False)
    label = f"utcdate(datum.value) + ' ' + {months}[utcmonth(datum.value)]"
    return alt.Axis(
        title=None, labelExpr=label, grid=False, tickCount={"interval": "day", "step": 1}, labelOverlap=True
    )


def day(field: str, t: Translator, first: str, last: str) -> alt.X:
    """A temporal position in UTC that spans the whole period, days without legs too."""
    domain = [f"{first}T00:00:00Z", f"{last}T00:00:00Z"]
    return alt.X(
        f"{field}:T",
        axis=day_axis(t),
        scale=alt.Scale(type="utc", domain=domain, nice=False, padding=12),
    )


def share_axis(title: str | None = None) -> alt.Axis:
    """An axis of percentages."""
    return alt.Axis(title=title, format=".0%", tickCount=5, domain=False, ticks=False)


def finish(layers: Iterable[Chart], height: int | alt.Step) -> Chart:
    """Lay marks over each other at a height; the width is that of the page.

    Everything is said at once: each method of Altair that adds a property copies the whole chart.
    """
    return alt.layer(
        *layers,
        height=height,
        width="container",
        padding={"left": 2, "right": 8, "top": 6, "bottom": 2},
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        config=CONFIG,
    )
