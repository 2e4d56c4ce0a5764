"""From sums (a state of an operating day, the quarters of an hour of a hub) to conditions that rules are held against.

Pure: rows in, `Condition` out, as in `conditions.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aero_streaming.alerts.conditions import Row, key_of
from aero_streaming.alerts.model import Condition, changed
from aero_streaming.alerts.told import ARRIVED, DEPARTED
from aero_streaming.figures import figures
from aero_streaming.rules.model import KPIS, ROLLING, Rule, RuleSet
from aero_streaming.times import business_date, close_of, minutes_between, text

QUARTER_MINUTES = 15
LATE_MINUTES = figures().kpis["otp_d15"].limit_minutes or QUARTER_MINUTES
"""From when on a flight that has not left or arrived counts as late in a window that rolls."""
_OF_RULES = {figure.id: figure for kpi in KPIS.values() for figure in (*kpi.numerator, *kpi.denominator, *kpi.sample)}
SUMS = (
    *(name for name, figure in _OF_RULES.items() if not figure.due_flag), "diverted_legs", "accounted_legs",
    "awaiting_departure_legs", "awaiting_arrival_legs", "state_version", "corrections",
)  # fmt: skip
"""Sums that rules read; a window adds them up over its quarters."""
DUE_CANCELLED = "due_cancelled_legs"
"""The sum that depends on the clock: states tell it by quarters of an hour."""
NOTHING = {**dict.fromkeys(SUMS[:-2], 0), "cancelled_by_quarter": {}}
"""The sums of a scope whose row was taken away."""


def of_state(
    rules: RuleSet,
    rule: Rule,
    state: Row,
    now: datetime,
    baseline: Row | None = None,
    seen_at: datetime | None = None,
) -> Condition:
    """Hold the sums of an operating day against a rule; a relative one is grey without a baseline that is enough.

    Legs are due by `seen_at`, as far as the feed has come (`now` where not given): a silent feed makes nothing due.
    """
    scope_id, day = state["scope_id"], state["operating_date"]
    sums = _sums(state, seen_at or now)
    complete = bool(sums["scheduled_legs"]) and sums["accounted_legs"] >= sums["scheduled_legs"]
    closes = close_of(day, rules.close_hour_utc)
    return _about_sums(rules, rule, scope_id, day, sums, now, closes, baseline, complete, state)


def window_quarters(window: str, ahead_minutes: int, now: datetime) -> list[str]:
    """Return the starts of the quarters of an hour that a rolling window shows, oldest first."""
    first = quarter(now)
    ahead = ahead_minutes // QUARTER_MINUTES
    count = ROLLING[window] // QUARTER_MINUTES
    return [text(first + timedelta(minutes=QUARTER_MINUTES * step)) for step in range(ahead - count + 1, ahead + 1)]


def quarters_between(begin: datetime, end: datetime) -> list[str]:
    """Return the starts of the quarters of an hour that begin after `begin`, up to `end`; those of a day at most."""
    first = quarter(begin)
    count = int((end - first) / timedelta(minutes=QUARTER_MINUTES))
    return [text(first + timedelta(minutes=QUARTER_MINUTES * step)) for step in range(1, min(count, 96) + 1)]


def quarter(moment: datetime) -> datetime:
    """Return the start of the quarter of an hour that a moment is in."""
    return moment.replace(minute=moment.minute - moment.minute % QUARTER_MINUTES, second=0, microsecond=0)


@dataclass(frozen=True)
class Quarter:
    """A quarter of an hour of a hub as it stands at a moment: its row, and its sums with what is overdue counted."""

    row: Row
    sums: Mapping[str, int]
    is_complete: bool


def quarter_of(row: Row, seen_at: datetime, kinds: Collection[str]) -> Quarter | None:
    """Return what a row of leg-state says of a quarter of an hour; None where it was taken away.

    What is overdue is so at `seen_at`, as far as the feed has come. `kinds` has `departed_legs` where the feed tells
    departures of this hub, and `arrived_legs` for arrivals: nothing is overdue of a kind that is never told.
    """
    if row.get("is_deleted"):
        return None
    sums = _sums(row, seen_at)
    is_complete = sums["accounted_legs"] >= sums["scheduled_legs"]
    _count_overdue(sums, minutes_between(row["quarter_at"], text(seen_at)) - QUARTER_MINUTES, kinds)
    return Quarter(row, sums, is_complete)


def of_window(
    rules: RuleSet, rule: Rule, hub: str, quarters: Sequence[Quarter], now: datetime, departures_ahead: int
) -> Condition:
    """Hold the quarters of a rolling window against a rule; the window belongs to the business date of `now`.

    With fewer `departures_ahead` than the rule wants there is nothing left to save: grey, and what is open is over.
    """
    sums = {name: sum(quarter.sums[name] for quarter in quarters) for name in (*SUMS, DUE_CANCELLED)}
    complete = bool(quarters) and all(quarter.is_complete for quarter in quarters)
    day = business_date(now, rules.close_hour_utc)
    latest = max((quarter.row for quarter in quarters), key=lambda row: row.get("last_event_at") or "", default={})
    closes = close_of(day, rules.close_hour_utc)
    condition = _about_sums(rules, rule, hub, day, sums, now, closes, None, complete, latest)
    is_over = departures_ahead < rule.departures_ahead
    return changed(condition, is_over=is_over, is_grey=condition.is_grey or is_over)


def _sums(row: Row, seen_at: datetime) -> dict[str, int]:
    """The sums of a row, and of its cancelled legs those that are due: their quarter of an hour has begun."""
    sums = {name: row.get(name) or 0 for name in SUMS}
    sums[DUE_CANCELLED] = 0
    if cancelled := row.get("cancelled_by_quarter"):
        reached = f"{seen_at:%Y-%m-%d %H:%M}"
        sums[DUE_CANCELLED] = sum(legs for quarter_at, legs in cancelled.items() if quarter_at <= reached)
    return sums


def _count_overdue(sums: dict[str, int], overdue_minutes: int, kinds: Collection[str]) -> None:
    """Count what is overdue as late: who waits for flights to leave before calling them late learns of a storm last.

    `overdue_minutes` is how long ago the last flight of the quarter was planned. From 15 on, each flight of it that has
    not left or arrived is late, by so much at least.
    """
    if overdue_minutes < LATE_MINUTES:
        return
    waiting = sums["awaiting_departure_legs"] if DEPARTED in kinds else 0
    flying = sums["awaiting_arrival_legs"] if ARRIVED in kinds else 0
    sums["departed_legs"] += waiting
    sums["dep_tracked_legs"] += waiting
    sums["departure_delay_minutes"] += waiting * overdue_minutes
    sums["arr_tracked_legs"] += flying


def _about_sums(
    rules: RuleSet,
    rule: Rule,
    scope_id: str,
    day: str,
    sums: Mapping[str, int],
    now: datetime,
    closes: datetime,
    baseline: Row | None,
    complete: bool,
    row: Row,
) -> Condition:
    value, k, n = _figure(rule, sums)
    grey = n < max(rule.judged_legs, 1) or value is None
    usual = None
    if rule.unit == "points":
        usual = baseline["value"] if baseline and baseline.get("n", 0) >= rule.baseline_minimum_legs else None
        grey = grey or usual is None
        value = value - usual if value is not None and usual is not None else None
    return Condition(
        alert_key=key_of(rule, scope_id, day),
        rule_id=rule.id,
        scope_type=rule.scope,
        scope_id=scope_id,
        operating_date=day,
        value=value,
        n=n,
        k=k,
        baseline=usual,
        is_grey=grey,
        is_complete=complete,
        is_past_close=now >= closes,
        seen=f"v{sums['state_version']}",
        corrections=sums["corrections"],
        last_event_at=row.get("last_event_at") or "",
        facts={"data_label": row["data_label"]} if row.get("data_label") else {},
    )


def _figure(rule: Rule, sums: Mapping[str, int]) -> tuple[float | None, int | None, int]:
    """Value, good legs where it is a share, and n."""
    kpi = KPIS[rule.kpi]
    n = sum(sums[figure.id] for figure in kpi.sample)
    value = kpi.value(sums)
    if not kpi.is_share:
        return value, None, n
    return (None if value is None else 100 * kpi.over(sums) / n), kpi.over(sums), n
