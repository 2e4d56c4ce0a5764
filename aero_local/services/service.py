"""The interface of a local service.

A service says what it needs, how it starts and how one sees that it is ready; the supervisor does the rest:
order, process groups, logs, deadlines and stopping. To add one, subclass `Service` in a module of its own
and add it to `known.services`. A system of several processes is several services.
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
        """Deal with what a death left; runs before a start when the last run did not end with a stop."""

    def prepare(self, state: State, log: Log) -> None:
        """Write what the process reads: directories, configuration."""

    def command(self, state: State) -> list[str]:
        """Return what to run."""
        raise NotImplementedError

    def env(self, state: State) -> Mapping[str, str]:
        """Return the whole environment of the process."""
        return state.env("orchestrator")

    def directory(self, state: State) -> Path:
        """Return the working directory."""
        return PROJECT

    def missing(self, state: State, started_at: float) -> str:
        """Ask it, within three seconds, and return what is missing for its use: "does not answer at …", or nothing.

        Asked while it starts and as long as it lives. Raises `ServiceError` when it will not be ready by itself. The
        end of a log is no answer: it tells what was, if anything.
        """
        raise NotImplementedError

    def culprit(self, missing: str) -> str:
        """Return the service to start again when this one misses something for long."""
        return self.name

    def verify(self, state: State) -> None:
        """Prove once, after a start, that it really does its work."""
