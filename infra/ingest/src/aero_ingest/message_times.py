"""Full times of messages that give no month or year: days and clock times made full dates, by rule.

All in UTC. A day of the month is the nearest such day. A clock time is decided by what kind of time it is: what has
happened lies before the message was sent, what is expected lies after it, and nothing lies before the flight could
begin. Where the rules leave no choice that makes sense, the caller gets no time and makes a finding of it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

DAY = timedelta(days=1)
NOON = timedelta(hours=12)
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
STATED = re.compile(r"([0-9]{2})?([0-9]{2})([0-9]{2})")


class Stated(NamedTuple):
    """A time as a message states it: its day of the month, if any, and its clock as time since midnight.

    `clock` is None where no clock shows such a time.
    """

    day: int | None
    clock: timedelta | None


@lru_cache(4096)
def stated(text: str) -> Stated | None:
    """Return what `hhmm` or `ddhhmm` states, None for another text; for short texts only, as they are remembered."""
    match = STATED.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match[2]), int(match[3])
    if (hour, minute) == (24, 0):
        # The end of a day that is stated, otherwise a midnight like any other.
        clock = DAY if match[1] else timedelta()
    else:
        clock = timedelta(hours=hour, minutes=minute) if hour < 24 and minute < 60 else None
    return Stated(int(match[1]) if match[1] else None, clock)


@lru_cache(1024)
def nearest_day(day: int, near: date) -> date | None:
    """Return the date with this day of the month that is nearest to another; None for a day no month near has."""
    dates = []
    for months in (-1, 0, 1):
        year, index = divmod(near.year * 12 + near.month - 1 + months, 12)
        try:
            dates.append(date(year, index + 1, day))
        except ValueError:
            continue
    return min(dates, key=lambda day_near: abs(day_near - near), default=None)


@lru_cache(1024)
def midnight(day: date, zone: tzinfo | None = UTC) -> datetime:
    """Return when a date begins; messages of a day ask the same again and again."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def nearest(time: Stated, near: datetime) -> datetime | None:
    """Return the moment that a day of the month and a clock time name, nearest to another moment."""
    date_near = None if time.day is None else nearest_day(time.day, near.date())
    return midnight(date_near) + time.clock if date_near and time.clock is not None else None


def expected(clock: timedelta | None, after: datetime) -> datetime | None:
    """Return the first moment with this clock time that is not before another; None if clocks have no such time."""
    if clock is None:
        return None
    moment = midnight(after.date(), after.tzinfo) + clock
    return moment if moment >= after else moment + DAY


class Clock:
    """Dates the times of one message, which was sent at `sent_at`; nothing has happened after `latest`.

    What has happened is the last such time before the message was sent, what is expected the first after it. A message
    without a stamp that is read on another day than its flight's tells no time of sending: then its times are taken to
    be of the flight's UTC date (`is_assumed`). `earliest` is when the flight can have begun to move, by its STD where
    that is known.
    """

    __slots__ = ("_midnight", "_since", "_until", "earliest", "is_assumed", "latest", "sent_at")

    def __init__(
        self, sent_at: datetime, is_stamped: bool, flight_date: date | None, std_at: datetime | None = None
    ) -> None:
        self.is_assumed = False
        self.earliest: datetime | None = None
        if begin := std_at or (midnight(flight_date) if flight_date else None):
            self.earliest = begin - BEHIND
            if not is_stamped and not self.earliest <= sent_at < begin + TOLD_WITHIN:
                # All of that date is before it, nothing of the next.
                sent_at, self.is_assumed = begin + TELLS_BACK, True
        self.sent_at, self.latest = sent_at, sent_at + AHEAD
        self._midnight = midnight(sent_at.date(), sent_at.tzinfo)
        # Actual times lie in the day between these.
        self._since = sent_at - TELLS_BACK
        self._until = self._since + DAY

    def past(self, time: Stated) -> datetime | None:
        """Return when something was that has happened, None if there is no such time."""
        day, clock = time
        if day is not None:
            return nearest(time, self.sent_at)
        if clock is None:
            return None
        moment = self._midnight + clock
        if moment >= self._until:
            moment -= DAY
        elif moment < self._since:
            moment += DAY
        if self.earliest and moment < self.earliest:
            # Too early for this flight: its sender's clock is ahead, or the stamp is wrong.
            return expected(clock, self.earliest)
        return moment

    @staticmethod
    def after(begin: datetime, first: timedelta, second: timedelta | None) -> datetime | None:
        """Return the first moment by the second clock time that is not before `one`, which is by the first."""
        if second is None:
            return None
        moment = begin + (second - first)
        return moment if moment >= begin else moment + DAY

    def future(self, time: Stated, after: datetime | None) -> datetime | None:
        """Return when something is expected, after another moment or the message; None if there is no such time."""
        if time.day is not None:
            return nearest(time, self.sent_at)
        return expected(time.clock, after or self.sent_at - BEHIND)
