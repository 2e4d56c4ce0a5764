"""Output: tables that the airline's people keep of an operating day, as CSV: survey answers, and bookings.

Answers and bookings are those of the events, so an answer that also comes as an event is recognised as the same one.
"""

import csv
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from aero_airline import parameters as p
from aero_airline.airline import Airline, Day
from aero_airline.geography import EPOCH

SURVEYS = (
    "Fecha", "Vuelo", "Ruta", "Id de respuesta", "Cabina", "Recomendación", "Satisfacción", "Etiqueta de datos",
)  # fmt: skip
BOOKINGS = (
    "Fecha", "Vuelo", "Ruta", "Días a la salida", "Asientos reservados", "Ingreso reservado", "Moneda",
    "Etiqueta de datos",
)  # fmt: skip
#: The table of a day holds what was answered until noon (UTC) of the day after.
ANSWERED_UNTIL_MINUTES = 36 * 60


def response_id(seed: int, on: date, number: int) -> str:
    """Return the identity of a survey answer, from its operating day and its number."""
    return sha256(f"{seed}|{on}|{number}".encode()).hexdigest()[:32]


def write(
    airline: Airline, first: date, days: int, folder: Path, each_day: Callable[[int], object] = lambda _: None
) -> list[tuple[str, Path]]:
    """Write the tables of operating days; return each with its feed. The bytes do not depend on the window.

    `each_day` is called with the number of days written so far.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number in range(days):
        day = airline.day(first + timedelta(days=number))
        for feed, header, rows in (
            ("partner/surveys", SURVEYS, _surveys(day, airline.seed)),
            ("partner/bookings", BOOKINGS, _bookings(day)),
        ):
            path = folder / f"{feed.rpartition('/')[2]}_{day.on}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([header, *rows])
            written.append((feed, path))
        each_day(number + 1)
    return written


def _surveys(day: Day, seed: int) -> Iterable[tuple[object, ...]]:
    close = (day.on - EPOCH).days * 24 * 60 + ANSWERED_UNTIL_MINUTES
    columns = ["leg", "responded_at_minute", "cabin", "recommendation", "satisfaction"]
    answers = day.surveys[columns].itertuples(index=False, name=None)
    for number, (leg, minute, cabin, recommendation, satisfaction) in enumerate(answers):
        if minute < close:
            identity = response_id(seed, day.on, number)
            yield (*_flight(day, leg), identity, cabin, recommendation, satisfaction, p.DATA_LABEL)


def _bookings(day: Day) -> Iterable[tuple[object, ...]]:
    """Return the bookings of each flight at departure; a cancelled flight is refunded and has none."""
    last = day.bookings.groupby("leg").last()
    for leg, (days, booked, revenue) in enumerate(
        last[["days_to_departure", "booked", "revenue_usd"]].itertuples(index=False, name=None)
    ):
        if not day.legs[leg].is_cancelled:
            yield (*_flight(day, leg), int(days), int(booked), f"{revenue:.2f}", "USD", p.DATA_LABEL)


def _flight(day: Day, number: int) -> tuple[str, str, str]:
    leg = day.legs[number]
    return f"{leg.operating_date}", f"{leg.carrier}{leg.flight_number}", f"{leg.origin}-{leg.destination}"
