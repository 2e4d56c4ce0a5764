"""A query of Athena for one number, with the wait for its result."""

import time
from typing import Any

from aero_assets.environment import Environment

PATIENCE_SECONDS = 300


class QueryError(RuntimeError):
    """A query that Athena did not answer."""


def count(athena: Any, environment: Environment, table: str) -> int:  # noqa: ANN401 - boto3 has no static type
    """Return the rows of a table of the typed database; raise QueryError with Athena's reason where it fails."""
    query = athena.start_query_execution(
        QueryString=f'select count(*) as rows_counted from "{table}"',
        QueryExecutionContext={"Database": environment.typed_database},
        WorkGroup=environment.workgroup,
    )["QueryExecutionId"]
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
    while time.monotonic() < deadline:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] == "SUCCEEDED":
            rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
            return int(rows[-1]["Data"][0]["VarCharValue"])
        if status["State"] in ("FAILED", "CANCELLED"):
            raise QueryError(
                f"counting {table}: {status['State']}: {status.get('StateChangeReason', 'no reason given')}"
            )
        time.sleep(pause)
        pause = min(2 * pause, 2.0)
    raise QueryError(f"counting {table}: no answer within {PATIENCE_SECONDS} seconds")
