"""The deploy driver: plans, stacks in several phases, and where it may go at all."""

from typing import Any

import pytest

from infra.changesets import DeployError
from infra.deploy import Phase, Stack, deploy, deploy_plan, remaining_phases
from tests.unit.infra.conftest import STACKS, FakeSession


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
    away: Any = FakeSession(cloud, host="cloudformation.us-east-1.amazonaws.com")
    with pytest.raises(DeployError, match="local goes to the emulator on this machine"):
        deploy("local", away, print, doors=[], stacks=STACKS, templates=templates)
    assert cloud.calls == []
