"""The three flights that contribute most to an alert, found in leg-state when somebody is told of it."""

from collections.abc import Callable, Mapping

from aero_streaming.alerts.conditions import Row
from aero_streaming.alerts.items import Item
from aero_streaming.alerts.messages import Message, compose
from aero_streaming.alerts.model import Alert
from aero_streaming.alerts.store import AlertStore
from aero_streaming.alerts.words import Settings
from aero_streaming.figures.model import Kpi, Side
from aero_streaming.rules.model import KPIS, RuleSet

MOST = 3
ROUTE_PAGES = 3
"""So many pages of a day's routes are looked through for a hub or the network; notifications are few."""


def _arrival(row: Row) -> float:
    late = row.get("arrival_delay_minutes")
    return float((row.get("expected_delay_minutes") if late is None else late) or 0)


def _departure(row: Row) -> float:
    late = row.get("departure_delay_minutes")
    return float((row.get("expected_delay_minutes") if late is None else late) or 0)


def _cancelled(row: Row) -> float:
    return float(row.get("cancelled_legs") or bool(row.get("is_cancelled")))


#: Parts that a leg, or the state of a route, adds to a bad figure: by the side of a leg that the figure counts.
BADNESS: Mapping[Side, Callable[[Row], float]] = {"arrival": _arrival, "departure": _departure, "leg": _cancelled}


def _side(kpi: Kpi | None) -> Side | None:
    """The side of a leg that a figure counts; of alerts that one speaks for, the departures."""
    if kpi is None or not kpi.numerator:
        return "departure" if kpi is not None and kpi.id == "open_alerts" else None
    return kpi.numerator[0].side


def top_flights(store: AlertStore, alert: Alert) -> list[Item]:
    """Return up to three legs that an alert on a route, hub or the network is made of, worst first."""
    kpi = KPIS.get(alert.kpi)
    side = _side(kpi)
    if side is None:
        return []
    bad = BADNESS[side]
    day = alert.operating_date
    routes = [alert.scope_id]
    if alert.scope_type != "route":
        states = store.of_scope_day(f"route#{day}", pages=ROUTE_PAGES)
        own = [row for row in states if alert.scope_type != "hub" or alert.scope_id in row["scope_id"].split("-")]
        worst = sorted((row for row in own if bad(row) > 0), key=lambda row: (-bad(row), row["scope_id"]))
        routes = [row["scope_id"] for row in worst[:MOST]]
    legs = [leg for route in routes for leg in store.of_scope_day(f"leg#{route}#{day}")]
    legs = sorted((leg for leg in legs if bad(leg) > 0), key=lambda leg: (-bad(leg), leg["leg_uid"]))
    return legs[:MOST]


class Composer:
    """Writes the message of a line of the transition log, with the flights behind it."""

    def __init__(self, store: AlertStore, rules: RuleSet, settings: Settings) -> None:
        self._store, self._rules, self._settings = store, rules, settings

    def __call__(self, alert: Alert, line: Item) -> Message:
        """Return the message."""
        rule = self._rules.by_id(alert.rule_id)
        if rule is None:
            raise LookupError(f"no rule {alert.rule_id} in version {self._rules.version} of the rules")
        return compose(rule, alert, line, top_flights(self._store, alert), self._settings)
