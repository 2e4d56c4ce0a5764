"""Errors for people: each states the problem, its place, and the way to fix it."""

from __future__ import annotations

from collections.abc import Callable

#: The receiver of progress, one line at a time.
Log = Callable[[str], None]


class AeroError(Exception):
    """A problem that the user can fix; it is shown without a traceback."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message, self.fix = message, fix

    def __str__(self) -> str:
        return f"{self.message}\n{self.fix}" if self.fix else self.message


class ServiceError(AeroError):
    """A local service cannot start, has died, or does not stop."""
