"""Checks of single values of a rule file: each returns the value or raises `RuleError` with file and line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from aero_streaming.rule_model import LANGUAGES, RuleError


@dataclass(frozen=True)
class Where:
    """Finds the lines of one table (or of the head of the file): the TOML reader does not say where a value stood."""

    file: str
    text: str
    number: int | None
    table: str = "rule"

    def refuse(self, key: str, message: str) -> NoReturn:
        """Raise the error of a key, with its line."""
        lines, name = self.text.splitlines(), key.partition(".")[0]
        starts = [number for number, line in enumerate(lines) if line.strip().startswith("[[")]
        begin, end = 0, [*starts, len(lines)][0]
        if self.number is not None:
            own_starts = [number for number in starts if lines[number].strip() == f"[[{self.table}]]"]
            begin = own_starts[self.number]
            end = next((number for number in starts if number > begin), len(lines))
        own = range(begin, end)
        line = next((at for at in own if lines[at].partition("=")[0].strip(" []") == name), begin)
        raise RuleError(f"{self.file}:{line + 1}: {key}: {message}")


def no_more_than(item: Mapping[str, Any], keys: Iterable[str], where: Where, what: str) -> None:
    """Refuse what a table does not know."""
    if unknown := sorted(set(item) - set(keys)):
        where.refuse(unknown[0], f"is unknown; {what} has {', '.join(keys)}")


def whole(value: object, key: str, where: Where, least: int, most: int, what: str = "whole number") -> int:
    """Return a whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        where.refuse(key, f"{value!r} is no {what}; a whole number from {least} is wanted, {most} at most")
    return value


def flag(item: Mapping[str, Any], key: str, where: Where) -> bool:
    """Return a flag; one that is not there is false."""
    value = item.get(key, False)
    if not isinstance(value, bool):
        where.refuse(key, f"{value!r} is neither true nor false")
    return value


def names(value: object, key: str, where: Where) -> tuple[str, ...]:
    """Return a list of names."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        where.refuse(key, f"{value!r} is no list of names")
    return tuple(value)


def texts(value: object, key: str, where: Where) -> dict[str, str]:
    """Return a text for each language."""
    if (
        not isinstance(value, dict)
        or set(value) != set(LANGUAGES)
        or not all(isinstance(one, str) and one for one in value.values())
    ):
        where.refuse(key, f"wants a text for each of {', '.join(LANGUAGES)}")
    return dict(value)
