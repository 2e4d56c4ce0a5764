"""Signals such as Ctrl-C: they interrupt at once, or wait until a critical step has ended."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aero_local.errors import ServiceError
from aero_local.watchdog import Watchdog

if TYPE_CHECKING:
    from aero_local.services.supervisor import Supervisor

#: The polite ways of ending us: Ctrl-C, kill, and a terminal that was closed.
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible() -> Generator[None]:
    """Turn every signal that asks for an end into KeyboardInterrupt, so that no service is left running.

    The handler is set even if a shell started the command with SIGINT ignored (a background job), because children
    would inherit that and Dagster could not be stopped. Only nohup is respected: it asks for a life after the terminal.
    """
    yield from _handling(signal.default_int_handler)


@contextmanager
def deaf() -> Generator[None]:
    """Ignore further Ctrl-C while the platform stops, because an incomplete stop loses the emulator's state."""

    def patience(number: int, frame: object) -> None:
        os.write(2, b"still stopping: the emulator saves its state\n")

    yield from _handling(patience)


@contextmanager
def watched(supervisor: Supervisor, seconds: float = 1) -> Generator[None]:
    """Restart services that die during the body; if that does not help, interrupt the body and raise the error.

    The body is also interrupted when the parent process is gone: `make` does not pass on a Ctrl-C that was sent to it
    alone, and after `make` was killed nobody could end the command. Under nohup the command is meant to stay.
    """
    parent = None if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else os.getppid()
    done = threading.Event()
    deaths: list[ServiceError] = []
    dog = Watchdog(supervisor)

    def watch() -> None:
        while not done.wait(seconds):
            if parent is not None and os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
                return
            dog.look()
            if not supervisor.expected():
                deaths.append(ServiceError("Another command stopped the platform.", "`aero down` does, for one."))
            deaths.extend(
                ServiceError(f"{name} died: it {why}.", f"`aero logs {name}` shows the end of it.")
                for name, why in dog.given_up.items()
                if not supervisor.services[name].only_shows
            )
            if deaths:
                os.kill(os.getpid(), signal.SIGINT)
                return

    thread = threading.Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield
    except KeyboardInterrupt:
        if not deaths:
            raise
    finally:
        done.set()
        supervisor.is_ending.set()
        thread.join()
    if deaths:
        raise deaths[0]


def _handling(handler: Callable[[int, Any], object]) -> Generator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = [number for number in STOPPING if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in asked}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
