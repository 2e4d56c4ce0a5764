"""Resources through which assets and sensors reach other systems; tests replace them. No asset logic belongs here."""

import json
import os
import time
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import boto3
import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource
from packaging.version import Version, parse
from pydantic import PrivateAttr

from aero_assets.environment import Environment
from aero_assets.extracts import Runner, runner
from aero_assets.lake import LakeCopy
from aero_assets.published import PublishedCopy
from aero_assets.storage import Bucket

CLIENT_SECONDS = 60.0
_clients: dict[tuple[str, str | None, str | None], tuple[float, Any]] = {}


def recent_client(service: str) -> Any:  # noqa: ANN401 - boto3 clients have no static type
    """Return this process's client of a service under the current profile, made at most `CLIENT_SECONDS` ago.

    Sensors tick every few seconds, and creating a client with its role costs a quarter of a second of processor time. A
    client is not kept forever, because a role's session does not survive a restart of the emulator.
    """
    key = service, os.environ.get("AWS_PROFILE"), os.environ.get("AWS_CONFIG_FILE")
    born, client = _clients.get(key, (0.0, None))
    if client is None or time.monotonic() - born > CLIENT_SECONDS:
        session: Any = boto3.Session()
        client = session.client(service)
        _clients[key] = time.monotonic(), client
    return client


class Zones(dg.ConfigurableResource):
    """The zones of the lake under the role of the running process.

    Fields left empty are read from the environment when they are used, never at import.
    """

    raw_bucket: str | None = None
    lake_bucket: str | None = None
    copy_path: str | None = None
    _client: Any = PrivateAttr(default=None)

    def _bucket(self, name: str) -> Bucket:
        # One client, hence one assumed role, for as long as a tick or a run lasts.
        if self._client is None:
            self._client = recent_client("s3")
        return Bucket(name, self._client)

    def raw(self) -> Bucket:
        """The raw zone."""
        return self._bucket(self.raw_bucket or Environment.current().raw_bucket)

    def lake(self) -> Bucket:
        """The lake: typed zone, quarantine, manifests and outcomes."""
        return self._bucket(self.lake_bucket or Environment.current().lake_bucket)

    def copy_of_lake(self) -> LakeCopy:
        """The read-through copy that DuckDB reads."""
        path = Path(self.copy_path) if self.copy_path else Environment.current().lake_copy
        return LakeCopy(path, self.lake())

    def copy_of_published(self) -> PublishedCopy:
        """The read-through copy of the published marts."""
        return PublishedCopy(Environment.current().published_copy, self.lake())

    def scratch(self) -> Path:
        """A folder for working files, on the same disk as the rest of the state."""
        return Environment.current().state / "scratch"


class Extracts(dg.ConfigurableResource):
    """The extract of the operational database."""

    def runner(self) -> Runner:
        """Return the runner of extracts for this environment."""
        return runner()


class Gateway(dg.ConfigurableResource):
    """The Lambda that makes events of messages, schedules and rows of the database."""

    def send(self, body: dict[str, str]) -> None:
        """Send the place of a body in the raw zone without waiting; Lambda repeats a failed call by itself."""
        recent_client("lambda").invoke(
            FunctionName=f"aero-{Environment.current().name}-gateway",
            InvocationType="Event",
            Payload=json.dumps(body).encode(),
        )


class Dbt(DbtCliResource):
    """A dbt resource that only runs dbt as a subprocess.

    Before each command the original asks `dbt --version` twice (two processes, and a request to the package index) and
    opens the adapter in this process, which on DuckDB is a second reader of the file that dbt is about to write.
    Neither is needed. The target is that of the environment.
    """

    def cli(self, args: Sequence[str], **how: Any) -> DbtCliInvocation:  # noqa: ANN401 - the original's
        """Run a dbt command on the warehouse of the environment."""
        return super().cli([*args, "--target", Environment.current().warehouse_kind], **how)

    @cached_property
    def _cli_version(self) -> Version:
        return parse(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:  # noqa: ANN401 - as the original
        return None
