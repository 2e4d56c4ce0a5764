"""Shared parts of services on Java: the check of installed tools, their environment, and heap sizes for a laptop."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aero_local import jars
from aero_local.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A laptop runs several of these: one collector thread, small stacks of compiled code.
FRUGAL = ("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
#: Variables of the shell that a Java process gets; keys and options of others stay outside.
INHERITED = ("HOME", "USER", "JAVA_HOME", "PATH", "TMPDIR")


def check(is_installed: bool) -> None:
    """Raise `ServiceError` if Java or the program of a service is missing."""
    if lack := jars.missing_tools():
        raise ServiceError(lack)
    if not is_installed:
        raise ServiceError("The live part is not installed, or its sources changed.", "Run `make setup-stream`.")


def env() -> Mapping[str, str]:
    """Return the environment of a Java process that connects only to this machine."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {"PATH": os.defpath, **kept, "LANG": "C.UTF-8"}


def heap(megabytes: int) -> tuple[str, ...]:
    """Return the options for a heap of fixed size."""
    return (f"-Xms{megabytes}m", f"-Xmx{megabytes}m", *FRUGAL)
