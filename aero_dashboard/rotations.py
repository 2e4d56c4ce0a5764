"""Aircraft over their legs: delay that came with the aircraft and delay that began here, first departures, turns.

A version that was published before there were these marts has no such part of a page.
"""

import pandas as pd
import streamlit as st

from aero_dashboard import components, money
from aero_dashboard.frame import View
from aero_dashboard.queries import Connection, Scope
from aero_streaming.figures import Kpi, figures

#: KPIs of legs with the leg before of their aircraft, and of turns, in the order of the page.
KPIS = ("react_min", "react_share", "delay_mult", "first_wave_d0", "turn_cmp")
#: A turn is of the leg that leaves: its row has no route of its own.
SOURCES = {
    "rotations": "operations.fct_rotation",
    "turns": "(select turns.*, legs.origin, legs.route from operations.fct_turnaround as turns "
    "inner join operations.fct_rotation as legs on turns.leg_uid = legs.leg_uid)",
}


def sums_of(connection: Connection, scope: Scope) -> dict[str, dict[str, float]]:
    """Return the sums of each KPI by their names; without those whose mart is not published, or has no such rows."""
    known = {}
    for source, table in SOURCES.items():
        kpis = [kpi for name in KPIS if (kpi := figures().kpis[name]).of.id == source]
        parts = {part.id: part for kpi in kpis for part in kpi.sums}
        columns = ", ".join(f"sum({part.value_sql()})::double as {name}" for name, part in parts.items())
        row = money.sums_of_rows(connection, table, columns, scope)
        for kpi in kpis:
            sums = {part.id: row[part.id] for part in kpi.sums if pd.notna(row.get(part.id))}
            if len(sums) == len(kpi.sums):
                known[kpi.id] = sums
    return known


def section(view: View, scope: Scope) -> None:
    """Show the KPIs with their definitions; nothing where no aircraft of the legs is known."""
    t, known = view.t, view.read(sums_of, scope)
    if not known:
        return
    kpis = [figures().kpis[name] for name in known]
    minutes = known.get("react_share", {})
    components.section(
        t("rotations.title"),
        t("rotations.reading", inherited=t.integer(minutes.get("reactionary_minutes")),
          minutes=t.integer(minutes.get("split_delay_minutes"))),
    )  # fmt: skip
    rows = {
        t("rotations.kpi"): [kpi.name[t.language] for kpi in kpis],
        t("rotations.value"): [_value(view, kpi, known[kpi.id]) for kpi in kpis],
        t("rotations.n"): [t.integer(kpi.under(known[kpi.id])) for kpi in kpis],
        t("rotations.what"): [kpi.help[t.language] for kpi in kpis],
    }
    st.table(pd.DataFrame(rows).set_index(t("rotations.kpi")))


def _value(view: View, kpi: Kpi, sums: dict[str, float]) -> str:
    t, value = view.t, kpi.value(sums)
    if kpi.is_share:
        return t.percent(value)
    return t.decimal(value, 2) if kpi.denominator else t.integer(value)
