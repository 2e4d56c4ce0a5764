"""Completeness of a day: the legs expected from each source against the legs received, from the published marts.

A source is due on a route if it reported the end of one of the carrier's flights there in the week before, or does so
on the day itself. It owes the end (arrived, cancelled, diverted) of every flight that any source knows on that route
and day; if no source knows one, as many ends as it reported a week before. No flight is missing before the operating
day closes. The dashboard and the check of the published marts both use this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

NEEDED = ("operations.fct_completeness_day", "operations.fct_leg")
#: An operating day closes at 12:00 UTC of the next one (docs/contracts.md).
CLOSES_AFTER = timedelta(days=1, hours=12)
COMPARED_DAYS = 7

LEGS = """
    select count(*)::int as known, count(*) filter (in_at is not null or is_cancelled or is_diverted)::int as final
    from operations.fct_leg where operating_date = $day
"""
EXPECTED = """
    with here as (
        select * from operations.fct_completeness_day where operating_date = $day
    ),

    before as (
        select carrier, route, source, sum(case when operating_date = $day - 7 then final_legs else 0 end) as usual_legs
        from operations.fct_completeness_day
        where operating_date between $day - $compared_days and $day - 1 and final_legs > 0
        group by carrier, route, source
    ),

    due as (
        select carrier, route, source from before
        union
        select carrier, route, source from here where final_legs > 0
    ),

    known as (
        select carrier, route, max(known_legs) as known_legs from here group by carrier, route
    )

    select
        due.source,
        due.carrier,
        due.route,
        coalesce(known.known_legs, before.usual_legs, 0)::int as expected_legs,
        coalesce(here.final_legs, 0)::int as final_legs,
        here.final_received_at
    from due
    left join here using (carrier, route, source)
    left join before using (carrier, route, source)
    left join known using (carrier, route)
    where coalesce(known.known_legs, before.usual_legs, 0) > 0
    order by due.source, due.carrier, due.route
"""


class Connection(Protocol):
    """A reader of the published tables: DuckDB's connection, or the dashboard's own."""

    def execute(self, query: str, parameters: Any = ...) -> Any:  # noqa: ANN401 - DuckDB's own
        """Run a query."""


@dataclass(frozen=True)
class Expected:
    """The flights of a carrier on a route whose end a source should have reported on a day, and those it did."""

    source: str
    carrier: str
    route: str
    expected_legs: int
    final_legs: int
    final_received_at: datetime | None

    @property
    def missing_legs(self) -> int:
        """The number of flights whose end the source has not reported."""
        return max(self.expected_legs - self.final_legs, 0)


@dataclass(frozen=True)
class Day:
    """The state of an operating day at a moment (both UTC, the moment without a zone)."""

    operating_date: date
    as_of: datetime
    known_legs: int
    final_legs: int
    expected: Sequence[Expected]

    @property
    def closes_at(self) -> datetime:
        """The time at which all data should have arrived."""
        return closes_at(self.operating_date)

    @property
    def is_due(self) -> bool:
        """True once the operating day has closed: before that nothing is missing."""
        return self.as_of >= self.closes_at

    @property
    def missing(self) -> list[Expected]:
        """The rows that are due and have not arrived, those with the most flights first."""
        owed = [row for row in self.expected if row.missing_legs] if self.is_due else []
        return sorted(owed, key=lambda row: (-row.missing_legs, row.source, row.carrier, row.route))

    @property
    def is_complete(self) -> bool:
        """True if every known flight has ended and every source has reported every end that it owes."""
        return self.is_due and self.known_legs > 0 and self.final_legs == self.known_legs and not self.missing

    def hours_late(self, row: Expected) -> float | None:
        """Hours from the close of the day to the last reported end, or to now while one is missing; None if in time."""
        until = self.as_of if row.missing_legs else row.final_received_at
        hours = (until - self.closes_at).total_seconds() / 3600 if until else 0
        return hours if hours > 0 else None


def closes_at(day: date) -> datetime:
    """Return the time at which an operating day closes, UTC without a zone."""
    return datetime.combine(day, time()) + CLOSES_AFTER


def latest_day(connection: Connection, as_of: datetime) -> date:
    """Return yesterday (UTC); or the last day with flights, if nothing arrived in the week before."""
    yesterday = as_of.date() - timedelta(days=1)
    [(last,)] = connection.execute(
        "select max(operating_date) from operations.fct_completeness_day where operating_date <= $day",
        {"day": yesterday},
    ).fetchall()
    return last if last and last < yesterday - timedelta(days=COMPARED_DAYS) else yesterday


def of_day(connection: Connection, day: date, as_of: datetime) -> Day:
    """Return the completeness of a day at a moment."""
    as_of = as_of.astimezone(UTC).replace(tzinfo=None) if as_of.tzinfo else as_of
    [(known, final)] = connection.execute(LEGS, {"day": day}).fetchall()
    rows = connection.execute(EXPECTED, {"day": day, "compared_days": COMPARED_DAYS}).fetchall()
    return Day(day, as_of, known, final, [Expected(*row) for row in rows])
