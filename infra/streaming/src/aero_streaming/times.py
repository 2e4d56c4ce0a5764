"""Times as the stream writes them: UTC text with `Z`, and what is reckoned with them.

An operating day ends at the close hour (UTC) of the day after it; the same hour decides which day a rolling window
or a silent feed belongs to.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache


def parse(value: str) -> datetime:
    """Return the moment of a UTC text; raise ValueError where it has no zone."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value} has no zone; write 2015-01-02T13:34:00Z")
    return moment


def text(moment: datetime) -> str:
    """Return the text of a moment: 2015-01-02T13:34:00Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def minutes_between(start: str, end: str) -> int:
    """Return whole minutes from one text to the other, cut toward minus infinity."""
    return int((parse(end) - parse(start)).total_seconds() // 60)


def minutes_since(start: str, now: datetime) -> float:
    """Return the minutes that have passed since a text."""
    return (now - parse(start)).total_seconds() / 60


@lru_cache(1024)
def close_of(operating_date: str, close_hour: int) -> datetime:
    """Return when an operating day closes: the close hour (UTC) of the next day."""
    day = date.fromisoformat(operating_date)
    return datetime(day.year, day.month, day.day, close_hour, tzinfo=UTC) + timedelta(days=1)


def business_date(now: datetime, close_hour: int) -> str:
    """Return the operating day that a moment of the whole network belongs to: it runs from close hour to close hour."""
    return (now - timedelta(hours=close_hour)).date().isoformat()
