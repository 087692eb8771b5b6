"""Names that the execution role cannot create: it may change only resources whose names begin with the prefix."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.problems import Path, Problem
from gitlabgen.sam.bootstrapping.generated_types import Source, event_properties, event_type
from gitlabgen.sam.intrinsics import Intrinsic

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

_PLAIN: Final = ("{prefix}-*",)
_FUNCTION: Final = ("{prefix}-*", "CodeDeployHook_{prefix}-*")
_PARAMETER: Final = ("{prefix}-*", "{prefix}/*", "/{prefix}-*", "/{prefix}/*")

NAMES: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "AWS::CloudWatch::Alarm": ("AlarmName", "cloudwatch alarm", _PLAIN),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmName", "cloudwatch alarm", _PLAIN),
    "AWS::CloudWatch::Dashboard": ("DashboardName", "cloudwatch dashboard", _PLAIN),
    "AWS::CodeDeploy::Application": ("ApplicationName", "codedeploy application", _PLAIN),
    "AWS::CodeDeploy::DeploymentConfig": ("DeploymentConfigName", "codedeploy deploymentconfig", _PLAIN),
    "AWS::DynamoDB::GlobalTable": ("TableName", "dynamodb table", _PLAIN),
    "AWS::DynamoDB::Table": ("TableName", "dynamodb table", _PLAIN),
    "AWS::Events::ApiDestination": ("Name", "events api-destination", _PLAIN),
    "AWS::Events::Archive": ("ArchiveName", "events archive", _PLAIN),
    "AWS::Events::Connection": ("Name", "events connection", _PLAIN),
    "AWS::Events::EventBus": ("Name", "events event-bus", _PLAIN),
    "AWS::Events::Rule": ("Name", "events rule-on-default-event-bus", _PLAIN),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "iam policy", _PLAIN),
    "AWS::IAM::Role": ("RoleName", "iam role", _PLAIN),
    "AWS::Kinesis::Stream": ("Name", "kinesis stream", _PLAIN),
    "AWS::KinesisFirehose::DeliveryStream": ("DeliveryStreamName", "firehose deliverystream", _PLAIN),
    "AWS::Lambda::CapacityProvider": ("CapacityProviderName", "lambda capacityprovider", _PLAIN),
    "AWS::Lambda::Function": ("FunctionName", "lambda function", _FUNCTION),
    "AWS::Lambda::LayerVersion": ("LayerName", "lambda layer", _PLAIN),
    "AWS::Logs::LogGroup": (
        "LogGroupName",
        "logs log-group",
        ("{prefix}-*", "/aws/*/{prefix}-*", "/aws/lambda/CodeDeployHook_{prefix}-*"),
    ),
    "AWS::Pipes::Pipe": ("Name", "pipes pipe", _PLAIN),
    "AWS::S3::Bucket": ("BucketName", "s3 bucket", _PLAIN),
    "AWS::SNS::Topic": ("TopicName", "sns topic", _PLAIN),
    "AWS::SQS::Queue": ("QueueName", "sqs queue", _PLAIN),
    "AWS::SSM::Parameter": ("Name", "ssm parameter", _PARAMETER),
    "AWS::Scheduler::Schedule": ("Name", "scheduler schedule", _PLAIN),
    "AWS::Scheduler::ScheduleGroup": ("Name", "scheduler schedule-group", _PLAIN),
    "AWS::SecretsManager::Secret": ("Name", "secretsmanager secret", _PLAIN),
    "AWS::Serverless::CapacityProvider": ("CapacityProviderName", "lambda capacityprovider", _PLAIN),
    "AWS::Serverless::Function": ("FunctionName", "lambda function", _FUNCTION),
    "AWS::Serverless::LayerVersion": ("LayerName", "lambda layer", _PLAIN),
    "AWS::Serverless::SimpleTable": ("TableName", "dynamodb table", _PLAIN),
    "AWS::Serverless::StateMachine": ("Name", "states statemachine", _PLAIN),
    "AWS::StepFunctions::Activity": ("Name", "states activity", _PLAIN),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "states statemachine", _PLAIN),
}
"""The property with the name, the kind of resource, and the names that its ARN patterns cover, by type."""

# Events with a name: the property by the type of the event.
_EVENTS: Final = {"Schedule": "name", "ScheduleV2": "name", "EventBridgeRule": "rulename"}
_UNKNOWN: Final = "\0"
# The rest of a stack's name after the prefix: empty, or a dash and more.
_REST: Final = "\1"
_STACK: Final = "${AWS::StackName}"


class Named(NamedTuple):
    """A given name.

    Args:
        path: The path to it in the model.
        value: The name, or an intrinsic function.
        forms: The names that the execution role may create.
    """

    path: Path
    value: Any
    forms: tuple[str, ...]


def names_of(source: Source) -> Iterator[Named]:
    """Yield the names that a resource gives itself and what its events create.

    Args:
        source: The resource.
    """
    key, _, forms = NAMES.get(source.type, ("", "", ()))
    # The logical id is no name in the account.
    field, value = _given_name(source, key) if key else ("", None)
    if value is not None:
        yield Named((field,), value, forms)
    events = source.given.get("events")
    for name, event in events.items() if isinstance(events, Mapping) else ():
        given = event_properties(event).get(_EVENTS.get(event_type(event), ""))
        if given is not None:
            yield Named(("events", name), given, _PLAIN)


def _given_name(source: Source, key: str) -> tuple[str, Any]:
    about: Any = source.about
    if isinstance(about, Model) and getattr(about, "type", "") == source.type:
        field = plan_of(type(about)).name(key) or key
        return field, getattr(about, field, None)
    lower = key.lower()
    fields = {str(written).lower(): written for written in getattr(about, "properties", None) or ()}
    return str(fields.get(lower, key)), source.given.get(lower)


def misnamed(targets: Sequence[DeployRoles], source: Source) -> Iterator[Problem]:
    """Yield a problem for each name that the execution role could not create.

    Args:
        targets: The targets.
        source: The resource.
    """
    for path, value, forms in names_of(source):
        wrong = next((target for target in targets if not _fits(value, target, forms)), None)
        if wrong is not None:
            start = f"{wrong.prefix}-" if len({target.prefix for target in targets}) == 1 else f"{_STACK}-"
            hint = "or leave it out: the execution role can change only resources with this prefix"
            shown = value if isinstance(value, str) else _text(value)
            yield Problem(f"should begin with '{start}', got {shown!r}", hint, path, rule="foreign-name")


def has_prefix(targets: Iterable[DeployRoles], source: Source) -> bool:
    """Return whether a resource has a given name that certainly begins with each target's prefix.

    Args:
        targets: The targets.
        source: The resource.
    """
    named = [one for one in names_of(source) if one.path[0] != "events"]
    return bool(named) and all(
        re.match(rf"{re.escape(target.prefix)}{_REST}?-", _known(one.value, target)) for one in named for target in targets
    )


def _fits(value: Any, target: DeployRoles, forms: Sequence[str]) -> bool:
    """Return whether a name fits one of the forms; whether it may fit, if a part is known only at deployment."""
    text = _known(value, target)
    patterns = [form.replace("{prefix}", target.prefix) for form in forms]
    return any(_may_match(text, pattern) for pattern in patterns)


def _may_match(text: str, pattern: str) -> bool:
    before, unknown, _ = text.replace(_REST, _UNKNOWN).partition(_UNKNOWN)
    if not unknown:
        return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None
    # What follows the unknown part can be anything, and the part itself too.
    fixed = pattern.partition("*")[0]
    return fixed.startswith(before) or before.startswith(fixed)


def _known(value: Any, target: DeployRoles) -> str:
    """Return a name with the stack's name filled in, and with a mark in place of what is known only at deployment."""
    return re.sub(r"\$\{([^}!]*)\}", lambda found: _filled(found[1], target), _text(value))


def _filled(name: str, target: DeployRoles) -> str:
    if name != _STACK[2:-1]:
        return _UNKNOWN
    return target.stack or f"{target.prefix}{_REST}"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    argument = value.argument if isinstance(value, Intrinsic) else None
    if isinstance(value, Intrinsic) and value.function == "Ref":
        return f"${{{argument}}}"
    if isinstance(value, Intrinsic) and value.function == "Fn::Sub":
        return str(argument[0] if isinstance(argument, tuple) else argument)
    return "${?}"
