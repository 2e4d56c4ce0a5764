"""Holds what people were told against what happened: right, wrong, or a fact that needs no proof.

Right means: of a rotation, that the leg left 15 minutes late or more and its inbound was a cause; of an estimate, that
the step was reached, but for 15 minutes; of hub, network and first wave, that a problem of the kind was put in there;
of a silence, that the source sent nothing for so long; of passengers on the ground, that they sat there for so long; of
a route's day, that its A14 ended below the limit. Facts (cancelled, diverted, left so late) are messages, no judgement.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from aero_airline.geography import local_hour
from aero_airline.scenarios import Expected
from aero_drills.scoring.told import Told
from aero_drills.scoring.truth import LATE_MINUTES, Flown, Truth
from aero_streaming.backtesting.leg_records import FIRST_WAVE_HOUR
from aero_streaming.rules.model import Rule

Verdict = Literal["right", "wrong", "fact", "unknown"]
NEAR_MINUTES = 15
"""An estimate that comes so near to its step was right."""
SHOWS_AS = {"otp_d0": "otp_d15", "completion": "cancellations", "open_alerts": "departure_delay"}
"""Figures and the kind of problem that they show, where they are not called like it."""


@dataclass(frozen=True)
class Judged:
    """A statement and what became of it; `predicted` and `actual` in the unit of the rule, None where it has none."""

    told: Told
    verdict: Verdict
    actual: float | None = None


def judged(told: Told, truth: Truth) -> Judged:
    """Hold one statement against the truth."""
    return JUDGES[told.scope_type](told, truth)


def about(told: Told, truth: Truth) -> Flown | None:
    """Return the leg that an alert on a flight speaks of: of a chain it is the leg that waits, not the root."""
    return truth.legs.get(told.facts.get("leg_uid", told.scope_id))


def _of_leg(told: Told, truth: Truth) -> Judged:
    leg = about(told, truth)
    if leg is None:
        return Judged(told, "unknown")
    return JUDGES_OF_LEGS.get(told.rule.kpi, _fact)(told, leg)


def _fact(told: Told, leg: Flown) -> Judged:
    return Judged(told, "fact")


def _rotation(told: Told, leg: Flown) -> Judged:
    late = leg.departure_delay_minutes
    is_right = late is not None and late >= LATE_MINUTES and leg.brought_minutes > 0
    return Judged(told, "right" if is_right else "wrong", late)


def _long_delay(told: Told, leg: Flown) -> Judged:
    late, step = leg.departure_delay_minutes, told.rule.limits[told.level].enter
    if leg.out_heard is not None and told.at >= leg.out_heard:
        return Judged(told, "fact", late)
    return Judged(told, "right" if late is not None and late >= step - NEAR_MINUTES else "wrong", late)


def _tarmac(told: Told, leg: Flown) -> Judged:
    is_right = leg.ground_minutes >= told.rule.limits[told.level].enter
    return Judged(told, "right" if is_right else "wrong", leg.ground_minutes)


def _silence(told: Told, truth: Truth) -> Judged:
    silent = truth.silence_before(told.at)
    return Judged(told, "right" if silent >= told.rule.limits[told.level].enter else "wrong", silent)


def _of_problem(told: Told, truth: Truth) -> Judged:
    if truth.problems is None:
        return Judged(told, "unknown")
    is_right = any(lies_there(told, problem) for problem in truth.problems)
    return Judged(told, "right" if is_right else "wrong")


def _of_route(told: Told, truth: Truth) -> Judged:
    day = (told.scope_id, told.operating_date)
    share = a14_percent(leg for leg in truth.legs.values() if (leg.route, leg.operating_date) == day)
    if share is None:
        return Judged(told, "unknown")
    return Judged(told, "right" if share < told.rule.limits[told.level].enter else "wrong", share)


JUDGES: Mapping[str, Callable[[Told, Truth], Judged]] = {
    "leg": _of_leg,
    "feed": _silence,
    "route": _of_route,
    "hub": _of_problem,
    "network": _of_problem,
    "first_wave": _of_problem,
}
JUDGES_OF_LEGS: Mapping[str, Callable[[Told, Flown], Judged]] = {
    "rotation": _rotation,
    "long_delay": _long_delay,
    "tarmac": _tarmac,
}


def a14_percent(legs: Iterable[Flown]) -> float | None:
    """Return the share of arrivals that were less than 15 minutes late; None where nobody arrived."""
    late = [leg.arrival_delay_minutes for leg in legs if leg.arrival_delay_minutes is not None]
    return 100 * sum(one < LATE_MINUTES for one in late) / len(late) if late else None


def lies_there(told: Told, problem: Expected) -> bool:
    """Tell whether a problem of the kind that an alert speaks of is where and when it speaks."""
    begins = problem.begins - problem.ahead_minutes(told.rule.kpi)
    return shows(told.rule, problem, told.scope_id) and begins <= told.at <= problem.ends


def shows(rule: Rule, problem: Expected, scope_id: str) -> bool:
    """Tell whether a rule on a hub, the first wave or the network could show a problem."""
    if rule.scope == "hub" and scope_id != problem.airport:
        return False
    if rule.scope == "first_wave" and local_hour(problem.airport, problem.begins) >= FIRST_WAVE_HOUR:
        return False
    return problem.is_hub and SHOWS_AS.get(rule.kpi, rule.kpi) in problem.kpis


def tells_of(told: Told, problem: Expected, truth: Truth) -> bool:
    """Tell whether a statement tells people of a problem; where the place is no hub, alerts on its flights do."""
    if problem.is_hub:
        return told.scope_type == "hub" and lies_there(told, problem)
    leg = about(told, truth) if told.scope_type == "leg" else None
    begins = problem.begins - problem.ahead_minutes(told.rule.kpi)
    is_there = leg is not None and problem.airport in (leg.origin, leg.destination)
    return is_there and told.rule.kpi in problem.kpis and begins <= told.at <= problem.ends
