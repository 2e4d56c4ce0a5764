"""Holds what people see of the stream to what they see of the warehouse: shares and their colours, route by route.

The stream's shares come from its sums, as alerts are judged by them; those of the warehouse from `fct_otp_day` and
`fct_leg`, as pages read them. Colours are those of a published day. Days are compared that are over.
"""

from collections.abc import Iterator, Mapping

from aero_assets.published import Snapshot
from aero_local import recount
from aero_local.live.compare import UNKNOWN_ROUTE, Comparison, Sums
from aero_streaming.figures import figures
from aero_streaming.rules import rules, status

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


def against_marts(stream: Sums, snapshot: Snapshot) -> Comparison:
    """Compare every share and colour of every route, and of the network, of every day of the stream."""
    wanted = dict(_of_marts(snapshot))
    found = {
        key: {name: (kpi.over(_all(sums)), kpi.under(_all(sums))) for name, kpi in SHARES.items()}
        for key, sums in stream.items()
        if key[0] in SCOPES and sums.get("scheduled_legs")
    }
    days, result = {key[2] for key in found}, Comparison()
    for key in sorted(key for key in wanted.keys() | found.keys() if key[2] in days and key[1] != UNKNOWN_ROUTE):
        result.hold(key, seen(key[0], wanted.get(key, {})), seen(key[0], found.get(key, {})))
    return result


def seen(scope: str, parts: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """Return what a person sees: each share as k of n with its percentage, and its colour."""
    shown = {}
    for name, (k, n) in parts.items():
        if n:
            rule = rules().find(name, scope, 1)
            colour = status(rule, k, n) if rule else "no rule"
            shown[name] = f"{k} of {n}, {100 * k / n:.2f} %, {colour}"
    return shown


def _all(sums: Mapping[str, int]) -> Mapping[str, int]:
    return {one.id: sums.get(one.id, 0) for kpi in SHARES.values() for one in kpi.sums}


def _of_marts(snapshot: Snapshot) -> Iterator[tuple[recount.Key, Parts]]:
    found: dict[recount.Key, Parts] = {}
    names = {kpi.otp.definition: kpi.id for kpi in SHARES.values() if kpi.otp}
    with snapshot.connect() as connection:
        for scope, column in SCOPES.items():
            for place, on, definition, k, n in connection.execute(OF_DEFINITIONS.format(scope=column)).fetchall():
                if definition in names:
                    found.setdefault((scope, place, f"{on}", None), {})[names[definition]] = (k, n)
            for place, on, k, n in connection.execute(OF_LEGS.format(scope=column)).fetchall():
                found.setdefault((scope, place, f"{on}", None), {})["completion"] = (k, n)
    yield from found.items()
