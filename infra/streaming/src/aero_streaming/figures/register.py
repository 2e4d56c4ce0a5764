"""The register of figures: the definition of A14, completion and every other figure, one row each in `kpis.toml`.

Standard library only: every zip and every engine reads the same file through this module, or has its form of it written
from there.
"""

from functools import cache
from pathlib import Path

from aero_streaming.figures.file import read_register
from aero_streaming.figures.model import Facts, FigureError, Kpi, Otp, Register, Sum

__all__ = ["KPIS", "Facts", "FigureError", "Kpi", "Otp", "Register", "Sum", "figures"]

KPIS = Path(__file__).with_name("kpis.toml")


@cache
def figures(path: Path = KPIS) -> Register:
    """Read and validate a register; raise `FigureError` naming the line."""
    return read_register(path)
