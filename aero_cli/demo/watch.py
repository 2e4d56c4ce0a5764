"""The progress of a demo: seconds to each milestone, time without any change, and the runs in progress."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aero_local.errors import Log

#: The longest time in which nothing is said.
NEWS_SECONDS = 20
#: States of a run that has not ended.
AT_WORK = ("QUEUED", "NOT_STARTED", "STARTING", "STARTED")


@dataclass
class Watch:
    """Seconds since the start, by milestone; each is announced once, when it is first reached."""

    log: Log
    started: float = field(default_factory=time.monotonic)
    started_at: float = field(default_factory=time.time)
    seconds: dict[str, float] = field(default_factory=dict)
    #: The last progress seen, and its time.
    seen: object = None
    moved: float = field(default_factory=time.monotonic)
    #: The last time that something was said.
    spoke: float = field(default_factory=time.monotonic)

    def reached(self, milestone: str, text: str) -> None:
        """Note and announce a milestone."""
        if milestone not in self.seconds:
            self.seconds[milestone] = time.monotonic() - self.started
            self.spoke = time.monotonic()
            self.log(text)

    def name_work(self, runs: Iterable[Mapping[str, Any]]) -> None:
        """Name the runs in progress after a while without news: a build takes a minute without a milestone."""
        if time.monotonic() - self.spoke < NEWS_SECONDS:
            return
        self.spoke = time.monotonic()
        jobs = sorted({run["jobName"] for run in runs if run["status"] in AT_WORK})
        self.log(f"at work: {', '.join(jobs)}" if jobs else "no run is at work; sensors look every few seconds")

    def stands_for(self, seen: object) -> float:
        """Return the number of seconds without a change, given the present state."""
        if seen != self.seen:
            self.seen, self.moved = seen, time.monotonic()
        return time.monotonic() - self.moved
