"""The list of all local services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aero_local.services import kafka
from aero_local.services.dagster import CodeServer, Daemon, WebServer
from aero_local.services.dashboard import Dashboard
from aero_local.services.docs import Docs
from aero_local.services.flink import Flink
from aero_local.services.forwarder import ForwarderService
from aero_local.services.ministack import MiniStack
from aero_local.services.postgres import Postgres
from aero_local.services.watchdog import WatchdogService

if TYPE_CHECKING:
    from aero_local.services.service import Service
    from aero_local.state import State


def services() -> dict[str, Service]:
    """Return every service by name, dependencies first."""
    shown = (CodeServer(), Daemon(), WebServer(), Dashboard(), Docs(), WatchdogService())
    brokers = (kafka.Kafka(number) for number in range(1, max(kafka.SIZES) + 1))
    return {
        service.name: service for service in (MiniStack(), Postgres(), *brokers, Flink(), ForwarderService(), *shown)
    }


def live(state: State) -> tuple[str, ...]:
    """Return the services of the live part: the brokers this state directory has, then what reads from them."""
    return (*kafka.names(state), "flink", "forwarder")
