"""The airline's own facts: carriers, hubs, stations, currency, regulator, language, from `airline.toml`.

Standard library only: the alert Lambdas and the Flink job carry it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

AIRLINE = Path(__file__).with_name("airline.toml")
#: Forms of the texts in the file, by key.
FORMS = {
    "name": r".+", "regulator": r".+", "country": r"[A-Z]{2}", "currency": r"[A-Z]{3}", "language": r"es|en",
    "punctuality": r"[a-z0-9_]+", "mainline": r"[A-Z0-9]{2}", "regional": r"[A-Z0-9]{2}",
}  # fmt: skip
AIRPORT = re.compile(r"[A-Z]{3}")


class AirlineError(ValueError):
    """An `airline.toml` that cannot be used: says the file, the key and what to write."""


@dataclass(frozen=True)
class Airline:
    """The airline that the platform works for."""

    name: str
    regulator: str
    country: str
    currency: str
    language: str
    utc_offset_minutes: int
    punctuality: str
    mainline: str
    regional: str
    hubs: tuple[str, ...]
    connecting_hubs: tuple[str, ...]
    stations: Mapping[str, tuple[str, ...]]

    @property
    def base(self) -> str:
        """The hub that most aircraft start from."""
        return self.hubs[0]

    @property
    def sample_flight(self) -> str:
        """A flight number for examples."""
        return f"{self.mainline}905"

    @property
    def sample_route(self) -> str:
        """A route for examples."""
        return "-".join([*self.hubs, *(airport for airports in self.stations.values() for airport in airports)][:2])

    def filled(self, text: str) -> str:
        """Return a text with the facts of the airline in the place of `{our_name}` and the like."""
        words = {"name": self.name, "regulator": self.regulator, "currency": self.currency,
                 "flight": self.sample_flight, "route": self.sample_route}  # fmt: skip
        for name, word in words.items():
            text = text.replace(f"{{our_{name}}}", word)
        return text


@cache
def airline() -> Airline:
    """Return the airline of this checkout."""
    return read(AIRLINE)


def read(path: Path) -> Airline:
    """Read an `airline.toml`; raise AirlineError where it is wrong."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    known = [field.name for field in fields(Airline)]
    if wrong := sorted(set(known) ^ data.keys()):
        raise AirlineError(f"{path}: `{wrong[0]}` is missing or means nothing here; keys: {', '.join(known)}")
    for key, form in FORMS.items():
        if not re.fullmatch(form, str(data[key])):
            raise AirlineError(f"{path}: {key} = {data[key]!r} must look like {form}")
    if not isinstance(data["utc_offset_minutes"], int):
        raise AirlineError(f"{path}: utc_offset_minutes = {data['utc_offset_minutes']!r} must be whole minutes")
    stations = {carrier: tuple(airports) for carrier, airports in data["stations"].items()}
    hubs, connecting = tuple(data["hubs"]), tuple(data["connecting_hubs"])
    listed = [*hubs, *(airport for airports in stations.values() for airport in airports)]
    if not hubs or not set(connecting) <= set(hubs):
        raise AirlineError(f"{path}: `hubs` names one airport at least, `connecting_hubs` some of them")
    if odd := [airport for airport in listed if not AIRPORT.fullmatch(airport) or listed.count(airport) > 1]:
        raise AirlineError(f"{path}: {odd[0]!r} is no IATA code of an airport, or stands twice among hubs and stations")
    texts = {key: str(data[key]) for key in FORMS}
    return Airline(
        **texts,
        utc_offset_minutes=data["utc_offset_minutes"],
        hubs=hubs,
        connecting_hubs=connecting,
        stations=stations,
    )
