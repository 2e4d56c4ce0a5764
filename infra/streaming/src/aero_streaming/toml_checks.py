"""Checks of single values of a register in TOML: each returns the value, or refuses it with file and line."""

from collections.abc import Iterable, Mapping
from typing import Any

from aero_streaming.toml_places import Place

LANGUAGES = ("es", "en")
"""Whatever people read stands in both."""


def no_more_than(item: Mapping[str, Any], keys: Iterable[str], where: Place, subject: str) -> None:
    """Refuse what a table does not know."""
    if unknown := sorted(set(item) - set(keys)):
        where.refuse(unknown[0], f"is unknown; {subject} has {', '.join(keys)}")


def whole(value: object, key: str, where: Place, least: int, most: int, kind: str = "whole number") -> int:
    """Return a whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        where.refuse(key, f"{value!r} is no {kind}; a whole number from {least} is wanted, {most} at most")
    return value


def flag(item: Mapping[str, Any], key: str, where: Place) -> bool:
    """Return a flag; one that is not there is false."""
    value = item.get(key, False)
    if not isinstance(value, bool):
        where.refuse(key, f"{value!r} is neither true nor false")
    return value


def names(value: object, key: str, where: Place) -> tuple[str, ...]:
    """Return a list of names."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        where.refuse(key, f"{value!r} is no list of names")
    return tuple(value)


def texts(value: object, key: str, where: Place) -> dict[str, str]:
    """Return a text for each language."""
    if (
        not isinstance(value, dict)
        or set(value) != set(LANGUAGES)
        or not all(isinstance(text, str) and text for text in value.values())
    ):
        where.refuse(key, f"wants a text for each of {', '.join(LANGUAGES)}")
    return dict(value)
