"""From a table of legs to the records that the stream would have written of them: for backtests over history.

Each leg is told by its plan, its cancellation or diversion, OUT, OFF, ON and IN, each at the minute it happened;
the sums of routes, hubs and network follow. Estimates, corrections and returns are not in a table of legs, so a
backtest over one has no alert that only they raise. A cancellation whose minute is not known is told at STD.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, get_args

from aero_streaming.alerts.conditions import Row, is_accounted
from aero_streaming.alerts.sums import quarter
from aero_streaming.figures import Sum, figures
from aero_streaming.figures.model import Side
from aero_streaming.merge.leg_times import judge
from aero_streaming.times import minutes_between, parse, text

PLANNED_HOURS = 12
"""The plan of a leg is told so long before STD."""
FIRST_WAVE_HOUR = 8
MOVEMENTS = ("out_at", "off_at", "on_at", "in_at")
#: Sums that the stream keeps, by the side of a leg that they count at; what depends on the clock is read from quarters.
KEPT: dict[Side, dict[str, Sum]] = {
    side: {part.id: part for part in figures().kept_in("stream") if part.side == side and not part.due_flag}
    for side in get_args(Side)
}
CANCELLED = "cancelled in "
"""Begins the name of the sum of cancelled legs of one quarter of an hour."""
Key = tuple[str, str, str, str | None]


def records_of_legs(legs: Iterable[Row], hubs: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    """Yield records of kind leg and state in the order of their time; `hubs` have sums of their own.

    A leg has leg_uid, carrier, flight_number, origin, destination, operating_date, std_at, sta_at and what is known of
    tail, OUT, OFF, ON, IN, is_cancelled, cancelled_at, is_diverted, diverted_at, std_utc_offset_minutes, data_label.
    """
    moments = sorted(
        (moment for leg in legs for moment in _moments(leg)),
        key=lambda moment: (moment[0], moment[1]["leg_uid"], moment[2]),
    )
    rows_before: dict[str, dict[str, Any]] = {}
    sums = Sums(frozenset(hubs))
    for at, leg, _, news in moments:
        before = rows_before.get(leg["leg_uid"])
        after = _leg(leg, before, news, at)
        rows_before[leg["leg_uid"]] = after
        yield after
        yield from sums.move(before, after, at)


def _moments(leg: Row) -> Iterator[tuple[str, Row, int, dict[str, Any]]]:
    """Yield the moments at which something becomes known of a leg, in the order it happens."""
    if not leg.get("std_at") or not leg.get("sta_at"):
        return
    yield text(parse(leg["std_at"]) - timedelta(hours=PLANNED_HOURS)), leg, 0, {}
    for place, name in enumerate(MOVEMENTS, 1):
        if leg.get(name):
            yield leg[name], leg, place, {name: leg[name]}
    if leg.get("is_diverted"):
        at = leg.get("diverted_at") or leg["sta_at"]
        yield at, leg, 5, {"is_diverted": True, "diverted_at": at}
    if leg.get("is_cancelled"):
        at = leg.get("cancelled_at") or leg["std_at"]
        yield at, leg, 6, {"is_cancelled": True, "cancelled_at": at}


def _leg(leg: Row, before: Row | None, news: Mapping[str, Any], at: str) -> dict[str, Any]:
    """The leg as merged at a time."""
    hidden = (*MOVEMENTS, "is_cancelled", "cancelled_at", "is_diverted", "diverted_at")
    plan = {name: value for name, value in leg.items() if name not in hidden}
    row = {
        **(before or plan | {"is_cancelled": False, "is_diverted": False, "state_version": 0, "return_count": 0}),
        **news,
        "kind": "leg",
        "route": f"{leg['origin']}-{leg['destination']}",
        "partition_key": f"{leg['origin']}-{leg['destination']}",
        "last_received_at": at,
        "last_event_at": at,
        "corrections": 0,
    }
    row["state_version"] += 1
    row["last_out_at"] = row.get("out_at")
    row["time_problem"], times = judge(row)
    row["departure_delay_minutes"] = _late(times["out_at"], times["std_at"])
    row["expected_delay_minutes"] = row["departure_delay_minutes"]
    row["arrival_delay_minutes"] = (
        None if row["is_cancelled"] or row["is_diverted"] else _late(times["in_at"], times["sta_at"])
    )
    return row


def _late(actual: str | None, planned: str | None) -> int | None:
    return minutes_between(planned, actual) if actual and planned else None


class Sums:
    """The additive sums of every scope that a leg belongs to."""

    def __init__(self, hubs: frozenset[str]) -> None:
        self._hubs = hubs
        self._rows: dict[Key, dict[str, Any]] = {}

    def move(self, before: Row | None, after: Row, at: str) -> Iterator[dict[str, Any]]:
        """Take a leg from what it said before to what it says now; yield the states that changed."""
        old = _parts(before, self._hubs) if before else {}
        new = _parts(after, self._hubs)
        # A scope that the leg has left gets nothing from it.
        for key, sums in ({key: {} for key in old.keys() - new.keys()} | new).items():
            row = self._rows.setdefault(
                key, {"state_version": 0, "corrections": 0, "data_label": after.get("data_label")}
            )
            gone = old.get(key, {})
            for name in gone.keys() | sums.keys():
                row[name] = row.get(name, 0) + sums.get(name, 0) - gone.get(name, 0)
            row["state_version"] += 1
            scope_type, scope_id, day, quarter_at = key
            yield {
                **{name: value for name, value in row.items() if not name.startswith(CANCELLED)},
                "cancelled_by_quarter": _quarters(row),
                "kind": "state",
                "partition_key": scope_id,
                "scope_type": scope_type,
                "scope_id": scope_id,
                "operating_date": day,
                "quarter_at": quarter_at,
                "last_received_at": at,
                "last_event_at": at,
            }


def _parts(leg: Row, hubs: frozenset[str]) -> dict[Key, dict[str, int]]:
    """Return the parts that a leg adds to each of its scopes."""
    gone, arrived = any(leg.get(name) for name in MOVEMENTS), bool(leg.get("on_at") or leg.get("in_at"))
    flies = not leg["is_cancelled"] and not leg["is_diverted"]
    judged = {**leg, "is_operated": not leg["is_cancelled"] and (gone or leg["is_diverted"])}
    counted = _sums("leg", judged) | {"accounted_legs": int(is_accounted(leg))}
    if leg["is_cancelled"]:
        counted[CANCELLED + text(quarter(parse(leg["std_at"])))] = 1
    departures = _sums("departure", judged) | {"awaiting_departure_legs": int(flies and not gone)}
    arrivals = _sums("arrival", judged) | {"awaiting_arrival_legs": int(flies and not arrived)}
    day = leg["operating_date"]
    parts: dict[Key, dict[str, int]] = {
        ("route", leg["route"], day, None): counted | departures | arrivals,
        ("network", "network", day, None): counted | departures | arrivals,
    }
    local = parse(leg["std_at"]) + timedelta(minutes=leg.get("std_utc_offset_minutes") or 0)
    if local.hour < FIRST_WAVE_HOUR:
        parts["first_wave", "network", day, None] = counted | departures
    for airport, planned, sums in (
        (leg["origin"], leg["std_at"], departures),
        (leg["destination"], leg["sta_at"], arrivals),
    ):
        if airport in hubs:
            start = text(quarter(parse(planned)))
            parts["hub", airport, day, None] = counted | sums
            parts["hub_quarter", airport, start[:10], start] = counted | sums
    return parts


def _sums(side: Side, leg: Row) -> dict[str, int]:
    """Return the parts that a leg adds to the sums that count at a side of it."""
    return {name: part.of_row(leg) for name, part in KEPT[side].items()}


def _quarters(row: Row) -> dict[str, int]:
    """The cancelled legs of a scope by the quarter of an hour of their STD, as the stream writes it."""
    cancelled = {name.removeprefix(CANCELLED): legs for name, legs in row.items() if name.startswith(CANCELLED)}
    return {f"{start[:10]} {start[11:16]}": legs for start, legs in cancelled.items() if legs}
