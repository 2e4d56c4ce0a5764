"""How well the rules tell what is wrong: scenarios over seeds, judged by the faults that were put in.

Hub alerts are scored: they are what a duty manager acts on. An alert is right when a fault of its kind is at its hub at
that time; a fault is found when such an alert is raised. Single flights are facts, not judgements, and only counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aero_local.airline import parameters as p
from aero_local.airline.airline import Airline
from aero_local.airline.geography import offset
from aero_local.airline.leg import Leg
from aero_local.airline.scenarios import Expected, ScenarioWeather, expected
from aero_local.leg_life import minute_text
from aero_streaming.alert_model import Alert
from aero_streaming.backtest import backtest
from aero_streaming.event_checks import leg_uid
from aero_streaming.flink_sql import hubs
from aero_streaming.leg_records import records_of_legs
from aero_streaming.rule_model import RuleSet

BUDGET_PER_HOUR = 6.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Score:
    """What came of one scenario on one seed; `minutes_to_detect` of the faults that were found."""

    scenario: str
    seed: int
    faults: int
    found: int
    hub_alerts: int
    right_hub_alerts: int
    minutes_to_detect: tuple[float, ...]
    alerts: int
    alerts_per_hour: float
    most_in_an_hour: int


def score(scenario: str, seed: int, on: date, rules: RuleSet) -> Score:
    """Run one scenario through the rules."""
    airline = Airline(seed, weather=ScenarioWeather(seed, scenario, on))
    run = backtest(records_of_legs([_row(leg) for leg in airline.day(on).legs], hubs()), rules)
    wanted = expected(scenario, on)
    alerts = [alert for alert in run.alerts if alert.fired_at and not alert.is_shadow and alert.scope_type == "hub"]
    first = {number: _first(alerts, one) for number, one in enumerate(wanted)}
    detected = [_minutes(first[number].fired_at) - one.begins for number, one in enumerate(wanted) if first[number]]  # ty: ignore[missing-union-attribute]
    return Score(
        scenario,
        seed,
        len(wanted),
        len(detected),
        len(alerts),
        sum(any(_is_of(alert, one) for one in wanted) for alert in alerts),
        tuple(detected),
        len(run.alerts),
        round(run.mean_per_hour, 2),
        max(run.per_hour.values(), default=0),
    )


def summary(scores: Iterable[Score]) -> dict[str, Any]:
    """Return precision, recall, time to detect and load over all scores; a share of nothing is null."""
    known = list(scores)
    hub_alerts, right = sum(one.hub_alerts for one in known), sum(one.right_hub_alerts for one in known)
    faults, found = sum(one.faults for one in known), sum(one.found for one in known)
    minutes = sorted(minute for one in known for minute in one.minutes_to_detect)
    return {
        "runs": len(known),
        "faults": faults,
        "recall": round(found / faults, 3) if faults else None,
        "hub_alerts": hub_alerts,
        "precision": round(right / hub_alerts, 3) if hub_alerts else None,
        "minutes_to_detect_median": minutes[len(minutes) // 2] if minutes else None,
        "alerts_per_hour": round(sum(one.alerts_per_hour for one in known) / len(known), 2),
        "most_in_an_hour": max(one.most_in_an_hour for one in known),
        "budget_per_hour": BUDGET_PER_HOUR,
    }


def _first(alerts: Iterable[Alert], one: Expected) -> Alert | None:
    return min((alert for alert in alerts if _is_of(alert, one)), key=lambda alert: alert.fired_at or "", default=None)


def _is_of(alert: Alert, one: Expected) -> bool:
    fired = _minutes(alert.fired_at)
    return alert.scope_id == one.airport and alert.kpi in one.kpis and one.begins <= fired <= one.ends


def _minutes(at: str | None) -> float:
    return (datetime.fromisoformat(at or "1970-01-01T00:00:00Z") - EPOCH) / timedelta(minutes=1)


def _row(leg: Leg) -> dict[str, Any]:
    """A leg as a table of legs has it."""
    identity = (leg.carrier, leg.flight_number, "", leg.origin, leg.operating_date, leg.leg_sequence)
    times = {
        "std_at": leg.std,
        "sta_at": leg.sta,
        "out_at": leg.first_out or leg.out,
        "off_at": leg.off,
        "on_at": leg.on,
        "in_at": leg.in_,
    }
    return {
        "leg_uid": leg_uid(*identity),
        "carrier": leg.carrier,
        "flight_number": leg.flight_number,
        "leg_sequence": leg.leg_sequence,
        "origin": leg.origin,
        "destination": leg.destination,
        "operating_date": f"{leg.operating_date}",
        "tail": leg.tail,
        "is_cancelled": leg.is_cancelled,
        "is_diverted": leg.is_diverted,
        "std_utc_offset_minutes": offset(leg.origin, leg.std),
        "data_label": p.DATA_LABEL,
        **{name: None if minute is None else minute_text(minute) for name, minute in times.items()},
    }
