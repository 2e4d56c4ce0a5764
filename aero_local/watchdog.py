"""Restarts dead services, and gives up after repeated failures: in the foreground as a thread, else as a service.

A service should be up if it was started and not stopped. Each death leads to a restart, a little later each time. A
service that dies repeatedly within ten minutes is left for a person, and `aero status` names it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from aero_local import locks
from aero_local.errors import AeroError

if TYPE_CHECKING:
    from aero_local.services.supervisor import Supervisor

#: Within so many seconds a service is brought back so often, after these pauses.
WINDOW_SECONDS = 600
PAUSES = (0, 5, 20)


class Watchdog:
    """Restarts services of a state directory; `look` has to be called every second or two."""

    def __init__(self, supervisor: Supervisor, clock: Callable[[], float] = time.monotonic) -> None:
        self.supervisor, self.clock = supervisor, clock
        self._tried: dict[str, list[float]] = {}
        #: Services that died too often, and the reason of the last death.
        self.given_up: dict[str, str] = {}

    def look(self, names: Iterable[str] | None = None) -> list[str]:
        """Restart dead services among these, or among all that should be up; return those it tried."""
        supervisor = self.supervisor
        watched = set(supervisor.expected() if names is None else names)
        self.given_up = {name: why for name, why in self.given_up.items() if not supervisor.is_alive(name)}
        dead = [name for name in supervisor.order() if name in watched and self._is_due(name)]
        if not dead:
            return []
        try:
            with locks.held(supervisor.state.run_dir / ".lock"):
                # Somebody may have stopped it, or started it, before we had the lock.
                due = [name for name in dead if supervisor.record(name) and not supervisor.is_alive(name)]
                return [name for name in due if self._revive(name)]
        except locks.Taken:
            return []  # another command is at work; the next look sees what it left

    def _is_due(self, name: str) -> bool:
        if name in self.given_up or self.supervisor.record(name) is None or self.supervisor.is_alive(name):
            return False
        now = self.clock()
        tried = self._tried[name] = [at for at in self._tried.get(name, []) if now - at < WINDOW_SECONDS]
        if len(tried) >= len(PAUSES):
            self.given_up[name] = f"was brought back {len(tried)} times within {WINDOW_SECONDS // 60} minutes"
            self.supervisor.log(f"{name} died again: it {self.given_up[name]}, and is left alone now")
            return False
        return not tried or now - tried[-1] >= PAUSES[len(tried)]

    def _revive(self, name: str) -> bool:
        supervisor, record = self.supervisor, self.supervisor.record(name)
        if record is None:
            return False
        self._tried[name].append(self.clock())
        supervisor.log(f"{name} died; it is started again")
        try:
            supervisor.start(name, detached=record.detached)
            supervisor.wait(name, verify=False)
        except Exception as error:
            # Whatever it is: the others are still looked after, and the next try comes.
            reason = error.message if isinstance(error, AeroError) else f"{type(error).__name__}: {error}"
            supervisor.log(f"{name} could not be started again: {reason}")
            supervisor.remember(name, record)
        return True
