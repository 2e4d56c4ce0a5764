"""Output: the events of an operating day, from the plan on the day before to the survey answers days later.

    day_events(airline, date(2026, 11, 2))           # with the faults of real senders
    day_events(airline, date(2026, 11, 2), faults=False)
    events(airline, date(2026, 11, 1), 14)           # consecutive days, in order of receipt

There are three steps, each drawn from the date alone: the true life of every leg (`leg_life`); the sender's errors and
their corrections (`faults.reports`, the same errors as in the partner files); and transmission, in which some events
are sent twice and some arrive late.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd

from aero_airline import parameters as p
from aero_airline.airline import Airline, Day
from aero_airline.delay_codes import text as codes_text
from aero_airline.faults import Report, reports
from aero_airline.geography import DAY, distance_km, distance_miles, offset
from aero_airline.leg import Leg
from aero_airline.leg_life import (
    DRAWS,
    Chance,
    Departure,
    Story,
    minute_text,
    published_at,
    receipt,
    second_of,
    second_text,
    tell,
)
from aero_airline.network import long_haul, routes
from aero_airline.randomness import Purpose, stream
from aero_airline.tables import response_id
from aero_streaming.events import Event, build, correct, restate

#: Events in which the sender names the aircraft that it sees.
SEES_AIRCRAFT = ("load", "out", "off", "on", "in")


def events(airline: Airline, first: date, days: int, faults: bool = True) -> Iterator[Event]:
    """Yield the events of `days` operating days in order of `received_at`; a day is generated when it begins."""
    waiting: list[Event] = []
    for number in range(days):
        on = first + timedelta(days=number)
        waiting = sorted([*waiting, *day_events(airline, on, faults)], key=_order)
        tomorrow = second_text(published_at(on + timedelta(days=1)) * 60)
        due = bisect_left(waiting, tomorrow, key=lambda event: event["received_at"])
        yield from waiting[:due]
        waiting = waiting[due:]
    yield from waiting


def day_events(airline: Airline, on: date, faults: bool = True) -> list[Event]:
    """Return the events of one operating day in order of `received_at`."""
    day = airline.day(on)
    if not day.legs:
        return []
    draws = stream(airline.seed, Purpose.EVENTS, on).random((len(day.legs), DRAWS)).tolist()
    sent = reports(day.legs, airline.schedule, airline.seed) if faults else [Report(leg, None) for leg in day.legs]
    events: list[Event] = []
    stories = []
    for leg, report, draw in zip(day.legs, sent, draws, strict=True):
        chance = iter(draw)
        story = _story(leg, chance)
        stories.append(story)
        leg_events = tell(story, on, chance)
        events += _misreported(leg_events, leg, report, chance) if faults else leg_events
    events += _bookings(day, stories, airline.seed)
    events += _feedback(day, stories, airline.seed)
    if faults:
        events = _on_the_way(events, airline.seed, on)
    return sorted(events, key=_order)


def _order(event: Event) -> tuple[str, str]:
    return event["received_at"], event["event_id"]


# -- the truth ---------------------------------------------------------------------------------------------------------
def _story(leg: Leg, chance: Chance) -> Story:
    published = published_at(leg.operating_date)
    return Story(
        leg=_described(leg),
        std=leg.std,
        sta=leg.sta,
        distance_miles=distance_miles(leg.origin, leg.destination),
        departures=_departures(leg, chance),
        on=leg.on,
        in_=leg.in_,
        called_off=_called_off(leg, published, chance),
        cancelled_at=_cancelled_at(leg, published, chance),
        cancellation_code=leg.cancellation_code or None,
        diverted_at=_diverted_at(leg),
        diverted_to=alternate(leg.origin, leg.destination) if leg.is_diverted else None,
        passengers=None if leg.is_cancelled else leg.passengers,
        coded_at=None if leg.out is None else (leg.first_out or leg.out) + 5 + int(20 * next(chance)),
        coding={"delay_codes": codes_text(leg.delay_codes)} if leg.delay_codes else {},
    )


def _described(leg: Leg) -> dict[str, Any]:
    """Return the leg under the field names of events."""
    return {
        "carrier": leg.carrier,
        "flight_number": leg.flight_number,
        "operational_suffix": "",
        "leg_sequence": leg.leg_sequence,
        "origin": leg.origin,
        "destination": leg.destination,
        "operating_date": f"{leg.operating_date}",
        "std_at": minute_text(leg.std),
        "sta_at": minute_text(leg.sta),
        "std_utc_offset_minutes": offset(leg.origin, leg.std),
        "sta_utc_offset_minutes": offset(leg.destination, leg.sta),
        "tail": leg.tail,
        "aircraft_type": leg.aircraft_type,
        "seats": leg.seats,
        "data_label": p.DATA_LABEL,
    }


def _departures(leg: Leg, chance: Chance) -> tuple[Departure, ...]:
    """Return the departure attempts; an aircraft that returned was on its stand again well before it left for good."""
    if leg.out is None:
        return ()
    flown = Departure(leg.out, leg.off)
    if leg.first_out is None:
        return (flown,)
    if leg.first_off is None:
        back = leg.first_out + 10 + int(15 * next(chance))
        return (Departure(leg.first_out, None, "return_to_ramp", back_in=back), flown)
    back = leg.first_off + 20 + int(15 * next(chance))
    return (Departure(leg.first_out, leg.first_off, "air_return", back, back + 6), flown)


def _called_off(leg: Leg, published: int, chance: Chance) -> tuple[int, int] | None:
    """Return the times of cancellation and of reinstatement of a flight; None for most flights."""
    is_hit, when, how_long = next(chance), next(chance), next(chance)
    cancelled = leg.std - 300 + int(100 * when)
    if leg.is_cancelled or is_hit >= p.REINSTATED_SHARE or cancelled <= published:
        return None
    return cancelled, cancelled + 30 + int(60 * how_long)


def _cancelled_at(leg: Leg, published: int, chance: Chance) -> int | None:
    """Return the time of cancellation: early if the airline decides, late for weather and flow control."""
    when = next(chance)
    if not leg.is_cancelled:
        return None
    minute = leg.std - 240 + int(220 * when) if leg.cancellation_code == "A" else leg.std - 150 + int(180 * when)
    return max(minute, published + 15)


def _diverted_at(leg: Leg) -> int | None:
    if not leg.is_diverted or leg.off is None:
        return None
    return leg.off + round(0.7 * (leg.sta - leg.std))


@cache
def alternate(origin: str, destination: str) -> str:
    """Return the alternate of a flight that cannot land at its destination: the nearest airport of the network."""
    served = {code for route in routes() for code in (route.base, route.destination)}
    served |= {code for trip in long_haul() for code in trip.path}
    return min(served - {origin, destination}, key=lambda code: (distance_km(destination, code), code))


def _bookings(day: Day, stories: list[Story], seed: int) -> Iterator[Event]:
    """Yield a booking event when the plan is published and at every snapshot after it; a cancelled leg is refunded."""
    published = published_at(day.on)
    draws = iter(stream(seed, Purpose.EVENTS, day.on, 1).random(len(day.bookings) + len(stories)).tolist())
    moments: dict[int, list[tuple[int, int, int, float]]] = {}
    for leg, days, booked, revenue in _columns(day.bookings, "leg", "days_to_departure", "booked", "revenue_usd"):
        # The books close half an hour before departure.
        moment = stories[leg].std - max(days * DAY, 30)
        moments.setdefault(leg, []).append((moment, days, booked, revenue))
    for leg, story in enumerate(stories):
        cancelled = story.cancelled_at
        open_until = story.std if cancelled is None else cancelled
        known = [row for row in moments[leg] if row[0] <= open_until]
        opening = max((row[0] for row in known if row[0] <= published), default=published)
        sent = [row for row in known if row[0] >= opening]
        if cancelled is not None:
            sent.append((cancelled + 60, max(0, (story.std - cancelled) // DAY), 0, 0.0))
        for moment, days, booked, revenue in sent:
            yield build(
                "booking", story.leg, source="reservations", event_time=second_text(moment * 60),
                received_at=receipt("booking", max(moment, published), draws), days_to_departure=days,
                booked_seats=booked, booked_revenue_usd=revenue,
            )  # fmt: skip


def _feedback(day: Day, stories: list[Story], seed: int) -> Iterator[Event]:
    draws = iter(stream(seed, Purpose.EVENTS, day.on, 2).random(len(day.surveys)).tolist())
    for number, (leg, minute, cabin, recommendation, satisfaction) in enumerate(
        _columns(day.surveys, "leg", "responded_at_minute", "cabin", "recommendation", "satisfaction")
    ):
        yield build(
            "feedback", stories[leg].leg, source="survey", event_time=second_text(minute * 60),
            received_at=receipt("feedback", minute, draws),
            response_id=response_id(seed, day.on, number), cabin=cabin,
            recommendation=recommendation, satisfaction=satisfaction,
        )  # fmt: skip


def _columns(frame: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a table as plain Python values."""
    return zip(*(frame[name].tolist() for name in names), strict=True)


# -- what the sender gets wrong ----------------------------------------------------------------------------------------
def _misreported(events: list[Event], leg: Leg, report: Report, chance: Chance) -> list[Event]:
    """Return the events of a leg as the sender sends them: first versions as in its report, and its corrections."""
    first, reported = report.first, []
    after, of_the_day = next(chance), next(chance)
    for event in events:
        kind = event["event_type"]
        if kind in ("on", "in") and first.in_ is None and leg.in_ is not None:
            continue  # never reaches the sender
        if kind == "in" and first.in_ is not None and first.in_ != leg.in_:
            wrong = minute_text(first.in_)
            at = receipt("in", first.in_, chance)
            sent = restate(event, in_at=wrong, event_time=wrong, received_at=at)
            reported += [sent, correct(sent, _later(at, after), in_at=event["in_at"])]
        elif kind == "delay_codes" and first.delay_codes != leg.delay_codes:
            sent = restate(event, delay_codes=codes_text(first.delay_codes))
            # Reviewed on the next day, between 08:00 and 20:00 UTC.
            reviewed = published_at(leg.operating_date) + 2 * DAY - 4 * 60 + int(12 * 60 * of_the_day)
            reviewed = max(reviewed, leg.ready + 60)
            reported += [sent, correct(sent, second_text(reviewed * 60), delay_codes=event["delay_codes"])]
        else:
            reported.append(event)
    return _wrong_tail(reported, first.tail, after) if first.tail != leg.tail else reported


def _wrong_tail(events: list[Event], tail: str, after: float) -> list[Event]:
    """Return the events with a wrong tail in the reports of crew and handlers, until the tail is corrected."""
    left = next((event for event in events if event["event_type"] == "out"), None)
    if left is None:
        return events
    corrected_at = _later(left["received_at"], after)
    wrong = [
        restate(event, tail=tail)
        if event["event_type"] in SEES_AIRCRAFT and event["received_at"] < corrected_at
        else event
        for event in events
    ]
    sent = next(event for event in wrong if event["event_type"] == "out")
    return [*wrong, correct(sent, corrected_at, tail=left["tail"])]


def _on_the_way(sent: list[Event], seed: int, on: date) -> list[Event]:
    """Return the events with some of them late and some of them twice."""
    chance = stream(seed, Purpose.FAULTS, on, 3).random((4, len(sent)))
    arrivals = []
    for event, late, how_late, twice, how_soon in zip(sent, *chance.tolist(), strict=True):
        arrived = event
        if late < p.OUT_OF_ORDER_SHARE:
            arrived = event | {"received_at": _later(event["received_at"], how_late, p.OUT_OF_ORDER_MINUTES)}
        arrivals.append(arrived)
        if twice < p.DUPLICATE_SHARE:
            again = _later(arrived["received_at"], how_soon, p.REPEATED_AFTER_MINUTES)
            arrivals.append(arrived | {"received_at": again})
    return arrivals


def _later(received_at: str, share: float, between: tuple[int, int] = p.CORRECTED_AFTER_MINUTES) -> str:
    """Return a random time between two numbers of minutes after another time, at least one second later."""
    least, most = between
    return second_text(second_of(received_at) + max(1, int(60 * (least + share * (most - least)))))
