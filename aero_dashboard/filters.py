"""The reader's choices and how they travel in the address: reading, falling back, writing. No Streamlit here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from aero_dashboard.i18n import DEFAULT, LOCALES
from aero_dashboard.queries import Scope
from aero_streaming.airline import airline

#: Days of a period by its name; the period ends on the last complete operating date, unless dates are asked for.
PERIODS = {"1d": 1, "7d": 7, "14d": 14, "28d": 28, "all": None, "custom": None}
DEFAULT_PERIOD = "14d"
DEFAULT_DEFINITION = airline().punctuality
#: The smallest minimum of the rules: a route on one day.
DEFAULT_MINIMUM = 8
MINIMUMS = range(1, 501)
PARAMETERS = ("lang", "period", "from", "to", "carrier", "origin", "otp", "min", "route")


@dataclass(frozen=True)
class Known:
    """The choices that the pinned version offers: its dates, and codes in the order they are offered.

    `complete` is the last operating date whose flights are all due; published plans may reach to `last`.
    """

    first: date
    complete: date
    last: date
    carriers: tuple[str, ...]
    origins: tuple[str, ...]
    definitions: tuple[str, ...]
    routes: tuple[str, ...]


@dataclass(frozen=True)
class Filters:
    """One reader's choices; every one of them is a parameter of the address."""

    language: str = DEFAULT
    period: str = DEFAULT_PERIOD
    first: date | None = None
    last: date | None = None
    carrier: str | None = None
    origin: str | None = None
    definition: str = DEFAULT_DEFINITION
    minimum: int = DEFAULT_MINIMUM
    route: str | None = None

    def dates(self, known: Known) -> tuple[date, date]:
        """Return the first and the last operating date of the period, both inside what was published."""
        if self.period == "custom" and self.first and self.last:
            return max(self.first, known.first), min(self.last, known.last)
        days = PERIODS[self.period]
        first = known.complete - timedelta(days=days - 1) if days else known.first
        return max(first, known.first), known.complete

    def scope(self, known: Known, route: str | None = None) -> Scope:
        """Return what queries are asked for; a route takes the place of the origin."""
        first, last = self.dates(known)
        return Scope(first, last, self.carrier, None if route else self.origin, route)

    def params(self) -> dict[str, str]:
        """Return the parameters of the address that brings back this view."""
        custom = self.period == "custom" and self.first and self.last
        values = {
            "lang": self.language,
            "period": self.period,
            "from": f"{self.first}" if custom else None,
            "to": f"{self.last}" if custom else None,
            "carrier": self.carrier,
            "origin": self.origin,
            "otp": self.definition,
            "min": f"{self.minimum}",
            "route": self.route,
        }
        return {name: value for name, value in values.items() if value}


def language_of(params: Mapping[str, str]) -> str:
    """Return the language that parameters ask for, or the default: needed before anything is published."""
    return params.get("lang", DEFAULT) if params.get("lang") in LOCALES else DEFAULT


def read(params: Mapping[str, str], known: Known) -> tuple[Filters, tuple[str, ...]]:
    """Return the choices that parameters stand for, and the names of those that had to fall back.

    Only values that are known pass: whatever else an address carries goes nowhere.
    """
    bad: list[str] = []

    def one_of(name: str, allowed: tuple[str, ...], otherwise: str | None) -> str | None:
        value = params.get(name)
        if value is None or value == "" or value in allowed:
            return value or otherwise
        bad.append(name)
        return otherwise

    definitions = known.definitions
    usual = DEFAULT_DEFINITION if DEFAULT_DEFINITION in definitions or not definitions else definitions[0]
    period, first, last = _period(params, known, bad)
    return Filters(
        language=one_of("lang", tuple(LOCALES), DEFAULT) or DEFAULT,
        period=period,
        first=first,
        last=last,
        carrier=one_of("carrier", known.carriers, None),
        origin=one_of("origin", known.origins, None),
        definition=one_of("otp", definitions, usual) or usual,
        minimum=_minimum(params, bad),
        route=one_of("route", known.routes, None),
    ), tuple(bad)


def _minimum(params: Mapping[str, str], bad: list[str]) -> int:
    value = params.get("min") or f"{DEFAULT_MINIMUM}"
    if value.isascii() and value.isdecimal() and len(value) < 5 and int(value) in MINIMUMS:
        return int(value)
    bad.append("min")
    return DEFAULT_MINIMUM


def _period(params: Mapping[str, str], known: Known, bad: list[str]) -> tuple[str, date | None, date | None]:
    period = params.get("period") or DEFAULT_PERIOD
    if period not in PERIODS:
        bad.append("period")
        return DEFAULT_PERIOD, None, None
    if period != "custom":
        return period, None, None
    usual = {"from": f"{max(known.first, known.complete - timedelta(days=13))}", "to": f"{known.complete}"}
    try:
        first, last = sorted(date.fromisoformat(params.get(name) or usual[name]) for name in usual)
    except ValueError:
        bad.append("from")
        return DEFAULT_PERIOD, None, None
    if last < known.first or first > known.last:
        bad.append("from")
        return DEFAULT_PERIOD, None, None
    return period, max(first, known.first), min(last, known.last)
