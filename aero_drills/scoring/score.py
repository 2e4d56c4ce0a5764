"""Plays one case through the rules and scores it: right and wrong statements, missed problems, minutes to detect."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from multiprocessing import get_context

from aero_airline.airline import Airline
from aero_airline.events import day_events
from aero_airline.scenarios import ScenarioWeather, expected
from aero_drills.scoring.cases import Case
from aero_drills.scoring.judge import a14_percent, about, judged, shows, tells_of
from aero_drills.scoring.leg_table import uid_of
from aero_drills.scoring.notices import Notice, notices
from aero_drills.scoring.truth import EPOCH, LATE_MINUTES, Flown, Truth, minutes, of_airline
from aero_streaming.alerts.model import CLOSED_NOW, FIRED
from aero_streaming.backtesting.backtest import Backtest, backtest
from aero_streaming.backtesting.event_records import records_of_events
from aero_streaming.rules import rules as ours
from aero_streaming.rules.model import Rule, RuleSet
from aero_streaming.rules.stations import hubs_and_stations

TICK_MINUTES = 1
"""As the platform's schedule."""
END_TO_CLOSE_MINUTES = 10
"""An alert that is open for longer after its flight is over is an old one."""
BUSY_HOURS_UTC = (12, 28)
"""When the airline flies: 12 to 04 UTC of its operating day."""


@dataclass(frozen=True)
class Statement:
    """One judged statement, small enough to be passed between processes."""

    rule_id: str
    level: str
    severity: str
    verdict: str
    predicted: float | None
    actual: float | None
    is_first: bool
    at: float
    minutes_to_departure: float | None


@dataclass(frozen=True)
class Score:
    """The score of one case.

    `problems`: for every planned problem the minutes until people were notified; None if they were not, negative if it
    was before the problem began. `due` and `raised`: by rule, the number of alerts that had to be raised, and of those
    the number that was raised, notified or grouped under another alert. `per_hour`: alerts by the hour since 1970 (UTC)
    of their first message. `old`: alerts on flights that were still open ten minutes after their subject was over.
    """

    case: Case
    statements: tuple[Statement, ...]
    problems: tuple[float | None, ...]
    due: Mapping[str, int]
    raised: Mapping[str, int]
    per_hour: Mapping[int, int]
    messages: int
    old: int
    false_criticals: tuple[str, ...] = field(default=())
    legs: int = 0

    @property
    def alerts(self) -> int:
        """The number of alerts with a message."""
        return sum(self.per_hour.values())

    def alerts_between(self, first_hour: int, last_hour: int) -> int:
        """Return the alerts from one hour (UTC) of the operating day to another, which may be 24 or more."""
        midnight = (datetime.combine(self.case.on, time(), UTC) - EPOCH) // timedelta(hours=1)
        return sum(count for hour, count in self.per_hour.items() if first_hour <= hour - midnight < last_hour)


def score(
    case: Case, rules: RuleSet | None = None, tick_minutes: int = TICK_MINUTES, aircraft: int | None = None
) -> Score:
    """Play a case and score it; with a number of aircraft, only these fly."""
    rules = rules or ours()
    airline = Airline(case.seed, weather=ScenarioWeather(case.seed, case.scenario, case.on))
    legs, events = airline.day(case.on).legs, day_events(airline, case.on)
    if aircraft is not None:
        chosen = sorted({leg.tail for leg in legs})[:aircraft]
        legs = [leg for leg in legs if leg.tail in chosen]
        uids = {uid_of(leg) for leg in legs}
        events = [event for event in events if event["leg_uid"] in uids]
    truth = of_airline(legs, events, expected(case.scenario, case.on))
    records = records_of_events(events, hubs_and_stations())
    run = backtest(records, rules, tick_minutes=tick_minutes, lag_minutes=case.lag_minutes)
    return scored(case, run, truth, rules)


def scored(case: Case, run: Backtest, truth: Truth, rules: RuleSet) -> Score:
    """Compare a run with the true events of its day."""
    all_notices = notices(run, rules)
    heard = [notice for notice in all_notices if notice.is_heard]
    judgements = [judged(notice, truth) for notice in heard]
    due, raised = _recall(all_notices, truth, rules)
    return Score(
        case=case,
        statements=tuple(
            Statement(
                rule_id=judgement.notice.rule.id,
                level=judgement.notice.level,
                severity=judgement.notice.severity,
                verdict=judgement.verdict,
                predicted=judgement.notice.value,
                actual=judgement.actual,
                is_first=judgement.notice.is_first,
                at=judgement.notice.at,
                minutes_to_departure=_lead(judgement.notice, truth),
            )
            for judgement in judgements
        ),
        problems=tuple(
            min((notice.at - problem.begins for notice in heard if tells_of(notice, problem, truth)), default=None)
            for problem in truth.problems or ()
        ),
        due=due,
        raised=raised,
        per_hour=Counter(int(notice.at // 60) for notice in heard if notice.is_first),
        messages=run.notifications,
        old=_old(run, truth, rules),
        false_criticals=tuple(
            f"{wrong.notice.alert_key} at {wrong.notice.level}, {wrong.notice.value:g} told, {wrong.actual} true"
            for wrong in judgements
            if wrong.notice.severity == "critical" and wrong.verdict == "wrong"
        ),
        legs=len(truth.legs),
    )


def score_all(cases: Iterable[Case], processes: int, log: Callable[[str], None]) -> list[Score]:
    """Score cases in parallel processes, at most as many as given; results are in the order of the cases."""
    listed = list(cases)
    if processes < 2:
        return [_logged(score(case), number, len(listed), log) for number, case in enumerate(listed, 1)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        scores = pool.map(score, listed)
        return [_logged(scored_case, number, len(listed), log) for number, scored_case in enumerate(scores, 1)]


def _logged(scored_case: Score, number: int, of: int, log: Callable[[str], None]) -> Score:
    log(f"{number} of {of}: {scored_case.case.name}: {scored_case.alerts} alerts")
    return scored_case


def _lead(notice: Notice, truth: Truth) -> float | None:
    leg = about(notice, truth) if notice.scope_type == "leg" else None
    return None if leg is None else leg.std - notice.at


def _recall(all_notices: list[Notice], truth: Truth, rules: RuleSet) -> tuple[dict[str, int], dict[str, int]]:
    """Return, by rule, the alerts that had to be raised and the number that was; grouped alerts count as raised."""
    raised: dict[str, list[Notice]] = {}
    for notice in all_notices:
        raised.setdefault(notice.rule.id, []).append(notice)
    due_of: dict[str, int] = {}
    raised_of: dict[str, int] = {}
    for rule in (rule for rule in rules.rules if "stream" in rule.used_by and not rule.is_shadow):
        own = raised.get(rule.id, [])
        if rule.scope == "leg":
            due = [leg for leg in truth.legs.values() if is_due(rule, leg, rules)]
            warned = sum(any(_is_warning(notice, leg, truth) for notice in own) for leg in due)
        elif rule.scope == "route":
            due = _bad_routes(rule, truth)
            warned = len(set(due) & {(notice.scope_id, notice.operating_date) for notice in own})
        else:
            due = [problem for problem in truth.problems or () if shows(rule, problem, problem.airport)]
            warned = sum(any(problem.begins - problem.known_ahead_minutes <= notice.at <= problem.ends
                             and shows(rule, problem, notice.scope_id) for notice in own)
                         for problem in due)  # fmt: skip
        if due:
            due_of[rule.id], raised_of[rule.id] = len(due), warned
    return due_of, raised_of


def is_due(rule: Rule, leg: Flown, rules: RuleSet) -> bool:
    """Return True if a rule on flights has to raise an alert about a leg, given its true events."""
    late = leg.departure_delay_minutes
    if rule.kpi == "rotation":
        return late is not None and late >= LATE_MINUTES and leg.brought_minutes >= LATE_MINUTES
    if rule.kpi == "long_delay":
        return late is not None and late >= rule.amber.enter
    if rule.kpi == "cancellation":
        return leg.is_cancelled
    if rule.kpi == "diversion":
        return (leg.is_diverted or leg.is_returned) and not leg.is_cancelled
    is_american = bool({leg.origin, leg.destination} & rules.united_states)
    return rule.kpi == "tarmac" and is_american and leg.ground_minutes >= rule.amber.enter


def _is_warning(notice: Notice, leg: Flown, truth: Truth) -> bool:
    """Return True if a notice is about a leg; for rotations also about a leg that passed on the delay, and in time."""
    if notice.rule.kpi != "rotation":
        return notice.scope_id == leg.uid
    spoken = about(notice, truth)
    in_time = leg.out_heard is None or notice.at <= leg.out_heard
    return in_time and bool({notice.scope_id, spoken.uid if spoken else ""} & truth.chain(leg))


def _bad_routes(rule: Rule, truth: Truth) -> list[tuple[str, str]]:
    """Return routes and days that ended below the red limit, with at least as many legs as the rule requires."""
    days: dict[tuple[str, str], list[Flown]] = {}
    for leg in truth.legs.values():
        days.setdefault((leg.route, leg.operating_date), []).append(leg)
    return [
        day
        for day, legs in days.items()
        if sum(leg.arrival_delay_minutes is not None for leg in legs) >= rule.minimum_legs
        and (a14_percent(legs) or 0.0) < rule.red.enter
    ]


def _old(run: Backtest, truth: Truth, rules: RuleSet) -> int:
    """Count alerts on flights that were still open ten minutes after people could know that their subject was over."""
    opened: set[str] = set()
    ends: dict[str, float] = {}
    fired: dict[str, float] = {}
    old: set[str] = set()
    for line in run.transitions:
        rule_id, scope_type, scope_id, _ = line["alert_key"].split("#")
        rule, leg = rules.by_id(rule_id), truth.legs.get(scope_id)
        if scope_type != "leg" or rule is None or leg is None:
            continue
        key = line["alert_key"]
        if line["kind"] == FIRED:
            waits = truth.legs.get(run.facts[line["transition_id"]].get("leg_uid", ""))
            end = _end(rule, leg, waits, truth)
            if end is not None:
                opened.add(key)
                ends[key], fired[key] = end + END_TO_CLOSE_MINUTES, minutes(line["at"])
        elif line["kind"] == CLOSED_NOW and key in opened:
            opened.remove(key)
            # News of a flight that has left long ago raise and close an alert in the same moment: it was never open.
            old |= {key} if minutes(line["at"]) > max(ends[key], fired[key]) else set()
    return len(old | {key for key in opened if minutes(run.last_at) > ends[key]})


def _end(rule: Rule, leg: Flown, waits: Flown | None, truth: Truth) -> float | None:
    """Return the time of the end: OUT of the waiting leg, IN of a flight, the planned STA of a leg that never flew.

    `waits` is the leg that an alert on a chain is about. The chain ends with the last leg that the delay truly reached,
    and not before the leg of the alert has left: until then it is open whether that leg will be late.
    """
    if leg.is_cancelled:
        return leg.sta
    if rule.kpi not in ("rotation", "long_delay"):
        return leg.in_heard
    if waits is None:
        return leg.out_heard
    later = [
        other
        for other in truth.legs.values()
        if other.tail == leg.tail and other.std > leg.std and not other.is_cancelled
    ]
    behind = [other for other in later if leg.uid in truth.chain(other)] or sorted(later, key=lambda other: other.std)[
        :1
    ]
    return max((other.out_heard for other in (waits, *behind) if other.out_heard is not None), default=leg.in_heard)
