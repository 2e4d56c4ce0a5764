"""The watchdog of a platform in the background: a small process that brings back what died."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from aero_local import heartbeat
from aero_local.services import Service

if TYPE_CHECKING:
    from aero_local.state import State
    from aero_local.watchdog import Watchdog

LOOK_SECONDS = 1.0


class WatchdogService(Service):
    """Started last and stopped first. Itself it is brought back by `aero up`."""

    name = "watchdog"
    ready_seconds = 20
    stop_seconds = 5

    def command(self, state: State) -> list[str]:
        """This module, with the state directory."""
        return [sys.executable, "-m", "aero_local.services.watchdog", str(state.root)]

    def missing(self, state: State, started_at: float) -> str:
        """What it could not bring back is what is missing."""
        return heartbeat.missing(state, self.name, started_at)


def main(root: Path) -> None:
    """Look once a second until SIGTERM."""
    from aero_local.services import services  # noqa: PLC0415 - this module is imported by every command
    from aero_local.services.supervisor import Supervisor  # noqa: PLC0415
    from aero_local.state import State  # noqa: PLC0415
    from aero_local.watchdog import Watchdog  # noqa: PLC0415

    state = State(root)
    supervisor = Supervisor(state, services(), lambda line: print(line, flush=True))
    dog = Watchdog(supervisor)
    stop = threading.Event()

    def end(number: int, frame: object) -> None:
        stop.set()
        supervisor.is_ending.set()

    signal.signal(signal.SIGTERM, end)
    beat = heartbeat.file_of(state, WatchdogService.name)
    # A thread of its own: a start that is waited for takes longer than a heartbeat.
    threading.Thread(target=_beat, args=(beat, dog, stop), daemon=True).start()
    while not stop.wait(LOOK_SECONDS):
        dog.look([name for name in supervisor.expected() if name != WatchdogService.name])


def _beat(beat: Path, dog: Watchdog, stop: threading.Event) -> None:
    while not stop.wait(1):
        heartbeat.write(beat, "; ".join(f"{name} {why}" for name, why in dict(dog.given_up).items()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
