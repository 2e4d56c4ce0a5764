"""The live board's data: one look at the tables is shared by everybody who watches, and is never torn apart.

A look is kept for a moment, longer where it took long, so that the number of watchers does not matter. A failed look
leaves the last one standing and says so.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import streamlit as st
from botocore.exceptions import BotoCoreError, ClientError

from aero_dashboard.live.held import Chip, chips
from aero_streaming.alerts import setup as alert_setup
from aero_streaming.alerts.api import Alerts
from aero_streaming.alerts.batch import Engine
from aero_streaming.alerts.flights import top_flights
from aero_streaming.alerts.items import Item
from aero_streaming.alerts.model import Alert
from aero_streaming.alerts.pulse import FEED
from aero_streaming.alerts.store import code_of
from aero_streaming.alerts.tables import Tables
from aero_streaming.rules.model import RuleSet
from aero_streaming.times import business_date

KEEP_SECONDS = 2.0
#: A look that took a second is kept for so many: reading must not be all that the tables do.
SHARE_OF_TIME = 4
SCOPES = ("network", "first_wave", "hub", "route")
FLIGHTS_KEPT = 500

Refused = (BotoCoreError, ClientError)
"""What a read or a write of the tables may end in."""


class NotThere(LookupError):
    """This platform runs without the live part: its tables are not there."""


@dataclass(frozen=True)
class Board:
    """One look: what is open, the colours, and whether the feed is heard. `now` is the time alerts are judged at."""

    now: datetime
    operating_date: str
    alerts: tuple[Alert, ...]
    chips: tuple[Chip, ...]
    is_silent: bool
    told_in_the_last_hour: int
    heard_at: str | None
    labels: tuple[str, ...]


@dataclass
class Live:
    """The alerts of one platform, for all who watch; `clock` is that of keeping, not of alerts."""

    engine: Engine
    keep_seconds: float = KEEP_SECONDS
    clock: Callable[[], float] = time.monotonic
    is_reachable: bool = True
    _boards: dict[tuple[int, bool], tuple[float, Board]] = field(default_factory=dict)
    _flights: dict[tuple[str, int], list[Item]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def alerts(self) -> Alerts:
        """The interface through which people read and change alerts."""
        return Alerts(self.engine)

    @property
    def rules(self) -> RuleSet:
        """The rules that alerts are of."""
        return self.engine.rules

    def board(self, days_back: int = 0, with_shadow: bool = False) -> Board:
        """Return what is to be seen now; raise NotThere, or what a first look ended in."""
        with self._lock:
            key = (days_back, with_shadow)
            until, kept = self._boards.get(key, (float("-inf"), None))
            if kept is not None and self.clock() < until:
                return kept
            began = self.clock()
            try:
                board, self.is_reachable = self._look(days_back, with_shadow), True
            except Refused as error:
                if is_not_there(error):
                    raise NotThere(f"{error}") from None
                self.is_reachable = False
                if kept is None:
                    raise
                board = kept
            took = self.clock() - began
            self._boards[key] = (self.clock() + max(self.keep_seconds, SHARE_OF_TIME * took), board)
            return board

    def forget(self) -> None:
        """Look again at the next chance: somebody has just done something."""
        with self._lock:
            self._boards.clear()

    def flights(self, alert: Alert) -> list[Item]:
        """Return up to three flights that an alert is made of; read again when its reading moved."""
        key = (alert.alert_key, alert.item_version)
        if key not in self._flights:
            if len(self._flights) >= FLIGHTS_KEPT:
                self._flights.clear()
            self._flights[key] = top_flights(self.engine.store, alert)
        return self._flights[key]

    def _look(self, days_back: int, with_shadow: bool) -> Board:
        alerts = self.alerts
        now = alerts.now()
        today = date.fromisoformat(business_date(now, self.rules.close_hour_utc))
        day = (today - timedelta(days=days_back)).isoformat()
        opened = alerts.open_alerts(with_shadow)
        lights = [light for scope in SCOPES for light in alerts.lights(scope, day, now)]
        heard = self.engine.store.states([FEED]).get(FEED, {}).get("at")
        notified = alerts.told_in_the_last_hour(now)
        labels = {str(alert.facts["data_label"]) for alert in opened if alert.facts.get("data_label")}
        # A light names no label; the sums of the day do.
        sums = self.engine.store.of_scope_day(f"network#{day}")
        labels |= {str(row["data_label"]) for row in sums if row.get("data_label")}
        silent = alerts.is_silent(now)
        seen = chips(lights, opened, silent)
        return Board(now, day, tuple(opened), seen, silent, notified, heard, tuple(sorted(labels)))


def is_not_there(error: Exception) -> bool:
    """Tell whether a read failed because there is no such table."""
    return isinstance(error, ClientError) and code_of(error) == "ResourceNotFoundException"


def current() -> Live | None:
    """Return this process's live part; None where its environment names no tables."""
    names = tuple(vars(Tables.from_env()).values())
    return _live(names) if all(names) else None


@st.cache_resource(show_spinner=False)
def _live(tables: tuple[str, ...]) -> Live:
    return Live(alert_setup.engine())
