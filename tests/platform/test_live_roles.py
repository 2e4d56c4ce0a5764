"""The live part on the emulator with IAM enforced: who may not do what, an event record all the way to a message."""

import base64
import json
import time

import boto3
import pytest
from botocore.exceptions import ClientError

from aero_streaming.alerts.model import Alert
from aero_streaming.alerts.outbox import attributes
from tests.unit.streaming.alert_samples import event, leg


def role(platform, name):
    """A session under a role of a Lambda, as its process would have it."""
    sts = platform.client("root", "sts")
    account = sts.get_caller_identity()["Account"]
    given = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/aero-local-{name}", RoleSessionName="test")
    keys = given["Credentials"]
    return boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"],
        region_name=platform.session("root").region_name,
    )  # fmt: skip


def refused(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")


def endpoint(platform):
    return platform.state.url("ministack")


def test_the_alert_lambda_cannot_read_raw(platform):
    s3 = role(platform, "alert-handler").client("s3", endpoint_url=endpoint(platform))
    assert refused(s3.get_object, Bucket=platform.outputs["lake"]["RawBucket"], Key="ops/leg_events/x")


def test_the_transform_cannot_write_alerts(platform):
    dynamodb = role(platform, "firehose-transform").client("dynamodb", endpoint_url=endpoint(platform))
    item = {"alert_key": {"S": "made up"}}
    assert refused(dynamodb.put_item, TableName=platform.outputs["alerting"]["AlertsTable"], Item=item)


def test_the_orchestrator_cannot_write_the_event_log(platform):
    item = {"event_id": {"S": "made up"}}
    dynamodb = platform.client("orchestrator", "dynamodb")
    assert refused(dynamodb.put_item, TableName=platform.outputs["alerting"]["EventLogTable"], Item=item)


def test_the_dashboard_cannot_rewrite_what_the_stream_says(platform):
    item = {"key": {"S": "made up"}}
    dynamodb = platform.client("dashboard", "dynamodb")
    assert refused(dynamodb.put_item, TableName=platform.outputs["alerting"]["LegStateTable"], Item=item)


def test_flink_may_write_its_stream_and_not_read_it(platform):
    kinesis = platform.client("flink", "kinesis")
    stream = platform.outputs["stream"]["AlertsFeedName"]
    assert refused(kinesis.list_shards, StreamName=stream)


def test_a_record_in_the_stream_becomes_a_row_an_alert_and_a_message_once(platform):
    """Written as Flink does, twice; read by the mapping under the Lambda's role."""
    kinesis, sqs = platform.client("flink", "kinesis"), platform.client("root", "sqs")
    outputs = platform.outputs["alerting"]
    row = leg(77, 3, is_cancelled=True, cancelled_at="2026-11-23T12:00:00Z")
    records = [event("cancel", 77), {"before": None, "after": row, "op": "c"}]
    for _ in range(2):
        kinesis.put_records(
            StreamName=platform.outputs["stream"]["AlertsFeedName"],
            Records=[{"Data": json.dumps(record).encode(), "PartitionKey": "MEX-CUN"} for record in records],
        )
    messages = []
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and not messages:
        messages += sqs.receive_message(QueueUrl=outputs["AlertsQueueUrl"], WaitTimeSeconds=2).get("Messages", [])
    time.sleep(3)
    messages += sqs.receive_message(QueueUrl=outputs["AlertsQueueUrl"], WaitTimeSeconds=1).get("Messages", [])
    assert len(messages) == 1, [message["Body"] for message in messages]
    dynamodb = platform.client("dashboard", "dynamodb")
    log = dynamodb.get_item(TableName=outputs["EventLogTable"], Key={"event_id": {"S": records[0]["event_id"]}})
    assert log["Item"]["event_type"]["S"] == "cancel"
    found = dynamodb.query(
        TableName=outputs["AlertsTable"], IndexName="open", KeyConditionExpression="is_open = :o",
        ExpressionAttributeValues={":o": {"S": "1"}},
    )  # fmt: skip
    assert [item["alert_key"]["S"] for item in found["Items"]] == [
        f"cancellation_flight#leg#{row['leg_uid']}#{row['operating_date']}"
    ]


def test_a_poison_record_is_set_aside_and_holds_nobody_up(platform):
    kinesis, s3 = platform.client("flink", "kinesis"), platform.client("root", "s3")
    kinesis.put_record(
        StreamName=platform.outputs["stream"]["AlertsFeedName"], Data=b"{not json", PartitionKey="poison"
    )
    found = []
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and not found:
        time.sleep(1)
        listed = s3.list_objects_v2(Bucket=platform.outputs["lake"]["LakeBucket"], Prefix="quarantine/stream/")
        found = [item["Key"] for item in listed.get("Contents", ())]
    document = json.loads(s3.get_object(Bucket=platform.outputs["lake"]["LakeBucket"], Key=found[0])["Body"].read())
    assert document["reason"] == "bad_json"
    assert base64.b64decode(document["record_base64"]) == b"{not json"


def test_a_subscription_hears_of_its_station_and_severities_and_of_nothing_else(platform):
    """Attributes as the Lambda writes them, filtered by the topic."""
    sns, sqs = platform.client("root", "sns"), platform.client("root", "sqs")
    queue = sqs.create_queue(QueueName="aero-local-only-mty")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    may_send = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
                "Resource": arn}  # fmt: skip
    queue_policy = json.dumps({"Version": "2012-10-17", "Statement": [may_send]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": queue_policy})
    policy = {"station": ["MTY", "ALL"], "severity": ["critical", "high"], "role": ["duty_manager"]}
    topic = platform.outputs["alerting"]["AlertsTopicArn"]
    subscribed = sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True,
        Attributes={"FilterPolicy": json.dumps(policy), "RawMessageDelivery": "true"},
    )  # fmt: skip
    flights = {"to MTY": ("MEX", "MTY"), "elsewhere": ("MEX", "CUN")}
    for name, (origin, destination) in flights.items():
        for severity, role_told in (("high", "duty_manager"), ("high", "vp_on_call"), ("medium", "duty_manager")):
            alert = Alert("k", "diversion_flight", "diversion", "leg", "x", "2026-11-25",
                          facts={"origin": origin, "destination": destination})  # fmt: skip
            line = {"transition_id": name, "kind": "FIRED", "severity": severity, "level_after": "red"}
            body = f"{name}, {severity}, {role_told}"
            sns.publish(TopicArn=topic, Message=body, MessageAttributes=attributes(alert, line, role_told))
    heard, deadline = [], time.monotonic() + 20
    while time.monotonic() < deadline and not heard:
        heard += sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2, MaxNumberOfMessages=10).get("Messages", [])
    time.sleep(2)
    heard += sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages", [])
    sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=queue)
    sqs.purge_queue(QueueUrl=platform.outputs["alerting"]["AlertsQueueUrl"])
    assert [message["Body"] for message in heard] == ["to MTY, high, duty_manager"]
