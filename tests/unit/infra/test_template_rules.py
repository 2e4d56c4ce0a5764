"""Each rule for templates catches what it is there for, also for kinds of resource that no template has yet."""

from copy import deepcopy

import pytest

from infra.deploy import TEMPLATES
from tests.unit.infra import rules
from tests.unit.infra.rendered import Stack, load

GOOD = load("""
Resources:
  Landing:
    Type: AWS::S3::Bucket
    DependsOn: Permission
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties:
      BucketName: landing
      PublicAccessBlockConfiguration:
        {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
      OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerEnforced}]}
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption:
        ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms}}]
      NotificationConfiguration: {LambdaConfigurations: [{Event: x, Function: !GetAtt Reader.Arn}]}
      LifecycleConfiguration:
        Rules:
          - {Status: Enabled, NoncurrentVersionExpiration: {NoncurrentDays: 30}}
          - {Status: Enabled, AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7}}
  LandingPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Landing
      PolicyDocument:
        Statement:
          - Effect: Deny
            Principal: '*'
            Action: s3:*
            Resource: [!GetAtt Landing.Arn, !Sub '${Landing.Arn}/*']
            Condition: {Bool: {aws:SecureTransport: 'false'}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Reader
      Principal: s3.amazonaws.com
      SourceArn: arn:aws:s3:::landing
      SourceAccount: !Ref AWS::AccountId
  Events:
    Type: AWS::Kinesis::Stream
    Properties: {Name: events}
  Reader:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: reader, Role: !GetAtt ReaderRole.Arn, LoggingConfig: {LogGroup: !Ref ReaderLogs}}
  ReaderLogs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: reader-logs, RetentionInDays: 30}
  ReaderMapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !GetAtt Reader.Arn
      EventSourceArn: !GetAtt Events.Arn
      DestinationConfig: {OnFailure: {Destination: arn:aws:s3:::landing}}
  ReaderRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: reader
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyDocument:
            Statement:
              - Sid: Stream
                Effect: Allow
                Action:
                  - kinesis:GetRecords
                  - kinesis:GetShardIterator
                  - kinesis:DescribeStreamSummary
                  - kinesis:ListShards
                Resource: !GetAtt Events.Arn
  Delivery:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Landing.Arn
        Prefix: leg/dt=!{timestamp:yyyy-MM-dd}/
        RoleARN: !GetAtt DeliveryRole.Arn
        ProcessingConfiguration:
          Processors:
            - Type: Lambda
              Parameters: [{ParameterName: LambdaArn, ParameterValue: !GetAtt Reader.Arn}]
  DeliveryRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: delivery
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: firehose.amazonaws.com}
            Action: sts:AssumeRole
            Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}
      Policies:
        - PolicyDocument:
            Statement:
              - Effect: Allow
                Action: [s3:PutObject, s3:AbortMultipartUpload]
                Resource: !Sub ${Landing.Arn}/leg/*
              - Effect: Allow
                Action: [s3:GetBucketLocation, s3:ListBucket]
                Resource: !GetAtt Landing.Arn
              - {Effect: Allow, Action: lambda:InvokeFunction, Resource: !GetAtt Reader.Arn}
""")


def problems(rule, template):
    rendered = Stack("sample", template, {})
    return list(rule(list(rendered.resources.values())))


def changed(path, value):
    """The sample with one thing changed; None takes it away."""
    template = deepcopy(GOOD)
    *way, last = path.split("/")
    here = template["Resources"]
    for step in way:
        here = here[int(step) if step.isdigit() else step]
    last = int(last) if last.isdigit() else last
    if value is None:
        del here[last]
    else:
        here[last] = value
    return template


STATEMENT = "ReaderRole/Properties/Policies/0/PolicyDocument/Statement/0"
TRUST = "DeliveryRole/Properties/AssumeRolePolicyDocument/Statement/0"
DELIVERS = "DeliveryRole/Properties/Policies/0/PolicyDocument/Statement"
LIFECYCLE = "Landing/Properties/LifecycleConfiguration/Rules"
ENCRYPTION = "Landing/Properties/BucketEncryption/ServerSideEncryptionConfiguration"
BREACHES = [
    (rules.buckets_are_closed, "Landing/Properties/PublicAccessBlockConfiguration/BlockPublicAcls", False),
    (rules.buckets_are_closed, "Landing/Properties/PublicAccessBlockConfiguration", None),
    (rules.buckets_are_closed, "Landing/Properties/VersioningConfiguration", {"Status": "Suspended"}),
    (rules.buckets_are_closed, f"{ENCRYPTION}/0/ServerSideEncryptionByDefault/SSEAlgorithm", "AES256"),
    (rules.buckets_are_closed, "Landing/Properties/OwnershipControls", None),
    (rules.buckets_are_closed, f"{LIFECYCLE}/1", None),
    (rules.buckets_are_closed, f"{LIFECYCLE}/0/Prefix", "only/here/"),
    (rules.buckets_want_tls, "LandingPolicy", None),
    (rules.buckets_want_tls, "LandingPolicy/Properties/PolicyDocument/Statement/0/Resource", "arn:aws:s3:::landing"),
    (rules.buckets_want_tls, "LandingPolicy/Properties/PolicyDocument/Statement/0/Action", "s3:GetObject"),
    (rules.data_outlives_its_stack, "Landing/DeletionPolicy", "Delete"),
    (rules.data_outlives_its_stack, "Landing/UpdateReplacePolicy", None),
    (rules.roles_are_narrow, f"{STATEMENT}/Action", "kinesis:*"),
    (rules.roles_are_narrow, f"{STATEMENT}/Resource", "*"),
    (rules.roles_are_narrow, f"{STATEMENT}/Resource", "arn:aws:s3:::landing/*"),
    (rules.roles_are_narrow, f"{STATEMENT}/Resource", "arn:aws:s3:::*/leg/*"),
    (rules.roles_are_narrow, f"{STATEMENT}/Resource", "arn:aws:kinesis:*:111122223333:stream/events"),
    (rules.roles_are_narrow, "ReaderRole/Properties/ManagedPolicyArns", ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]),
    (rules.trust_is_narrow, f"{TRUST}/Condition", None),
    (rules.trust_is_narrow, f"{TRUST}/Principal", {"AWS": "arn:aws:iam::111122223333:root"}),
    (rules.trust_is_narrow, f"{TRUST}/Principal", "*"),
    (rules.functions_are_watched, "ReaderLogs/Properties/RetentionInDays", None),
    (rules.functions_are_watched, "Reader/Properties/LoggingConfig", None),
    (rules.functions_are_watched, "ReaderMapping/Properties/DestinationConfig", None),
    (rules.notified_functions_let_their_bucket_in, "Permission/Properties/SourceAccount", None),
    (rules.notified_functions_let_their_bucket_in, "Permission/Properties/SourceArn", "arn:aws:s3:::other"),
    (rules.notified_functions_let_their_bucket_in, "Permission/Properties/FunctionName", "other"),
    (rules.notified_functions_let_their_bucket_in, "Landing/DependsOn", None),
    (rules.mappings_may_read_their_source, f"{STATEMENT}/Action", ["kinesis:GetRecords"]),
    (rules.mappings_may_read_their_source, f"{STATEMENT}/Resource", "arn:aws:kinesis:us-east-1:111122223333:other"),
    (rules.firehose_may_write_its_bucket, f"{DELIVERS}/0/Resource", "arn:aws:s3:::landing/booking/*"),
    (rules.firehose_may_write_its_bucket, f"{DELIVERS}/1/Action", "s3:ListBucket"),
    (rules.firehose_may_write_its_bucket, f"{DELIVERS}/2", None),
]


@pytest.mark.parametrize("rule", sorted({rule for rule, _, _ in BREACHES}, key=lambda rule: rule.__name__))
def test_the_sample_keeps_the_rule(rule):
    assert problems(rule, GOOD) == []


@pytest.mark.parametrize(("rule", "path", "value"), BREACHES, ids=lambda part: getattr(part, "__name__", None))
def test_a_breach_is_named_with_its_resource(rule, path, value):
    found = problems(rule, changed(path, value))
    assert found
    assert all(problem.startswith("sample.") for problem in found)


def test_two_functions_with_one_role_are_found_out():
    template = deepcopy(GOOD)
    template["Resources"]["Twin"] = template["Resources"]["Reader"]
    assert "sample.Twin: shares its role" in problems(rules.functions_are_watched, template)


@pytest.mark.parametrize("sid", ["ReadLake", "ListLake", "ReadCatalog", "QueryResults", "LocateBuckets"])
def test_an_analyst_without_one_of_the_statements_athena_needs_is_found_out(sid):
    template = load((TEMPLATES / "lake.yaml").read_text())
    [policy] = template["Resources"]["AnalystRole"]["Properties"]["Policies"]
    document = policy["PolicyDocument"]
    document["Statement"] = [item for item in document["Statement"] if item["Sid"] != sid]
    rendered = Stack("lake", template, {"Environment": "prod"})
    assert list(rules.askers_of_athena_may_read_what_they_ask(list(rendered.resources.values())))
