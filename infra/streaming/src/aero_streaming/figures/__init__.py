"""The register of figures (`kpis.toml`): sums over facts, KPIs over sums; how it is read and proven."""

from aero_streaming.figures.register import KPIS, Facts, FigureError, Kpi, Register, Sum, figures

__all__ = ["KPIS", "Facts", "FigureError", "Kpi", "Register", "Sum", "figures"]
