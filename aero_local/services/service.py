"""The interface of a local service.

A service defines its requirements, its command and the check that it is ready. The supervisor does the rest: order,
process groups, logs, deadlines and stopping. To add a service, subclass `Service` in its own module and add it to
`known.services`. A system of several processes is several services.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import TYPE_CHECKING

from aero_assets.environment import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from aero_local.errors import Log
    from aero_local.state import State


class Service:
    """One process of the platform; subclasses override what differs."""

    name: str
    #: Services that must be ready before this one starts; they are stopped after it.
    depends_on: tuple[str, ...] = ()
    #: Names in ports.json; the first is the service's own and shown as its address.
    ports: tuple[str, ...] = ()
    #: Seconds that it may take to become ready and to stop.
    ready_seconds: float = 60
    stop_seconds: float = 10
    #: The signal that asks it to stop.
    stop_signal = signal.SIGTERM
    #: False for what would lose its memory: it is asked to stop and waited for, never killed.
    may_be_killed = True
    #: True where the work goes on without it: a platform in the foreground does not end with it.
    only_shows = False
    #: True where children go on without their parent and end by themselves: a new start lets them.
    children_survive = False

    def check(self, state: State) -> None:
        """Raise `ServiceError` where a tool or a file is missing; runs before anything is started."""

    def recover(self, state: State, log: Log) -> None:
        """Repair or report after a crash; runs before a start when the last run did not end with a stop."""

    def prepare(self, state: State, log: Log) -> None:
        """Write the files that the process reads: directories, configuration."""

    def command(self, state: State) -> list[str]:
        """Return the command of the process."""
        raise NotImplementedError

    def env(self, state: State) -> Mapping[str, str]:
        """Return the whole environment of the process."""
        return state.env("orchestrator")

    def directory(self, state: State) -> Path:
        """Return the working directory."""
        return PROJECT

    def missing(self, state: State, started_at: float) -> str:
        """Check within three seconds that the service can be used; return the problem, or nothing.

        An example is "does not answer at …". It is called while the service starts and as long as it lives. ready by
        itself. The last lines of a log are no valid answer, because they describe the past.
        """
        raise NotImplementedError

    def culprit(self, missing: str) -> str:
        """Return the service to restart when this one reports a problem for long."""
        return self.name

    def verify(self, state: State) -> None:
        """Check once, after a start, that the service really works."""
