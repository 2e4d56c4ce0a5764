"""One problem, one entry: alerts that depend on another are folded under it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from aero_streaming.alerts.model import SHELVED, Alert


@dataclass(frozen=True)
class Problem:
    """An alert and those that it explains, all in the order given."""

    alert: Alert
    children: tuple[Alert, ...] = ()

    @property
    def is_put_aside(self) -> bool:
        """True while a person has shelved the alert."""
        return self.alert.state == SHELVED


def problems(alerts: Sequence[Alert]) -> list[Problem]:
    """Return the problems behind alerts; a child whose parent is not among them stands for itself."""
    by_key = {alert.alert_key: alert for alert in alerts}
    children: dict[str, list[Alert]] = {}
    for alert in alerts:
        root = _root(alert, by_key)
        if root != alert.alert_key:
            children.setdefault(root, []).append(alert)
    return [
        Problem(alert, tuple(children.get(alert.alert_key, ())))
        for alert in alerts
        if _root(alert, by_key) == alert.alert_key
    ]


def _root(alert: Alert, by_key: dict[str, Alert]) -> str:
    """Follow parents to the last one that is there; where they run in a circle, every one of them is its own."""
    seen = [alert.alert_key]
    while alert.parent_key in by_key:
        if alert.parent_key in seen:
            return seen[0]
        seen.append(alert.parent_key)
        alert = by_key[alert.parent_key]
    return seen[-1]
