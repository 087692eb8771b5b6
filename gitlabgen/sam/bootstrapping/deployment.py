"""Statements of the deploy role and of the permissions boundary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from gitlabgen.sam.bootstrapping.statements import (
    Needs,
    Statement,
    allow,
    arns,
    bucket_arns,
    deny,
    key_prefix,
    other_regions,
    own_arn,
)

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

_STACK: Final = (
    *("CancelUpdateStack", "ContinueUpdateRollback", "CreateChangeSet", "DeleteChangeSet", "DeleteStack"),
    *("DescribeChangeSet", "DescribeStackEvents", "DescribeStackResource", "DescribeStackResourceDrifts"),
    *("DescribeStackResources", "DescribeStacks", "DetectStackDrift", "DetectStackResourceDrift", "ExecuteChangeSet"),
    *("GetTemplate", "ListChangeSets", "ListStackResources", "RollbackStack", "TagResource", "UntagResource"),
)
_READS: Final = (
    *("cloudformation:DescribeStackDriftDetectionStatus", "cloudformation:DescribeStacks"),
    *("cloudformation:GetTemplateSummary", "cloudformation:ListStacks"),
    *("cloudformation:ValidateTemplate", "cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"),
    *("cloudwatch:GetMetricData", "tag:GetResources"),
)
_STREAM: Final = "DescribeStream DescribeStreamSummary GetRecords GetShardIterator ListShards ListStreams"
_TABLE: Final = "BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PutItem Query Scan UpdateItem"
# The permissions that the stack's roles may have on the stack's resources.
_DATA: Final = {
    "AWS::AppConfig::Application": ("appconfig application", "GetLatestConfiguration StartConfigurationSession"),
    "AWS::DynamoDB::GlobalTable": ("dynamodb table", f"{_TABLE} DescribeStream GetRecords GetShardIterator ListStreams"),
    "AWS::DynamoDB::Table": ("dynamodb table", f"{_TABLE} DescribeStream GetRecords GetShardIterator ListStreams"),
    "AWS::Events::EventBus": ("events event-bus", "PutEvents"),
    "AWS::Kinesis::Stream": ("kinesis stream", f"PutRecord PutRecords SubscribeToShard {_STREAM}"),
    "AWS::KinesisFirehose::DeliveryStream": ("firehose deliverystream", "PutRecord PutRecordBatch"),
    "AWS::S3::Bucket": ("s3 bucket", "DeleteObject GetObject ListBucket PutObject"),
    "AWS::SNS::Topic": ("sns topic", "Publish"),
    "AWS::SQS::Queue": (
        "sqs queue",
        "ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage",
    ),
    "AWS::SSM::Parameter": ("ssm parameter", "GetParameter GetParameters GetParametersByPath"),
    "AWS::SecretsManager::Secret": ("secretsmanager secret", "DescribeSecret GetSecretValue"),
    "AWS::StepFunctions::StateMachine": (
        "states statemachine",
        "DescribeExecution StartExecution StartSyncExecution StopExecution",
    ),
}


def deployment(roles: DeployRoles, needs: Needs) -> Iterator[Statement]:
    """Yield the statements for jobs: they update stacks with the prefix, store packages and read alarms.

    Args:
        roles: The roles.
        needs: What the template needs.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
    """
    at = arns(roles, "cloudformation stack")
    names = [f"cloudformation:{name}" for name in _STACK]
    yield Statement("stacks of the prefix", allow("Stacks", names, at))
    execution = own_arn(roles, "role", "execution")
    # Without a role, CloudFormation uses the one of the last deployment.
    other = {"StringNotEqualsIfExists": {"cloudformation:RoleArn": execution}}
    body = {**deny("OnlyOurExecutionRole", ["cloudformation:CreateChangeSet"], at), "Condition": other}
    yield Statement("a stack is changed with our execution role, or not at all", body)
    if needs.macros:
        region = "*" if len(roles.regions or ()) > 1 else "${AWS::Region}"
        macros = [f"arn:${{AWS::Partition}}:cloudformation:{region}:aws:transform/{name}" for name in needs.macros]
        yield Statement("the template's macros", allow("Transforms", ["cloudformation:CreateChangeSet"], macros))
    yield Statement("reads only, for gates and the search for stacks", allow("Reads", _READS))
    buckets = bucket_arns(roles)
    objects = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:GetObjectTagging", "s3:ListMultipartUploadParts", "s3:PutObject"]
    yield Statement("packages and markers", allow("Packages", objects, [f"{bucket}/{key_prefix(roles)}/*" for bucket in buckets]))
    yield Statement("where packages are", allow("Bucket", ["s3:GetBucketLocation", "s3:ListBucket"], buckets))
    condition = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    yield Statement("CloudFormation does the rest", allow("PassExecutionRole", ["iam:PassRole"], [execution], condition))
    yield from (
        Statement("further permissions of jobs", body) for body in roles.deploy_statements or () if isinstance(body, Mapping)
    )
    yield from other_regions(roles)


def boundary(roles: DeployRoles, needs: Needs) -> Iterator[Statement]:
    """Yield the statements of the permissions boundary, which limits the stack's roles and grants nothing.

    Args:
        roles: The roles.
        needs: What the template needs.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    yield Statement("logs", allow("Logs", logs, [f"{arn}*" for arn in arns(roles, "logs log-group")]))
    traces = ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    metrics = ["cloudwatch:DescribeAlarms", "cloudwatch:PutMetricData"]
    yield Statement("traces, metrics and alarms; IAM knows no resource of most", allow("Observability", [*metrics, *traces]))
    shift = "GetAlias GetFunction GetProvisionedConcurrencyConfig InvokeFunction UpdateAlias"
    functions = [f"lambda:{name}" for name in shift.split()]
    yield Statement("functions of the stack", allow("Functions", functions, arns(roles, "lambda function")))
    if "AWS::CodeDeploy::DeploymentGroup" in needs.types:
        report = ["codedeploy:PutLifecycleEventHookExecutionStatus"]
        yield Statement("results of hooks", allow("Hooks", report, arns(roles, "codedeploy deploymentgroup")))
    if needs.mention("vpcconfig"):
        names = [f"ec2:{name}" for name in ("CreateNetworkInterface", "DeleteNetworkInterface", "DescribeNetworkInterfaces")]
        yield Statement("functions in a network; AWS chooses the ids", allow("Networks", names))
    if needs.mention("logging", "loggingconfiguration"):
        names = [f"logs:{name}" for name in ("CreateLogDelivery", "DescribeLogGroups", "GetLogDelivery", "ListLogDeliveries")]
        yield Statement("logs of state machines; IAM knows no resource of these", allow("LogDelivery", names))
    for kind in needs.types:
        if kind in _DATA:
            about, actions = _DATA[kind]
            service = about.partition(" ")[0]
            names = [f"{service}:{name}" for name in actions.split()]
            resources = arns(roles, about, needs.types[kind])
            yield Statement(f"data of {kind}", allow(kind.removeprefix("AWS::").replace("::", ""), names, resources))
    if "AWS::S3::Bucket" in needs.types:
        arguments = ["s3:*"], [*bucket_arns(roles), *(f"{bucket}/*" for bucket in bucket_arns(roles))]
        yield Statement("packages are no data of the stack, whatever the prefix", deny("Packages", *arguments))
    own = roles.boundary_statements or ()
    yield from (Statement("further permissions of the stack's roles", body) for body in own if isinstance(body, Mapping))
