"""MiniStack, the emulator of AWS: in its own environment, with IAM enforced, on loopback, persistent.

It writes objects to disk as they arrive, but keeps everything else (stacks, roles, tables, queues) in memory and saves
it only when it is asked to stop. So the platform asks it to stop, waits, and never kills it.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from aero_assets.environment import LOCAL_ACCOUNT, LOCAL_REGION, PROJECT
from aero_local import http
from aero_local.errors import Log, ServiceError
from aero_local.ports import LOOPBACK
from aero_local.services.service import Service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aero_local.state import State

PYTHON = PROJECT / ".venvs" / "ministack" / "bin" / "python"
#: An account that nothing of ours lives in, for the probe's bucket.
PROBE_ACCOUNT = "999999999999"
RESET = "`aero destroy --env local` wipes this state directory; the next start begins from nothing."


class MiniStack(Service):
    """S3, Lambda, SQS, Glue catalog, Athena, IAM, CloudFormation and the rest, in one process."""

    name = "ministack"
    ports = ("ministack",)
    ready_seconds = 30
    # Saving takes a fraction of a second; a slow disk must not cost the state.
    stop_seconds = 60
    may_be_killed = False

    def check(self, state: State) -> None:
        """Check that its environment is installed and that the data of its last run can be used."""
        if not PYTHON.exists():
            raise ServiceError(f"The emulator is not installed: {PYTHON} is missing.", "Run `make setup`.")
        if has_objects(state) and not has_saved_state(state):
            raise ServiceError(
                f"The emulator died before it could save its state: {state.emulator / 's3'} holds objects, but "
                f"{state.emulator / 'state'} knows no stacks, roles or tables. The two cannot be put together again.",
                RESET,
            )

    def recover(self, state: State, log: Log) -> None:
        """Log the loss after a crash: objects are complete, everything else is as at the last clean stop."""
        if has_saved_state(state):
            log("ministack died. Objects are all there; tables, partitions and messages made since its last")
            log("  clean stop are not, and stacks are deployed again. To start from nothing: aero destroy")

    def prepare(self, state: State, log: Log) -> None:
        """Create its directories."""
        for name in ("state", "s3", "tmp"):
            (state.emulator / name).mkdir(parents=True, exist_ok=True)

    def command(self, state: State) -> list[str]:
        """Return the command of the module, because scripts in a copied environment start the old interpreter."""
        return [str(PYTHON), "-m", "ministack"]

    def env(self, state: State) -> Mapping[str, str]:
        """Return an environment without any of our variables, because Lambdas inherit it."""
        home = state.emulator / "tmp"
        return {
            "PATH": os.defpath,
            "HOME": str(home),
            "TMPDIR": str(home),
            "LANG": "C.UTF-8",
            "AUTH": "true",
            "BIND_HOST": LOOPBACK,
            "GATEWAY_PORT": str(state.port(self.name)),
            "MINISTACK_ACCOUNT_ID": LOCAL_ACCOUNT,
            "MINISTACK_REGION": LOCAL_REGION,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state.emulator / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state.emulator / "s3"),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }

    def directory(self, state: State) -> Path:
        """Return its own folder, so that files which it writes stay there."""
        return state.emulator

    def missing(self, state: State, started_at: float) -> str:
        """Return the answer of its health check."""
        return http.why_not(f"{state.url(self.name)}/_ministack/ready")

    def verify(self, state: State) -> None:
        """Raise `ServiceError` if Athena of the emulator does not compute, as happens without DuckDB."""
        answer = self.answer(state)
        if answer != "2":
            raise ServiceError(
                f"The emulator's Athena says that 1+1 is {answer!r}: it does not compute.",
                "Its environment is incomplete: delete .venvs/ministack and run `make setup`.",
            )

    def answer(self, state: State) -> str:
        """Return Athena's answer to the query for 1+1."""
        return _athena_answer(state)


def has_objects(state: State) -> bool:
    """Return True if buckets of the platform are on disk."""
    return any((state.emulator / "s3" / LOCAL_ACCOUNT).glob("*"))


def has_saved_state(state: State) -> bool:
    """Return True if the emulator has saved its memory at least once."""
    return any((state.emulator / "state").glob("cloudformation.json"))


def _athena_answer(state: State) -> str:
    import boto3  # noqa: PLC0415 - slow, and needed after a start only

    session = boto3.Session(PROBE_ACCOUNT, "unused", region_name=LOCAL_REGION)
    s3 = session.client("s3", endpoint_url=state.url("ministack"))
    athena = session.client("athena", endpoint_url=state.url("ministack"))
    bucket = f"probe-{state.port('ministack')}-{time.time_ns()}"
    s3.create_bucket(Bucket=bucket)
    query = athena.start_query_execution(
        QueryString="select 1+1", ResultConfiguration={"OutputLocation": f"s3://{bucket}/"}
    )["QueryExecutionId"]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] in ("SUCCEEDED", "FAILED"):
            break
        time.sleep(0.02)
    if status["State"] == "SUCCEEDED":
        rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
        answer = rows[-1]["Data"][0]["VarCharValue"]
    else:
        answer = status.get("StateChangeReason", status["State"])
    for item in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
        s3.delete_object(Bucket=bucket, Key=item["Key"])
    s3.delete_bucket(Bucket=bucket)
    return answer
