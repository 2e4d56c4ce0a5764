"""Set-up of Redshift: its statements as text, the Data API, the usage limit, and the sentences of refusals."""

import boto3
import pytest
from botocore.stub import Stubber

from aero_assets.dbt import manifest
from aero_assets.environment import Environment
from aero_assets.warehouse_setup import AdminSession, SetupError, limit_usage, schemas_of, set_up, statements
from aero_cli.cli import app

DEV, ARN = Environment("dev"), "arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/uuid"
SESSION = boto3.Session("key", "secret", region_name="us-east-1")
LIMIT = {"usageLimitId": "l", "period": "daily", "amount": 60, "breachAction": "deactivate"}


@pytest.fixture
def serverless():
    client = SESSION.client("redshift-serverless")
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()


def test_schemas_are_those_of_the_project_and_analysts_read_the_ones_with_marts():
    schemas = schemas_of(manifest())
    assert {"operations": True, "reference": True, "staging": False, "intermediate": False}.items() <= schemas.items()
    published = {node["schema"] for node in manifest()["nodes"].values() if node["name"].startswith(("fct_", "dim_"))}
    assert published == {schema for schema, is_read in schemas.items() if is_read}


def test_the_typed_zone_is_read_under_the_default_role_by_the_orchestrator_alone():
    texts = [step.sql for step in statements(DEV, {"operations": True, "staging": False})]
    assert (
        "create external schema if not exists spectrum_typed from data catalog database 'aero_dev_typed' "
        "iam_role default" in texts
    )
    assert [sql for sql in texts if "spectrum_typed to" in sql] == [
        'grant usage on schema spectrum_typed to "IAMR:aero-dev-orchestrator"'
    ]
    assert not [sql for sql in texts if "staging" in sql and "aero_analyst" in sql]


def test_statements_without_if_not_exists_ask_first():
    for step in statements(DEV, schemas_of(manifest())):
        repeats = step.sql.startswith(("alter ", "grant usage", "grant select")) or "if not exists" in step.sql
        assert bool(step.unless) != repeats, step.sql


@pytest.mark.parametrize(
    ("listed", "call", "changes"),
    [
        (None, "create_usage_limit", ["usage limit: 60 RPU-hours a day"]),
        ([LIMIT], "", []),
        ([LIMIT | {"amount": 10}], "update_usage_limit", ["usage limit: 60 RPU-hours a day, 10 before"]),
        ([LIMIT | {"breachAction": "log"}], "update_usage_limit", ["usage limit: 60 RPU-hours a day, 60 before"]),
        ([LIMIT | {"period": "monthly"}], "create_usage_limit", ["usage limit: 60 RPU-hours a day"]),
    ],
)
def test_the_usage_limit_is_made_once_and_changed_where_it_differs(serverless, listed, call, changes):
    client, stub = serverless
    asked = {"resourceArn": ARN, "usageType": "serverless-compute"}
    stub.add_response("list_usage_limits", {"usageLimits": listed} if listed else {}, asked)
    desired = {"amount": 60, "breachAction": "deactivate"}
    if call:
        more = {"usageLimitId": "l"} if call.startswith("update") else asked | {"period": "daily"}
        stub.add_response(call, {}, desired | more)
    assert limit_usage(client, ARN, 60) == changes


def test_statements_of_the_admin_go_through_the_data_api_with_the_secret():
    data = SESSION.client("redshift-data")
    asked = {"WorkgroupName": "aero-dev", "Database": "aero", "SecretArn": "arn", "Sql": "select 1, null"}
    with Stubber(data) as stub:
        stub.add_response("execute_statement", {"Id": "1"}, asked)
        stub.add_response("describe_statement", {"Id": "1", "Status": "STARTED"}, {"Id": "1"})
        stub.add_response("describe_statement", {"Id": "1", "Status": "FINISHED"}, {"Id": "1"})
        records = [[{"longValue": 1}, {"isNull": True}]]
        stub.add_response("get_statement_result", {"Records": records}, {"Id": "1"})
        slept: list[float] = []
        assert AdminSession(data, "aero-dev", "aero", "arn", slept.append).rows("select 1, null") == [(1, None)]
        assert len(slept) == 1
        stub.assert_no_pending_responses()


def test_a_statement_that_redshift_refuses_is_named_with_the_reason():
    data = SESSION.client("redshift-data")
    with Stubber(data) as stub:
        stub.add_response("execute_statement", {"Id": "1"})
        stub.add_response("describe_statement", {"Id": "1", "Status": "FAILED", "Error": "ERROR: permission denied"})
        with pytest.raises(SetupError, match="create role r: ERROR: permission denied"):
            AdminSession(data, "aero-dev", "aero", "arn").execute("create role r")


def test_without_a_workgroup_the_way_to_one_is_named(serverless, monkeypatch):
    client, stub = serverless
    stub.add_client_error("get_workgroup", "ResourceNotFoundException")
    monkeypatch.setattr(SESSION, "client", lambda name: client)
    with pytest.raises(SetupError, match=r"no workgroup aero-dev: `aero deploy --env dev` makes it"):
        set_up(DEV, SESSION, {}, 60)


def aero(capsys, *words):
    with pytest.raises(SystemExit) as end:
        app(["warehouse", "setup", *words])
    output = capsys.readouterr()
    return end.value.code or 0, output.out, output.err


def test_the_statements_are_shown_without_a_connection(capsys):
    code, output, _ = aero(capsys, "--env", "prod", "--print")
    assert code == 0
    steps = statements(Environment("prod"), schemas_of(manifest()))
    assert [line.rstrip(";") for line in output.splitlines() if not line.startswith("--")] == [s.sql for s in steps]


@pytest.mark.parametrize("words", [["--env", "dev"], []], ids=["no credentials", "local"])
def test_what_cannot_be_set_up_is_refused_in_one_sentence(capsys, words):
    code, output, errors = aero(capsys, *words)
    assert (code, output) == (1, "")
    assert errors.startswith("error: ")
    assert len(errors.splitlines()) == 1
