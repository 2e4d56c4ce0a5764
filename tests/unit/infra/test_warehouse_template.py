"""Redshift exists in accounts only: its template is held here on its text, in and out of a network."""

import pytest

from infra.changesets import DeployError
from infra.deploy import Stack as Row
from infra.deploy import deploy, deploy_plan
from infra.stacks import NONE, STACKS
from tests.unit.infra import rules
from tests.unit.infra.rendered import TEMPLATES, Stack, load, resources, stacks

LAKE = {"Environment": "dev", "LakeBucket": "lake", "TypedDatabase": "typed"}


def only(kind):
    [known] = [resource for resource in resources() if resource.kind == kind and resource.stack == "warehouse"]
    return known


def without_network():
    return Stack("warehouse", load((TEMPLATES / "warehouse.yaml").read_text()), LAKE | {"VpcId": ""})


def test_the_workgroup_stands_in_three_subnets_closed_to_the_world_and_speaks_tls_only():
    workgroup = only("AWS::RedshiftServerless::Workgroup").properties
    assert (workgroup["PubliclyAccessible"], workgroup["EnhancedVpcRouting"]) == (False, True)
    assert len(workgroup["SubnetIds"]) == 3
    settings = {item["ParameterKey"]: item["ParameterValue"] for item in workgroup["ConfigParameters"]}
    assert settings == {
        "require_ssl": "true", "enable_user_activity_logging": "true", "max_query_execution_time": 3600,
    }  # fmt: skip
    assert 4 <= workgroup["BaseCapacity"] <= workgroup["MaxCapacity"]


def test_no_password_is_written_by_us_and_the_default_role_is_the_one_that_reads_the_lake():
    namespace = only("AWS::RedshiftServerless::Namespace").properties
    assert namespace["ManageAdminPassword"]
    assert "AdminUserPassword" not in namespace
    role = only("AWS::IAM::Role")
    assert namespace["DefaultIamRoleArn"] == role.arn
    assert namespace["IamRoles"] == [role.arn]
    assert namespace["FinalSnapshotName"]
    assert set(namespace["LogExports"]) == {"userlog", "connectionlog", "useractivitylog"}


def test_redshift_alone_takes_the_role_and_for_this_account_alone():
    [statement] = only("AWS::IAM::Role").properties["AssumeRolePolicyDocument"]["Statement"]
    assert set(statement["Principal"]["Service"]) == {"redshift.amazonaws.com", "redshift-serverless.amazonaws.com"}
    assert "aws:SourceAccount" in statement["Condition"]["StringEquals"]


def test_without_a_network_there_is_the_role_alone_and_nobody_is_let_into_a_workgroup():
    stack = without_network()
    assert [resource.kind for resource in stack.resources.values()] == ["AWS::IAM::Role"]
    assert set(stack.outputs) == {"SpectrumRoleArn", "WarehouseArn"}
    assert stack.outputs["WarehouseArn"] == NONE


def test_the_orchestrator_is_let_in_where_there_is_a_workgroup():
    for env, expected in (("local", 0), ("prod", 1)):
        [role] = [role for role in resources(env) if role.address == "orchestrator.OrchestratorRole"]
        let_in = [statement for statement in rules.statements(role) if statement["Sid"] == "EnterWarehouse"]
        assert len(let_in) == expected


def test_the_emulator_is_given_no_stack_of_the_warehouse():
    assert "warehouse" not in [stack.name for stack in stacks("local")]
    assert "warehouse" in [stack.name for stack in stacks("dev")]
    assert [stack.template for stack in STACKS if not stack.is_local] == ["warehouse"]


def test_a_stack_that_the_environment_lacks_is_left_out_and_its_outputs_are_none(session, templates, cloud):
    rows = (Row("lake", is_local=False), Row("ingest", inputs={"CodeKey": "lake.Bucket"}))
    deploy("local", session, print, doors=[], stacks=rows, templates=templates)
    assert list(cloud.stacks) == ["aero-local-ingest"]
    assert cloud.stacks["aero-local-ingest"]["parameters"] == {"Environment": "local", "CodeKey": NONE}
    assert deploy_plan("local", session, print, doors=[], stacks=rows, templates=templates) == {"ingest": ()}
    deploy("dev", session, print, doors=[], stacks=rows, templates=templates)
    assert cloud.stacks["aero-dev-ingest"]["parameters"]["CodeKey"] == "the-bucket"
    with pytest.raises(DeployError, match="list it before ingest"):
        deploy("dev", session, print, doors=[], stacks=rows[::-1], templates=templates)


@pytest.mark.parametrize("output", ["Host", "Port", "Database", "Workgroup", "Account", "Region"])
def test_every_variable_of_the_orchestrator_is_an_output(output):
    from aero_cli.commands.stacks import VARIABLES

    [warehouse] = [stack for stack in stacks("prod") if stack.name == "warehouse"]
    assert f"Warehouse{output}" in VARIABLES
    assert warehouse.outputs[f"Warehouse{output}"]
