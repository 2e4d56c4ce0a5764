"""The stacks in order: the sources of their parameters, their zips and their phases.

A stack is one template; its name is ``aero-<env>-<template>``. Values go from stack to stack as parameters:
``Stack.inputs`` names which output of which earlier stack feeds which parameter. To add a stack, add a row to
``STACKS``. ``deploy.py`` brings them to an account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.changesets import DeployError, Log
from infra.extract_code import extract_package, extract_script
from infra.package import Door, Package, door_package, gateway_package, streaming_package
from infra.read_back import read_back

if TYPE_CHECKING:
    from boto3 import Session

#: The value of an output of a stack, or of a part of it, that an environment does not have.
NONE = "none"


@dataclass
class Deployment:
    """The context of hooks and packages; ``outputs`` grows stack by stack."""

    env: str
    session: Session
    log: Log
    doors: Sequence[Door]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Stacks that this environment does not have.
    absent: frozenset[str] = frozenset()

    def output(self, address: str) -> str:
        """The value of ``<stack>.<output>``."""
        stack, _, name = address.partition(".")
        if stack in self.absent:
            return NONE
        if stack not in self.outputs:
            raise LookupError(f"stack {stack} is not deployed yet")
        if name not in self.outputs[stack]:
            raise DeployError(f"{stack}.yaml has no output {name}; it has {', '.join(self.outputs[stack])}")
        return self.outputs[stack][name]


Hook = Callable[[Deployment], object]


@dataclass(frozen=True)
class Phase:
    """One pass over a stack: extra parameters, and what to do before and after it."""

    name: str = "deploy"
    parameters: Mapping[str, str] = field(default_factory=dict)
    before: Hook | None = None
    after: Hook | None = None


@dataclass(frozen=True)
class Stack:
    """One template: where its parameters come from, its zips and its phases."""

    template: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, Callable[[Deployment], Package]] = field(default_factory=dict)
    #: Parameters that people set, by the environment variable they come from; empty where it is not set.
    settings: Mapping[str, str] = field(default_factory=dict)
    phases: tuple[Phase, ...] = (Phase(),)
    #: With `VpcId` set: the phases that MSK forces on a stack with a cluster.
    network_phases: tuple[Phase, ...] = ()
    #: False: the emulator has nothing of it, so that it exists in accounts only.
    is_local: bool = True

    def exists_in(self, env: str) -> bool:
        """True if an environment has this stack."""
        return self.is_local or env != "local"

    def phases_with(self, parameters: Mapping[str, str]) -> tuple[Phase, ...]:
        """The phases that these parameters ask for."""
        return self.network_phases if self.network_phases and parameters.get("VpcId") else self.phases

    def name(self, env: str) -> str:
        """The stack's name in an environment."""
        return f"aero-{env}-{self.template}"


LIVE_TABLES = (
    "LegStateTable", "AlertsTable", "TransitionsTable", "EventLogTable", "DecisionsTable", "BaselinesTable",
)  # fmt: skip
STACKS = (
    Stack("lake"),
    Stack(
        "ingest",
        inputs={
            "RawBucket": "lake.RawBucket",
            "LakeBucket": "lake.LakeBucket",
            "CodeBucket": "lake.ResultsBucket",
        },
        code={"CodeKey": lambda deployment: door_package(deployment.doors)},
    ),
    Stack(
        "stream",
        inputs={"RawBucket": "lake.RawBucket", "CodeBucket": "lake.ResultsBucket"},
        code={"CodeKey": lambda deployment: door_package(deployment.doors)},
        settings={
            "VpcId": "AERO_VPC_ID",
            "SubnetIds": "AERO_SUBNET_IDS",
            "SecurityGroupIds": "AERO_SECURITY_GROUP_IDS",
            "BootstrapServers": "AERO_BOOTSTRAP_SERVERS",
            "Clock": "AERO_CLOCK",
        },
        # A cluster must be there before Firehose may be connected to it, and connected before Firehose reads it.
        network_phases=(
            Phase("cluster", {"Connectivity": "off", "Delivery": "off"}),
            Phase("connectivity", {"Connectivity": "on"}),
            Phase("delivery", {"Delivery": "on"}),
        ),
    ),
    Stack(
        "alerting",
        inputs={
            "LakeBucket": "lake.LakeBucket",
            "CodeBucket": "lake.ResultsBucket",
            "AlertsFeedArn": "stream.AlertsFeedArn",
        },
        code={"CodeKey": lambda _: streaming_package()},
        settings={
            "Email": "AERO_ALERTS_EMAIL",
            "EmailRoles": "AERO_ALERTS_EMAIL_ROLES",
            "EmailSeverities": "AERO_ALERTS_EMAIL_SEVERITIES",
            "EmailStations": "AERO_ALERTS_EMAIL_STATIONS",
            "DashboardUrl": "AERO_DASHBOARD_URL",
            "Clock": "AERO_CLOCK",
        },
        phases=(Phase(after=read_back),),
    ),
    Stack(
        "gateway",
        inputs={
            "RawBucket": "lake.RawBucket",
            "LakeBucket": "lake.LakeBucket",
            "CodeBucket": "lake.ResultsBucket",
            "LegStateTable": "alerting.LegStateTable",
            "ClusterArn": "stream.ClusterArn",
        },
        code={"CodeKey": lambda _: gateway_package()},
        settings={
            "VpcId": "AERO_VPC_ID",
            "SubnetIds": "AERO_SUBNET_IDS",
            "SecurityGroupIds": "AERO_SECURITY_GROUP_IDS",
            "BootstrapServers": "AERO_BOOTSTRAP_SERVERS",
        },
    ),
    Stack(
        "extract",
        inputs={"RawBucket": "lake.RawBucket", "CodeBucket": "lake.ResultsBucket"},
        code={"ScriptKey": lambda _: extract_script(), "CodeKey": lambda _: extract_package()},
        settings={
            "VpcId": "AERO_VPC_ID",
            "SubnetIds": "AERO_SUBNET_IDS",
            "SecurityGroupIds": "AERO_SECURITY_GROUP_IDS",
        },
    ),
    Stack(
        "catalog",
        inputs={
            "RawBucket": "lake.RawBucket",
            "RawDatabase": "lake.RawDatabase",
            "TypedDatabase": "lake.TypedDatabase",
            "Workgroup": "lake.Workgroup",
        },
        settings={"NamedQueries": "AERO_NAMED_QUERIES"},
    ),
    Stack(
        "warehouse",
        inputs={"LakeBucket": "lake.LakeBucket", "TypedDatabase": "lake.TypedDatabase"},
        settings={
            "VpcId": "AERO_VPC_ID",
            "SubnetIds": "AERO_SUBNET_IDS",
            "SecurityGroupIds": "AERO_SECURITY_GROUP_IDS",
        },
        is_local=False,
    ),
    Stack(
        "orchestrator",
        inputs={
            "RawBucket": "lake.RawBucket",
            "LakeBucket": "lake.LakeBucket",
            "ResultsBucket": "lake.ResultsBucket",
            "InboxBucket": "ingest.InboxBucket",
            "RawDatabase": "lake.RawDatabase",
            "TypedDatabase": "lake.TypedDatabase",
            "PublishedDatabase": "lake.PublishedDatabase",
            "Workgroup": "lake.Workgroup",
            "WarehouseArn": "warehouse.WarehouseArn",
            **{table: f"alerting.{table}" for table in LIVE_TABLES},
        },
    ),
    Stack(
        "dashboard",
        inputs={"LakeBucket": "lake.LakeBucket", **{table: f"alerting.{table}" for table in LIVE_TABLES}},
    ),
)
