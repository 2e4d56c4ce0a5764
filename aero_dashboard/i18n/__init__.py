"""Words, numbers and dates in the reader's language: two catalogues with equal keys, babel for the rest.

Figures are named by their register (`kpis.toml`), in both languages.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from pandas import isna

from aero_streaming.airline import airline
from aero_streaming.figures import figures

#: Locale by language.
LOCALES = {"es": "es_MX", "en": "en_US"}
DEFAULT = airline().language
#: The same order of day, month and year in both languages: 22 nov 2026.
DATE = "d MMM y"
MISSING = "—"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts of a language by dotted key."""
    text = Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8")
    texts = dict(_flat(tomllib.loads(text), "")) | _names_of_figures(language)
    return {key: airline().filled(text) for key, text in texts.items()}


def _names_of_figures(language: str) -> dict[str, str]:
    """The names and definitions of figures, from their register; punctuality by the name of its definition too."""
    names: dict[str, str] = {}
    for kpi in figures().used_by("pages"):
        keys = [f"kpi.{kpi.id}", *([f"kpi.{kpi.otp.definition}"] if kpi.otp else [])]
        for key in keys:
            names |= {key: kpi.short[language], f"{key}_help": kpi.help[language]}
        if kpi.otp:
            key = f"otp.{kpi.otp.definition}"
            names |= {key: kpi.name[language], f"{key}_short": kpi.short[language], f"{key}_help": kpi.help[language]}
    return names


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            texts += _flat(value, f"{prefix}{key}.")
        else:
            texts.append((f"{prefix}{key}", str(value)))
    return texts


@dataclass(frozen=True)
class Translator:
    """One language: `t("key", name=value)` for texts, methods for figures. A missing figure is a dash."""

    language: str = DEFAULT
    texts: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", catalogue(self.language))

    @property
    def locale(self) -> str:
        """The locale that figures and dates follow."""
        return LOCALES[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values filled in; raise KeyError where the catalogue lacks it."""
        text = self.texts[key]
        return text.format(**values) if values else text

    def known(self, key: str, otherwise: str) -> str:
        """Return a text whose key comes from data, or `otherwise` where the catalogue has none."""
        return self.texts.get(key, otherwise)

    def integer(self, value: float | None) -> str:
        """1,234."""
        return MISSING if _missing(value) else format_decimal(round(float(value or 0)), "#,##0", locale=self.locale)

    def decimal(self, value: float | None, digits: int = 1) -> str:
        """1,234.5."""
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        return MISSING if value is None or _missing(value) else format_decimal(value, pattern, locale=self.locale)

    def percent(self, value: float | None, digits: int = 1) -> str:
        """Return 89.2 % for 0.892; the sign follows a space that does not break."""
        if value is None or _missing(value):
            return MISSING
        pattern = "#,##0." + "0" * digits + "\u00a0%" if digits else "#,##0\u00a0%"
        return format_percent(value, pattern, locale=self.locale)

    def signed(self, value: float, digits: int = 1) -> str:
        """+1.2 or -1.2: what a change is written as."""
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        return format_decimal(value, f"+{pattern};-{pattern}", locale=self.locale)

    def date(self, value: Any) -> str:  # noqa: ANN401 - a date of Python or of a data frame
        """22 nov 2026."""
        return MISSING if _missing(value) else format_date(value, DATE, locale=self.locale)

    def dates(self, first: Any, last: Any) -> str:  # noqa: ANN401
        """A period: 9 nov 2026 – 22 nov 2026, or one day."""
        return self.date(first) if first == last else f"{self.date(first)} – {self.date(last)}"

    def time(self, value: Any) -> str:  # noqa: ANN401
        """22 nov 2026, 14:05: on a clock of 24 hours."""
        return MISSING if _missing(value) else format_datetime(value, f"{DATE}, HH:mm", locale=self.locale)

    def clock(self, value: Any) -> str:  # noqa: ANN401
        """22 nov 14:05: short, for tables."""
        return MISSING if _missing(value) else format_datetime(value, "d MMM HH:mm", locale=self.locale)

    def months(self) -> list[str]:
        """Short names of the months, for axes."""
        return [format_date(date(2001, month, 1), "MMM", locale=self.locale) for month in range(1, 13)]


def _missing(value: Any) -> bool:  # noqa: ANN401
    return bool(isna(value))


def plain(text: object) -> str:
    r"""Escape what Markdown would read as markup: text that came from data or from outside is shown as it is."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()<>#+-.!|~$:^=" else letter for letter in f"{text}")
