"""The deploy driver against a fake CloudFormation: order, change sets, and failures told plainly."""

import pytest

from infra.changesets import ChangeSets, DeployError, Desired
from infra.deploy import Stack, deploy
from tests.unit.infra.conftest import LAKE, STACKS, ZIP


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
    deploy(
        "dev",
        session,
        lambda line: shown.append((line, len(cloud.calls))),
        doors=[],
        stacks=STACKS[:1],
        templates=templates,
    )
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
    change_sets = ChangeSets(cloud, print, slept.append, timeout_seconds=60)
    prepared = change_sets.prepare(Desired("aero-dev-lake", LAKE, {}, {}))
    assert prepared is not None
    with pytest.raises(DeployError, match="gave up waiting for aero-dev-lake after 60 s"):
        change_sets.execute(prepared)
    assert slept[0] < 0.1
    assert max(slept) == 5.0


def test_a_template_beyond_the_limit_is_refused_by_name(cloud):
    change_sets = ChangeSets(cloud, print)
    with pytest.raises(DeployError, match=r"aero-dev-x: the template is over 51200 bytes"):
        change_sets.prepare(Desired("aero-dev-x", "#" * 60_000, {}, {}))


def test_an_input_that_no_stack_gives_is_named(run):
    with pytest.raises(DeployError, match=r"lake\.yaml has no output Nothing; it has Bucket"):
        run((Stack("lake"), Stack("ingest", inputs={"X": "lake.Nothing"})))
    with pytest.raises(DeployError, match="stack ingest is not deployed yet; list it before lake"):
        run((Stack("lake", inputs={"X": "ingest.Code"}),))
