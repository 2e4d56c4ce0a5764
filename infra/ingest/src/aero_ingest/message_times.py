"""When something was that a message states without month or year: days and clock times made full dates, by rule.

All in UTC. A day of the month is the nearest such day. A clock time is decided by what kind of time it is: what has
happened lies before the message was sent, what is expected lies after it, and nothing lies before the flight could
begin. Where the rules leave no choice that makes sense, the caller gets no time and makes a finding of it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
NOON = time(12, tzinfo=UTC)
#: Senders' clocks and ours differ, and a message may be written while the aircraft still rolls.
AHEAD = timedelta(minutes=30)
#: A clock time that has happened is the first one since so long before the message: a day, less what it may be ahead.
TELLS_BACK = DAY - AHEAD - timedelta(minutes=1)
#: An estimate may have passed a little when it is sent; nothing leaves earlier than this before its time.
BEHIND = timedelta(hours=2)
#: A day of the month further away than this from the message is not believed.
FAR = timedelta(days=7)
#: A flight may leave up to a day late, and be told of up to a day later still.
TOLD_WITHIN = timedelta(days=2)
LONGEST_TAXI = timedelta(hours=6)
LONGEST_BLOCK = timedelta(hours=20)


@lru_cache(1024)
def _nearest_day(day: int, year: int, month: int, today: int) -> date | None:
    """As `nearest_day`; messages of a day ask the same again and again."""
    near = date(year, month, today)
    found = []
    for months in (-1, 0, 1):
        other, index = divmod(year * 12 + month - 1 + months, 12)
        try:
            found.append(date(other, index + 1, day))
        except ValueError:
            continue
    return min(found, key=lambda one: abs(one - near), default=None)


def nearest_day(day: int, near: datetime) -> date | None:
    """Return the date with this day of the month that is nearest to a moment; None for a day no month near has."""
    return _nearest_day(day, near.year, near.month, near.day)


def at(day: date, hour: int, minute: int) -> datetime | None:
    """Return a moment of a day in UTC, None if there is none; 2400 is the end of the day."""
    if (hour, minute) == (24, 0):
        return datetime.combine(day, time(tzinfo=UTC)) + DAY
    if hour > 23 or minute > 59:
        return None
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def nearest(day: int, hour: int, minute: int, near: datetime) -> datetime | None:
    """Return the moment that a day of the month and a clock time name, nearest to another moment."""
    found = nearest_day(day, near)
    return at(found, hour, minute) if found else None


def happened(hour: int, minute: int, sent_at: datetime) -> datetime | None:
    """Return the last moment with this clock time that a message could know of."""
    return expected(hour, minute, sent_at - TELLS_BACK)


def expected(hour: int, minute: int, after: datetime) -> datetime | None:
    """Return the first moment with this clock time that is not before another; None if clocks have no such time."""
    if hour > 23 or minute > 59:
        return expected(0, 0, after) if (hour, minute) == (24, 0) else None
    moment = after.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment >= after else moment + DAY


class Clock:
    """Dates the times of one message.

    What has happened is the last such time before the message was sent, what is expected the first after it. A message
    without a stamp that is read on another day than its flight's tells no time of sending: then its times are taken to
    be of the flight's UTC date (`is_assumed`). `earliest` is when the flight can have begun to move, by its STD where
    that is known.
    """

    def __init__(
        self, sent_at: datetime, flight_date: date | None, *, is_stamped: bool = True, std_at: datetime | None = None
    ) -> None:
        self.sent_at, self.is_assumed = sent_at, False
        begin = std_at or (at(flight_date, 0, 0) if flight_date else None)
        self.earliest = begin - BEHIND if begin else None
        if begin and not is_stamped and not begin - BEHIND <= sent_at < begin + TOLD_WITHIN:
            # All of that date is before it, nothing of the next.
            self.sent_at, self.is_assumed = begin + DAY - AHEAD - timedelta(minutes=1), True

    def past(self, day: str | None, hour: int, minute: int) -> datetime | None:
        """Return when something was that has happened, None if there is no such time."""
        if day is not None:
            return nearest(int(day), hour, minute, self.sent_at)
        moment = happened(hour, minute, self.sent_at)
        if moment and self.earliest and moment < self.earliest:
            # Too early for this flight: its sender's clock is ahead, or the stamp is wrong.
            return expected(hour, minute, self.earliest)
        return moment

    def future(self, day: str | None, hour: int, minute: int, after: datetime | None) -> datetime | None:
        """Return when something is expected, after another moment or the message; None if there is no such time."""
        if day is not None:
            return nearest(int(day), hour, minute, self.sent_at)
        return expected(hour, minute, after or self.sent_at - BEHIND)
