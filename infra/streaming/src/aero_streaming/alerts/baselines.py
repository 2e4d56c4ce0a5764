"""Baselines: what is usual for a scope, written by the publishing asset, read here.

An item per `<kpi>#<scope_type>#<scope_id>` (`otp_a14#route#MEX-GDL`): `value` in the unit of the KPI (percent), `n`
legs, `days`, `as_of`. None yet means that relative rules are grey.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from aero_streaming.alerts.items import Item
from aero_streaming.alerts.store import AlertStore
from aero_streaming.figures import figures

FRESH_FOR = timedelta(minutes=5)


def baseline_key(kpi: str, scope_type: str, scope_id: str) -> str:
    """Return the key of a baseline; a change is held against the figure it is a change of."""
    return f"{figures().kpis[kpi].change_of or kpi}#{scope_type}#{scope_id}"


class Baselines:
    """Reads baselines and keeps them for a few minutes of the wall clock, those that are not there too."""

    def __init__(self, store: AlertStore) -> None:
        self._store = store
        self._known: dict[str, Item | None] = {}
        self._read_at: dict[str, datetime] = {}

    def find(self, keys: Iterable[str], at: datetime) -> dict[str, Item | None]:
        """Return baselines by key; None where there is none."""
        asked = list(dict.fromkeys(keys))
        old = [key for key in asked if key not in self._read_at or at - self._read_at[key] > FRESH_FOR]
        if old:
            stored = self._store.baselines(old)
            self._known |= {key: stored.get(key) for key in old}
            self._read_at |= dict.fromkeys(old, at)
        return {key: self._known[key] for key in asked}
