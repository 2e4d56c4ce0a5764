"""CloudFormation in memory: stacks with states, change sets in pages, events; enough for the deploy driver.

A template is YAML with ``Resources`` (logical name to type) and ``Outputs`` (name to value; ``$X`` is the value
of parameter X), which is all that a driver can see of a real one.
"""

import itertools
from types import SimpleNamespace
from typing import Any

import yaml
from botocore.exceptions import ClientError

from tests.unit.infra.fake_s3 import refused

EMPTY = "The submitted information didn't contain changes. Submit different information to create a change set."


def invalid(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "fake")


class FakeCloudFormation:
    """The calls of the client that the driver makes; ``calls`` keeps those that change something."""

    def __init__(self) -> None:
        self.meta = SimpleNamespace(endpoint_url="http://127.0.0.1:4566")
        self.stacks: dict[str, dict[str, Any]] = {}
        self.change_sets: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.failures: dict[str, list[tuple[str, str, str]]] = {}
        self.validation: dict[str, list[dict[str, Any]]] = {}
        self.refusal: str | None = None
        # The number of looks at a stack that still show it at work.
        self.looks = 1
        self._events = itertools.count(1)

    # -- what tests set up

    def stack(self, name: str, status: str, parameters: dict[str, str] | None = None, **more: Any) -> None:
        self.stacks[name] = {
            "status": status,
            "parameters": parameters or {},
            "template": "",
            "events": [],
            "looks": 0,
            "then": None,
            **more,
        }
        self._event(name, name, "AWS::CloudFormation::Stack", status)

    # -- the interface of the client

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        stack = self._known(StackName)
        if stack["looks"]:
            stack["looks"] -= 1
        elif stack["then"]:
            self._become(StackName, *stack["then"])
            stack = self._known(StackName)
        parameters, template = stack["parameters"], yaml.safe_load(stack["template"]) or {}
        outputs = {
            name: parameters[value[1:]] if value.startswith("$") else value
            for name, value in template.get("Outputs", {}).items()
        }
        return {
            "Stacks": [
                {
                    "StackName": StackName,
                    "StackStatus": stack["status"],
                    "StackStatusReason": "because",
                    "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
                    "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()],
                }
            ]
        }

    def create_change_set(
        self,
        *,
        StackName: str,
        ChangeSetName: str,
        ChangeSetType: str,
        TemplateBody: str,
        Parameters: list[dict[str, str]],
        Tags: list[dict[str, str]],
        Capabilities: list[str],
    ) -> dict[str, Any]:
        exists = StackName in self.stacks and self.stacks[StackName]["status"] != "REVIEW_IN_PROGRESS"
        assert ChangeSetType == ("UPDATE" if exists else "CREATE")
        assert Capabilities == ["CAPABILITY_NAMED_IAM"]
        if not exists:
            self.stack(StackName, "REVIEW_IN_PROGRESS")
        stack = self.stacks[StackName]
        parameters = {item["ParameterKey"]: item["ParameterValue"] for item in Parameters}
        old = yaml.safe_load(stack["template"]) or {"Resources": {}}
        new = yaml.safe_load(TemplateBody)
        again = "Modify" if parameters != stack["parameters"] else None
        changes = [
            (again if name in old["Resources"] else "Add", name, kind) for name, kind in new["Resources"].items()
        ]
        changes += [("Remove", name, kind) for name, kind in old["Resources"].items() if name not in new["Resources"]]
        self.change_sets[StackName, ChangeSetName] = {
            "template": TemplateBody,
            "parameters": parameters,
            "changes": [change for change in changes if change[0]],
            "looks": 1,
        }
        return {}

    def describe_change_set(
        self, *, StackName: str, ChangeSetName: str, NextToken: str | None = None
    ) -> dict[str, Any]:
        change_set = self.change_sets[StackName, ChangeSetName]
        if change_set["looks"]:
            change_set["looks"] -= 1
            return {"Status": "CREATE_IN_PROGRESS"}
        if self.refusal or not change_set["changes"]:
            return {"Status": "FAILED", "StatusReason": self.refusal or EMPTY}
        at = int(NextToken or 0)
        action, name, kind = change_set["changes"][at]
        change = {"Action": action, "LogicalResourceId": name, "ResourceType": kind}
        page = {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": change}]}
        return page | ({"NextToken": str(at + 1)} if at + 1 < len(change_set["changes"]) else {})

    def execute_change_set(self, *, StackName: str, ChangeSetName: str) -> dict[str, Any]:
        self.calls.append(("execute", StackName))
        change_set, stack = self.change_sets.pop((StackName, ChangeSetName)), self.stacks[StackName]
        verb = "CREATE" if stack["status"] == "REVIEW_IN_PROGRESS" else "UPDATE"
        self._start(StackName, f"{verb}_IN_PROGRESS")
        failed = self.failures.get(StackName, [])
        if failed or StackName in self.validation:
            for name, kind, reason in failed:
                self._event(StackName, name, kind, f"{verb}_FAILED", reason)
            self._event(StackName, StackName, "AWS::CloudFormation::Stack", f"{verb}_FAILED", "see DescribeEvents")
            stack["then"] = ("ROLLBACK_COMPLETE" if verb == "CREATE" else "UPDATE_ROLLBACK_COMPLETE", {})
        else:
            stack["then"] = (
                f"{verb}_COMPLETE",
                {"template": change_set["template"], "parameters": change_set["parameters"]},
            )
        return {}

    def update_stack(
        self,
        *,
        StackName: str,
        TemplateBody: str,
        Parameters: list[dict[str, str]],
        Tags: list[dict[str, str]],
        Capabilities: list[str],
    ) -> dict[str, Any]:
        stack = self.stacks[StackName]
        old, new = (yaml.safe_load(text) for text in (stack["template"], TemplateBody))
        if old == new:
            raise invalid("No updates are to be performed.")
        self.calls.append(("update", StackName))
        self._start(StackName, "UPDATE_IN_PROGRESS")
        stack["then"] = ("UPDATE_COMPLETE", {"template": TemplateBody})
        return {}

    def get_template(self, *, StackName: str, TemplateStage: str) -> dict[str, Any]:
        return {"TemplateBody": self._known(StackName)["template"]}

    def delete_change_set(self, *, StackName: str, ChangeSetName: str) -> dict[str, Any]:
        self.change_sets.pop((StackName, ChangeSetName), None)
        return {}

    def delete_stack(self, *, StackName: str) -> dict[str, Any]:
        self.calls.append(("delete", StackName))
        self._start(StackName, "DELETE_IN_PROGRESS")
        self.stacks[StackName]["then"] = ("DELETE_COMPLETE", {})
        return {}

    def describe_stack_events(self, *, StackName: str, NextToken: str | None = None) -> dict[str, Any]:
        events, at = list(reversed(self._known(StackName)["events"])), int(NextToken or 0)
        page: dict[str, Any] = {"StackEvents": events[at : at + 2]}
        return page | ({"NextToken": str(at + 2)} if at + 2 < len(events) else {})

    def describe_events(self, *, StackName: str) -> dict[str, Any]:
        if StackName not in self.validation:
            raise refused("AccessDenied")
        return {"OperationEvents": self.validation[StackName]}

    # -- inside

    def _known(self, name: str) -> dict[str, Any]:
        if name not in self.stacks:
            raise invalid(f"Stack with id {name} does not exist")
        return self.stacks[name]

    def _start(self, name: str, status: str) -> None:
        # The state changes at once, as its first event does; the end comes with later looks.
        self.stacks[name] |= {"status": status, "looks": self.looks}
        self._event(name, name, "AWS::CloudFormation::Stack", status)

    def _become(self, name: str, status: str, values: dict[str, Any]) -> None:
        if status == "DELETE_COMPLETE":
            del self.stacks[name]
            return
        self.stacks[name] |= {"status": status, "then": None, **values}
        self._event(name, name, "AWS::CloudFormation::Stack", status)

    def _event(self, name: str, resource: str, kind: str, status: str, reason: str = "") -> None:
        self.stacks[name]["events"].append(
            {
                "EventId": f"e{next(self._events)}",
                "StackId": f"id-of-{name}",
                "PhysicalResourceId": f"id-of-{resource}",
                "LogicalResourceId": resource,
                "ResourceType": kind,
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }
        )
