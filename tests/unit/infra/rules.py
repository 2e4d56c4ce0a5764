"""Our rules for templates, as functions from rendered resources to what is wrong with them.

They are written by kind of resource and not by name, so that a stack added later is held to them by itself.
"""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from tests.unit.infra.rendered import ACCOUNT, Resource

Problems = Iterator[str]

HOLDS_DATA = {
    "AWS::S3::Bucket",
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::MSK::Cluster",
    "AWS::RedshiftServerless::Namespace",
    "AWS::KMS::Key",
    "AWS::EFS::FileSystem",
}
# Wildcards that are wider than one folder, each with the reason why it has to be so.
JUSTIFIED = {
    ("orchestrator.OrchestratorRole", "ReadRaw"): "lineage and reprocessing follow a number to any raw object",
    (
        "alerting.AlertHandlerRole",
        "FindStreams",
    ): "kinesis:ListStreams, which a mapping needs, knows no resources",
    ("orchestrator.RepairRole", "ReadVersions"): "every object is compared, and any of them may have to come back",
    ("orchestrator.RepairRole", "PutBack"): "any object may have to come back; it deletes nothing in raw",
    ("extract.ExtractRole", "LookAtNetwork"): "what Glue asks of a network, and metrics, know no resources",
    ("extract.ExtractRole", "JoinNetwork"): "Glue makes its interfaces in the network and takes them away",
    ("orchestrator.OrchestratorRole", "AskTheEmulator"): "on a laptop only: the emulator asks for these without names",
    ("gateway.GatewayRole", "JoinNetwork"): "interfaces in the brokers' network: these actions know no resources",
    **{
        (f"stream.{feed}DeliveryRole", "LookAtGroups"): "Firehose names its own consumer groups"
        for feed in ("LegEvents", "Bookings", "Feedback")
    },
}
# Services that cannot say on whose behalf they come: the trust policy of a Lambda role takes no condition.
UNCONDITIONED_SERVICES = {"lambda.amazonaws.com"}
READS_STREAM = {
    "kinesis": {
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:DescribeStreamSummary",
        "kinesis:ListShards",
    },
    "dynamodb": {"dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"},
    "sqs": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
}
WRITES_BUCKET = {"s3:PutObject", "s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucket"}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def of_kind(resources: Iterable[Resource], *kinds: str) -> list[Resource]:
    return [resource for resource in resources if resource.kind in kinds]


def statements(role: Resource) -> list[dict[str, Any]]:
    """Every statement that says what a role may do."""
    policies = [policy["PolicyDocument"] for policy in role.properties.get("Policies", [])]
    return [statement for policy in policies for statement in as_list(policy["Statement"])]


def allowed(role: Resource, action: str, arn: str, **context: str) -> bool:
    """True if the role's statements allow the action, as IAM would decide (Allow only; conditions StringLike)."""
    return any(
        any(fnmatchcase(action.lower(), pattern.lower()) for pattern in as_list(statement["Action"]))
        and any(fnmatchcase(arn, pattern) for pattern in as_list(statement["Resource"]))
        and _conditions_hold(statement.get("Condition", {}), context)
        for statement in statements(role)
        if statement["Effect"] == "Allow"
    )


def _conditions_hold(conditions: dict[str, Any], context: dict[str, str]) -> bool:
    given = {key.replace("_", ":"): value for key, value in context.items()}
    for operator, pairs in conditions.items():
        if operator != "StringLike":
            raise NotImplementedError(f"condition operator {operator}: teach it to tests/unit/infra/rules.py")
        for key, patterns in pairs.items():
            if not any(fnmatchcase(given.get(key, ""), pattern) for pattern in as_list(patterns)):
                return False
    return True


def buckets_are_closed(resources: list[Resource]) -> Problems:
    """Versioned, encrypted, public access blocked, ACLs off, and old versions and half uploads do not pile up."""
    for bucket in of_kind(resources, "AWS::S3::Bucket"):
        has = bucket.properties
        block = has.get("PublicAccessBlockConfiguration", {})
        names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        if [block.get(name) for name in names] != [True] * 4:
            yield f"{bucket.address}: public access is not blocked in all four ways"
        if has.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield f"{bucket.address}: not versioned"
        rules = has.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [{}])
        if rules[0].get("ServerSideEncryptionByDefault", {}).get("SSEAlgorithm") not in {"aws:kms", "aws:kms:dsse"}:
            yield f"{bucket.address}: not encrypted by KMS"
        if has.get("OwnershipControls", {}).get("Rules") != [{"ObjectOwnership": "BucketOwnerEnforced"}]:
            yield f"{bucket.address}: ACLs are not switched off"
        lifecycle = [rule for rule in has.get("LifecycleConfiguration", {}).get("Rules", []) if "Prefix" not in rule]
        for expected in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
            if not any(expected in rule and rule["Status"] == "Enabled" for rule in lifecycle):
                yield f"{bucket.address}: no {expected} in its lifecycle"


def buckets_want_tls(resources: list[Resource]) -> Problems:
    """Each bucket refuses plain http, on the bucket and on the objects."""
    policies = of_kind(resources, "AWS::S3::BucketPolicy")
    for bucket in of_kind(resources, "AWS::S3::Bucket"):
        denials = [
            statement
            for policy in policies
            if policy.properties["Bucket"] == bucket.name
            for statement in policy.properties["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny"
            and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            and statement["Principal"] == "*"
            and statement["Action"] == "s3:*"
        ]
        if not any(statement["Resource"] == [bucket.arn, f"{bucket.arn}/*"] for statement in denials):
            yield f"{bucket.address}: plain http is not refused"


def data_outlives_its_stack(resources: list[Resource]) -> Problems:
    """Resources that hold data are kept when the stack is deleted or the resource replaced."""
    for resource in of_kind(resources, *HOLDS_DATA):
        if not resource.attributes.get("DeletionPolicy", "").startswith("Retain"):
            yield f"{resource.address}: deleted with its stack"
        if resource.attributes.get("UpdateReplacePolicy") != "Retain":
            yield f"{resource.address}: deleted when replaced"


def roles_are_narrow(resources: list[Resource]) -> Problems:
    """No wildcard in an action; in a resource only below a folder, or for a reason that is written down."""
    for role in of_kind(resources, "AWS::IAM::Role"):
        if role.properties.get("ManagedPolicyArns"):
            yield f"{role.address}: a managed policy grants more than we can read here"
        for statement in statements(role):
            sid = statement.get("Sid", "?")
            if any("*" in action for action in as_list(statement["Action"])):
                yield f"{role.address}.{sid}: a wildcard action"
            wide = [arn for arn in as_list(statement["Resource"]) if not is_narrow(arn)]
            if wide and (role.address, sid) not in JUSTIFIED:
                yield f"{role.address}.{sid}: too wide: {', '.join(wide)}"


def is_narrow(arn: str) -> bool:
    """No wildcard but behind a folder of a bucket, a database's tables or a log group's streams."""
    plain = "*" not in arn.rstrip("*")
    if arn.startswith("arn:aws:s3:::"):
        _, _, key = arn.partition("/")
        # A star inside a path is fine when a folder stands before and after it.
        below_a_folder = re.fullmatch(r"[^*]+/(\*|.+/\*)", key) is not None
        return "*" not in arn.partition("/")[0] and ("*" not in key or below_a_folder)
    return "*" not in arn or (plain and re.search(r"(:table/[^*/]+(/index)?/\*|:log-group:[^*]+:\*)$", arn) is not None)


def trust_is_narrow(resources: list[Resource]) -> Problems:
    """On AWS a role is taken by a service that names our account, or by people under a condition."""
    for role in of_kind(resources, "AWS::IAM::Role"):
        for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
            principal, conditions = statement["Principal"], statement.get("Condition", {})
            named = {key for pairs in conditions.values() for key in pairs}
            if principal == "*":
                yield f"{role.address}: everyone may take it"
                continue
            if "AWS" in principal and not named & {"aws:PrincipalArn", "sts:ExternalId"}:
                yield f"{role.address}: anyone in {principal['AWS']} may take it"
            for service in as_list(principal.get("Service", [])):
                if service not in UNCONDITIONED_SERVICES and "aws:SourceAccount" not in named:
                    yield f"{role.address}: {service} may take it on behalf of another account"


def functions_are_watched(resources: list[Resource]) -> Problems:
    """A function has its own log group with an end, its own role, and somewhere for what failed."""
    groups = {group.name: group for group in of_kind(resources, "AWS::Logs::LogGroup")}
    kept = [
        config.properties["FunctionName"]
        for config in of_kind(resources, "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping")
        if config.properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    ]
    # Firehose keeps the records that a transform failed on under its error prefix.
    kept += [
        parameter["ParameterValue"].removesuffix(":$LATEST")
        for stream in of_kind(resources, "AWS::KinesisFirehose::DeliveryStream")
        if stream.properties["ExtendedS3DestinationConfiguration"].get("ErrorOutputPrefix")
        for step in stream.properties["ExtendedS3DestinationConfiguration"]["ProcessingConfiguration"]["Processors"]
        for parameter in step["Parameters"]
    ]
    roles = [function.properties["Role"] for function in of_kind(resources, "AWS::Lambda::Function")]
    for function in of_kind(resources, "AWS::Lambda::Function"):
        group = groups.get(function.properties.get("LoggingConfig", {}).get("LogGroup", ""))
        if group is None or "RetentionInDays" not in group.properties:
            yield f"{function.address}: no log group of its own with a retention"
        if not {function.name, function.arn} & set(kept):
            yield f"{function.address}: nowhere for what failed"
        if roles.count(function.properties["Role"]) > 1:
            yield f"{function.address}: shares its role"


def notified_functions_let_their_bucket_in(resources: list[Resource]) -> Problems:
    """S3 may invoke the function, for this bucket of this account only, before the bucket says it will."""
    permissions = of_kind(resources, "AWS::Lambda::Permission")
    for permission in permissions:
        missing = {"SourceArn", "SourceAccount"} - set(permission.properties)
        if permission.properties["Principal"] == "s3.amazonaws.com" and missing:
            yield f"{permission.address}: open to other accounts, no {' and no '.join(sorted(missing))}"
        elif permission.properties["Principal"].endswith(".amazonaws.com") and "SourceArn" in missing:
            yield f"{permission.address}: no SourceArn"
    for bucket in of_kind(resources, "AWS::S3::Bucket"):
        targets = bucket.properties.get("NotificationConfiguration", {}).get("LambdaConfigurations", [])
        for target in targets:
            fitting = [
                permission.logical
                for permission in permissions
                if permission.properties.get("SourceArn") == bucket.arn
                and permission.properties.get("SourceAccount") == ACCOUNT
                and target["Function"].endswith(f":{permission.properties['FunctionName'].rsplit(':', 1)[-1]}")
            ]
            if not set(fitting) & set(as_list(bucket.attributes.get("DependsOn", []))):
                yield f"{bucket.address}: nothing lets it invoke {target['Function']} before it is created"


def mappings_may_read_their_source(resources: list[Resource]) -> Problems:
    """The role of a mapped function may read the stream or queue."""
    functions = {key: f for f in of_kind(resources, "AWS::Lambda::Function") for key in (f.name, f.arn)}
    for mapping in of_kind(resources, "AWS::Lambda::EventSourceMapping"):
        source = mapping.properties["EventSourceArn"]
        role = _role(resources, functions[mapping.properties["FunctionName"]].properties["Role"])
        yield from _lacking(mapping, role, READS_STREAM[source.split(":")[2]], source)


def firehose_may_write_its_bucket(resources: list[Resource]) -> Problems:
    """The role of a delivery stream may write to its bucket and invoke its transform."""
    for stream in of_kind(resources, "AWS::KinesisFirehose::DeliveryStream"):
        target = stream.properties["ExtendedS3DestinationConfiguration"]
        role = _role(resources, target["RoleARN"])
        for action in sorted(WRITES_BUCKET):
            arn = target["BucketARN"]
            prefix = target.get("Prefix", "").partition("!")[0]
            yield from _lacking(
                stream, role, {action}, f"{arn}/{prefix}x" if "Object" in action or "Abort" in action else arn
            )
        for step in target.get("ProcessingConfiguration", {}).get("Processors", []):
            for parameter in step.get("Parameters", []):
                if parameter["ParameterName"] == "LambdaArn":
                    yield from _lacking(stream, role, {"lambda:InvokeFunction"}, parameter["ParameterValue"])


def askers_of_athena_may_read_what_they_ask(resources: list[Resource]) -> Problems:
    """Athena reads and writes S3 as the caller: the role itself needs the data, the catalog and the results."""
    workgroups = of_kind(resources, "AWS::Athena::WorkGroup")
    typed = [database for database in of_kind(resources, "AWS::Glue::Database") if database.name.endswith("_typed")]
    lakes = [bucket for bucket in of_kind(resources, "AWS::S3::Bucket") if "-lake-" in bucket.name]
    for role in of_kind(resources, "AWS::IAM::Role"):
        if not any("athena:StartQueryExecution" in as_list(s["Action"]) for s in statements(role)):
            continue
        for workgroup in workgroups:
            output = workgroup.properties["WorkGroupConfiguration"]["ResultConfiguration"]["OutputLocation"]
            bucket, _, prefix = output.removeprefix("s3://").partition("/")
            arn = f"arn:aws:s3:::{bucket}"
            asking = {"athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults"}
            yield from _lacking(
                role, role, asking, workgroup.arn.replace(workgroup.name, f"workgroup/{workgroup.name}")
            )
            yield from _lacking(role, role, {"s3:PutObject", "s3:GetObject"}, f"{arn}/{prefix}x.csv")
            yield from _lacking(role, role, {"s3:GetBucketLocation"}, arn)
        for lake in lakes:
            yield from _lacking(role, role, {"s3:GetObject"}, f"{lake.arn}/typed/partner/x.parquet")
            if not allowed(role, "s3:ListBucket", lake.arn, s3_prefix="typed/partner/"):
                yield f"{role.address} may not list typed/ in {lake.arn}"
        for database in typed:
            head = database.arn.removesuffix(database.name)
            for resource in (f"database/{database.name}", "catalog", f"table/{database.name}/legs"):
                yield from _lacking(role, role, {"glue:GetTable", "glue:GetPartitions"}, f"{head}{resource}")


def _role(resources: list[Resource], arn: str) -> Resource:
    return next(role for role in of_kind(resources, "AWS::IAM::Role") if role.arn == arn)


def _lacking(who: Resource, role: Resource, actions: set[str], arn: str) -> Problems:
    for action in sorted(actions):
        if not allowed(role, action, arn):
            yield f"{who.address}: {role.address} may not {action} on {arn}"
