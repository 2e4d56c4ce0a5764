"""Output: tables that the airline's people keep, as CSV: answers, bookings and cargo of a day, targets of a month.

Answers and bookings are those of the events, so an answer that also comes as an event is recognised as the same one.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from aero_airline import parameters as p
from aero_airline.airline import Airline, Day
from aero_airline.geography import EPOCH
from aero_airline.network import market, routes

SURVEYS = (
    "Fecha", "Vuelo", "Ruta", "Id de respuesta", "Cabina", "Recomendación", "Satisfacción", "Etiqueta de datos",
)  # fmt: skip
BOOKINGS = (
    "Fecha", "Vuelo", "Ruta", "Días a la salida", "Asientos reservados", "Ingreso reservado", "Moneda",
    "Etiqueta de datos",
)  # fmt: skip
CARGO = ("Fecha", "Vuelo", "Ruta", "Ingreso de carga", "Moneda", "Etiqueta de datos")
TARGETS = ("Mes", "Ruta", "Indicador", "Meta", "Etiqueta de datos")
#: The table of a day holds what was answered until noon (UTC) of the day after.
ANSWERED_UNTIL_MINUTES = 36 * 60


@dataclass(frozen=True)
class Tables:
    """The written files, each with its feed, and the control total of their cargo in US dollars."""

    files: tuple[tuple[str, Path], ...]
    cargo_usd: float


def response_id(seed: int, on: date, number: int) -> str:
    """Return the identity of a survey answer, from its operating day and its number."""
    return sha256(f"{seed}|{on}|{number}".encode()).hexdigest()[:32]


def write(
    airline: Airline, first: date, days: int, folder: Path, each_day: Callable[[int], object] = lambda _: None
) -> Tables:
    """Write the tables of operating days. The bytes do not depend on the window.

    `each_day` is called with the number of days written so far.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[tuple[str, Path]] = []
    cargo_cents = 0

    def keep(feed: str, of: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        path = folder / f"{feed.rpartition('/')[2]}_{of}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
        written.append((feed, path))

    dates = [first + timedelta(days=number) for number in range(days)]
    for month in sorted({f"{on:%Y-%m}" for on in dates}):
        keep("partner/targets", month, TARGETS, _targets(month))
    for number, on in enumerate(dates):
        day = airline.day(on)
        keep("partner/surveys", f"{on}", SURVEYS, _surveys(day, airline.seed))
        keep("partner/bookings", f"{on}", BOOKINGS, _bookings(day))
        keep("partner/cargo", f"{on}", CARGO, _cargo(day))
        cargo_cents += round(100 * day.revenue["cargo_usd"].sum())
        each_day(number + 1)
    return Tables(tuple(written), cargo_cents / 100)


def _targets(month: str) -> Iterable[tuple[object, ...]]:
    """Return the targets of the network and of every route both ways: arrivals on time, and load factor in percent."""
    yield month, "", "Puntualidad de llegada", p.PUNCTUALITY_TARGET_PERCENT, p.DATA_LABEL
    for base, destination in sorted({(route.base, route.destination) for route in routes()}):
        load_factor = round(100 * market(base, destination).load_factor)
        for name in (f"{base}-{destination}", f"{destination}-{base}"):
            yield month, name, "Puntualidad de llegada", p.PUNCTUALITY_TARGET_PERCENT, p.DATA_LABEL
            yield month, name, "Ocupación", load_factor, p.DATA_LABEL


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


def _cargo(day: Day) -> Iterable[tuple[object, ...]]:
    """Return the cargo revenue of each flight; a cancelled flight carries nothing."""
    for leg, earned in enumerate(day.revenue["cargo_usd"]):
        if not day.legs[leg].is_cancelled:
            yield (*_flight(day, leg), f"{earned:.2f}", "USD", p.DATA_LABEL)


def _flight(day: Day, number: int) -> tuple[str, str, str]:
    leg = day.legs[number]
    return f"{leg.operating_date}", f"{leg.carrier}{leg.flight_number}", f"{leg.origin}-{leg.destination}"
