"""The deploy driver against a fake CloudFormation: order, change sets, failures told plainly, phases, refusals."""

from types import SimpleNamespace

import pytest

from infra.changesets import ChangeSets, DeployError, Desired
from infra.deploy import Phase, Stack, deploy, deploy_plan, remaining_phases
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
        cloudformation.meta = SimpleNamespace(endpoint_url=f"http://{host}:4566")  # type: ignore[attr-defined]

    def get_credentials(self) -> object | None:
        return self.credentials

    def client(self, service: str) -> object:
        return {"cloudformation": self.cloudformation, "s3": FakeUpload(self.s3)}[service]


class FakeUpload:
    """The one call of packaging."""

    def __init__(self, s3: FakeS3) -> None:
        self._s3 = s3

    def put_object(self, **asked: object) -> object:
        return self._s3.put_object(ContentType="application/zip", **asked)  # type: ignore[arg-type]


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


def test_stacks_are_made_in_order_and_values_go_from_one_to_the_next(run, cloud, session):
    result = run()
    assert cloud.calls == [("execute", "aero-dev-lake"), ("execute", "aero-dev-ingest")]
    assert cloud.stacks["aero-dev-ingest"]["parameters"] == {
        "Environment": "dev",
        "CodeBucket": "the-bucket",
        "CodeKey": "_code/door-1.zip",
    }
    assert result.changed
    assert result.outputs == {"lake": {"Bucket": "the-bucket"}, "ingest": {"Code": "_code/door-1.zip"}}
    assert result.values == {"Bucket": "the-bucket", "Code": "_code/door-1.zip"}
    assert session.s3.body("the-bucket", "_code/door-1.zip") == b"zip"


def test_a_second_run_changes_nothing_and_succeeds(run, cloud, session, log):
    first = run()
    cloud.calls.clear()
    log.clear()
    second = run()
    assert not second.changed
    assert second.outputs == first.outputs
    assert cloud.calls == []
    assert cloud.change_sets == {}
    assert len(session.s3.objects["the-bucket", ZIP.key]) == 1
    assert log == ["aero-dev-lake: no changes", "aero-dev-ingest: no changes"]


def test_changes_are_shown_before_they_are_made(session, templates, cloud):
    shown = []
    deploy("dev", session, lambda line: shown.append((line, len(cloud.calls))), stacks=STACKS[:1], templates=templates)
    assert shown == [
        ("aero-dev-lake: 2 changes", 0),
        ("  + add Bucket (AWS::S3::Bucket)", 0),
        ("  + add Role (AWS::IAM::Role)", 0),
    ]


def test_a_changed_template_updates_its_stack_only(run, cloud, templates):
    run()
    cloud.calls.clear()
    (templates / "lake.yaml").write_text("Resources: {Bucket: 'AWS::S3::Bucket'}\nOutputs: {Bucket: the-bucket}\n")
    result = run()
    assert cloud.calls == [("execute", "aero-dev-lake")]
    assert [str(change) for change in result.changes["lake"]] == ["- remove Role (AWS::IAM::Role)"]


def test_outputs_alone_are_taken_over_although_the_emulator_calls_them_no_change(run, cloud, templates):
    run()
    (templates / "lake.yaml").write_text(LAKE.replace("the-bucket}", "the-bucket, More: more}"))
    assert run().outputs["lake"]["More"] == "more"
    (templates / "lake.yaml").write_text("# a comment\n" + (templates / "lake.yaml").read_text())
    cloud.calls.clear()
    assert run().outputs["lake"]["More"] == "more"
    assert cloud.calls == []


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"])
def test_what_a_failed_creation_left_is_deleted_first(run, cloud, log, status):
    cloud.stack("aero-dev-lake", status)
    run(STACKS[:1])
    assert cloud.calls == [("delete", "aero-dev-lake"), ("execute", "aero-dev-lake")]
    assert "removing what is left" in log[0]


def test_a_stack_in_review_is_created_and_not_updated(run, cloud):
    cloud.stack("aero-dev-lake", "REVIEW_IN_PROGRESS")
    assert run(STACKS[:1]).changed
    assert cloud.stacks["aero-dev-lake"]["status"] == "CREATE_COMPLETE"


def test_an_earlier_deployment_that_still_runs_is_waited_for(run, cloud, log):
    run()
    cloud.stacks["aero-dev-lake"] |= {"status": "UPDATE_IN_PROGRESS", "looks": 3, "then": ("UPDATE_COMPLETE", {})}
    assert not run().changed
    assert "waiting for it" in " ".join(log)


def test_a_failure_names_the_resources_and_reasons_and_not_what_was_cancelled(run, cloud):
    cloud.failures["aero-dev-lake"] = [
        ("Bucket", "AWS::S3::Bucket", "the-bucket already exists"),
        ("Role", "AWS::IAM::Role", "Resource creation cancelled"),
    ]
    with pytest.raises(DeployError) as raised:
        run()
    text = str(raised.value)
    assert "aero-dev-lake ended as ROLLBACK_COMPLETE" in text
    assert "Bucket (AWS::S3::Bucket): the-bucket already exists" in text
    assert "cancelled" not in text
    cloud.failures.clear()
    assert run().changed, "the next run clears it away"


def test_a_failure_before_anything_was_touched_is_explained_from_the_validation_events(run, cloud):
    cloud.validation["aero-dev-lake"] = [
        {
            "LogicalResourceId": "Bucket",
            "ResourceType": "AWS::S3::Bucket",
            "ValidationStatusReason": "the name is taken",
        },
        {"LogicalResourceId": "aero-dev-lake", "ResourceStatusReason": "Validation failed"},
    ]
    with pytest.raises(DeployError, match=r"Bucket \(AWS::S3::Bucket\): the name is taken"):
        run()


def test_only_failures_of_this_run_are_told(run, cloud):
    run()
    cloud._event("aero-dev-lake", "Old", "AWS::S3::Bucket", "UPDATE_FAILED", "long ago")
    cloud.failures["aero-dev-ingest"] = [("Function", "AWS::Lambda::Function", "no such zip")]
    cloud.stacks["aero-dev-ingest"]["parameters"]["CodeKey"] = "older"
    with pytest.raises(DeployError) as raised:
        run()
    assert "UPDATE_ROLLBACK_COMPLETE" in str(raised.value)
    assert "long ago" not in str(raised.value)


def test_a_refused_change_set_is_an_error_and_leaves_nothing(run, cloud):
    cloud.refusal = "Template error: no such condition"
    with pytest.raises(DeployError, match="no such condition"):
        run()
    assert cloud.change_sets == {}


def test_a_stuck_rollback_says_what_to_run(run, cloud):
    cloud.stack("aero-dev-lake", "UPDATE_ROLLBACK_FAILED")
    with pytest.raises(DeployError, match="continue-update-rollback --stack-name aero-dev-lake"):
        run()


def test_a_stack_that_never_ends_is_given_up_after_the_time_allowed(cloud):
    cloud.looks = 10_000
    slept = []
    change_sets = ChangeSets(cloud, print, slept.append, timeout_seconds=60)  # type: ignore[arg-type]
    prepared = change_sets.prepare(Desired("aero-dev-lake", LAKE, {}, {}))
    assert prepared is not None
    with pytest.raises(DeployError, match="gave up waiting for aero-dev-lake after 60 s"):
        change_sets.execute(prepared)
    assert slept[0] < 0.1
    assert max(slept) == 5.0


def test_a_template_beyond_the_limit_is_refused_by_name(cloud):
    change_sets = ChangeSets(cloud, print)  # type: ignore[arg-type]
    with pytest.raises(DeployError, match=r"aero-dev-x: the template is over 51200 bytes"):
        change_sets.prepare(Desired("aero-dev-x", "#" * 60_000, {}, {}))


def test_an_input_that_no_stack_gives_is_named(run):
    with pytest.raises(DeployError, match=r"lake\.yaml has no output Nothing; it has Bucket"):
        run((Stack("lake"), Stack("ingest", inputs={"X": "lake.Nothing"})))
    with pytest.raises(DeployError, match="stack ingest is not deployed yet; list it before lake"):
        run((Stack("lake", inputs={"X": "ingest.Code"}),))


# -- the plan


def test_a_plan_shows_and_leaves_nothing_behind(session, templates, cloud, log):
    plan = deploy_plan("dev", session, log.append, doors=[], stacks=STACKS, templates=templates)
    assert [change.resource for change in plan["lake"] or ()] == ["Bucket", "Role"]
    assert plan["ingest"] is None
    assert "cannot be shown before its turn: stack lake is not deployed yet" in log[-1]
    assert cloud.change_sets == {}
    assert [call for call in cloud.calls if call[0] != "delete"] == []
    assert deploy_plan("dev", session, log.append, doors=[], stacks=STACKS, templates=templates) == plan


def test_a_plan_of_what_is_deployed_is_empty_and_stores_no_code(run, session, templates, cloud):
    run()
    session.s3.objects.clear()
    plan = deploy_plan("dev", session, print, doors=[], stacks=STACKS, templates=templates)
    assert plan == {"lake": (), "ingest": ()}
    assert session.s3.objects == {}


# -- phases


@pytest.fixture
def phased(log):
    def hook(text):
        return lambda deployment: log.append(f"{text} {sorted(deployment.outputs)}")

    return Stack(
        "lake",
        phases=(
            Phase("cluster", {"Connectivity": "off", "Size": "3"}, after=hook("topics")),
            Phase("connectivity", {"Connectivity": "on"}, before=hook("drain"), after=hook("start")),
        ),
    )


def test_a_stack_goes_through_its_phases_with_what_lies_between(run, cloud, log, phased):
    run((phased,))
    assert [line for line in log if not line.startswith("  ")] == [
        "aero-dev-lake [cluster]: 2 changes",
        "topics ['lake']",
        "drain ['lake']",
        "aero-dev-lake [connectivity]: 2 changes",
        "start ['lake']",
    ]
    assert cloud.stacks["aero-dev-lake"]["parameters"] == {
        "Environment": "dev",
        "Connectivity": "on",
        "Size": "3",
    }


def test_a_second_run_stays_in_the_last_phase_and_undoes_nothing(run, cloud, log, phased):
    run((phased,))
    cloud.calls.clear()
    log.clear()
    assert not run((phased,)).changed
    assert cloud.calls == []
    assert log == ["drain []", "aero-dev-lake [connectivity]: no changes", "start ['lake']"]


def test_an_interrupted_run_goes_on_at_the_phase_it_had_reached(run, cloud, log, phased):
    run((Stack("lake", phases=phased.phases[:1]),))
    log.clear()
    assert run((phased,)).changed
    assert [line for line in log if "[" in line and "aero" in line] == [
        "aero-dev-lake [cluster]: no changes",
        "aero-dev-lake [connectivity]: 2 changes",
    ]


def test_a_phase_without_parameters_leaves_no_trace_and_is_never_skipped_to():
    stack = Stack("x", phases=(Phase("one", {"A": "1"}), Phase("two")))
    assert [phase.name for phase in remaining_phases(stack, {"A": "1"})] == ["one", "two"]
    assert remaining_phases(stack, {})[1].parameters == {"A": "1"}


# -- where it may go


def test_without_credentials_nothing_defaults_to_an_account(run, session, cloud):
    session.credentials = None
    for env in ("dev", "prod", "local"):
        with pytest.raises(DeployError, match=f"no AWS credentials for {env}: nothing defaults to an account"):
            run(env=env)
    assert cloud.calls == []


def test_without_a_region_it_does_not_guess(run, session):
    session.region_name = None
    with pytest.raises(DeployError, match="no AWS region for dev"):
        run()


def test_an_unknown_environment_is_refused(run):
    with pytest.raises(DeployError, match="'staging' is unknown; it is one of local, dev, prod"):
        run(env="staging")


def test_local_never_leaves_this_machine(templates, cloud):
    away = FakeSession(cloud, host="cloudformation.us-east-1.amazonaws.com")
    with pytest.raises(DeployError, match="local goes to the emulator on this machine"):
        deploy("local", away, print, doors=[], stacks=STACKS, templates=templates)  # type: ignore[arg-type]
    assert cloud.calls == []
