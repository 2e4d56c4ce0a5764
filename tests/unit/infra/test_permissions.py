"""Permissions of each role, decided from the statements in the templates.

The platform tests ask the emulator the same of what it enforces; this table also holds for what it does not.
"""

import pytest

from tests.unit.infra import rules
from tests.unit.infra.rendered import ACCOUNT, REGION, resources

ROLES = {role.name.removeprefix("aero-prod-"): role for role in rules.of_kind(resources(), "AWS::IAM::Role")}


def s3(bucket: str, key: str = "") -> str:
    return f"arn:aws:s3:::aero-prod-{bucket}-{ACCOUNT}{f'/{key}' if key else ''}"


def glue(resource: str) -> str:
    return f"arn:aws:glue:{REGION}:{ACCOUNT}:{resource}"


def table(name: str, index: str = "") -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/aero-prod-{name}{f'/index/{index}' if index else ''}"


SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:aero/prod/opsdb/extract-suffix"
FEED = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:aero-prod-alerts-feed"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:aero-prod-partner-drop-failures"
GATEWAY = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:aero-prod-gateway"
WAREHOUSE = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup/uuid"
TOPIC = f"arn:aws:kafka:{REGION}:{ACCOUNT}:topic/aero-prod/uuid"
MAY = [
    ("partner", "s3:PutObject", s3("inbox", "partner/legs/a.csv")),
    ("partner-drop", "s3:GetObjectVersion", s3("inbox", "partner/legs/a.csv")),
    ("partner-drop", "s3:PutObject", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("partner-drop", "s3:AbortMultipartUpload", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("partner-drop", "s3:GetObject", s3("raw", "partner/legs/_content/abc.json")),
    ("partner-drop", "s3:PutObject", s3("lake", "_outcomes/door/dt=2026-01-01/a.json")),
    ("partner-drop", "s3:PutObject", s3("lake", "quarantine/partner/legs/dt=2026-01-01/files/a/a.csv")),
    ("partner-drop", "sqs:SendMessage", QUEUE),
    ("orchestrator", "s3:GetObject", s3("raw", "partner/legs/_arrivals/a.json")),
    ("orchestrator", "s3:ListBucket", s3("raw")),
    ("orchestrator", "s3:ListBucket", s3("lake")),
    ("orchestrator", "s3:ListBucket", s3("inbox")),
    *(
        ("orchestrator", f"s3:{action}Object", s3("lake", f"{folder}/x"))
        for action in ("Get", "Put", "Delete")
        for folder in ("typed", "_manifests", "_checks", "_outcomes/typed", "quarantine/partner", "published/v1")
    ),
    ("orchestrator", "s3:GetObject", s3("lake", "_set_aside/ops/leg_events/dt=2026-01-01/a.json")),
    ("orchestrator", "s3:PutObject", s3("lake", "_set_aside/ops/leg_events/dt=2026-01-01/a.json")),
    ("orchestrator", "s3:PutObject", s3("results", "_steps/storage/run/compute_logs/step.out")),
    ("orchestrator", "s3:GetObject", s3("results", "_steps/storage/run/compute_logs/step.out")),
    ("orchestrator", "glue:CreateTable", glue("table/aero_prod_typed/legs")),
    ("orchestrator", "glue:BatchCreatePartition", glue("table/aero_prod_raw/legs")),
    ("analyst", "s3:GetObject", s3("lake", "typed/partner/legs/x.parquet")),
    ("analyst", "s3:GetObject", s3("lake", "quarantine/partner/legs/x")),
    ("analyst", "s3:PutObject", s3("results", "athena/x.csv")),
    ("analyst", "glue:GetPartitions", glue("table/aero_prod_typed/legs")),
    ("analyst", "s3:GetObject", s3("lake", "published/v1/manifest.json")),
    ("dashboard", "s3:GetObject", s3("lake", "published/v1/manifest.json")),
    ("dashboard", "dynamodb:Query", table("alerts", "open")),
    ("dashboard", "dynamodb:PutItem", table("decisions")),
    ("flink", "kinesis:PutRecords", FEED),
    ("alert-handler", "dynamodb:PutItem", table("event-log")),
    ("alert-handler", "s3:PutObject", s3("lake", "quarantine/stream/alerts_feed/x.json")),
    ("alert-tick", "dynamodb:Query", table("transitions", "outbox")),
    ("orchestrator", "dynamodb:Query", table("event-log", "by_route")),
    ("orchestrator", "dynamodb:BatchWriteItem", table("baselines")),
    ("orchestrator", "s3:PutObject", s3("raw", "alerts/transitions/dt=2026-01-01/hh=00/a.gz")),
    ("repair", "s3:ListBucketVersions", s3("raw")),
    ("repair", "s3:GetObjectVersion", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("repair", "s3:GetObject", s3("inbox", "partner/legs/a.csv")),
    ("repair", "s3:PutObject", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("repair", "s3:PutObject", s3("lake", "_manifests/typed/partner/legs/dt=2026-01-01.json")),
    ("repair", "s3:DeleteObject", s3("lake", "typed/partner/legs/x.parquet")),
    ("partner-drop", "lambda:InvokeFunction", GATEWAY),
    ("orchestrator", "lambda:InvokeFunction", GATEWAY),
    ("gateway", "s3:GetObject", s3("raw", "partner/messages/dt=2026-01-01/hh=00/a.gz")),
    ("gateway", "s3:GetObject", s3("raw", "partner/ssim/dt=2026-01-01/hh=00/a.gz")),
    ("gateway", "s3:GetObject", s3("raw", "opsdb/legs/dt=2026-01-01/hh=00/a.json.gz")),
    ("gateway", "s3:PutObject", s3("lake", "quarantine/partner/messages/dt=2026-01-01/messages-a.json")),
    ("gateway", "dynamodb:Query", table("leg-state", "by_flight")),
    ("gateway", "dynamodb:PutItem", table("messages")),
    ("gateway", "kafka-cluster:WriteData", f"{TOPIC}/leg-events"),
    ("extract", "secretsmanager:GetSecretValue", SECRET),
    ("extract", "s3:PutObject", s3("raw", "opsdb/legs/dt=2026-01-01/hh=00/a-part-00000.json.gz")),
    ("extract", "s3:GetObject", s3("raw", "opsdb/_extracts/dt=2026-01-01/a.json")),
    ("orchestrator", "glue:StartJobRun", glue("job/aero-prod-extract")),
    ("orchestrator", "glue:BatchStopJobRun", glue("job/aero-prod-extract")),
    ("deliver-leg-events", "s3:PutObject", s3("raw", "ops/leg_events/dt=2026-01-01/hh=00/a.gz")),
    ("orchestrator", "redshift-serverless:GetCredentials", WAREHOUSE),
    ("spectrum", "s3:GetObject", s3("lake", "typed/partner/legs/operating_date=2026-01-01/x.parquet")),
    ("spectrum", "s3:PutObject", s3("lake", "published/v1/data/operations.fct_leg/2026-01-0a/000.parquet")),
    ("spectrum", "s3:GetBucketLocation", s3("lake")),
    ("spectrum", "glue:GetPartitions", glue("table/aero_prod_typed/legs")),
]
MAY_NOT = [
    ("orchestrator", "redshift-serverless:GetCredentials", WAREHOUSE.replace("uuid", "other")),
    ("orchestrator", "redshift-serverless:UpdateWorkgroup", WAREHOUSE),
    ("spectrum", "s3:GetObject", s3("raw", "partner/legs/x")),
    ("spectrum", "s3:GetObject", s3("lake", "quarantine/partner/legs/x")),
    ("spectrum", "s3:PutObject", s3("lake", "typed/partner/legs/x.parquet")),
    ("spectrum", "s3:PutObject", s3("lake", "published/v1/manifest.json")),
    ("spectrum", "s3:DeleteObject", s3("lake", "published/v1/data/operations.fct_leg/2026-01-0a/000.parquet")),
    ("spectrum", "glue:GetTable", glue("table/aero_prod_raw/legs")),
    ("spectrum", "glue:CreateTable", glue("table/aero_prod_typed/legs")),
    ("orchestrator", "s3:DeleteObject", s3("results", "_steps/storage/run/compute_logs/step.out")),
    ("orchestrator", "s3:PutObject", s3("results", "_code/gateway.zip")),
    ("analyst", "s3:GetObject", s3("results", "_steps/storage/run/compute_logs/step.out")),
    ("repair", "s3:DeleteObject", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("repair", "s3:DeleteObjectVersion", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("repair", "s3:DeleteObject", s3("lake", "_outcomes/door/dt=2026-01-01/a.json")),
    ("repair", "s3:PutObject", s3("inbox", "partner/legs/a.csv")),
    ("repair", "dynamodb:PutItem", table("alerts")),
    ("orchestrator", "s3:ListBucketVersions", s3("raw")),
    ("analyst", "s3:ListBucketVersions", s3("lake")),
    ("dashboard", "s3:ListBucketVersions", s3("lake")),
    ("partner-drop", "lambda:InvokeFunction", GATEWAY.replace("gateway", "alert-tick")),
    ("gateway", "s3:GetObject", s3("raw", "partner/bts_ontime/dt=2026-01-01/hh=00/a.gz")),
    ("gateway", "s3:GetObject", s3("inbox", "partner/messages/a.txt")),
    ("gateway", "dynamodb:PutItem", table("leg-state")),
    ("gateway", "dynamodb:Query", table("alerts", "open")),
    ("gateway", "kafka-cluster:WriteData", f"{TOPIC}/bookings"),
    ("gateway", "kafka-cluster:ReadData", f"{TOPIC}/leg-events"),
    ("extract", "secretsmanager:GetSecretValue", SECRET.replace("extract", "owner")),
    ("extract", "secretsmanager:PutSecretValue", SECRET),
    ("extract", "s3:PutObject", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("extract", "s3:GetObject", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("extract", "s3:DeleteObject", s3("raw", "opsdb/legs/dt=2026-01-01/hh=00/a-part-00000.json.gz")),
    ("extract", "s3:PutObject", s3("lake", "typed/opsdb/legs/x.parquet")),
    ("orchestrator", "secretsmanager:GetSecretValue", SECRET),
    ("orchestrator", "s3:PutObject", s3("raw", "opsdb/_extracts/dt=2026-01-01/a.json")),
    ("orchestrator", "glue:StartJobRun", glue("job/other")),
    ("alert-handler", "s3:GetObject", s3("raw", "ops/leg_events/dt=2026-01-01/hh=00/a.gz")),
    ("alert-handler", "s3:PutObject", s3("lake", "typed/ops/leg_events/x.parquet")),
    ("alert-handler", "dynamodb:PutItem", table("decisions")),
    ("alert-handler", "kinesis:PutRecord", FEED),
    ("alert-tick", "dynamodb:PutItem", table("event-log")),
    ("firehose-transform", "dynamodb:PutItem", table("alerts")),
    ("firehose-transform", "s3:GetObject", s3("raw", "ops/leg_events/a")),
    ("flink", "kinesis:GetRecords", FEED),
    ("flink", "s3:GetObject", s3("raw", "ops/leg_events/a")),
    ("orchestrator", "dynamodb:PutItem", table("event-log")),
    ("orchestrator", "dynamodb:PutItem", table("alerts")),
    ("dashboard", "dynamodb:PutItem", table("event-log")),
    ("dashboard", "dynamodb:PutItem", table("leg-state")),
    ("deliver-bookings", "s3:PutObject", s3("raw", "ops/leg_events/dt=2026-01-01/hh=00/a.gz")),
    ("partner", "s3:GetObject", s3("inbox", "partner/legs/a.csv")),
    ("partner", "s3:DeleteObject", s3("inbox", "partner/legs/a.csv")),
    ("partner", "s3:ListBucket", s3("inbox")),
    ("partner", "s3:PutObject", s3("inbox", "other/a.csv")),
    ("partner", "s3:PutObject", s3("raw", "partner/legs/a.csv")),
    ("partner-drop", "s3:DeleteObject", s3("inbox", "partner/legs/a.csv")),
    ("partner-drop", "s3:PutObject", s3("inbox", "partner/legs/a.csv")),
    ("partner-drop", "s3:GetObject", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("partner-drop", "s3:DeleteObject", s3("raw", "partner/legs/dt=2026-01-01/hh=00/a.csv.gz")),
    ("partner-drop", "s3:ListBucket", s3("raw")),
    ("partner-drop", "s3:GetObject", s3("lake", "typed/partner/legs/x.parquet")),
    ("partner-drop", "s3:PutObject", s3("lake", "typed/partner/legs/x.parquet")),
    ("partner-drop", "s3:PutObject", s3("lake", "_outcomes/typed/x.json")),
    ("partner-drop", "s3:PutObject", s3("lake", "_manifests/x.json")),
    ("partner-drop", "s3:GetObject", s3("lake", "_outcomes/door/x.json")),
    ("partner-drop", "s3:ListBucket", s3("lake")),
    *(
        (role, "s3:PutObject", s3("lake", "_set_aside/ops/leg_events/dt=2026-01-01/a.json"))
        for role in ("analyst", "dashboard", "partner", "partner-drop", "gateway", "alert-handler", "extract")
    ),
    ("orchestrator", "s3:DeleteObject", s3("lake", "_set_aside/ops/leg_events/dt=2026-01-01/a.json")),
    ("orchestrator", "s3:PutObject", s3("raw", "partner/legs/x")),
    ("orchestrator", "s3:DeleteObject", s3("raw", "partner/legs/x")),
    ("orchestrator", "s3:GetObject", s3("inbox", "partner/legs/a.csv")),
    ("orchestrator", "s3:PutObject", s3("inbox", "partner/legs/a.csv")),
    ("orchestrator", "s3:DeleteObject", s3("inbox", "partner/legs/a.csv")),
    ("orchestrator", "s3:PutObject", s3("results", "_code/aero_ingest.zip")),
    ("orchestrator", "glue:DeleteDatabase", glue("database/aero_prod_typed")),
    ("analyst", "s3:PutObject", s3("lake", "typed/partner/legs/x.parquet")),
    ("analyst", "s3:DeleteObject", s3("lake", "typed/partner/legs/x.parquet")),
    ("analyst", "s3:GetObject", s3("raw", "partner/legs/x")),
    ("analyst", "s3:GetObject", s3("results", "_code/aero_ingest.zip")),
    ("analyst", "glue:CreateTable", glue("table/aero_prod_typed/legs")),
    ("analyst", "s3:PutObject", s3("lake", "published/v1/manifest.json")),
    ("dashboard", "s3:PutObject", s3("lake", "published/v1/manifest.json")),
    ("dashboard", "s3:GetObject", s3("lake", "typed/partner/legs/x.parquet")),
    ("dashboard", "s3:GetObject", s3("lake", "quarantine/partner/legs/x")),
    ("dashboard", "s3:GetObject", s3("raw", "partner/legs/x")),
]


@pytest.mark.parametrize(("role", "action", "arn"), MAY, ids=lambda part: part)
def test_a_role_may_do_its_work(role, action, arn):
    assert rules.allowed(ROLES[role], action, arn)


@pytest.mark.parametrize(("role", "action", "arn"), MAY_NOT, ids=lambda part: part)
def test_a_role_may_do_nothing_else(role, action, arn):
    assert not rules.allowed(ROLES[role], action, arn)


@pytest.mark.parametrize(("prefix", "may"), [("typed/partner/", True), ("_code/", False), ("", False)])
def test_an_analyst_lists_only_the_folders_of_the_lake_that_are_theirs(prefix, may):
    assert rules.allowed(ROLES["analyst"], "s3:ListBucket", s3("lake"), s3_prefix=prefix) is may


@pytest.mark.parametrize(
    ("prefix", "may"), [("typed/ops/", True), ("published/v1/data/x/", True), ("quarantine/", False)]
)
def test_redshift_lists_what_it_reads_and_what_it_writes(prefix, may):
    assert rules.allowed(ROLES["spectrum"], "s3:ListBucket", s3("lake"), s3_prefix=prefix) is may
