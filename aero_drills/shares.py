"""Compares the figures that people see of stream and warehouse: shares and their colours, route by route.

The stream's shares and colours are those of the live board: the rules applied to the stream's sums. Those of the
warehouse come from `fct_otp_day` and `fct_leg`, with the light of a published day, as on the pages. Both use only the
enter limits, without the history of alerts. Only days that are over are compared.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aero_assets.published import Snapshot
from aero_drills import recount
from aero_drills.compare import UNKNOWN_ROUTE, Comparison, Sums
from aero_streaming.alerts.api import colour_of
from aero_streaming.alerts.sums import of_state
from aero_streaming.figures import figures
from aero_streaming.rules import rules, status
from aero_streaming.times import close_of

SHARES = {kpi.id: kpi for kpi in figures().used_by("rules") if kpi.is_share and not kpi.change_of}
OF_DEFINITIONS = """
    select {scope}, operating_date, definition, sum(on_time_legs)::bigint, sum(legs)::bigint
    from operations.fct_otp_day group by all
"""
OF_LEGS = """
    select {scope}, operating_date, count(*) filter (is_operated)::bigint,
           count(*) filter (is_operated or (is_cancelled and is_departure_due))::bigint
    from operations.fct_leg group by all
"""
SCOPES = {"route": f"coalesce(route, '{UNKNOWN_ROUTE}')", "network": "'network'"}
Parts = dict[str, tuple[int, int]]
"""Of each share by its KPI: what is good, and of how many."""


@dataclass(frozen=True)
class Seen:
    """A figure as a person sees it: k of n with its percentage, and its colour if a rule defines one."""

    share: str
    colour: str | None


NOTHING = Seen("none", None)


@dataclass(frozen=True)
class Verdict:
    """The comparison of all shares and colours of all scopes, and the number of times that each colour occurred."""

    shares: Comparison = field(default_factory=Comparison)
    colours: Comparison = field(default_factory=Comparison)
    by_colour: Counter[str] = field(default_factory=Counter)

    def hold(self, key: recount.Key, kpi: str, expected: Seen, actual: Seen) -> None:
        """Compare one figure of one scope; its colour only if a rule defines one."""
        self.shares.hold((*key, kpi), {kpi: expected.share}, {kpi: actual.share})
        if expected.colour or actual.colour:
            self.colours.hold((*key, kpi), {kpi: expected.colour}, {kpi: actual.colour})
            self.by_colour[expected.colour or "none"] += 1

    def to_json(self) -> dict[str, Any]:
        """Return the part of a verdict that describes this comparison."""
        colours = self.colours.to_json() | {"by_colour": dict(sorted(self.by_colour.items()))}
        return {"shares": self.shares.to_json(), "colours": colours}


def against_marts(stream: Sums, snapshot: Snapshot) -> Verdict:
    """Compare every share and colour of every route, and of the network, of every day of the stream."""
    in_marts = {key: {name: _on_page(key[0], name, *parts) for name, parts in of_key.items()}
              for key, of_key in _of_marts(snapshot)}  # fmt: skip
    in_stream = {key: {name: _on_board(key, name, sums) for name in SHARES} for key, sums in stream.items()
             if key[0] in SCOPES and sums.get("scheduled_legs")}  # fmt: skip
    days, verdict = {key[2] for key in in_stream}, Verdict()
    for key in sorted(key for key in in_marts.keys() | in_stream.keys() if key[2] in days and key[1] != UNKNOWN_ROUTE):
        mart_legs, stream_legs = in_marts.get(key, {}), in_stream.get(key, {})
        for name in SHARES:
            if (shown := mart_legs.get(name, NOTHING)) != NOTHING or stream_legs.get(name, NOTHING) != NOTHING:
                verdict.hold(key, name, shown, stream_legs.get(name, NOTHING))
    return verdict


def _on_page(scope: str, name: str, k: int, n: int) -> Seen:
    """Return a share as pages show it, with the light of the batch."""
    rule = rules().find(name, scope, 1)
    return _seen(k, n, status(rule, k, n) if rule else None)


def _on_board(key: recount.Key, name: str, sums: Mapping[str, Any]) -> Seen:
    """Return a share as the live board shows it: the rules applied to the stream's row, with the light of alerts."""
    scope, scope_id, day, _ = key
    if rule := rules().find(name, scope, 1):
        over = close_of(day, rules().close_hour_utc) + timedelta(days=1)
        row = {**sums, "scope_id": scope_id, "operating_date": day}
        condition = of_state(rules(), rule, row, over)
        return _seen(condition.k or 0, condition.n, colour_of(rule, condition))
    known = {part.id: sums.get(part.id, 0) for part in SHARES[name].sums}
    return _seen(SHARES[name].over(known), SHARES[name].under(known), None)


def _seen(k: float, n: float | None, colour: str | None) -> Seen:
    """Return a figure as a person sees it; `NOTHING` if there are no data."""
    return Seen(f"{k:.0f} of {n:.0f}, {100 * k / n:.2f} %", colour) if n else NOTHING


def _of_marts(snapshot: Snapshot) -> Iterator[tuple[recount.Key, Parts]]:
    parts: dict[recount.Key, Parts] = {}
    names = {kpi.otp.definition: kpi.id for kpi in SHARES.values() if kpi.otp}
    with snapshot.connect() as connection:
        for scope, column in SCOPES.items():
            for place, on, definition, k, n in connection.execute(OF_DEFINITIONS.format(scope=column)).fetchall():
                if definition in names:
                    parts.setdefault((scope, place, f"{on}", None), {})[names[definition]] = (k, n)
            for place, on, k, n in connection.execute(OF_LEGS.format(scope=column)).fetchall():
                parts.setdefault((scope, place, f"{on}", None), {})["completion"] = (k, n)
    yield from parts.items()
