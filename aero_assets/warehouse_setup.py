"""Set-up of Redshift for which CloudFormation has no resources: users, schemas, grants and the limit of usage.

Statements follow from the environment and the dbt project, and may be repeated. The admin of the namespace runs them
through the Data API: the workgroup is closed to the world, and the admin's password never leaves its secret.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aero_assets.environment import Environment
from aero_assets.warehouses import SPECTRUM

#: The database role of people who read marts.
ANALYST = "aero_analyst"
MARTS = "models/marts/"
COMPUTE = "serverless-compute"
#: At the limit queries end until the next day; the other actions stop no cost.
BREACH = "deactivate"
ENDED = ("FINISHED", "FAILED", "ABORTED")
PAUSE_SECONDS = 0.5


class SetupError(RuntimeError):
    """The set-up cannot go on; the message names the statement or the missing part."""


class Session(Protocol):
    """A connection that runs statements."""

    def execute(self, sql: str) -> Any:  # noqa: ANN401 - whatever a driver answers
        """Run a statement."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        ...


@dataclass(frozen=True)
class Statement:
    """A statement that may be repeated."""

    sql: str
    #: A query with rows where the statement is done already, for statements without IF NOT EXISTS.
    unless: str = ""


def schemas_of(manifest: Mapping[str, Any]) -> dict[str, bool]:
    """Return the schemas of a dbt manifest: True where analysts read, which is where marts are."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed", "snapshot")]
    read = {node["schema"] for node in nodes if node["original_file_path"].startswith(MARTS)}
    return {schema: schema in read for schema in sorted({node["schema"] for node in nodes})}


def user_of(environment: Environment, role: str) -> str:
    """Return the database user that Redshift makes of a role of the templates when it logs in."""
    return f"IAMR:{environment.role(role)}"


def statements(environment: Environment, schemas: Mapping[str, bool]) -> list[Statement]:
    """Return the set-up of an environment in its order; `schemas` as `schemas_of` returns them."""
    orchestrator, analyst = user_of(environment, "orchestrator"), user_of(environment, "analyst")
    return [
        _user(orchestrator),
        _user(analyst),
        Statement(f"create role {ANALYST}", f"select 1 from svv_roles where role_name = '{ANALYST}'"),
        Statement(
            f'grant role {ANALYST} to "{analyst}"',
            f"select 1 from svv_user_grants where user_name = '{analyst}' and role_name = '{ANALYST}'",
        ),
        Statement(
            f"create external schema if not exists {SPECTRUM} from data catalog "
            f"database '{environment.typed_database}' iam_role default"
        ),
        # Tables of an external schema have no grants of their own.
        Statement(f'grant usage on schema {SPECTRUM} to "{orchestrator}"'),
        *(Statement(sql) for schema, is_read in schemas.items() for sql in _schema(schema, orchestrator, is_read)),
    ]


def _user(name: str) -> Statement:
    # Redshift would make the user at its first login, which is too late for grants.
    return Statement(f'create user "{name}" password disable', f"select 1 from pg_user where usename = '{name}'")


def _schema(name: str, owner: str, is_read: bool) -> Iterable[str]:
    yield f"create schema if not exists {name}"
    # The owner creates and replaces tables there, and needs no right to create schemas.
    yield f'alter schema {name} owner to "{owner}"'
    if is_read:
        yield f"grant usage on schema {name} to role {ANALYST}"
        yield f"grant select on all tables in schema {name} to role {ANALYST}"
        # A table that dbt replaces is a new one.
        yield (f'alter default privileges for user "{owner}" in schema {name} grant select on tables to role {ANALYST}')


def apply(session: Session, steps: Iterable[Statement]) -> list[str]:
    """Run the statements that are not done already; return them."""
    done = []
    for step in steps:
        if not (step.unless and session.rows(step.unless)):
            session.execute(step.sql)
            done.append(step.sql)
    return done


@dataclass
class AdminSession:
    """Statements of the namespace's admin through the Data API, which needs no way into the network."""

    data: Any
    workgroup: str
    database: str
    secret: str
    sleep: Callable[[float], None] = time.sleep

    def execute(self, sql: str) -> str:
        """Run a statement to its end and return its number; raises SetupError with Redshift's reason."""
        number = self.data.execute_statement(
            WorkgroupName=self.workgroup, Database=self.database, SecretArn=self.secret, Sql=sql
        )["Id"]
        while (state := self.data.describe_statement(Id=number))["Status"] not in ENDED:
            self.sleep(PAUSE_SECONDS)
        if state["Status"] != "FINISHED":
            raise SetupError(f"{sql}: {state.get('Error') or state['Status']}")
        return number

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        pages = self.data.get_paginator("get_statement_result").paginate(Id=self.execute(sql))
        records = [record for page in pages for record in page["Records"]]
        return [tuple(None if "isNull" in field else next(iter(field.values())) for field in row) for row in records]


def set_up(environment: Environment, session: Any, schemas: Mapping[str, bool], rpu_hours: int) -> list[str]:  # noqa: ANN401 - a boto3 session
    """Set up the workgroup of an environment and limit its usage a day; return the statements and changes."""
    serverless = session.client("redshift-serverless")
    name = environment.workgroup
    try:
        workgroup = serverless.get_workgroup(workgroupName=name)["workgroup"]
    except serverless.exceptions.ResourceNotFoundException:
        raise SetupError(
            f"there is no workgroup {name}: `aero deploy --env {environment.name}` makes it in the network AERO_VPC_ID"
        ) from None
    namespace = serverless.get_namespace(namespaceName=workgroup["namespaceName"])["namespace"]
    admin = AdminSession(
        session.client("redshift-data"), name, namespace["dbName"], namespace["adminPasswordSecretArn"]
    )
    # The limit first: what follows costs already.
    limited = limit_usage(serverless, workgroup["workgroupArn"], rpu_hours)
    return [*limited, *apply(admin, statements(environment, schemas))]


def limit_usage(serverless: Any, workgroup_arn: str, rpu_hours: int) -> list[str]:  # noqa: ANN401 - a boto3 client
    """Limit a workgroup to so many RPU-hours a day; return the change, if it is one."""
    listed = serverless.list_usage_limits(resourceArn=workgroup_arn, usageType=COMPUTE).get("usageLimits", [])
    desired = {"amount": rpu_hours, "breachAction": BREACH}
    for limit in listed:
        if limit["period"] == "daily":
            if desired.items() <= limit.items():
                return []
            serverless.update_usage_limit(usageLimitId=limit["usageLimitId"], **desired)
            return [f"usage limit: {rpu_hours} RPU-hours a day, {limit['amount']} before"]
    serverless.create_usage_limit(resourceArn=workgroup_arn, usageType=COMPUTE, period="daily", **desired)
    return [f"usage limit: {rpu_hours} RPU-hours a day"]
