"""Typed rows of operating days of the synthetic airline, from every source that its demo has and from some it has not.

Every row goes through the rules of its feed, as the lake would hold it; what the rules refuse is left out. The airline
reports all its legs in files; of its database there are the legs of a few, with their money.
"""

import csv
import gzip
import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aero_airline import Airline, events, tables
from aero_airline.airline import Day
from aero_airline.opsdb import uid
from aero_assets.feeds import Feed, feeds, find
from aero_extract.raw_store import Stamp
from aero_extract.tables import TABLES
from aero_local.airline_database import AirlineDatabase
from aero_streaming.events.types import EVENT_TYPES
from tests.dbt.typed_lake import Row
from tests.judging import judged
from tests.unit.feeds import good_rows, test_opsdb__connections
from tests.unit.feeds.event_rows import wrapped

#: Feed and file of what one sender sends at once, and the typed rows of it.
Sent = tuple[Feed, str, list[Row]]
TOPICS = {"leg-events": "ops/leg_events", "bookings": "commercial/bookings", "feedback": "customer/feedback"}
FLIGHT = ("OPERATING_DATE", "CARRIER", "FLIGHT_NUMBER", "ORIGIN", "DESTINATION")
SATURDAY = 5
#: The version of a row of the database.
STAMP = {"row_version": 1, "updated_at": "2026-02-20T17:30:00.000000Z"}


class OnceComputed(Airline):
    """The airline, with its days kept: every sender asks for them."""

    def __init__(self, seed: int, reports_since: date) -> None:
        super().__init__(seed, reports_since)
        self._days: dict[date, Day] = {}

    def day(self, on: date) -> Day:
        """Return one operating day, computed once."""
        if on not in self._days:
            self._days[on] = super().day(on)
        return self._days[on]


@dataclass(frozen=True)
class AirlineRows:
    """So many operating days of an airline: `sent` yields what its senders send, a feed and a day at a time."""

    seed: int
    first: date
    days: int
    most_legs: int

    @cached_property
    def airline(self) -> Airline:
        """The airline whose days they are."""
        return OnceComputed(self.seed, reports_since=self.first)

    @property
    def last(self) -> date:
        """The last operating day."""
        return self.first + timedelta(days=self.days - 1)

    def sent(self) -> Iterator[Sent]:
        """Yield the rows of every sender: files, tables of people, the database, events, and one of each other feed."""
        yield from self._files()
        yield from self._database()
        yield from self._connections()
        yield from self._pesos()
        yield from self._events()
        yield from self._others()

    def _files(self) -> Iterator[Sent]:
        with TemporaryDirectory() as folder:
            home = Path(folder)
            self.airline.files(self.first, self.days, home / "legs")
            sent = [("partner/airline_legs", path) for path in sorted((home / "legs").iterdir())]
            sent += tables.write(self.airline, self.first, self.days, home / "tables").files
            for name in sorted({name for name, _ in sent}):
                texts = [_text(path) for other, path in sent if other == name]
                header = texts[0].partition("\n")[0]
                body = "\n".join([header, *(text.partition("\n")[2].rstrip("\n") for text in texts)]) + "\n"
                yield from self._by_date(find(name), body, self.last + timedelta(days=1))

    @cached_property
    def flights(self) -> set[tuple[date, int]]:
        """Operating date and number of the flights that are taken: a laptop builds days of all of them in minutes."""
        dates = [self.first + timedelta(days=number) for number in range(self.days)]
        return {(on, leg.flight_number) for on in dates for leg in self.airline.day(on).legs[: self.most_legs]}

    def _by_date(self, feed: Feed, body: str | bytes, arrived: date) -> Iterator[Sent]:
        """Yield the rows of a body, a business date at a time; of legs those of the flights that are taken."""
        rows = [row for row in judged(feed, body, arrived) if row["reason"] is None]
        if rows and "flight_number" in rows[0]:
            rows = [row for row in rows if (row["operating_date"], row["flight_number"]) in self.flights]
        filed_by = feed.business_date
        for on, of_date in groupby(sorted(rows, key=lambda row: row[filed_by]), key=lambda row: row[filed_by]):
            yield feed, f"{on}", list(of_date)

    def _database(self) -> Iterator[Sent]:
        at = datetime.combine(self.last, time(), UTC) + timedelta(days=6)
        database = AirlineDatabase(self.airline, self.first, self.last, at, self.most_legs)
        stamp_text = f"{at:%Y-%m-%dT%H:%M:%S}.000000Z"
        lines: dict[str, list[str]] = {name: [] for name in TABLES}
        for day in database.each_day():
            for name, rows in day.items():
                lines[name] += [row.line(TABLES[name]) for row in rows.values()]
        # As the central bank does, which publishes none on Saturdays and Sundays.
        lines["fx_rates"] = [
            f'{line[:-1]},"row_version":1}}'
            for line in database.rates()
            if date.fromisoformat(json.loads(line)["rate_date"]).weekday() < SATURDAY
        ]
        for name, given in lines.items():
            feed, stamp = find(f"opsdb/{name}"), Stamp(f"opsdb/{name}", stamp_text)
            body = "".join(stamp.line(line)[0] for line in given).encode()
            yield from self._by_date(feed, body, at.date())

    def _connections(self) -> Iterator[Sent]:
        """Connections between flights that are taken: few of them connect by their times."""
        record, feed, lines = test_opsdb__connections.ROW, find("opsdb/connections"), []
        stamp = Stamp(feed.path, f"{self.last + timedelta(days=2)}T00:00:00.000000Z")
        for on in sorted({on for on, _ in self.flights}):
            legs = self.airline.day(on).legs[: self.most_legs]
            pairs = [(leg, next_leg) for leg in legs for next_leg in legs if leg.destination == next_leg.origin]
            for number, (inbound, onward) in enumerate(pairs[:4]):
                cells: dict[str, Any] = {
                    "in_leg_uid": uid(inbound),
                    "out_leg_uid": uid(onward),
                    "airport": onward.origin,
                }
                cells |= {"result": ("made", "missed")[number % 2], "operating_date": f"{on}", "passengers": number + 1}
                lines.append(stamp.line(json.dumps(record | STAMP | cells, ensure_ascii=False))[0])
        for _, on, rows in self._by_date(feed, "".join(lines).encode(), self.last):
            yield feed, f"{on}-more", rows

    def _pesos(self) -> Iterator[Sent]:
        """Costs, revenue and cargo in pesos, also of days off, whose rate is that of a day before."""
        flights = [
            dict(zip(FLIGHT, map(str, (on, leg.carrier, leg.flight_number, leg.origin, leg.destination)), strict=True))
            for on in sorted({on for on, _ in self.flights})
            for leg in self.airline.day(on).legs[: self.most_legs]
        ]
        for name in ("partner/costs", "partner/revenue", "partner/cargo"):
            record = good_rows.good_row(find(name))
            body = _csv(find(name), [record | flight for flight in flights])
            for feed, on, rows in self._by_date(find(name), body, self.last + timedelta(days=2)):
                yield feed, f"{on}-pesos", rows

    def _events(self) -> Iterator[Sent]:
        """Events of the last two days: all of some flights, as the stream would have sent them."""
        sent = [
            event
            for on in (self.last - timedelta(days=1), self.last)
            for event in events.day_events(self.airline, on)
            if (on, event["flight_number"]) in self.flights
        ]
        for topic, name in TOPICS.items():
            of_topic = [event for event in sent if EVENT_TYPES[event["event_type"]].topic == topic]
            yield from self._by_date(find(name), wrapped(*of_topic), self.last + timedelta(days=3))

    def _others(self) -> Iterator[Sent]:
        """A good record of every feed: those that no airline sends too."""
        for feed in feeds():
            record = good_rows.good_row(feed)
            yield feed, "good", good_rows.typed(feed, [record], date(2026, 11, 20))
            if "EDITION_AT" in record:
                restated = record | {
                    "EDITION_AT": "2022-09-18 23:28:21",
                    "PASSENGERS": "1600",
                    "FIGURES_DIGEST": "0a1c",
                }
                yield feed, "restated", good_rows.typed(feed, [restated], date(2026, 11, 20))


def _text(path: Path) -> str:
    body = path.read_bytes()
    return (gzip.decompress(body) if path.suffix == ".gz" else body).decode()


def _csv(feed: Feed, records: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, feed.header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def shuffled(sent: list[Sent], arrivals: int, rng: random.Random, late: str) -> list[list[Sent]]:
    """Deal what was sent into so many arrivals, at random; half of what the feed `late` sent comes last and alone."""
    of_late = [body for body in sent if body[0].path == late]
    last = rng.sample(of_late, (len(of_late) + 1) // 2)
    dealt: list[list[Sent]] = [[] for _ in range(arrivals - 1)]
    for body in sent:
        if not any(body is late_body for late_body in last):
            rng.choice(dealt).append(body)
    return [*dealt, last]
