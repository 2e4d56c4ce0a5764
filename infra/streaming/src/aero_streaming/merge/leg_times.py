"""Believable times of a merged leg: rules over pairs of its times, as data, and their verdict on one leg.

One event shows by itself when it is absurd; only the merged leg shows that OFF came before OUT, that the block is too
short for the distance, or that OUT is years from the STD of another event. Such a time stays on the leg as it was
received. The leg's `time_problem` names the rules that it breaks, and every figure that needs a doubtful time is left
out, as if that time were not known. What the leg is (scheduled, operated, accounted for) does not change.

Standard library only: the alert Lambda carries this module, dbt reads the same rules from its variable `time_rules`,
`flink/sql.py` writes them into Flink's SQL, and one table of golden cases runs through all of them.

Rules come in rounds. A rule of a round sees only times that no earlier round doubted, so a wrong OUT that is years off
does not take OFF, ON and IN with it. Within a round all rules see the same times: their order cannot matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

VERSION = 1
"""Raise it with any change below: figures before and after are not comparable."""

DAY = 24 * 60
MOST_DELAY = 3 * DAY
"""Minutes. Files refuse rows that are further from their own schedule (`delay_too_long`)."""
MOST_SCHEDULED, MOST_TAXI, MOST_AIR, MOST_BLOCK = 1200, 720, 1200, DAY
"""Minutes, as files refuse them (`duration_too_long`, `impossible_block`)."""
MOST_MPH = 800
"""No airliner averages this over the ground. The fastest of 100,000 flights from New York in 2013 flew at 650."""

TIMES = ("std", "sta", "first_out", "out", "off", "on", "in", "estimated_out", "estimated_in")
"""What rules name. `out` is the departure that led to the flight; `first_out` another one that departures count."""


@dataclass(frozen=True)
class Rule:
    """Two times and the whole minutes that can lie between them; `doubts` are the times that are doubtful otherwise.

    `most_mph` holds the leg's distance against the minutes. A leg that was cancelled or diverted did not fly as
    planned: what measures the planned flight does not hold for it.
    """

    round: int
    code: str
    earlier: str
    later: str
    doubts: tuple[str, ...]
    least: int | None = None
    most: int | None = None
    most_mph: int | None = None
    only_as_planned: bool = False


def _schedule() -> list[Rule]:
    points = ("std", "sta")
    return [
        Rule(1, "schedule_backwards", *points, points, least=1),
        Rule(1, "schedule_too_long", *points, points, most=MOST_SCHEDULED),
        Rule(1, "schedule_too_fast", *points, points, most_mph=MOST_MPH),
    ]


def _far_from_schedule() -> list[Rule]:
    planned = {"std": ("first_out", "out", "off", "estimated_out"), "sta": ("on", "in", "estimated_in")}
    # A leg that left three days late took off a taxi later, and one that came three days early landed a taxi earlier.
    most = {"off": MOST_DELAY + MOST_TAXI}
    least = {"on": -MOST_DELAY - MOST_TAXI}
    return [
        Rule(
            2,
            f"{time}_far_from_schedule",
            anchor,
            time,
            (time,),
            least=least.get(time, -MOST_DELAY),
            most=most.get(time, MOST_DELAY),
            only_as_planned=anchor == "sta",
        )
        for anchor, times in planned.items()
        for time in times
    ]


def _out_of_order() -> list[Rule]:
    order = ("first_out", "out", "off", "on", "in")
    pairs = [(earlier, later) for n, earlier in enumerate(order) for later in order[n + 1 :]]
    # Between leaving and landing something must pass; a taxi may take less than a minute.
    flown = {("out", "on"), ("out", "in"), ("off", "on"), ("off", "in")}
    return [Rule(3, f"{b}_before_{a}", a, b, (a, b), least=1 if (a, b) in flown else 0) for a, b in pairs]


def _impossible() -> list[Rule]:
    return [
        Rule(3, "taxi_out_too_long", "out", "off", ("out", "off"), most=MOST_TAXI),
        Rule(3, "air_too_long", "off", "on", ("off", "on"), most=MOST_AIR, only_as_planned=True),
        Rule(3, "taxi_in_too_long", "on", "in", ("on", "in"), most=MOST_TAXI, only_as_planned=True),
        Rule(3, "block_too_long", "out", "in", ("out", "in"), most=MOST_BLOCK, only_as_planned=True),
        Rule(3, "air_too_fast", "off", "on", ("off", "on"), most_mph=MOST_MPH, only_as_planned=True),
        Rule(3, "block_too_fast", "out", "in", ("out", "in"), most_mph=MOST_MPH, only_as_planned=True),
    ]


RULES = (*_schedule(), *_far_from_schedule(), *_out_of_order(), *_impossible())
ROUNDS = tuple(sorted({rule.round for rule in RULES}))
_DOUBTS = {rule.code: rule.doubts for rule in RULES}


class Judged(NamedTuple):
    """The codes of the rules that a leg breaks, with blanks between them, and the times that can be believed."""

    time_problem: str | None
    times: Mapping[str, str | None]


def judge(leg: Mapping[str, Any]) -> Judged:
    """Hold the rules against a merged leg, times as ISO-8601 text; `times` has the leg's own names (`out_at`).

    Read are the times of `RULES`, `distance_miles`, `is_cancelled` and `is_diverted`; each may be null or missing.
    """
    believed = {time: _instant(leg, time) for time in TIMES}
    as_planned = not leg.get("is_cancelled") and not leg.get("is_diverted")
    broken: list[str] = []
    for number in ROUNDS:
        rules = [rule for rule in RULES if rule.round == number and (as_planned or not rule.only_as_planned)]
        broken_rules = [rule for rule in rules if _is_broken(rule, believed, leg.get("distance_miles"))]
        broken += [rule.code for rule in broken_rules]
        believed |= {time: None for rule in broken_rules for time in rule.doubts}
    problem = " ".join(broken) or None
    return Judged(problem, {name: believable({**leg, "time_problem": problem}, name) for name in _NAMES})


_NAMES = (
    "std_at", "sta_at", "out_at", "last_out_at", "off_at", "on_at", "in_at", "estimated_out_at", "estimated_in_at",
)  # fmt: skip


def believable(leg: Mapping[str, Any], name: str) -> str | None:
    """Return a time of a leg that says its `time_problem`, None where the time is unknown or doubtful."""
    value = leg.get(name)
    problem = leg.get("time_problem")
    if not value or not problem:
        return value
    time = name.removesuffix("_at").removeprefix("last_")
    if name == "out_at" and value != leg.get("last_out_at"):
        time = "first_out"
    return None if any(time in _DOUBTS.get(code, ()) for code in problem.split(" ")) else value


def _instant(leg: Mapping[str, Any], time: str) -> datetime | None:
    if time == "first_out":
        value = leg.get("out_at") if leg.get("out_at") != leg.get("last_out_at") else None
    else:
        value = leg.get("last_out_at" if time == "out" else f"{time}_at")
    return datetime.fromisoformat(value) if value else None


def _is_broken(rule: Rule, times: Mapping[str, datetime | None], distance_miles: int | None) -> bool:
    earlier, later = times[rule.earlier], times[rule.later]
    if earlier is None or later is None:
        return False
    minutes = (later - earlier) // timedelta(minutes=1)
    if rule.least is not None and minutes < rule.least:
        return True
    if rule.most is not None and minutes > rule.most:
        return True
    return (
        rule.most_mph is not None
        and distance_miles is not None
        and minutes > 0
        and distance_miles * 60 > rule.most_mph * minutes
    )
