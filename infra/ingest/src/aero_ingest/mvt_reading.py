"""The state of reading a movement message: its clock, the statements so far, and the oddities."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from aero_ingest.message import Message, Movement
from aero_ingest.message_times import Clock
from aero_ingest.mvt_elements import Element
from aero_ingest.type_b import Oddity, Telegram


class Reading(Clock):
    """A message that is being read, by its clock; `element` is the present one."""

    __slots__ = ("element", "is_doubtful", "message", "movements", "next_airport", "oddities", "telegram")

    def __init__(
        self, telegram: Telegram, message: Message, std_at: datetime | None, oddities: list[Oddity]
    ) -> None:  # fmt: skip
        """Begin with a message of which only the flight line was read."""
        Clock.__init__(self, telegram.sent_at, telegram.is_stamped, message.flight_date, std_at)
        self.telegram, self.message, self.oddities = telegram, message, oddities
        self.movements: dict[tuple[str, bool], Movement] = {}
        self.next_airport: str | None = None
        self.is_doubtful = False
        self.element: Element = ("", "", 0)

    def complain(self, code: str, problem: str) -> None:
        """Something odd about the present element."""
        tag, value, at = self.element
        before = self.telegram.lines[at].find(tag + value.partition(" ")[0])
        self.oddities.append((code, problem, at, max(0, before)))

    def put(
        self, kind: str, moment: datetime, where: str | None, is_estimated: bool = False, until: datetime | None = None
    ) -> None:
        """A movement that has happened, or is still to come."""
        movement, key = Movement(kind, moment, where, is_estimated, until), (kind, is_estimated)
        known = self.movements.setdefault(key, movement)
        if known is not movement and known != movement:
            self.complain("said_twice", f"{kind} is said twice; the last counts")
            self.movements[key] = movement
        if not is_estimated and (moment > self.latest or (self.earliest and moment < self.earliest)):
            self.is_doubtful = True


def note_doubts(reading: Reading) -> None:
    """Complain of times before the flight can have begun, and after the message was sent."""
    if not reading.is_doubtful:
        return
    earliest = reading.earliest
    actual = [movement for movement in reading.movements.values() if not movement.estimated]
    ahead = [movement for movement in actual if movement.event_time > reading.latest]
    early = [movement for movement in actual if earliest and movement.event_time < earliest and movement not in ahead]
    if early:
        reading.oddities.append(_doubt("before_flight", early, "before the flight's time"))
    if ahead:
        reading.oddities.append(_doubt("not_yet", ahead, "after the message was sent"))


def _doubt(code: str, movements: list[Movement], problem: str) -> Oddity:
    times = []
    for movement in movements:
        time = movement.event_time
        times.append(f"{movement.event_type} {_minute(time.date(), time.hour, time.minute)}")
    return code, f"{', '.join(times)}: {problem}; kept as it stands", 0, None


@lru_cache(4096)
def _minute(day: date, hour: int, minute: int) -> str:
    """A minute as text; messages read early or late say those of the same day again and again."""
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}Z"
