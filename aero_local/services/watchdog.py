"""The watchdog of a platform in the background: a small process that restarts dead services."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aero_local import heartbeat
from aero_local.services.service import Service

if TYPE_CHECKING:
    from aero_local.state import State


class WatchdogService(Service):
    """The watchdog; it is started last and stopped first. If it dies itself, `aero up` restarts it."""

    name = "watchdog"
    ready_seconds = 20
    stop_seconds = 5

    def command(self, state: State) -> list[str]:
        """Return the command of the watchdog, with the state directory."""
        return [sys.executable, "-m", "aero_local.watching", str(state.root)]

    def missing(self, state: State, started_at: float) -> str:
        """Return the services that the watchdog could not restart."""
        return heartbeat.missing(state, self.name, started_at)
