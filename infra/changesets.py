"""CloudFormation change sets: prepare, show, execute, wait, explain. Knows none of our stacks."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

Log = Callable[[str], object]

NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
# Events of resources that were cancelled because another one failed: they explain nothing.
CANCELLED = ("creation cancelled", "update cancelled", "deletion cancelled")
MARKS = {"Add": "+", "Modify": "~", "Remove": "-", "Import": "<"}
TEMPLATE_LIMIT_BYTES = 51_200


class DeployError(RuntimeError):
    """A deployment cannot go on; the message says where, why and what to do."""


@dataclass(frozen=True)
class Change:
    """One line of a change set."""

    action: str
    resource: str
    kind: str
    replacement: str = ""

    def __str__(self) -> str:
        replaced = {"True": " (replaced)", "Conditional": " (perhaps replaced)"}.get(self.replacement, "")
        return f"{MARKS.get(self.action, '?')} {self.action.lower()} {self.resource} ({self.kind}){replaced}"


@dataclass(frozen=True)
class ChangeSet:
    """A change set that is ready to be executed."""

    name: str
    stack: str
    creates: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class StackState:
    """The state of a stack as CloudFormation reports it."""

    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    reason: str = ""

    @property
    def is_new(self) -> bool:
        """True while nothing was ever created (a change set was made and not executed)."""
        return self.status == "REVIEW_IN_PROGRESS"


@dataclass(frozen=True)
class Desired:
    """The desired state of a stack: its template, parameters and tags."""

    stack: str
    template: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]

    def request(self) -> dict[str, Any]:
        """The arguments that every call which changes a stack has in common."""
        return {
            "StackName": self.stack,
            "TemplateBody": self.template,
            "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()],
            "Tags": [{"Key": name, "Value": value} for name, value in self.tags.items()],
            # The roles of the platform have names, which CloudFormation wants to be told.
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }


class ChangeSets:
    """The few CloudFormation calls a deployment needs, each of which waits until it is through."""

    def __init__(
        self,
        client: CloudFormationClient,
        log: Log,
        sleep: Callable[[float], None] = time.sleep,
        timeout_seconds: float = 3 * 3600,
    ) -> None:
        self.client, self.log, self.sleep, self.timeout_seconds = client, log, sleep, timeout_seconds

    def state(self, stack: str) -> StackState | None:
        """The stack as it is now; None when it does not exist."""
        try:
            stack_now = self.client.describe_stacks(StackName=stack)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in _message(error):
                return None
            raise
        return StackState(
            stack_now["StackStatus"],
            {item["ParameterKey"]: item.get("ParameterValue", "") for item in stack_now.get("Parameters", [])},
            {item["OutputKey"]: item.get("OutputValue", "") for item in stack_now.get("Outputs", [])},
            stack_now.get("StackStatusReason", ""),
        )

    def settle(self, stack: str) -> StackState | None:
        """Wait for whatever is still running, and clear away a creation that was rolled back."""
        state = self.state(stack)
        if state is not None and state.status.endswith("_IN_PROGRESS") and not state.is_new:
            self.log(f"{stack}: {state.status} by an earlier deployment, waiting for it")
            state = self._wait_until_still(stack)
        if state is not None and state.status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}:
            # Nothing but deletion is allowed in this state; data resources are RetainExceptOnCreate.
            self.log(f"{stack}: {state.status}, removing what is left of the failed creation")
            self.delete(stack)
            return None
        if state is not None and state.status == "UPDATE_ROLLBACK_FAILED":
            raise DeployError(
                f"{stack} is UPDATE_ROLLBACK_FAILED ({state.reason}). Run `aws cloudformation "
                f"continue-update-rollback --stack-name {stack}`, then deploy again."
            )
        return state

    def prepare(self, desired: Desired) -> ChangeSet | None:
        """Make a change set of what would change; None when nothing would."""
        stack = desired.stack
        if len(desired.template.encode()) > TEMPLATE_LIMIT_BYTES:
            raise DeployError(f"{stack}: the template is over {TEMPLATE_LIMIT_BYTES} bytes; split it")
        state = self.settle(stack)
        creates = state is None or state.is_new
        change_set = ChangeSet(f"aero-{uuid.uuid4().hex[:12]}", stack, creates, ())
        try:
            self.client.create_change_set(
                ChangeSetName=change_set.name,
                ChangeSetType="CREATE" if creates else "UPDATE",
                **desired.request(),
            )
        except ClientError as error:
            raise DeployError(f"{stack}: {_message(error)}") from error
        return self._ready(change_set)

    def refresh(self, desired: Desired) -> StackState | None:
        """Take over outputs when nothing else changed: the emulator, unlike AWS, calls that no change."""
        stored = self.client.get_template(StackName=desired.stack, TemplateStage="Original")["TemplateBody"]
        if stored != desired.template:
            last = self._last_event(desired.stack)
            try:
                self.client.update_stack(**desired.request())
            except ClientError as error:
                if not any(text in _message(error) for text in NO_CHANGES):
                    raise DeployError(f"{desired.stack}: {_message(error)}") from error
            else:
                self._wait_until_still(desired.stack, last)
        return self.state(desired.stack)

    def execute(self, change_set: ChangeSet) -> StackState:
        """Carry a change set out and wait; a failure names the resources and their reasons."""
        stack = change_set.stack
        last = self._last_event(stack)
        self.client.execute_change_set(StackName=stack, ChangeSetName=change_set.name)
        state = self._wait_until_still(stack, last)
        expected = "CREATE_COMPLETE" if change_set.creates else "UPDATE_COMPLETE"
        if state is None or state.status != expected:
            status = state.status if state else "gone"
            reasons = "\n  ".join(self._reasons(stack, last)) or (state.reason if state else "no reason given")
            raise DeployError(
                f"{stack} ended as {status}:\n  {reasons}\nCorrect the cause and deploy again; what was "
                "rolled back is cleared away by itself."
            )
        return state

    def discard(self, change_set: ChangeSet) -> None:
        """Take back a change set that was only shown, with the empty stack it may have opened."""
        self.client.delete_change_set(StackName=change_set.stack, ChangeSetName=change_set.name)
        state = self.state(change_set.stack)
        if state is not None and state.is_new:
            self.client.delete_stack(StackName=change_set.stack)

    def delete(self, stack: str) -> None:
        """Delete a stack and wait until it is gone."""
        last = self._last_event(stack)
        self.client.delete_stack(StackName=stack)
        state = self._wait_until_still(stack, last)
        if state is not None and state.status != "DELETE_COMPLETE":
            reasons = "\n  ".join(self._reasons(stack, None)) or state.reason
            raise DeployError(f"{stack} could not be deleted ({state.status}):\n  {reasons}")

    def _ready(self, change_set: ChangeSet) -> ChangeSet | None:
        """Wait until CloudFormation has worked the change set out."""
        changes: list[Change] = []
        for _ in self._patience(f"the change set of {change_set.stack}"):
            pages = list(self._pages(change_set))
            status, reason = pages[0]["Status"], pages[0].get("StatusReason", "")
            if status == "CREATE_COMPLETE":
                for page in pages:
                    changes.extend(_change(item) for item in page.get("Changes", []))
                return ChangeSet(change_set.name, change_set.stack, change_set.creates, tuple(changes))
            if status == "FAILED":
                self.discard(change_set)
                if any(text in reason for text in NO_CHANGES):
                    return None
                raise DeployError(f"{change_set.stack}: the change set was refused: {reason}")
        raise AssertionError("unreachable: _patience raises when it runs out")

    def _pages(self, change_set: ChangeSet) -> Iterator[Mapping[str, Any]]:
        asked: dict[str, Any] = {"StackName": change_set.stack, "ChangeSetName": change_set.name}
        while True:
            page = self.client.describe_change_set(**asked)
            yield page
            if not page.get("NextToken"):
                return
            asked["NextToken"] = page["NextToken"]

    def _wait_until_still(self, stack: str, last_event: str | None = None) -> StackState | None:
        """Wait until nothing is in progress and something happened after ``last_event``."""
        for _ in self._patience(stack):
            state = self.state(stack)
            if state is None:
                return None
            # Right after a call the stack may still show its old state: only a new event says it began.
            if not state.status.endswith("_IN_PROGRESS") and self._last_event(stack) != last_event:
                return state
        raise AssertionError("unreachable: _patience raises when it runs out")

    def _patience(self, subject: str) -> Iterator[None]:
        """Give turns to a polling loop, first short ones (the emulator), then long ones (AWS)."""
        waited, turn = 0.0, 0.05
        while waited <= self.timeout_seconds:
            yield
            self.sleep(turn)
            waited, turn = waited + turn, min(turn * 1.5, 5.0)
        raise DeployError(f"gave up waiting for {subject} after {self.timeout_seconds:.0f} s")

    def _last_event(self, stack: str) -> str | None:
        return next((event["EventId"] for event in self._events(stack)), None)

    def _events(self, stack: str) -> Iterator[Mapping[str, Any]]:
        """Events of a stack, newest first."""
        asked: dict[str, Any] = {"StackName": stack}
        while True:
            page = self.client.describe_stack_events(**asked)
            yield from page.get("StackEvents", [])
            if not page.get("NextToken"):
                return
            asked["NextToken"] = page["NextToken"]

    def _reasons(self, stack: str, last_event: str | None) -> list[str]:
        """Return the reasons of a failure, the first failure first: resource, type, reason."""
        failures = []
        for event in self._events(stack):
            if event["EventId"] == last_event:
                break
            if event.get("ResourceStatus", "").endswith("_FAILED"):
                failures.append(event)
        own = [event for event in failures if event.get("PhysicalResourceId") != event.get("StackId")]
        if not own:
            # Refused before anything was touched: the stack's event only says so, the detail is apart.
            own = [event for event in self._validation_events(stack) if event.get("ValidationStatusReason")]
        reasons = [_reason(event) for event in reversed(own)] or [_reason(event) for event in failures]
        return [text for text in reasons if not any(word in text for word in CANCELLED)]

    def _validation_events(self, stack: str) -> list[Mapping[str, Any]]:
        try:
            return list(self.client.describe_events(StackName=stack)["OperationEvents"])
        except ClientError as error:
            self.log(f"{stack}: DescribeEvents was refused ({error}); the reasons may be incomplete")
            return []


def _change(item: Mapping[str, Any]) -> Change:
    change = item["ResourceChange"]
    return Change(change["Action"], change["LogicalResourceId"], change["ResourceType"], change.get("Replacement", ""))


def _reason(event: Mapping[str, Any]) -> str:
    text = event.get("ValidationStatusReason") or event.get("ResourceStatusReason") or "no reason given"
    return f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): {text}"


def _message(error: ClientError) -> str:
    return error.response["Error"].get("Message", str(error))
