"""Published legs in the form that a backtest reads, and the verdicts on the alerts that it raised."""

from datetime import datetime
from typing import Any

from aero_assets.published import Snapshot
from aero_drills.scoring.cases import Case
from aero_drills.scoring.figures import rule_figures
from aero_drills.scoring.score import scored
from aero_drills.scoring.truth import of_table
from aero_streaming.backtesting.backtest import Backtest
from aero_streaming.rules.model import RuleSet

COLUMNS = (
    "leg_uid", "carrier", "flight_number", "origin", "destination", "operating_date", "std_at", "sta_at", "tail",
    "aircraft_type", "out_at", "off_at", "on_at", "in_at", "is_cancelled", "is_diverted", "std_utc_offset_minutes",
    "late_aircraft_delay_minutes", "data_label",
)  # fmt: skip
Leg = dict[str, Any]


def legs(snapshot: Snapshot, begin: str, end: str, routes: int | None = None) -> list[Leg]:
    """Return the legs of some operating days; with a number of routes, only those of the busiest ones."""
    days = f"operating_date between '{begin}' and '{end}'"
    busiest = f"select route from operations.fct_leg where {days} group by 1 order by count(*) desc, 1 limit {routes}"
    chosen = f"{days} and route in ({busiest})" if routes else days
    with snapshot.connect() as connection:
        rows = connection.execute(f"select {', '.join(COLUMNS)} from operations.fct_leg where {chosen}").fetchall()
    return [{key: _plain(value) for key, value in zip(COLUMNS, row, strict=True)} for row in rows]


def judged(run: Backtest, known: list[Leg], rules: RuleSet) -> dict[str, dict[str, Any]]:
    """Return the verdicts on the alerts, by rule; alerts on hubs have none, because the true problems are unknown."""
    return rule_figures([scored(Case("history", 0), run, of_table(known), rules)])


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of DuckDB
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return value if value is None or isinstance(value, str | int | bool) else f"{value}"
