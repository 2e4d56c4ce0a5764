"""Names of the tables of the semáforo, and what one change of an alert writes into them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields

from aero_streaming.alerts.items import Item


@dataclass(frozen=True)
class Tables:
    """Names of the tables."""

    leg_state: str
    alerts: str
    transitions: str
    event_log: str
    decisions: str
    baselines: str

    @classmethod
    def of(cls, environment: str) -> Tables:
        """Return them as the template names them in an environment."""
        return cls(*(f"aero-{environment}-{field.name.replace('_', '-')}" for field in fields(cls)))

    @classmethod
    def from_env(cls) -> Tables:
        """Read them from `AERO_<NAME>_TABLE`; one that a role may not use need not be given."""
        return cls(*(os.environ.get(f"AERO_{field.name.upper()}_TABLE", "") for field in fields(cls)))

    def environment(self) -> dict[str, str]:
        """Return the variables that `from_env` reads them from."""
        return {f"AERO_{name.upper()}_TABLE": table for name, table in vars(self).items()}


@dataclass(frozen=True)
class Change:
    """An alert as it is to be, on which version of it, and what is written with it."""

    alert: Item
    expected_version: int
    transitions: Sequence[Item] = ()
    events: Sequence[Item] = ()
    decision: Item | None = None

    @property
    def size(self) -> int:
        """The number of items it writes."""
        return 1 + len(self.transitions) + len(self.events) + (self.decision is not None)
