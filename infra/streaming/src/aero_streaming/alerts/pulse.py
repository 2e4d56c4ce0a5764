"""The pulse of a feed: its latest event time, the minutes since the last arrival, and the verdict on silence.

Silence is measured by the clock of arrival: a record that comes late still shows that its source lives. How far the
figures have come is measured by what was received: timers stand still there. In a replay a second is minutes; what the
way through the stream takes (`arrival_seconds` of the rules) is therefore no silence, whatever it is in platform time,
and time passes only while a player ticks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aero_streaming.rules.model import RuleSet
from aero_streaming.times import parse, text

SOURCE = "leg-events"
"""The feed whose pulse this is."""
CLOCK, FEED = "clock", f"feed#{SOURCE}"
"""Keys of leg-state: how far event time has come, and the latest `received_at` that was heard of the feed."""
ARRIVED, REPLAY = f"arrived#{SOURCE}", "replay"
"""When the feed last brought news, by the wall clock; how fast a replay plays, and when it last ticked."""
KEPT = (CLOCK, FEED, ARRIVED, REPLAY)


@dataclass(frozen=True)
class Pulse:
    """One feed at one moment; minutes are those of the platform's clock.

    `heard_at` is None where it was never heard, `quiet_minutes` since it last brought news.
    """

    now: datetime
    heard_at: datetime | None
    quiet_minutes: float
    allowed_minutes: float

    @property
    def seen_at(self) -> datetime:
        """The time that figures speak of: what was not heard yet has not happened for any timer."""
        return min(self.now, self.heard_at) if self.heard_at else self.now

    @property
    def behind_minutes(self) -> float:
        """Minutes by which figures lie behind the clock."""
        return (self.now - self.seen_at).total_seconds() / 60

    @property
    def silent_minutes(self) -> int:
        """Minutes for which the source has been silent; 0 within what the way through the stream may take."""
        return int(self.quiet_minutes) if self.quiet_minutes >= self.allowed_minutes else 0

    def is_stale(self, rules: RuleSet) -> bool:
        """Tell whether figures are grey: silent or behind for as long as a feed's red, or never heard."""
        limit = min((rule.red.enter for rule in rules.live("feed")), default=None)
        if limit is None or self.heard_at is None:
            return self.heard_at is None
        return max(self.quiet_minutes, self.behind_minutes) >= max(limit, self.allowed_minutes)


def pulse(
    kept: Mapping[str, Mapping[str, Any]], rules: RuleSet, now: datetime, wall: datetime, runs_by_wall: bool
) -> Pulse:
    """Return the pulse at `now`, from the items of `KEPT`; `wall` is the wall clock."""
    heard, arrived = (kept.get(key, {}).get("at") for key in (FEED, ARRIVED))
    replay = {} if runs_by_wall else kept.get(REPLAY, {})
    speed = float(replay.get("speed") or 1)
    until = parse(replay["ticked_at"]) if replay.get("ticked_at") else wall
    quiet = (until - parse(arrived)).total_seconds() / 60 * speed if arrived else 0.0
    return Pulse(now, parse(heard) if heard else None, max(0.0, quiet), rules.arrival_seconds / 60 * speed)


def whole_second(moment: datetime) -> str:
    """Return the text of a moment without its fraction, so that texts of moments sort as they do."""
    return text(moment.astimezone(UTC).replace(microsecond=0))
