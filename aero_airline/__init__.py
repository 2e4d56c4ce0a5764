"""The synthetic airline: one made-up carrier, deterministic from a seed, behind every outlet (datos sintéticos).

It resembles what is public about Aeroméxico's network, fleet and results, is not affiliated with it, and contains none
of its data; `parameters.py` holds every figure it is calibrated with and where that comes from.

    airline = Airline(seed=2026)
    airline.legs(date(2026, 11, 1), 14)              # what truly happened: list[Leg]
    airline.day(date(2026, 11, 1)).revenue           # and .bookings .costs .surveys: one data frame each
    airline.files(date(2026, 11, 1), 14, folder)     # partner files with the faults of real senders -> Totals
    events(airline, date(2026, 11, 1), 14)           # aero_airline/events.py: everything as it comes in, event by event

The law: what happens on an operating day is a function of the seed and the date. Rotations belong to the date they
start on and draw from a stream of that date, so the file of a day has the same bytes whatever window it was made in.
`Airline(seed, reports_since=first)` starts clean: no corrections of a day that was never reported.
"""

from aero_airline.airline import Airline, Day
from aero_airline.files import HEADER, Totals
from aero_airline.leg import Leg

__all__ = ["HEADER", "Airline", "Day", "Leg", "Totals"]
