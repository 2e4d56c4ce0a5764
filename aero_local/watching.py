"""The process of the watchdog: it looks after the services of a state directory until it is told to stop."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from aero_local import heartbeat
from aero_local.services.known import services
from aero_local.services.supervisor import Supervisor
from aero_local.services.watchdog import WatchdogService
from aero_local.state import State
from aero_local.watchdog import Watchdog

LOOK_SECONDS = 1.0


def main(root: Path) -> None:
    """Look once a second until SIGTERM."""
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
