"""The Kinesis sink: its own Java tests, and the packed jar in real Flink against the emulator with IAM enforced."""

import json
import subprocess
import time
import xml.etree.ElementTree as ET  # Maven's reports
from pathlib import Path

import boto3
import pytest

from aero_assets.environment import LOCAL_ACCOUNT, LOCAL_REGION
from aero_local import jars, ports
from aero_local.services.flink import Flink
from aero_local.services.known import services
from aero_local.services.supervisor import Supervisor
from aero_local.signals import interruptible
from aero_local.state import State

JOB = Path(__file__).with_name("kinesis_job.py")
STREAM = "changes"
ARN = f"arn:aws:kinesis:{LOCAL_REGION}:{LOCAL_ACCOUNT}:stream/{STREAM}"
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
PUT = {"Statement": [{"Effect": "Allow", "Action": "kinesis:PutRecords", "Resource": ARN}]}


@pytest.fixture
def emulator(tmp_path, installed):
    """An emulator with a stream and the role `flink`; what a state directory knows of it."""
    state = State(tmp_path / "emulated")
    state.create()
    supervisor = Supervisor(state, services())
    ports.choose(state.ports_file, [port for service in services().values() for port in service.ports], {})
    with interruptible():
        try:
            supervisor.start("ministack")
            supervisor.wait("ministack", verify=False)
            yield state
        finally:
            supervisor.stop(["ministack"])


def _root(state: State, service: str):
    session = boto3.Session(LOCAL_ACCOUNT, "unused", region_name=LOCAL_REGION)
    return session.client(service, endpoint_url=state.url("ministack"))  # ty: ignore[no-matching-overload] - any service


def _role(state: State, policy: dict | None) -> None:
    """Make the role the job assumes, and the profile that leads to it."""
    iam = _root(state, "iam")
    role = iam.create_role(RoleName="flink", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **TRUST}))
    if policy:
        iam.put_role_policy(
            RoleName="flink", PolicyName="put", PolicyDocument=json.dumps({"Version": "2012-10-17", **policy})
        )
    state.write_profiles()
    common = f"region = {LOCAL_REGION}\nendpoint_url = {state.url('ministack')}\n"
    with state.aws_config.open("a", encoding="utf-8") as config:
        config.write(f"\n[profile flink]\n{common}role_arn = {role['Role']['Arn']}\nsource_profile = root\n")


def _run_job(state: State) -> subprocess.CompletedProcess[str]:
    for name in ("log", "tmp"):
        (state.root / "flink" / name).mkdir(parents=True)
    return subprocess.run(
        [str(jars.FLINK_PYTHON), str(JOB), str(jars.CONNECTOR_JAR), ARN, state.url("ministack")],
        env=dict(Flink().env(state)), cwd=state.root, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def _records(state: State, count: int) -> list[dict]:
    kinesis = _root(state, "kinesis")
    shards = kinesis.list_shards(StreamName=STREAM)["Shards"]
    deadline, found = time.monotonic() + 10, []
    while len(found) < count and time.monotonic() < deadline:
        found = []
        for shard in shards:
            start = kinesis.get_shard_iterator(
                StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )
            found += kinesis.get_records(ShardIterator=start["ShardIterator"], Limit=1000)["Records"]
    return found


def test_a_changelog_arrives_under_the_partition_columns_and_insert_only_is_refused(emulator):
    _root(emulator, "kinesis").create_stream(StreamName=STREAM, ShardCount=2)
    _role(emulator, PUT)

    done = _run_job(emulator)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert done.stdout.split() == ["REFUSED", "True", "DONE"]
    records = _records(emulator, 4)
    latest: dict[str, list[dict]] = {}
    for record in records:
        latest.setdefault(record["PartitionKey"], []).append(json.loads(record["Data"]))
    changes = {
        key: [(change["op"], (change["after"] or change["before"])["legs"]) for change in found]
        for key, found in latest.items()
    }
    assert changes == {"MEX-GDL|1": [("c", 1), ("d", 1), ("c", 2)], "MEX-MTY|1": [("c", 1)]}


def test_a_role_without_the_permission_fails_the_job_by_name(emulator):
    _root(emulator, "kinesis").create_stream(StreamName=STREAM, ShardCount=1)
    _role(emulator, None)

    done = _run_job(emulator)

    assert done.returncode != 0
    assert "AccessDenied" in done.stderr or "not authorized" in done.stderr, done.stderr[-3000:]
    assert _records(emulator, 0) == []


def test_the_java_tests_pass():
    command = ["mvn", "--batch-mode", "--quiet", "--file", str(jars.CONNECTOR / "pom.xml"), "test"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:]

    reports = list((jars.CONNECTOR_JAR.parent / "target" / "surefire-reports").glob("TEST-*.xml"))
    counts = [ET.parse(report).getroot().attrib for report in reports]  # noqa: S314
    assert sum(int(count["tests"]) for count in counts) >= 30
    assert sum(int(count["skipped"]) for count in counts) == 0
