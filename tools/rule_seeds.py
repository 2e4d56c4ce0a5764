"""Seeds that dbt shares with the stream: ground times of `rules.toml` and hubs of `airline.toml`, as CSV.

`python -m tools.figures` writes them with everything else that is generated from a register.
"""

import csv
import io
from collections.abc import Iterable
from itertools import product

from aero_streaming.airline import airline
from aero_streaming.rules import rules
from aero_streaming.rules.model import GroundTime

#: Stands for every type or every station.
ALL = "*"


def ground_times(times: Iterable[GroundTime] | None = None) -> str:
    """Return a row per aircraft type and station that a ground time names; of two for a pair the first counts."""
    times = rules().ground_times if times is None else times
    rows: dict[tuple[str, str], tuple[int, str]] = {}
    for time in times:
        pairs = product(sorted(time.aircraft_types) or [ALL], sorted(time.stations) or [ALL])
        for pair in pairs:
            rows.setdefault(pair, (time.minutes, time.source))
    return _csv(("aircraft_type", "station", "minutes", "source"), ((*pair, *row) for pair, row in rows.items()))


def hubs() -> str:
    """Return a row per hub of the airline."""
    known = airline()
    return _csv(
        ("airport", "is_connecting"),
        ((hub, "true" if hub in known.connecting_hubs else "false") for hub in known.hubs),
    )


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
