"""How well the rules tell what is wrong: scenarios over seeds, judged by the faults that were put in.

Hub alerts are scored: they are what a duty manager acts on. One is right when a fault of its kind is at its hub at
that time, an echo when most of what is bad there are flights from or to an airport with a fault, else it is false. A
fault is found when a right one is raised; at an airport that is no hub of the airline, when an alert on a flight from
or to it is. Other single flights are facts, not judgements, and only counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aero_local.airline import parameters as p
from aero_local.airline.airline import Airline
from aero_local.airline.events import day_events
from aero_local.airline.geography import offset
from aero_local.airline.leg import Leg
from aero_local.airline.scenarios import Expected, ScenarioWeather, expected
from aero_local.leg_life import minute_text
from aero_streaming.alert_model import FIRED
from aero_streaming.backtest import Backtest, backtest
from aero_streaming.event_checks import leg_uid
from aero_streaming.flink_sql import hubs
from aero_streaming.leg_records import records_of_legs
from aero_streaming.rule_model import RuleSet

BUDGET_PER_HOUR = 6.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: What a window shows: flights planned so long before and after an alert, minutes.
SHOWN_MINUTES = (180, 90)


@dataclass(frozen=True)
class Score:
    """What came of one scenario on one seed.

    `minutes_to_detect` of the faults that were found, negative where one was told of before it began.
    """

    scenario: str
    seed: int
    faults: int
    found: int
    hub_alerts: int
    right_hub_alerts: int
    echoes: int
    minutes_to_detect: tuple[float, ...]
    alerts: int
    alerts_per_hour: float
    most_in_an_hour: int


@dataclass(frozen=True)
class _Raised:
    """An alert that people were told of: its rule, scope and minute, and the airports it is about."""

    rule_id: str
    kpi: str
    scope_type: str
    scope_id: str
    fired: float
    airports: frozenset[str]


def score(scenario: str, seed: int, on: date, rules: RuleSet) -> Score:
    """Run one scenario through the rules."""
    airline = Airline(seed, weather=ScenarioWeather(seed, scenario, on))
    run = backtest(records_of_legs(rows(airline, on).values(), hubs()), rules)
    legs = {_uid(leg): leg for leg in airline.day(on).legs}
    raised, wanted = _raised(run, rules, legs), expected(scenario, on)
    detected = [
        min(times) - one.begins for one in wanted if (times := [each.fired for each in raised if _is_of(each, one)])
    ]
    at_hubs = [one for one in raised if one.scope_type == "hub"]
    right = [one for one in at_hubs if any(_is_of(one, each) for each in wanted)]
    others = [one for one in at_hubs if one not in right]
    return Score(
        scenario,
        seed,
        faults=len(wanted),
        found=len(detected),
        hub_alerts=len(at_hubs),
        right_hub_alerts=len(right),
        echoes=sum(any(_is_echo(one, each, legs.values()) for each in wanted) for one in others),
        minutes_to_detect=tuple(detected),
        alerts=len(run.alerts),
        alerts_per_hour=round(run.mean_per_hour, 2),
        most_in_an_hour=max(run.per_hour.values(), default=0),
    )


def summary(scores: Iterable[Score]) -> dict[str, Any]:
    """Return precision, recall, time to detect and load over all scores; a share of nothing is null.

    `precision` counts echoes as wrong, `precision_with_echoes` as right.
    """
    known = list(scores)
    hub_alerts, right = sum(one.hub_alerts for one in known), sum(one.right_hub_alerts for one in known)
    echoes = sum(one.echoes for one in known)
    faults, found = sum(one.faults for one in known), sum(one.found for one in known)
    minutes = sorted(minute for one in known for minute in one.minutes_to_detect)
    return {
        "runs": len(known),
        "faults": faults,
        "recall": round(found / faults, 3) if faults else None,
        "hub_alerts": hub_alerts,
        "echoes": echoes,
        "precision": round(right / hub_alerts, 3) if hub_alerts else None,
        "precision_with_echoes": round((right + echoes) / hub_alerts, 3) if hub_alerts else None,
        "false_hub_alerts_per_day": round((hub_alerts - right - echoes) / len(known), 2),
        "minutes_to_detect_median": minutes[len(minutes) // 2] if minutes else None,
        "alerts_per_hour": round(sum(one.alerts_per_hour for one in known) / len(known), 2),
        "most_in_an_hour": max(one.most_in_an_hour for one in known),
        "budget_per_hour": BUDGET_PER_HOUR,
    }


def rows(airline: Airline, on: date) -> dict[str, dict[str, Any]]:
    """Return the legs of a day as a table of legs has them, by leg_uid."""
    known_at = _cancelled_at(airline, on)
    legs = {_uid(leg): leg for leg in airline.day(on).legs}
    return {uid: _row(uid, leg, known_at) for uid, leg in legs.items()}


def _raised(run: Backtest, rules: RuleSet, legs: Mapping[str, Leg]) -> list[_Raised]:
    """Every time an alert fired and somebody was told."""
    found = []
    for line in run.transitions:
        rule_id, scope_type, scope_id, _ = line["alert_key"].split("#")
        rule = rules.by_id(rule_id)
        if line["kind"] != FIRED or line["notify_state"] == "muted" or rule is None:
            continue
        leg = legs.get(scope_id)
        airports = frozenset({leg.origin, leg.destination} if leg else scope_id.split("-"))
        found.append(_Raised(rule_id, rule.kpi, scope_type, scope_id, _minutes(line["at"]), airports))
    return found


def _is_of(alert: _Raised, one: Expected) -> bool:
    is_there = (
        alert.scope_id == one.airport if one.is_hub else alert.scope_type == "leg" and one.airport in alert.airports
    )
    begins = one.begins - (one.known_ahead_minutes if alert.kpi.startswith("cancellation") else 0)
    return is_there and alert.kpi in one.kpis and begins <= alert.fired <= one.ends


def _is_echo(alert: _Raised, one: Expected, legs: Iterable[Leg]) -> bool:
    """Whether most of what is bad at the alert's hub are flights from or to the airport of a fault, during it."""
    if not one.begins - one.known_ahead_minutes <= alert.fired <= one.ends:
        return False
    before, after = SHOWN_MINUTES
    bad = [
        {leg.origin, leg.destination}
        for leg in legs
        for airport, planned, late in (
            (leg.origin, leg.std, leg.departure_delay_minutes), (leg.destination, leg.sta, leg.arrival_delay_minutes),
        )
        if airport == alert.scope_id and alert.fired - before <= planned <= alert.fired + after
        and (leg.is_cancelled if alert.kpi == "cancellations" else late is not None and late >= 15)
    ]  # fmt: skip
    return bool(bad) and 2 * sum(one.airport in airports for airports in bad) >= len(bad)


def _minutes(at: str) -> float:
    return (datetime.fromisoformat(at) - EPOCH) / timedelta(minutes=1)


def _uid(leg: Leg) -> str:
    return leg_uid(leg.carrier, leg.flight_number, "", leg.origin, leg.operating_date, leg.leg_sequence)


def _cancelled_at(airline: Airline, on: date) -> dict[str, str]:
    """When each cancellation was told, by leg_uid."""
    told = day_events(airline, on, faults=False)
    return {event["leg_uid"]: event["event_time"] for event in told if event["event_type"] == "cancel"}


def _row(uid: str, leg: Leg, known_at: Mapping[str, str]) -> dict[str, Any]:
    """A leg as a table of legs has it."""
    times = {
        "std_at": leg.std,
        "sta_at": leg.sta,
        "out_at": leg.first_out or leg.out,
        "off_at": leg.off,
        "on_at": leg.on,
        "in_at": leg.in_,
    }
    return {
        "leg_uid": uid,
        "carrier": leg.carrier,
        "flight_number": leg.flight_number,
        "leg_sequence": leg.leg_sequence,
        "origin": leg.origin,
        "destination": leg.destination,
        "operating_date": f"{leg.operating_date}",
        "tail": leg.tail,
        "is_cancelled": leg.is_cancelled,
        "cancelled_at": known_at.get(uid),
        "is_diverted": leg.is_diverted,
        "std_utc_offset_minutes": offset(leg.origin, leg.std),
        "data_label": p.DATA_LABEL,
        **{name: None if minute is None else minute_text(minute) for name, minute in times.items()},
    }
