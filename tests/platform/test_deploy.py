"""Deploying the real templates to the running emulator: nothing to do twice, from nothing, and when it fails.

What is built here from nothing is the environment dev, beside the local one that the other tests use. There the
conditions for AWS are true, so this is also where the emulator sees those halves of the templates.
"""

import pytest

from aero_assets.feeds import doors
from aero_local.services import kafka
from infra.changesets import DeployError
from infra.deploy import STACKS, Stack, deploy, deploy_plan

pytestmark = pytest.mark.platform

DOORS = [{"feed": "partner/made_up", "format": "csv", "header": ["A", "B"], "contract": "one"}]
MADE = ("aero-dev-broken", *(f"aero-dev-{stack.template}" for stack in reversed(STACKS)))


@pytest.fixture(scope="module")
def root(platform):
    return platform.session("root")


@pytest.fixture(scope="module")
def dev(root):
    """The environment dev, made from nothing and taken away again with its buckets."""
    cloudformation, s3 = root.client("cloudformation"), root.client("s3")
    yield deploy("dev", root, lambda line: None, doors=DOORS)
    for stack in MADE:
        cloudformation.delete_stack(StackName=stack)
    for bucket in [item["Name"] for item in s3.list_buckets()["Buckets"] if item["Name"].startswith("aero-dev-")]:
        for version in s3.list_object_versions(Bucket=bucket).get("Versions", []):
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
        s3.delete_bucket(Bucket=bucket)


def test_what_runs_is_what_the_templates_say_so_deploying_again_changes_nothing(platform, root):
    shown = []
    # Settings come from the environment: addresses of dashboard and brokers are this platform's own.
    with platform.state.acting_as("root", **kafka.variables(platform.state)):
        result = deploy("local", root, shown.append, doors=doors())
    assert not result.changed, result.changes
    assert shown == [f"aero-local-{stack.template}: no changes" for stack in STACKS if stack.is_local]
    assert set(result.values) >= {"RawBucket", "LakeBucket", "InboxBucket", "OrchestratorRoleArn"}


def test_every_stack_is_made_from_nothing_and_a_second_run_changes_nothing(root, dev):
    assert dev.changed
    assert all(dev.changes[stack.template] for stack in STACKS)
    assert not deploy("dev", root, lambda line: None, doors=DOORS).changed


def test_a_changed_feed_replaces_the_code_of_the_running_door_and_nothing_else(root, dev):
    changed = [DOORS[0] | {"contract": "two"}]
    plan = deploy_plan("dev", root, lambda line: None, doors=changed)
    assert "PartnerDrop" in [change.resource for change in plan["ingest"] or ()]
    assert plan["lake"] == plan["orchestrator"] == ()
    function = dev.values["PartnerDropFunction"]
    before = root.client("lambda").get_function(FunctionName=function)["Configuration"]["CodeSha256"]
    result = deploy("dev", root, lambda line: None, doors=changed)
    after = root.client("lambda").get_function(FunctionName=function)["Configuration"]["CodeSha256"]
    assert before != after
    assert not result.changes["lake"]
    assert not result.changes["orchestrator"]


def test_a_deployment_that_fails_says_why_and_the_next_one_succeeds(root, dev, tmp_path):
    template = tmp_path / "broken.yaml"
    head = "Parameters: {Environment: {Type: String}}\nResources:\n  Queue: {Type: AWS::SQS::Queue}\n"
    bad = "  Config: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: no-such, Qualifier: $LATEST}}\n"
    template.write_text(head + bad)
    stacks = [Stack("broken")]
    with pytest.raises(DeployError, match=r"Config \(AWS::Lambda::EventInvokeConfig\): .*no-such"):
        deploy("dev", root, lambda line: None, doors=DOORS, stacks=stacks, templates=tmp_path)
    template.write_text(head)
    assert deploy("dev", root, lambda line: None, doors=DOORS, stacks=stacks, templates=tmp_path).changed
