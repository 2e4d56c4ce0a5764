"""The templates as CloudFormation would see them in an environment: conditions decided, references resolved.

Values go from stack to stack exactly as the deploy driver passes them, so a rule looks at what will be there.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.deploy import STACKS, TEMPLATES
from infra.stacks import NONE

ACCOUNT, REGION = "111122223333", "us-east-1"
NO_VALUE = object()
#: Parameters that people set where there is a network, so that rules see cluster and job too.
NETWORK: dict[str, Any] = {
    "VpcId": "vpc-0123456789abcdef0",
    "SubnetIds": ["subnet-a", "subnet-b", "subnet-c"],
    "SecurityGroupIds": ["sg-0123456789abcdef0"],
    "BootstrapServers": "b-1.aero:9098",
}
NAMES = (
    "BucketName", "RoleName", "FunctionName", "QueueName", "LogGroupName", "TopicName", "DeliveryStreamName",
    "ClusterName", "ApplicationName", "WorkgroupName", "NamespaceName", "StreamName", "TableName", "Name",
)  # fmt: skip

#: ARNs that are not made of the kind and the name alone.
ARNS = {
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{name}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{name}}",
    "AWS::MSK::Cluster": f"arn:aws:kafka:{REGION}:{ACCOUNT}:cluster/{{name}}/uuid",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}:*",
    "AWS::RedshiftServerless::Workgroup": f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup/uuid",
}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, read into their long form."""


def _tag(loader: Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", _tag)


@dataclass(frozen=True)
class Resource:
    """One resource of a rendered stack."""

    stack: str
    logical: str
    kind: str
    properties: dict[str, Any]
    attributes: dict[str, Any]

    @property
    def address(self) -> str:
        return f"{self.stack}.{self.logical}"

    @property
    def name(self) -> str:
        given = [self.properties[key] for key in NAMES if isinstance(self.properties.get(key), str)]
        inner = self.properties.get("DatabaseInput", {}).get("Name")
        return given[0] if given else inner or self.logical

    @property
    def arn(self) -> str:
        if self.kind in ARNS:
            return ARNS[self.kind].format(name=self.name)
        service = self.kind.split("::")[1].lower()
        # Secrets Manager puts the kind before a name and six letters behind it.
        name = f"secret:{self.name}-suffix" if service == "secretsmanager" else self.name
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def load(text: str) -> dict[str, Any]:
    """Parse a template."""
    return yaml.load(text, Loader)  # noqa: S506  (a safe loader with tags)


class Stack:
    """A template rendered for an environment."""

    def __init__(self, name: str, template: dict[str, Any], parameters: Mapping[str, str]) -> None:
        self.name, self.template = name, template
        self.values: dict[str, Any] = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": REGION,
            "AWS::Partition": "aws",
            "AWS::StackName": f"aero-{parameters.get('Environment')}-{name}",
            "AWS::NoValue": NO_VALUE,
            **{key: spec["Default"] for key, spec in template.get("Parameters", {}).items() if "Default" in spec},
            **parameters,
        }
        self.resources: dict[str, Resource] = {}
        for logical, body in template["Resources"].items():
            if self._holds(body.get("Condition")):
                self._resource(logical)
        self.outputs = {
            key: self.resolve(spec["Value"])
            for key, spec in template.get("Outputs", {}).items()
            if self._holds(spec.get("Condition"))
        }

    def resolve(self, value: Any) -> Any:
        """Replace every reference and decide every condition."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(key, argument)] = value.items()
            if key == "Ref" or key.startswith("Fn::"):
                return self._function(key, argument)
        found = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if item is not NO_VALUE}

    def _function(self, key: str, argument: Any) -> Any:
        if key == "Ref":
            return self.values[argument] if argument in self.values else self._resource(argument).name
        if key == "Fn::GetAtt":
            logical, attribute = argument
            found = self._resource(logical)
            return found.arn if attribute in {"Arn", "Id", "Workgroup.WorkgroupArn"} else f"{found.arn}.{attribute}"
        if key == "Fn::Sub":
            text, own = argument if isinstance(argument, list) else (argument, {})
            given = {name: self.resolve(value) for name, value in own.items()}
            return re.sub(r"\$\{([^}]+)\}", lambda match: given.get(match[1]) or self._substitute(match), text)
        if key == "Fn::If":
            condition, yes, no = argument
            return self.resolve(yes if self._holds(condition) else no)
        return self._of_values(key, argument)

    def _of_values(self, key: str, argument: Any) -> Any:
        """Functions that look at values only."""
        if key == "Fn::Equals":
            return self.resolve(argument[0]) == self.resolve(argument[1])
        if key in {"Fn::Not", "Fn::And", "Fn::Or"}:
            held = [self._truth(item) for item in argument]
            return {"Fn::Not": not held[0], "Fn::And": all(held), "Fn::Or": any(held)}[key]
        if key == "Fn::Split":
            return self.resolve(argument[1]).split(argument[0])
        if key == "Fn::Select":
            return self.resolve(argument[1])[argument[0]]
        if key == "Fn::Base64":
            return base64.b64encode(self.resolve(argument).encode()).decode()
        raise NotImplementedError(f"{key} is not rendered yet: add it to tests/unit/infra/rendered.py")

    def _substitute(self, match: re.Match[str]) -> str:
        logical, _, attribute = match[1].partition(".")
        if attribute:
            return self._function("Fn::GetAtt", [logical, attribute])
        return str(self._function("Ref", match[1]))

    def _truth(self, value: Any) -> bool:
        return self._holds(value["Condition"]) if set(value) == {"Condition"} else bool(self.resolve(value))

    def _holds(self, condition: str | None) -> bool:
        return condition is None or self._truth(self.template["Conditions"][condition])

    def _resource(self, logical: str) -> Resource:
        """Render a resource, names first: others may refer to it while its own properties are resolved."""
        body = self.template["Resources"][logical]
        if logical not in self.resources and self._holds(body.get("Condition")):
            attributes = {key: item for key, item in body.items() if key not in {"Type", "Properties"}}
            given = body.get("Properties", {})
            names = {key: self.resolve(given[key]) for key in (*NAMES, "DatabaseInput") if key in given}
            self.resources[logical] = Resource(self.name, logical, body["Type"], names, attributes)
            properties = {key: self.resolve(item) for key, item in given.items()}
            self.resources[logical] = Resource(self.name, logical, body["Type"], properties, attributes)
        if logical not in self.resources:
            raise LookupError(f"{self.name}.{logical} is referred to where its condition is false")
        return self.resources[logical]


@cache
def stacks(env: str) -> tuple[Stack, ...]:
    """Every stack of the driver, rendered in its order with the values it would be given."""
    outputs: dict[str, str] = {}
    absent = {stack.template for stack in STACKS if not stack.exists_in(env)}
    rendered = []
    for stack in STACKS:
        if stack.template in absent:
            continue
        parameters = {"Environment": env}
        for key, address in stack.inputs.items():
            parameters[key] = NONE if address.split(".")[0] in absent else outputs[address]
        parameters |= {key: f"_code/{key}.zip" for key in stack.code}
        parameters |= {key: NETWORK.get(key, "") if env != "local" else "" for key in stack.settings}
        for phase in stack.phases_with(parameters):
            parameters |= phase.parameters
        done = Stack(stack.template, load((TEMPLATES / f"{stack.template}.yaml").read_text()), parameters)
        outputs |= {f"{stack.template}.{key}": value for key, value in done.outputs.items()}
        rendered.append(done)
    return tuple(rendered)


def resources(env: str = "prod") -> list[Resource]:
    """Every resource of every stack in an environment."""
    return [resource for stack in stacks(env) for resource in stack.resources.values()]


def template_files() -> list[Path]:
    """Every template in the repository."""
    return sorted(TEMPLATES.glob("*.yaml"))
