"""The synthetic airline: one made-up carrier, deterministic from a seed, as the source of all test data.

Its rows are labelled "datos sintéticos". It is calibrated with public figures about Aeroméxico's network, fleet and
results; `parameters.py` holds each figure with its origin. It is not affiliated with Aeroméxico and contains none of
its data.

    airline = Airline(seed=2026)
    airline.legs(date(2026, 11, 1), 14)              # the true legs: list[Leg]
    airline.day(date(2026, 11, 1)).revenue           # also .bookings .costs .surveys: data frames
    airline.files(date(2026, 11, 1), 14, folder)     # partner files with the faults of real senders -> Totals
    events(airline, date(2026, 11, 1), 14)           # aero_airline/events.py: all events, in order of receipt

An operating day is a function of the seed and the date. Rotations belong to the date they start on and draw random
numbers from a stream of that date, so the file of a day has the same bytes in every window of days.
`Airline(seed, reports_since=first)` makes no corrections of days before `first`.
"""

from aero_airline.airline import Airline, Day
from aero_airline.files import HEADER, Totals
from aero_airline.leg import Leg

__all__ = ["HEADER", "Airline", "Day", "Leg", "Totals"]
