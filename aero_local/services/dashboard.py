"""The dashboard on loopback, under its own role: published marts, live tables, and people's decisions on alerts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aero_assets.environment import PROJECT
from aero_local import http
from aero_local.ports import LOOPBACK
from aero_local.services.service import Service
from aero_streaming.alerts.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aero_local.state import State

APP = PROJECT / "aero_dashboard" / "app.py"


def command(port: int) -> list[str]:
    """Return the command that runs the dashboard on a loopback port."""
    options = {
        "server.address": LOOPBACK,
        "server.port": f"{port}",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": LOOPBACK,
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *arguments]


class Dashboard(Service):
    """Streamlit over the published marts and the live tables; while there are no data yet, the pages say so."""

    name = "dashboard"
    only_shows = True
    depends_on = ("ministack",)
    ports = ("dashboard",)
    ready_seconds = 60
    stop_seconds = 5

    def command(self, state: State) -> list[str]:
        """Return the command of Streamlit's server."""
        return command(state.port("dashboard"))

    def env(self, state: State) -> Mapping[str, str]:
        """Return the environment under the dashboard's role, with the names of the live tables."""
        return {**state.env("dashboard"), **Tables.of("local").environment()}

    def missing(self, state: State, started_at: float) -> str:
        """Return the answer of Streamlit's own health check."""
        return http.why_not(f"{state.url('dashboard')}/_stcore/health")
