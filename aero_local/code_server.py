"""Dagster's code server with warm workers: each run is a fork of a process that has already loaded the definitions.

By default Dagster starts each run in a new interpreter, which imports the platform again: seconds of processor time for
each of the three runs between a dropped file and its published marts. Here Python's own fork server starts the runs; it
imports `aero_local.warm` beforehand. A forked run uses the same definitions as the code server and shares their memory.
"""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing import forkserver
from typing import Any

from dagster._cli.api import api_cli
from dagster._grpc import server

WARM = "aero_local.warm"


class WarmServer(server.DagsterApiServer):
    """A code server that starts its runs as forks of a warm process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever Dagster's takes
        super().__init__(*args, **kwargs)
        self._mp_ctx = multiprocessing.get_context("forkserver")
        self._mp_ctx.set_forkserver_preload([WARM])
        # Now, and not when the first run comes; one that ended is started again by the next run.
        forkserver.ensure_running()


if __name__ == "__main__":
    # The command `dagster api grpc` has no option for it.
    setattr(server, "DagsterApiServer", WarmServer)  # noqa: B010 - a plain assignment is a type error
    api_cli(["grpc", *sys.argv[1:]])
