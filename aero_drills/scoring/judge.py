"""Compares notices with the true events: each is right, wrong, or a fact that needs no proof.

A notice about a rotation is right if the leg left 15 minutes late or more and its inbound was a cause; about an
estimate, if the step was reached, with a tolerance of 15 minutes; about a hub, the network or the first wave, if a
problem of that kind was planned there; about a silence, if the source sent nothing for that long; about passengers on
the ground, if they sat there for that long; about the day of a route, if its A14 ended below the limit. Facts
(cancelled, diverted, left so late) are messages and are not judged.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from aero_airline.geography import local_hour
from aero_airline.scenarios import Expected
from aero_drills.scoring.notices import Notice
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
    """A notice and its verdict; `actual` is the true value in the unit of the rule, None where it has none."""

    notice: Notice
    verdict: Verdict
    actual: float | None = None


def judged(notice: Notice, truth: Truth) -> Judged:
    """Judge one notice by the true events."""
    return JUDGES[notice.scope_type](notice, truth)


def about(notice: Notice, truth: Truth) -> Flown | None:
    """Return the leg of an alert on a flight; for an alert on a chain the leg that waits, not the root."""
    return truth.legs.get(notice.facts.get("leg_uid", notice.scope_id))


def _of_leg(notice: Notice, truth: Truth) -> Judged:
    leg = about(notice, truth)
    if leg is None:
        return Judged(notice, "unknown")
    return JUDGES_OF_LEGS.get(notice.rule.kpi, _fact)(notice, leg)


def _fact(notice: Notice, leg: Flown) -> Judged:
    return Judged(notice, "fact")


def _rotation(notice: Notice, leg: Flown) -> Judged:
    late = leg.departure_delay_minutes
    is_right = late is not None and late >= LATE_MINUTES and leg.brought_minutes > 0
    return Judged(notice, "right" if is_right else "wrong", late)


def _long_delay(notice: Notice, leg: Flown) -> Judged:
    late, step = leg.departure_delay_minutes, notice.rule.limits[notice.level].enter
    if leg.out_heard is not None and notice.at >= leg.out_heard:
        return Judged(notice, "fact", late)
    return Judged(notice, "right" if late is not None and late >= step - NEAR_MINUTES else "wrong", late)


def _tarmac(notice: Notice, leg: Flown) -> Judged:
    is_right = leg.ground_minutes >= notice.rule.limits[notice.level].enter
    return Judged(notice, "right" if is_right else "wrong", leg.ground_minutes)


def _silence(notice: Notice, truth: Truth) -> Judged:
    silent = truth.silence_before(notice.at)
    return Judged(notice, "right" if silent >= notice.rule.limits[notice.level].enter else "wrong", silent)


def _of_problem(notice: Notice, truth: Truth) -> Judged:
    if truth.problems is None:
        return Judged(notice, "unknown")
    is_right = any(lies_there(notice, problem) for problem in truth.problems)
    return Judged(notice, "right" if is_right else "wrong")


def _of_route(notice: Notice, truth: Truth) -> Judged:
    """Judge by the arrivals of the day; rules whose KPI is bad when it is high are not judged."""
    if not notice.rule.is_bad_below:
        return Judged(notice, "unknown")
    day = (notice.scope_id, notice.operating_date)
    share = a14_percent(leg for leg in truth.legs.values() if (leg.route, leg.operating_date) == day)
    if share is None:
        return Judged(notice, "unknown")
    return Judged(notice, "right" if share < notice.rule.limits[notice.level].enter else "wrong", share)


JUDGES: Mapping[str, Callable[[Notice, Truth], Judged]] = {
    "leg": _of_leg,
    "feed": _silence,
    "route": _of_route,
    "hub": _of_problem,
    "network": _of_problem,
    "first_wave": _of_problem,
}
JUDGES_OF_LEGS: Mapping[str, Callable[[Notice, Flown], Judged]] = {
    "rotation": _rotation,
    "long_delay": _long_delay,
    "tarmac": _tarmac,
}


def a14_percent(legs: Iterable[Flown]) -> float | None:
    """Return the share of arrivals that were less than 15 minutes late; None where nobody arrived."""
    late = [leg.arrival_delay_minutes for leg in legs if leg.arrival_delay_minutes is not None]
    return 100 * sum(minutes < LATE_MINUTES for minutes in late) / len(late) if late else None


def lies_there(notice: Notice, problem: Expected) -> bool:
    """Return True if a problem of the alert's kind exists at the alert's place and time."""
    begins = problem.begins - problem.ahead_minutes(notice.rule.kpi)
    return shows(notice.rule, problem, notice.scope_id) and begins <= notice.at <= problem.ends


def shows(rule: Rule, problem: Expected, scope_id: str) -> bool:
    """Return True if a rule on a hub, the first wave or the network could detect a problem."""
    if rule.scope == "hub" and scope_id != problem.airport:
        return False
    if rule.scope == "first_wave" and local_hour(problem.airport, problem.begins) >= FIRST_WAVE_HOUR:
        return False
    return problem.is_hub and SHOWS_AS.get(rule.kpi, rule.kpi) in problem.kpis


def tells_of(notice: Notice, problem: Expected, truth: Truth) -> bool:
    """Return True if a notice reports a problem; if the place is no hub, alerts on its flights report it."""
    if problem.is_hub:
        return notice.scope_type == "hub" and lies_there(notice, problem)
    leg = about(notice, truth) if notice.scope_type == "leg" else None
    begins = problem.begins - problem.ahead_minutes(notice.rule.kpi)
    is_there = leg is not None and problem.airport in (leg.origin, leg.destination)
    return is_there and notice.rule.kpi in problem.kpis and begins <= notice.at <= problem.ends
