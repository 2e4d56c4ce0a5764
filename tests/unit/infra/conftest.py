"""A deploy driver on a fake cloud with two small stacks."""

from types import SimpleNamespace
from typing import Any

import pytest

from infra.deploy import Stack, deploy
from infra.package import Package
from tests.unit.infra.fake_cloudformation import FakeCloudFormation
from tests.unit.infra.fake_s3 import FakeS3

LAKE = "Resources: {Bucket: 'AWS::S3::Bucket', Role: 'AWS::IAM::Role'}\nOutputs: {Bucket: the-bucket}\n"
INGEST = "Resources: {Function: 'AWS::Lambda::Function'}\nOutputs: {Code: $CodeKey}\n"
ZIP = Package("door", "_code/door-1.zip", b"zip")
STACKS = (
    Stack("lake"),
    Stack("ingest", inputs={"CodeBucket": "lake.Bucket"}, code={"CodeKey": lambda deployment: ZIP}),
)


class FakeSession:
    """A session with credentials that lead to the fakes."""

    def __init__(self, cloudformation: FakeCloudFormation, host: str = "127.0.0.1") -> None:
        self.cloudformation, self.s3 = cloudformation, FakeS3()
        self.region_name: str | None = "us-east-1"
        self.credentials: object | None = object()
        cloudformation.meta = SimpleNamespace(endpoint_url=f"http://{host}:4566")

    def get_credentials(self) -> object | None:
        return self.credentials

    def client(self, service: str) -> object:
        return {"cloudformation": self.cloudformation, "s3": FakeUpload(self.s3)}[service]


class FakeUpload:
    """The one call of packaging."""

    def __init__(self, s3: FakeS3) -> None:
        self._s3 = s3

    def put_object(self, **asked: Any) -> object:
        return self._s3.put_object(ContentType="application/zip", **asked)


@pytest.fixture
def cloud():
    return FakeCloudFormation()


@pytest.fixture
def session(cloud):
    return FakeSession(cloud)


@pytest.fixture
def templates(tmp_path):
    (tmp_path / "lake.yaml").write_text(LAKE)
    (tmp_path / "ingest.yaml").write_text(INGEST)
    return tmp_path


@pytest.fixture
def log():
    return []


@pytest.fixture
def run(session, templates, log):
    def _run(stacks=STACKS, env="dev"):
        return deploy(env, session, log.append, doors=[], stacks=stacks, templates=templates)

    return _run
