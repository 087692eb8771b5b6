"""Statements of the permissions boundary, which limits the stack's roles and grants nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gitlabgen.sam.bootstrapping.statements import Needs, Statement, allow, arns, bucket_arns, deny, package_arns
from gitlabgen.sam.bootstrapping.type_actions import listed
from gitlabgen.sam.existing import Existing, used_by

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

# The kinds of data that the stack's roles may use: whatever their policies grant on it, if its name has the prefix.
_DATA: Final = {
    "AWS::DynamoDB::GlobalTable": "dynamodb table",
    "AWS::DynamoDB::Table": "dynamodb table",
    "AWS::Events::EventBus": "events event-bus",
    "AWS::Kinesis::Stream": "kinesis stream",
    "AWS::KinesisFirehose::DeliveryStream": "firehose deliverystream",
    "AWS::S3::Bucket": "s3 bucket",
    "AWS::SNS::Topic": "sns topic",
    "AWS::SQS::Queue": "sqs queue",
    "AWS::SSM::Parameter": "ssm parameter",
    "AWS::SecretsManager::Secret": "secretsmanager secret",
    "AWS::StepFunctions::StateMachine": "states statemachine",
}
# AWS chooses the ids of its applications.
_CONFIGURATION: Final = ("appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession")
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
    if "AWS::AppConfig::Application" in needs.types:
        yield Statement("configuration", allow("Configuration", _CONFIGURATION, arns("appconfig application").all))
    for about in dict.fromkeys(_DATA[kind] for kind in needs.types if kind in _DATA):
        ids = [name for kind in needs.types if _DATA.get(kind) == about for name in needs.types[kind]]
        found = arns(about, [name for name in ids if name not in needs.named]).all
        service = about.partition(" ")[0]
        yield Statement(f"data of {listed(ids)}", allow(f"{service.title()}Data", [f"{service}:*"], found))


def _existing(needs: Needs) -> Iterator[Statement]:
    users: dict[Existing, list[str]] = {}
    for source in needs.sources:
        for one in used_by(source.about):
            users.setdefault(one, []).append(source.name)
    for index, (one, names) in enumerate(users.items(), 1):
        yield Statement(f"used by {', '.join(dict.fromkeys(names))}", one.statement("*", sid=f"Uses{index}"))
