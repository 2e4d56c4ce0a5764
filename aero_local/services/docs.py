"""The dbt docs as a web page on loopback."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aero_local import http
from aero_local.ports import LOOPBACK
from aero_local.services.service import Service

if TYPE_CHECKING:
    from aero_local.errors import Log
    from aero_local.state import State

WAITING = """<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>dbt docs</title>
<p>The docs come with the first build of the warehouse; this page looks again every five seconds.</p>
"""


class Docs(Service):
    """Serves the dbt docs in the folder `State.dbt_docs`."""

    name = "docs"
    only_shows = True
    ports = ("docs",)
    ready_seconds = 20
    stop_seconds = 2

    def prepare(self, state: State, log: Log) -> None:
        """Write a page that announces the docs, until they are generated."""
        state.dbt_docs.mkdir(parents=True, exist_ok=True)
        index = state.dbt_docs / "index.html"
        if not index.exists():
            index.write_text(WAITING, encoding="utf-8")

    def command(self, state: State) -> list[str]:
        """Return the command of Python's own web server, which is enough for static pages."""
        server = [sys.executable, "-m", "http.server", str(state.port("docs"))]
        return [*server, "--bind", LOOPBACK, "--directory", str(state.dbt_docs)]

    def missing(self, state: State, started_at: float) -> str:
        """Return the problem if the page does not answer."""
        return http.why_not(f"{state.url('docs')}/")
