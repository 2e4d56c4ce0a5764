"""Chart of bookings: the share of seats that was sold so many days before departure."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from aero_dashboard.charts.style import Chart, Palette, finish, plot, share_axis
from aero_dashboard.i18n import Translator


def chart(lines: Mapping[str, pd.DataFrame], t: Translator, colours: Palette) -> Chart:
    """Draw named curves of `days_to_departure` and `share`, the earliest bookings on the left; the first stands out."""
    rows = pd.concat([rows.assign(line=name) for name, rows in lines.items() if len(rows)])
    rows = rows.assign(
        day=[f"{days}" for days in rows["days_to_departure"]],
        share_text=[t.percent(share) for share in rows["share"]],
        seats_text=[t.integer(seats) for seats in rows["seats"]],
    )
    days = [f"{day}" for day in sorted(rows["days_to_departure"].unique(), reverse=True)]
    x = alt.X("day:O", sort=days, axis=alt.Axis(title=t("pace.days"), labelAngle=0, grid=False))
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]), axis=share_axis(t("pace.share")))
    tooltip = [
        alt.Tooltip("line:N", title=t("pace.of")),
        alt.Tooltip("day:N", title=t("pace.days")),
        alt.Tooltip("share_text:N", title=t("pace.share")),
        alt.Tooltip("seats_text:N", title=t("pace.seats")),
    ]
    looks = [(colours.accent, [1, 0], 2.2), (colours.muted, [5, 4], 1.4)]
    drawn, names = [], []
    for name, (colour, dash, width) in zip(lines, looks, strict=False):
        own = rows[rows["line"] == name]
        drawn.append(
            plot(own)
            .mark_line(
                color=colour, strokeDash=dash, strokeWidth=width, point=alt.OverlayMarkDef(color=colour, size=40)
            )
            .encode(x=x, y=y, tooltip=tooltip)
        )
        # The name of a line stands at its middle: two lines meet at the end.
        names.append(
            plot(own.iloc[[len(own) // 2]])
            .mark_text(align="right", dx=-8, dy=-6 - 12 * len(names), fontSize=12, color=colour)
            .encode(x=x, y=y, text=alt.Text("line:N"))
        )
    return finish([*drawn, *names], 260)
