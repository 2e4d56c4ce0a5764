"""Deploys the templates beside this file, in order, by change sets; running it twice changes nothing.

Which stacks there are is said in ``stacks.py``.

**Phases.** AWS refuses some things in one go (a cluster must exist before its private connectivity can be
switched on, and be connected before Firehose may read it). Such a stack has several ``Phase``
rows: each is one change set with its own extra parameters, with something to do before and after it. A
stack that already carries the parameters of a later phase starts there, so that running again neither undoes
a phase nor repeats those before it; one that was interrupted goes on at the phase it had reached. Parameters
add up from phase to phase. Hooks of the phase that is run again run again: they must be idempotent. Example::

    Stack("stream", inputs={...}, network_phases=(
        Phase("cluster", {"Connectivity": "off"}),
        Phase("connectivity", {"Connectivity": "on"}),
    ))
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.changesets import Change, ChangeSets, DeployError, Desired, Log
from infra.package import Door, upload
from infra.stacks import STACKS, Deployment, Phase, Stack

if TYPE_CHECKING:
    from boto3 import Session

ENVIRONMENTS = ("local", "dev", "prod")
TEMPLATES = Path(__file__).parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class DeployResult:
    """The result of a deployment: outputs and changes by stack."""

    env: str
    outputs: Mapping[str, Mapping[str, str]]
    changes: Mapping[str, tuple[Change, ...]]

    @property
    def changed(self) -> bool:
        """False when everything was already as the templates say."""
        return any(self.changes.values())

    @property
    def values(self) -> dict[str, str]:
        """Every output by its own name: ``RawBucket``, ``OrchestratorRoleArn`` and so on."""
        return {name: value for outputs in self.outputs.values() for name, value in outputs.items()}


def deploy(
    env: str,
    session: Session,
    log: Log = print,
    *,
    doors: Sequence[Door],
    stacks: Sequence[Stack] = STACKS,
    templates: Path = TEMPLATES,
) -> DeployResult:
    """Bring every stack to what its template says; prints each change set before executing it."""
    deployment, change_sets = _open(env, session, log, doors, stacks)
    changes: dict[str, tuple[Change, ...]] = {}
    for stack in [stack for stack in stacks if stack.exists_in(env)]:
        changes[stack.template] = _deploy_stack(stack, deployment, change_sets, templates)
    return DeployResult(env, deployment.outputs, changes)


def deploy_plan(
    env: str,
    session: Session,
    log: Log = print,
    *,
    doors: Sequence[Door],
    stacks: Sequence[Stack] = STACKS,
    templates: Path = TEMPLATES,
) -> dict[str, tuple[Change, ...] | None]:
    """Show what a deployment would change and leave nothing behind; None: waits for an earlier stack."""
    deployment, change_sets = _open(env, session, log, doors, stacks)
    plan: dict[str, tuple[Change, ...] | None] = {}
    for stack in [stack for stack in stacks if stack.exists_in(env)]:
        name, state = stack.name(env), change_sets.settle(stack.name(env))
        try:
            parameters = _parameters(stack, deployment, store_code=False)
        except LookupError as waiting:
            log(f"{name}: cannot be shown before its turn: {waiting}")
            plan[stack.template] = None
            continue
        phase = remaining_phases(stack, state.parameters if state else {}, parameters)[0]
        prepared = change_sets.prepare(_desired(stack, env, templates, {**parameters, **phase.parameters}))
        plan[stack.template] = prepared.changes if prepared else ()
        _show(name, phase, stack, plan[stack.template] or (), log)
        if prepared:
            change_sets.discard(prepared)
        if state is not None and not state.is_new:
            deployment.outputs[stack.template] = dict(state.outputs)
    return plan


def remaining_phases(
    stack: Stack, current: Mapping[str, str], parameters: Mapping[str, str] = MappingProxyType({})
) -> tuple[Phase, ...]:
    """The phases still to go through, from the furthest one the stack carries; parameters add up."""
    reached, added = 0, {}
    phases = []
    for number, phase in enumerate(stack.phases_with(parameters)):
        added = {**added, **phase.parameters}
        phases.append(replace(phase, parameters=added))
        # A phase without parameters of its own leaves no trace on the stack: it cannot count as reached.
        if phase.parameters and all(current.get(name) == value for name, value in added.items()):
            reached = number
    return tuple(phases[reached:])


def _deploy_stack(stack: Stack, deployment: Deployment, change_sets: ChangeSets, templates: Path) -> tuple[Change, ...]:
    name, log = stack.name(deployment.env), deployment.log
    state = change_sets.settle(name)
    done: list[Change] = []
    try:
        parameters = _parameters(stack, deployment, store_code=True)
    except LookupError as missing:
        raise DeployError(f"{name}: {missing}; list it before {stack.template} in STACKS") from missing
    for phase in remaining_phases(stack, state.parameters if state else {}, parameters):
        if phase.before:
            phase.before(deployment)
        desired = _desired(stack, deployment.env, templates, {**parameters, **phase.parameters})
        prepared = change_sets.prepare(desired)
        _show(name, phase, stack, prepared.changes if prepared else (), log)
        state = change_sets.execute(prepared) if prepared else change_sets.refresh(desired)
        done += prepared.changes if prepared else ()
        deployment.outputs[stack.template] = dict(state.outputs) if state else {}
        if phase.after:
            phase.after(deployment)
    return tuple(done)


def _open(
    env: str, session: Session, log: Log, doors: Sequence[Door], stacks: Sequence[Stack]
) -> tuple[Deployment, ChangeSets]:
    """Check that the session leads where the environment says; nothing defaults to a cloud account."""
    if env not in ENVIRONMENTS:
        raise DeployError(f"environment {env!r} is unknown; it is one of {', '.join(ENVIRONMENTS)}")
    if session.get_credentials() is None:
        raise DeployError(
            f"no AWS credentials for {env}: nothing defaults to an account. Name a profile "
            "(AWS_PROFILE=…) or sign in (`aws sso login`), then deploy again."
        )
    if not session.region_name:
        raise DeployError(f"no AWS region for {env}: set `region` in the profile or AWS_DEFAULT_REGION.")
    client = session.client("cloudformation")
    host = urlsplit(client.meta.endpoint_url).hostname
    if env == "local" and host not in LOOPBACK:
        raise DeployError(
            f"environment local goes to the emulator on this machine, but the session leads to {host}. "
            "Start the platform (`aero up`) or name the environment you mean (--env dev)."
        )
    absent = frozenset(stack.template for stack in stacks if not stack.exists_in(env))
    return Deployment(env, session, log, doors, absent=absent), ChangeSets(client, log)


def _parameters(stack: Stack, deployment: Deployment, store_code: bool) -> dict[str, str]:
    parameters = {"Environment": deployment.env}
    parameters |= {name: deployment.output(address) for name, address in stack.inputs.items()}
    parameters |= {name: os.environ.get(variable, "") for name, variable in stack.settings.items()}
    for name, build in stack.code.items():
        package = build(deployment)
        if store_code and upload(package, deployment.session.client("s3"), parameters["CodeBucket"]):
            deployment.log(f"{stack.name(deployment.env)}: stored {package.key} ({len(package.data):,} bytes)")
        parameters[name] = package.key
    return parameters


def _desired(stack: Stack, env: str, templates: Path, parameters: Mapping[str, str]) -> Desired:
    template = (templates / f"{stack.template}.yaml").read_text(encoding="utf-8")
    return Desired(stack.name(env), template, parameters, {"project": "aero", "environment": env})


def _show(name: str, phase: Phase, stack: Stack, changes: Sequence[Change], log: Log) -> None:
    where = f"{name} [{phase.name}]" if len(stack.phases) > 1 else name
    count = "1 change" if len(changes) == 1 else f"{len(changes) or 'no'} changes"
    log(f"{where}: {count}")
    for change in changes:
        log(f"  {change}")
