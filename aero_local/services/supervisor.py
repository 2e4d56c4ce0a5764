"""Starts services in order, waits until they are ready, and stops them in reverse order."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from aero_local import locks, ports, processes
from aero_local.errors import Log, ServiceError
from aero_local.processes import Record
from aero_local.services import health
from aero_local.services.health import Status

if TYPE_CHECKING:
    from pathlib import Path

    from aero_local.services.service import Service
    from aero_local.state import State

LOG_TAIL_LINES = 20
LOG_KEPT_BYTES = 20_000_000
PORT_SECONDS = 1
#: Seconds between progress lines while a person waits for a slow start.
PATIENCE_SECONDS = 5
#: Processor seconds within `PATIENCE_SECONDS` that show that a start is at work.
AT_WORK_SECONDS = 0.2


class Supervisor:
    """The services of one state directory, started by any command."""

    #: Bytes that must be free on the disk before anything is started.
    free_bytes = 1_000_000_000

    def __init__(self, state: State, services: Mapping[str, Service], log: Log = print) -> None:
        self.state, self.services = state, services
        self._log_to = log
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        #: Start times of services that this command started and has not waited for yet.
        self._begun: dict[str, float] = {}
        #: Set by whoever wants this command to end: nothing is waited for any more.
        self.is_ending = threading.Event()

    def log(self, line: str) -> None:
        """Report progress; a closed output must not prevent the platform from stopping its services."""
        try:
            self._log_to(line)
        except OSError:
            self._log_to = lambda _: None

    def order(self, names: Iterable[str] | None = None) -> list[str]:
        """Return services and their dependencies, dependencies first."""
        ordered: list[str] = []

        def visit(name: str) -> None:
            for dependency in self.services[name].depends_on:
                visit(dependency)
            if name not in ordered:
                ordered.append(name)

        for name in self.services if names is None else names:
            visit(name)
        return ordered

    @contextmanager
    def lock(self) -> Generator[None]:
        """Keep two commands from working on the same services at once; the second is told about the first."""
        file = self.state.run_dir / ".lock"
        with locks.held(file, wait=lambda holder: self.log(f"waiting for {holder} …")):
            yield

    def record(self, name: str) -> Record | None:
        """Return the record of a service that was started and not stopped."""
        return Record.read(self._record_file(name))

    def is_alive(self, name: str) -> bool:
        """Return True while the service's own process runs."""
        if (child := self._children.get(name)) is not None:
            child.poll()  # a dead child of ours stays visible until it is asked
        record = self.record(name)
        return record is not None and record.process is not None

    def expected(self) -> list[str]:
        """Return the services that should be up: they were started and not stopped."""
        return [name for name in self.order() if self.record(name) is not None]

    def status(self, name: str) -> Status:
        """Return the state of a service."""
        return health.status(self, name)

    def statuses(self) -> list[Status]:
        """Return the states of all services, asked in parallel: one that hangs does not delay the others."""
        with ThreadPoolExecutor(len(self.services)) as pool:
            return list(pool.map(self.status, self.services))

    def check(self, names: Iterable[str]) -> None:
        """Find problems that would prevent services from starting, before any of them is started."""
        free = shutil.disk_usage(self._existing_parent()).free
        if free < self.free_bytes:
            raise ServiceError(
                f"The disk of {self.state.root} is full: {free / 1e9:.1f} GB are free, "
                f"{self.free_bytes / 1e9:.0f} GB is the least.",
                "Make room, for example with `aero destroy --env local`, and try again.",
            )
        for name in names:
            if self.is_alive(name):
                continue
            self.services[name].check(self.state)
            for port in self.services[name].ports:
                self._check_port(name, port)

    def start(self, name: str, *, detached: bool = True) -> bool:
        """Start a service whose dependencies are ready, without waiting; return False if it runs already."""
        if self.is_alive(name):
            return False
        service = self.services[name]
        self.sweep(name)
        self.check([name])
        service.prepare(self.state, self.log)
        log_file = self.state.log_file(name)
        if log_file.exists() and log_file.stat().st_size > LOG_KEPT_BYTES:
            log_file.replace(log_file.with_suffix(".1.log"))
        command = service.command(self.state)
        try:
            child, started_at, offset = processes.spawn(
                command, service.env(self.state), service.directory(self.state), log_file, self.mark(name)
            )
        except FileNotFoundError as missing:
            raise ServiceError(f"{name} cannot start: {missing.filename} is missing.", "Run `make setup`.") from missing
        self._children[name] = child
        port = self.state.port(service.ports[0]) if service.ports else None
        record = Record(child.pid, os.getpgid(child.pid), started_at, port, offset, detached)
        record.write(self._record_file(name))
        self._begun[name] = time.monotonic()
        return True

    def start_together(self, names: Sequence[str], *, verify: bool = True) -> None:
        """Start all services first, then wait for each of them.

        This is needed for brokers, because a broker is ready only when the majority of brokers is.
        """
        for name in names:
            self.start(name)
        for name in names:
            self.wait(name, verify=verify)

    def wait(self, name: str, *, verify: bool = True, seconds: float | None = None) -> None:
        """Wait until a started service is ready; raise an error with the problem if it does not become ready.

        The limit is `ready_seconds`, and more as long as its processes use processor time; with `seconds` exactly that.
        """
        service, record = self.services[name], self.record(name)
        if record is None:
            raise ServiceError(f"{name} was not started.")
        begin = logged_at = time.monotonic()
        worked, at_work = 0.0, True
        while True:
            missing = service.missing(self.state, record.started_at) if self.is_alive(name) else ""
            if not self.is_alive(name):
                raise ServiceError(f"{name} died while it started.", self._last_words(name))
            if not missing:
                break
            waited = time.monotonic() - begin
            if self.is_ending.is_set():
                raise ServiceError(f"{name} was not waited for: this command ends.")
            if waited > (seconds or service.ready_seconds * (health.MOST_PATIENCE if at_work else 1)):
                raise ServiceError(f"{name} was not ready after {waited:.0f} s: {missing}.", self._last_words(name))
            if time.monotonic() - logged_at > PATIENCE_SECONDS:
                logged_at, before = time.monotonic(), worked
                worked = processes.cpu_seconds(processes.family(self.mark(name), record))
                at_work = worked - before > AT_WORK_SECONDS
                self.log(f"{name} … {waited:.0f} s: {missing}")
            time.sleep(0.1)
        replace(record, was_ready=True).write(self._record_file(name))
        where = f"  http://{ports.LOOPBACK}:{record.port}" if record.port else ""
        if name not in self._begun:
            self.log(f"{name} is running{where}")
            return
        if verify:
            service.verify(self.state)
        self.log(f"{name} ready after {time.monotonic() - self._begun.pop(name):.1f} s{where}")

    def sweep(self, name: str) -> None:
        """End the remaining processes of a dead service, unless they end by themselves; do nothing if it runs."""
        if not self.is_alive(name):
            self._clear(name, died=True, spares=self.services[name].children_survive)

    def remember(self, name: str, record: Record) -> None:
        """Restore the record of a service that should be up, if a failed start removed it."""
        if self.record(name) is None:
            record.write(self._record_file(name))

    def stop(self, names: Iterable[str] | None = None) -> list[str]:
        """Stop services in reverse order, with all their processes; return the names of those that ran."""
        stopped: list[str] = []
        failed: list[ServiceError] = []
        for name in reversed([name for name in self.order() if names is None or name in set(names)]):
            try:
                if self._stop(name):
                    stopped.append(name)
            except ServiceError as error:
                # The others still get their chance.
                failed.append(error)
                self.log(error.message)
        if failed:
            raise failed[0]
        return stopped

    def _stop(self, name: str) -> bool:
        service, record = self.services[name], self.record(name)
        process = record.process if record else None
        if process is not None:
            begin = time.monotonic()
            gone = processes.ask_to_stop(process, service.stop_seconds, service.stop_signal)
            if not gone and not service.may_be_killed:
                raise ServiceError(
                    f"{name} (process {process.pid}) DOES NOT STOP: it was asked {service.stop_seconds:.0f} s "
                    "ago. Killing it would lose what it holds in memory, so it was left running.",
                    f"Run `aero down` again later. Last resort: `kill -9 {process.pid}` and `aero destroy`.",
                )
            self.log(f"{name} stopped after {time.monotonic() - begin:.1f} s{'' if gone else ' (killed)'}")
        self._clear(name, died=process is None)
        return process is not None

    def _clear(self, name: str, *, died: bool, spares: bool = False) -> None:
        """End the remaining processes of a service, unless they are spared, and delete its record."""
        record = self.record(name)
        if not spares and (left := processes.family(self.mark(name), record)):
            processes.kill(left)
        if (child := self._children.pop(name, None)) is not None:
            child.wait()
        if record is not None:
            if died:
                self.services[name].recover(self.state, self.log)
            self._record_file(name).unlink()

    def _check_port(self, name: str, port_name: str) -> None:
        port = self.state.port(port_name)
        # A process that was just killed may be gone a moment before its socket is.
        deadline = time.monotonic() + PORT_SECONDS
        while not (free := ports.is_free(port)) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not free:
            raise ServiceError(
                f"Port {port} of {name} is taken by {ports.holder(port)}.",
                f"Stop it, or choose another port: --port {port_name}=NUMBER or AERO_PORT_{port_name.upper()}=NUMBER.",
            )

    def _last_words(self, name: str) -> str:
        record, log_file = self.record(name), self.state.log_file(name)
        text = processes.tail(log_file, LOG_TAIL_LINES, record.log_offset if record else 0)
        return f"The end of {log_file}:\n{text}" if text.strip() else f"Its log is empty: {log_file}"

    def _record_file(self, name: str) -> Path:
        return self.state.run_dir / f"{name}.json"

    def mark(self, name: str) -> str:
        """Return the mark that every process of a service carries in its environment."""
        return f"{name}@{self.state.root}"

    def _existing_parent(self) -> str:
        return str(next(path for path in (self.state.root, *self.state.root.parents) if path.exists()))
