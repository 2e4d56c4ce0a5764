"""Real days of a file of flights, played through the rules by carrier: alerts per hour, and the share of right ones.

The true problems at a hub are unknown for a real day, so only alerts on flights and routes can be right or wrong.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from aero_airline.leg_life import minute_text
from aero_drills.scoring.cases import Case
from aero_drills.scoring.figures import rule_figures
from aero_drills.scoring.score import scored
from aero_drills.scoring.truth import of_table
from aero_local.live import replay
from aero_streaming.backtesting.backtest import backtest
from aero_streaming.backtesting.event_records import records_of_events
from aero_streaming.rules import rules
from aero_streaming.rules.stations import hubs_and_stations

SEED = 1
"""What a file does not say (when something was received) is made up, the same for the same seed."""


@dataclass(frozen=True)
class Day:
    """One carrier on one operating day; `hours` is the time between its first and last planned minute."""

    carrier: str
    on: date
    legs: int
    alerts: int
    hours: float
    most_in_an_hour: int
    rules: Mapping[str, Mapping[str, Any]]

    @property
    def right(self) -> int:
        """The number of right statements."""
        return sum(rule["right"] for rule in self.rules.values())

    @property
    def judged(self) -> int:
        """The number of statements that can be right or wrong."""
        return sum(rule["judged"] for rule in self.rules.values())


def days(file: Path, carriers: set[str] | None, log: Callable[[str], None]) -> Iterator[Day]:
    """Yield every carrier of a file on every day, or only named carriers; raises `AeroError` as `replay.read` does."""
    legs: dict[tuple[date, str], list[replay.Row]] = {}
    for leg in replay.read(file).legs:
        legs.setdefault((leg["operating_date"], leg["carrier"]), []).append(leg)
    for on, carrier in sorted(legs):
        if carriers is None or carrier in carriers:
            log(f"{on} {carrier}: {len(legs[on, carrier]):,} legs")
            yield _day(legs[on, carrier])


def _day(legs: list[replay.Row]) -> Day:
    events = replay.events(replay.Flights(tuple(legs), 0), SEED)
    run = backtest(records_of_events(list(events), hubs_and_stations()), rules())
    carrier, on = legs[0]["carrier"], legs[0]["operating_date"]
    score = scored(Case("history", 0, on), run, of_table(_row(leg) for leg in legs), rules())
    minutes = max(leg["sta_at"] for leg in legs) - min(leg["std_at"] for leg in legs)
    return Day(
        carrier=carrier,
        on=on,
        legs=len(legs),
        alerts=score.alerts,
        hours=minutes / 60,
        most_in_an_hour=max(score.per_hour.values(), default=0),
        rules=rule_figures([score]),
    )


def _row(leg: replay.Row) -> dict[str, Any]:
    """Return a leg of a file as a row of a table of legs."""
    times = {name: None if leg[name] is None else minute_text(leg[name]) for name in replay.TIMES}
    return {**leg, **times, "operating_date": f"{leg['operating_date']}"}
