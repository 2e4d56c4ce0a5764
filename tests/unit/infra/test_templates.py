"""Every template keeps data, opens nothing and names code that exists; what the emulator cannot show is held here.

Four kinds of permission are not enforced by the local emulator, so a green local run says nothing about them.
Each is a rule over the rendered templates instead:

* the role that reads a stream for a function: ``mappings_may_read_their_source``
* S3 invoking a function: ``notified_functions_let_their_bucket_in``
* the role of a delivery stream: ``firehose_may_write_its_bucket``
* Athena's access to data: ``askers_of_athena_may_read_what_they_ask``

The emulator also drops encryption and lifecycle, and TLS-only statements are left out for it (it speaks plain
http): ``buckets_are_closed`` and ``buckets_want_tls``.
"""

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from infra.deploy import ENVIRONMENTS, STACKS, TEMPLATES
from tests.unit.infra import rules
from tests.unit.infra.rendered import load, resources, stacks, template_files

ROOT = TEMPLATES.parent
RULES = (
    rules.buckets_are_closed,
    rules.buckets_want_tls,
    rules.data_outlives_its_stack,
    rules.roles_are_narrow,
    rules.trust_is_narrow,
    rules.functions_are_watched,
    rules.notified_functions_let_their_bucket_in,
    rules.mappings_may_read_their_source,
    rules.firehose_may_write_its_bucket,
    rules.askers_of_athena_may_read_what_they_ask,
)


@pytest.mark.parametrize("env", ["dev", "prod"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_on_aws_every_stack_keeps_the_rule(rule, env):
    assert list(rule(resources(env))) == []


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule not in {rules.buckets_want_tls, rules.trust_is_narrow}]
)
def test_the_laptop_keeps_every_rule_but_tls_and_the_trust_that_lets_profiles_in(rule):
    assert list(rule(resources("local"))) == []


def test_tls_only_statements_stand_behind_the_condition_for_aws():
    assert rules.of_kind(resources("local"), "AWS::S3::BucketPolicy") == []
    for path in template_files():
        template = load(path.read_text())
        policies = [r for r in template["Resources"].values() if r["Type"] == "AWS::S3::BucketPolicy"]
        assert {policy["Condition"] for policy in policies} <= {"IsAws"}
        if policies:
            assert template["Conditions"]["IsAws"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Environment"}, "local"]}]}


def test_only_on_the_laptop_may_the_account_itself_take_every_role():
    root = "arn:aws:iam::111122223333:root"
    for role in rules.of_kind(resources("local"), "AWS::IAM::Role"):
        trusted = role.properties["AssumeRolePolicyDocument"]["Statement"]
        assert {"AWS": root} in [s["Principal"] for s in trusted if not s.get("Condition")], role.address


def test_justifications_name_statements_that_exist():
    named = {
        (role.address, statement.get("Sid"))
        for env in ("local", "prod")
        for role in rules.of_kind(resources(env), "AWS::IAM::Role")
        for statement in rules.statements(role)
    }
    assert set(rules.JUSTIFIED) <= named


@pytest.mark.parametrize(
    "function", rules.of_kind(resources(), "AWS::Lambda::Function"), ids=lambda found: found.address
)
def test_the_handler_that_a_template_names_can_be_imported(function):
    module, name = function.properties["Handler"].rsplit(".", 1)
    assert callable(getattr(import_module(module), name))
    assert function.properties["Runtime"] == "python3.13"


def test_raw_cools_down_and_query_results_and_step_logs_expire():
    lifecycle = {
        bucket.logical: bucket.properties["LifecycleConfiguration"]["Rules"]
        for bucket in rules.of_kind(resources(), "AWS::S3::Bucket")
    }
    [cooling] = [rule["Transitions"] for rule in lifecycle["RawBucket"] if "Transitions" in rule]
    assert [(step["StorageClass"], step["TransitionInDays"]) for step in cooling] == [
        ("STANDARD_IA", 30),
        ("GLACIER_IR", 90),
    ]
    expiring = [rule for rule in lifecycle["ResultsBucket"] if "ExpirationInDays" in rule]
    assert [(rule["Prefix"], rule["ExpirationInDays"]) for rule in expiring] == [("athena/", 30), ("_steps/", 30)]
    for kept in ("RawBucket", "LakeBucket"):
        assert not [rule for rule in lifecycle[kept] if "ExpirationInDays" in rule], f"{kept} forgets data"


def test_the_inbox_remembers_a_version_longer_than_the_failure_queue_its_event():
    [inbox] = [bucket for bucket in resources() if bucket.logical == "InboxBucket"]
    days = [
        rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for rule in inbox.properties["LifecycleConfiguration"]["Rules"]
        if "NoncurrentVersionExpiration" in rule
    ]
    queues = rules.of_kind(resources(), "AWS::SQS::Queue")
    assert min(days) * 86_400 > max(queue.properties["MessageRetentionPeriod"] for queue in queues)


@pytest.mark.parametrize("path", template_files(), ids=lambda path: path.name)
def test_a_template_explains_itself_and_stands_alone(path):
    text, template = path.read_text(), load(path.read_text())
    assert template["Description"]
    assert template["Parameters"]["Environment"]["AllowedValues"] == list(ENVIRONMENTS)
    for section in ("Parameters", "Outputs"):
        assert all(item["Description"] for item in template[section].values())
    assert "ImportValue" not in text
    assert "Export:" not in text
    assert "arn:aws:" not in text, "write arn:${AWS::Partition}:"


def test_the_driver_gives_every_parameter_of_every_template_and_deploys_them_all():
    assert {f"{stack.template}.yaml" for stack in STACKS} == {path.name for path in template_files()}
    for stack, rendered in zip(STACKS, stacks("prod"), strict=True):
        expected = {key for key, spec in rendered.template["Parameters"].items() if "Default" not in spec}
        given = {"Environment", *stack.inputs, *stack.code, *stack.settings}
        given |= {name for phase in (*stack.phases, *stack.network_phases) for name in phase.parameters}
        assert given >= expected
        assert given <= set(rendered.template["Parameters"])


def test_names_are_those_that_people_and_other_rooms_know():
    outputs = {name: value for stack in stacks("local") for name, value in stack.outputs.items()}
    assert {name: value.replace("111122223333", "<account>") for name, value in outputs.items()} == {
        "RawBucket": "aero-local-raw-<account>",
        "LakeBucket": "aero-local-lake-<account>",
        "ResultsBucket": "aero-local-results-<account>",
        "InboxBucket": "aero-local-inbox-<account>",
        "RawDatabase": "aero_local_raw",
        "TypedDatabase": "aero_local_typed",
        "PublishedDatabase": "aero_local_published",
        "Workgroup": "aero-local",
        "PartnerDropFunction": "aero-local-partner-drop",
        "PartnerDropLogGroup": "/aws/lambda/aero-local-partner-drop",
        "PartnerDropFailuresUrl": "aero-local-partner-drop-failures",
        "PartnerDropRoleArn": "arn:aws:iam::<account>:role/aero-local-partner-drop",
        "AlertsFeedName": "aero-local-alerts-feed",
        "AlertsFeedArn": "arn:aws:kinesis:us-east-1:<account>:aero-local-alerts-feed",
        "FlinkRoleArn": "arn:aws:iam::<account>:role/aero-local-flink",
        "ForwarderRoleArn": "arn:aws:iam::<account>:role/aero-local-forwarder",
        "FirehoseTransformFunction": "aero-local-firehose-transform",
        "FirehoseTransformRoleArn": "arn:aws:iam::<account>:role/aero-local-firehose-transform",
        "LegStateTable": "aero-local-leg-state",
        "AlertsTable": "aero-local-alerts",
        "TransitionsTable": "aero-local-transitions",
        "EventLogTable": "aero-local-event-log",
        "DecisionsTable": "aero-local-decisions",
        "BaselinesTable": "aero-local-baselines",
        "AlertsTopicArn": "aero-local-alerts",
        "AlertsQueueUrl": "aero-local-alerts",
        "AlertHandlerFunction": "aero-local-alert-handler",
        "AlertTickFunction": "aero-local-alert-tick",
        "AlertHandlerRoleArn": "arn:aws:iam::<account>:role/aero-local-alert-handler",
        "AlertTickRoleArn": "arn:aws:iam::<account>:role/aero-local-alert-tick",
        "ClusterArn": "none",
        "RawCrawlerName": "aero-local-raw",
        "GatewayFunction": "aero-local-gateway",
        "GatewayRoleArn": "arn:aws:iam::<account>:role/aero-local-gateway",
        "GatewayFailuresUrl": "aero-local-gateway-failures",
        "MessagesTable": "aero-local-messages",
        "ReaderSecretArn": "arn:aws:secretsmanager:us-east-1:<account>:secret:aero/local/opsdb/extract-suffix",
        "ExtractRoleArn": "arn:aws:iam::<account>:role/aero-local-extract",
        "OrchestratorRoleArn": "arn:aws:iam::<account>:role/aero-local-orchestrator",
        "DashboardRoleArn": "arn:aws:iam::<account>:role/aero-local-dashboard",
        "AnalystRoleArn": "arn:aws:iam::<account>:role/aero-local-analyst",
        "PartnerRoleArn": "arn:aws:iam::<account>:role/aero-local-partner",
    }


def test_cfn_lint_finds_nothing_in_three_regions():
    linter = Path(sys.executable).with_name("cfn-lint")
    assert linter.exists(), f"cfn-lint is not installed beside {shutil.which('python')}"
    configured = (ROOT / ".cfnlintrc").read_text()
    assert all(region in configured for region in ("us-east-1", "us-east-2", "mx-central-1"))
    run = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
