"""The day of one aircraft as a chain: which legs it will be late for, and which leg that began with.

Pure: the merged legs of a tail's operating day in, `Link`s out, and the condition of one chain. A leg inherits delay
where its aircraft comes too late for it, and that is half of its delay or more. Its root is the first leg of the chain
behind it that did not inherit its delay, so one chain has one alert, whose key is that leg. Which leg that is follows
from the merged legs alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aero_streaming.alerts.conditions import FACTS, Row, about_leg, has_left, is_accounted
from aero_streaming.alerts.model import Condition, changed
from aero_streaming.alerts.words import flight_name
from aero_streaming.merge.leg_times import believable
from aero_streaming.rules.model import Rule, RuleSet
from aero_streaming.times import minutes_between, parse, text


@dataclass(frozen=True)
class Link:
    """One leg of a tail's day: the leg that brings its aircraft, the minutes that comes too late, the root.

    `late_minutes` is None where no leg brings the aircraft, negative while there is time.
    """

    leg: Row
    inbound: Row | None
    late_minutes: int | None
    root: Row
    expected_in_at: str | None

    @property
    def is_late(self) -> bool:
        """True if the leg inherits its delay: the aircraft comes too late, and that is half of it or more."""
        return _inherits(self.leg, self.late_minutes)

    @property
    def is_to_leave(self) -> bool:
        """True if the leg may still leave."""
        return not has_left(self.leg) and not is_accounted(self.leg)


def links(rules: RuleSet, legs: Iterable[Row]) -> list[Link]:
    """Return the links of a tail's day; `legs` come by STD. Cancelled and diverted legs bring no aircraft."""
    chain: list[Link] = []
    for leg in legs:
        if leg.get("is_cancelled") or leg.get("is_diverted"):
            continue
        before = chain[-1] if chain and chain[-1].leg.get("destination") == leg["origin"] else None
        late = None if before is None else _late_minutes(rules, leg, before)
        root = before.root if before is not None and _inherits(leg, late) else leg
        chain.append(Link(leg, before.leg if before else None, late, root, _expected_in(leg, late)))
    return chain


def _inherits(leg: Row, late: int | None) -> bool:
    return late is not None and late > 0 and 2 * late >= (leg.get("expected_delay_minutes") or 0)


def _late_minutes(rules: RuleSet, leg: Row, before: Link) -> int | None:
    """Minutes by which the aircraft cannot leave on time: expected IN + the ground time it needs - STD.

    It never needs more than was planned: a turn planned short is no delay by itself.
    """
    std_at, sta_at = believable(leg, "std_at"), believable(before.leg, "sta_at")
    if not std_at or not sta_at or not before.expected_in_at:
        return None
    needed = rules.ground_minutes(leg.get("aircraft_type") or before.leg.get("aircraft_type"), leg["origin"])
    return minutes_between(std_at, before.expected_in_at) + min(needed, max(minutes_between(sta_at, std_at), 0))


def _expected_in(leg: Row, late: int | None) -> str | None:
    """IN, or the latest of what is estimated, the delay it left with and the one it inherits."""
    known, sta_at = believable(leg, "in_at"), believable(leg, "sta_at")
    if known or not sta_at:
        return known
    estimated = believable(leg, "estimated_in_at")
    if estimated and has_left(leg):
        return estimated
    own = 0 if estimated else leg.get("expected_delay_minutes") or 0
    inherited = 0 if has_left(leg) else late or 0
    shifted = parse(sta_at) + timedelta(minutes=max(own, inherited, 0))
    return text(max(shifted, parse(estimated)) if estimated else shifted)


def of_chain(
    rules: RuleSet, rule: Rule, root: Row, legs: Sequence[Row], chain: Sequence[Link], now: datetime
) -> Condition:
    """Hold what one root leg does to the later legs of its aircraft against a rule.

    `legs` are all of the tail's day, `chain` their links. The leg it is about is the one that inherits most, of those
    still to leave; with none there is nothing left to judge. What stands behind it are the legs that inherit too.
    """
    waiting = [link for link in chain if link.root["leg_uid"] == root["leg_uid"] and link.is_late and link.is_to_leave]
    worst = max(waiting, key=lambda link: link.late_minutes or 0, default=None)
    condition = about_leg(rules, rule, root, now, worst.late_minutes if worst else None, worst is None)
    around = {
        "corrections": sum(leg.get("corrections") or 0 for leg in legs),
        "last_event_at": max((leg.get("last_event_at") or "" for leg in legs), default=condition.last_event_at),
    }
    if worst is None or worst.inbound is None:
        return changed(condition, **around)
    seen = ", ".join(f"{flight_name(leg)} v{leg['state_version']}" for leg in (worst.leg, worst.inbound))
    behind = [link for link in waiting if link.leg["std_at"] > worst.leg["std_at"]]
    gone = tuple(link.leg["leg_uid"] for link in chain if not link.is_to_leave)
    return changed(condition, seen=seen, facts=_facts(root, worst, behind), gone=gone, **around)


def _facts(root: Row, worst: Link, behind: Sequence[Link]) -> Mapping[str, Any]:
    """Return the facts for people: the flight, when it can leave, what it waits for, who is behind it."""
    leg = worst.leg
    std_at = believable(leg, "std_at")
    # Booked seats are known days ahead, passengers on board only when the doors close.
    boarded = [link.leg.get("passengers") or link.leg.get("booked_seats") for link in (worst, *behind)]
    facts = {
        **{name: leg[name] for name in FACTS if leg.get(name) is not None},
        "leg_uid": leg["leg_uid"],
        "inbound": flight_name(worst.inbound or root),
        "root": flight_name(root),
        "legs_behind": len(behind),
        "affected_passengers": sum(filter(None, boarded)) or None,
        "expected_out_at": text(parse(std_at) + timedelta(minutes=worst.late_minutes or 0)) if std_at else None,
    }
    return {name: value for name, value in facts.items() if value is not None}
