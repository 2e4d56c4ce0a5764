"""Ports of the local services: by default a free port, chosen once per state directory; a variable overrides it."""

from __future__ import annotations

import json
import os
import random
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

from aero_assets.local_files import read_local
from aero_local.errors import AeroError

LOOPBACK = "127.0.0.1"
#: Below the range that systems hand out to outgoing connections, so that a port of ours is still free tomorrow.
CHOICE = range(20_000, 30_000)


def override(service: str, environ: Mapping[str, str] = os.environ) -> int | None:
    """Return the port in AERO_PORT_<SERVICE>."""
    variable = f"AERO_PORT_{service.upper().replace('-', '_')}"
    value = environ.get(variable)
    return parse(value, variable) if value else None


def parse(value: str, where: str) -> int:
    """Return a port number, or raise an error that names the problem."""
    if not value.isdecimal() or not 0 < int(value) < 65_536:
        raise AeroError(f"{where}={value} is not a port.", "Use a number between 1 and 65535.")
    return int(value)


def choose(file: Path, services: Iterable[str], overrides: Mapping[str, int]) -> dict[str, int]:
    """Return a port per service: the override, else that in `file`, else a free one; write the choice to `file`."""
    ports = read(file)
    taken = {*ports.values(), *overrides.values()}
    # Another platform's port is free while that platform is down; taking it would break its next start.
    for other in file.parent.parent.glob(f"*/{file.name}"):
        taken.update(read(other).values())
    for service in services:
        number = overrides.get(service) or ports.get(service)
        ports[service] = number or _free_port(taken)
        taken.add(ports[service])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(ports, indent=1) + "\n", encoding="utf-8")
    return ports


def read(file: Path) -> dict[str, int]:
    """Return the ports a state directory has chosen; none where the file is damaged: `aero up` chooses again."""
    return read_local(file)


def is_free(port: int) -> bool:
    """True when a service could listen on the port."""
    with socket.socket() as probe:
        # A connection that is only waiting to be forgotten does not keep a service from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def holder(port: int) -> str:
    """Return a sentence about the process that listens on a port, as far as this user may see it."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                command = " ".join(psutil.Process(connection.pid).cmdline())[:80]
                return f"process {connection.pid} ({command})"
    except psutil.Error:
        pass
    return "another process"


def _free_port(taken: set[int]) -> int:
    for port in random.sample(CHOICE, len(CHOICE)):
        if port not in taken and is_free(port):
            return port
    raise AeroError(f"No port between {CHOICE.start} and {CHOICE.stop} is free.", "Name one with --port.")
