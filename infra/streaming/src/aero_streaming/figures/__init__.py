"""The register of figures (`kpis.toml`): sums over facts, KPIs over sums, and the code that reads and checks it."""

from aero_streaming.figures.register import KPIS, Facts, FigureError, Kpi, Register, Sum, figures

__all__ = ["KPIS", "Facts", "FigureError", "Kpi", "Register", "Sum", "figures"]
