"""A query of Athena, with the wait for its result."""

import time
from typing import Any

from aero_assets.environment import Environment

PATIENCE_SECONDS = 300


class QueryError(RuntimeError):
    """A query that Athena did not answer."""


def count(athena: Any, environment: Environment, table: str) -> int:  # noqa: ANN401 - boto3 has no static type
    """Return the rows of a table of the typed database; raise QueryError with Athena's reason where it fails."""
    [row] = rows(athena, environment, environment.typed_database, f'select count(*) as rows_counted from "{table}"')
    return int(row["rows_counted"] or 0)


def rows(athena: Any, environment: Environment, database: str, sql: str) -> list[dict[str, str | None]]:  # noqa: ANN401
    """Return the first thousand rows of a query as text by column; raise QueryError where it fails."""
    query = athena.start_query_execution(
        QueryString=sql, QueryExecutionContext={"Database": database}, WorkGroup=environment.workgroup
    )["QueryExecutionId"]
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
    while time.monotonic() < deadline:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] == "SUCCEEDED":
            answered = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
            names, *values = [[cell.get("VarCharValue") for cell in row["Data"]] for row in answered]
            return [dict(zip(names, row, strict=True)) for row in values]
        if status["State"] in ("FAILED", "CANCELLED"):
            raise QueryError(f"{status['State']}: {status.get('StateChangeReason', 'no reason given')} in: {sql}")
        time.sleep(pause)
        pause = min(2 * pause, 2.0)
    raise QueryError(f"no answer within {PATIENCE_SECONDS} seconds to: {sql}")
