"""Statements of the permissions boundary, which limits the stack's roles and grants nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gitlabgen.sam.bootstrapping.statements import Needs, Statement, allow, arns, bucket_arns, deny, package_arns
from gitlabgen.sam.existing import Existing, used_by

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

_STREAM: Final = "DescribeStream DescribeStreamSummary GetRecords GetShardIterator ListShards ListStreams"
_TABLE: Final = (
    "BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeStream DescribeTable GetItem GetRecords GetShardIterator "
    "ListStreams PartiQL* PutItem Query Scan UpdateItem"
)
# The permissions that the stack's roles may have on the stack's resources.
_DATA: Final = {
    "AWS::AppConfig::Application": ("appconfig application", "GetLatestConfiguration StartConfigurationSession"),
    "AWS::DynamoDB::GlobalTable": ("dynamodb table", _TABLE),
    "AWS::DynamoDB::Table": ("dynamodb table", _TABLE),
    "AWS::Events::EventBus": ("events event-bus", "PutEvents"),
    "AWS::Kinesis::Stream": ("kinesis stream", f"PutRecord PutRecords SubscribeToShard {_STREAM}"),
    "AWS::KinesisFirehose::DeliveryStream": ("firehose deliverystream", "PutRecord PutRecordBatch"),
    "AWS::S3::Bucket": ("s3 bucket", "AbortMultipartUpload DeleteObject* GetObject* ListBucket* PutObject*"),
    "AWS::SNS::Topic": ("sns topic", "GetTopicAttributes Publish*"),
    "AWS::SQS::Queue": (
        "sqs queue",
        "ChangeMessageVisibility* DeleteMessage* GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage*",
    ),
    "AWS::SSM::Parameter": ("ssm parameter", "GetParameter GetParameterHistory GetParameters GetParametersByPath"),
    "AWS::SecretsManager::Secret": ("secretsmanager secret", "DescribeSecret GetSecretValue"),
    "AWS::StepFunctions::StateMachine": (
        "states statemachine",
        "DescribeExecution StartExecution StartSyncExecution StopExecution",
    ),
}
_OBSERVABILITY: Final = (
    *("cloudwatch:DescribeAlarms", "cloudwatch:PutMetricData", "ssm:DescribeParameters", "xray:GetSampling*"),
    *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
)


def boundary(targets: Sequence[DeployRoles], needs: Needs) -> Iterator[Statement]:
    """Yield the statements of the permissions boundary.

    Args:
        targets: The targets.
        needs: What the template needs.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    yield Statement("logs", allow("Logs", logs, arns("logs log-group").all))
    yield Statement("traces, metrics and alarms; IAM knows no resource of most", allow("Observability", _OBSERVABILITY))
    shift = "GetAlias GetFunction GetProvisionedConcurrencyConfig InvokeFunction UpdateAlias"
    functions = [f"lambda:{name}" for name in shift.split()]
    yield Statement("functions of the stack", allow("Functions", functions, arns("lambda function").all))
    if "AWS::CodeDeploy::DeploymentGroup" in needs.types:
        report = ["codedeploy:PutLifecycleEventHookExecutionStatus"]
        yield Statement("results of hooks", allow("Hooks", report, arns("codedeploy deploymentgroup").all))
    if needs.mention("vpcconfig"):
        names = [f"ec2:{name}" for name in ("CreateNetworkInterface", "DeleteNetworkInterface", "DescribeNetworkInterfaces")]
        yield Statement("functions in a network; AWS chooses the ids", allow("Networks", names))
    if needs.mention("logging", "loggingconfiguration"):
        names = [f"logs:{name}" for name in ("CreateLogDelivery", "DescribeLogGroups", "GetLogDelivery", "ListLogDeliveries")]
        yield Statement("logs of state machines; IAM knows no resource of these", allow("LogDelivery", names))
    yield from _data(needs)
    yield from _existing(needs)
    if "AWS::S3::Bucket" in needs.types:
        for sid, resources in (("PackageBucket", bucket_arns(targets)), ("Packages", package_arns(targets))):
            yield Statement("packages are no data of the stack", deny(sid, ["s3:*"], resources))
    own = targets[0].boundary_statements or ()
    yield from (Statement("further permissions of the stack's roles", body) for body in own if isinstance(body, Mapping))


def _data(needs: Needs) -> Iterator[Statement]:
    for kind in needs.types:
        if kind in _DATA:
            about, actions = _DATA[kind]
            service = about.partition(" ")[0]
            names = [f"{service}:{name}" for name in actions.split()]
            found = arns(about, [name for name in needs.types[kind] if name not in needs.named]).all
            # What is inside a table, a bucket or a state machine has its own ARNs.
            inside = [f"{arn}/*" for arn in found] if service == "s3" else []
            yield Statement(f"data of {kind}", allow(kind.removeprefix("AWS::").replace("::", ""), names, [*found, *inside]))


def _existing(needs: Needs) -> Iterator[Statement]:
    users: dict[Existing, list[str]] = {}
    for source in needs.sources:
        for one in used_by(source.about):
            users.setdefault(one, []).append(source.name)
    for index, (one, names) in enumerate(users.items(), 1):
        yield Statement(f"used by {', '.join(dict.fromkeys(names))}", one.statement("*", sid=f"Uses{index}"))
