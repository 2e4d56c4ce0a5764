"""Messages and schedules from files of this machine, sent through the gateway: the Lambda's code under its role.

Events go to the local topics. Messages that gave no event are returned to the caller with their reason; the files stay
unchanged.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from aero_assets.environment import LOCAL_REGION
from aero_ingest.gateway import Gateway
from aero_ingest.gateway_lambda import knowledge
from aero_ingest.gateway_tables import GatewayTables
from aero_ingest.gateway_tally import Tally, unreadable
from aero_ingest.message import ParseError
from aero_ingest.message_files import lines_of
from aero_local import topics
from aero_local.errors import AeroError, Log
from aero_local.services import kafka
from aero_local.state import State
from aero_streaming.events import Event, topic_of
from aero_streaming.events.types import TOPICS
from aero_streaming.times import text as utc_text
from infra.package import REFERENCE

PROFILE = "gateway"
STDIN = Path("-")


def ingest_paths(state: State, source: Path | None, received_at: datetime, log: Log) -> dict[str, Any]:
    """Process a file, the files of a directory by name, or standard input; then retry the messages that wait."""
    if not topics.listed_brokers(kafka.bootstrap(state)):
        raise AeroError(f"No broker of {state.name} answers.", "`aero demo` and `aero replay` start the live part.")
    tables = _tables(state)
    total = Tally()
    with topics.producer(kafka.bootstrap(state)) as producer:

        def send(event: Event) -> None:
            producer.send(TOPICS[topic_of(event)], event)

        gateway = Gateway(tables, tables, send, knowledge(REFERENCE))
        for path in _files(source):
            taken = _taken(gateway, path, received_at)
            log(f"{path}: {taken.messages:,} messages, {taken.events:,} events")
            _add(total, taken)
        waited = gateway.retry(datetime.now(UTC))
        if waited.accepted:
            log(f"{waited.accepted:,} that waited found their schedule")
    gateway.settle(waited)
    total.accepted += waited.accepted
    total.events += waited.events
    total.put_aside += waited.put_aside
    total.waiting = waited.waiting
    shown = asdict(total) | {"findings": dict(sorted(total.findings.items()))}
    return {name: value for name, value in shown.items() if name not in ("finished", "held")}


def _tables(state: State) -> GatewayTables:
    dynamodb = state.session(PROFILE).resource("dynamodb", region_name=LOCAL_REGION)
    return GatewayTables(
        dynamodb.Table("aero-local-leg-state"), dynamodb.Table("aero-local-messages"), datetime.now(UTC)
    )


def _files(source: Path | None) -> Iterator[Path]:
    if source is not None:
        yield from sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else (source,)


def _taken(gateway: Gateway, path: Path, received_at: datetime) -> Tally:
    """Process one file; a file that is not a text of messages is set aside as a whole and does not stop the others."""
    name = f"file://{path.name}" if path != STDIN else "stdin://"
    file = sys.stdin.buffer if path == STDIN else path.open("rb")
    try:
        with file:
            return gateway.take(lines_of(io.BufferedReader(cast("io.RawIOBase", file))), received_at, name)
    except ParseError as error:
        return Tally(messages=1, put_aside=[unreadable(error, "", name, utc_text(received_at))])


def _add(total: Tally, taken: Tally) -> None:
    total.messages += taken.messages
    total.accepted += taken.accepted
    total.events += taken.events
    total.put_aside += taken.put_aside
    total.findings.update(taken.findings)
