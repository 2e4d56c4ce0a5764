"""Sources of played events: the flights of a real file, with or without transmission faults.

Faults are drawn from a seed, so that a drill can be repeated. Each fault states its possible effect on the final
figures.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from aero_local.errors import AeroError
from aero_local.live import replay
from aero_streaming.events import Event, correct
from aero_streaming.rules import rules
from aero_streaming.times import close_of, text


@dataclass(frozen=True)
class Faults:
    """Transmission faults; none by default."""

    #: Share of events that are sent again, identical.
    repeated: float = 0.0
    #: Minutes by which events may overtake each other; they keep the time they were received at.
    shuffled_minutes: int = 0
    #: Share of movements that are corrected some time later.
    corrected: float = 0.0


def day_of_file(file: Path, on: date | None, routes: int | None, seed: int) -> tuple[list[Event], int]:
    """Return the events of one operating day of a file, in order of receipt, and the number of its legs.

    With `routes` only that many routes are kept. Raises `AeroError` if the file has no flight on that day.
    """
    flights = replay.read(file, lambda days: on or days[-1])
    if not flights.days:
        raise AeroError(f"{file} has no flight that can be played.", "The first lines of it may tell why.")
    if on and on not in flights.days:
        first, last = flights.days[0], flights.days[-1]
        raise AeroError(f"{file} has no flights on {on}.", f"It has {first} to {last}: choose with --date.")
    if routes is not None:
        names = sorted({(leg["origin"], leg["destination"]) for leg in flights.legs})
        draws(seed).shuffle(names)
        kept = set(names[:routes])
        flights = replace(
            flights, legs=tuple(leg for leg in flights.legs if (leg["origin"], leg["destination"]) in kept)
        )
    return list(replay.events(flights, seed)), len(flights.legs)


def with_faults(events: Sequence[Event], faults: Faults, seed: int) -> list[Event]:
    """Return the events in the order of sending, with repeated, corrected and overtaking events."""
    chance = draws(seed)
    sent = list(events)
    if faults.corrected:
        movements = [event for event in events if event["event_type"] in ("out", "in")]
        sent += [_corrected(event, chance) for event in movements if chance.random() < faults.corrected]
    if faults.repeated:
        sent += [event for event in sent if chance.random() < faults.repeated]
    return sorted(sent, key=_overtaking(faults.shuffled_minutes, chance))


def at_close(events: Iterable[Event], operating_date: str) -> tuple[list[Event], list[Event]]:
    """Split events into those received by the close of an operating day and those received later; the order is kept."""
    close = close_of(operating_date, rules().close_hour_utc)
    early: list[Event] = []
    late: list[Event] = []
    for event in events:
        (early if datetime.fromisoformat(event["received_at"]) < close else late).append(event)
    return early, late


def dawn(events: Iterable[Event]) -> datetime:
    """Return the time from which a day is played in real time: an hour before its first scheduled departure."""
    return datetime.fromisoformat(min(event["std_at"] for event in events if event.get("std_at"))) - timedelta(hours=1)


def draws(seed: int) -> random.Random:
    """Return a random generator that gives the same numbers for the same seed."""
    return random.Random(seed)  # noqa: S311 - nothing is kept secret with it


def _corrected(event: Event, chance: random.Random) -> Event:
    """Return a correction of OUT or IN by a few minutes, received up to two hours after the event that it corrects."""
    name = f"{event['event_type']}_at"
    moved = datetime.fromisoformat(event[name]) + timedelta(minutes=chance.choice((-7, -3, 2, 5, 11)))
    received = datetime.fromisoformat(event["received_at"]) + timedelta(minutes=chance.randint(5, 120))
    return correct(event, text(received), **{name: text(moved)})


def _overtaking(minutes: int, chance: random.Random) -> Callable[[Event], tuple[float, str]]:
    def key(event: Event) -> tuple[float, str]:
        at = datetime.fromisoformat(event["received_at"]).timestamp()
        return at + (chance.random() * minutes * 60 if minutes else 0), event["event_id"]

    return key
