"""`missing-arn`: a property needs an ARN, but `Ref` returns a name, an id or an address.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.template_references import references_in
from gitlabgen.analysis.templates import TemplateAnalysis, TemplateResource
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling

__all__ = ["RULE"]

# What `Ref` returns for the types whose ARN is another attribute.
_RETURNED: Final[Mapping[str, str]] = {
    "AWS::CloudWatch::Alarm": "name",
    "AWS::Cognito::UserPool": "id",
    "AWS::DynamoDB::GlobalTable": "name",
    "AWS::DynamoDB::Table": "name",
    "AWS::Events::EventBus": "name",
    "AWS::IAM::Role": "name",
    "AWS::KMS::Key": "id",
    "AWS::Kinesis::Stream": "name",
    "AWS::KinesisFirehose::DeliveryStream": "name",
    "AWS::Lambda::Function": "name",
    "AWS::Logs::LogGroup": "name",
    "AWS::S3::Bucket": "name",
    "AWS::SQS::Queue": "URL",
    "AWS::Serverless::Function": "name",
    "AWS::Serverless::SimpleTable": "name",
}
# Properties that need an ARN, though their name does not say it.
_PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::Lambda::EventInvokeConfig": ("Destination",),
    "AWS::Lambda::EventSourceMapping": ("Destination",),
    "AWS::Lambda::Function": ("Role",),
    "AWS::Pipes::Pipe": ("Source", "Target"),
    "AWS::S3::Bucket": ("Function", "Queue"),
    "AWS::SNS::Subscription": ("Endpoint",),
    "AWS::Serverless::Function": ("Destination", "Queue", "Role", "Stream"),
    "AWS::Serverless::StateMachine": ("Role",),
}
# These accept names in some properties that are called ARN.
_NAMES_TOO: Final = ("AWS::Batch::", "AWS::ECS::", "AWS::Lambda::Url")
# Users choose the keys and values in these.
_FREE: Final = frozenset(
    (
        *("Body", "Content", "Definition", "DefinitionBody", "DefinitionSubstitutions", "Document", "Input", "Parameters"),
        *("StageVariables", "Tags", "Variables"),
    )
)
_STREAMS: Final = ("EventSourceArn", "Source", "Stream")


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `Ref` to a resource where the resource's ARN is needed."""
    for resource in analysis.resources.values():
        # Not the merged properties: those of `Globals` are at another place.
        for where in references_in(analysis.section("Resources")[resource.name].get("Properties")):
            owner = analysis.resources.get(where.name)
            returned = _RETURNED.get(owner.type) if owner is not None else None
            key = _key(resource, where.path)
            if owner is None or returned is None or where.attribute or key is None:
                continue
            is_stream = owner.type.startswith("AWS::DynamoDB::") and key in _STREAMS
            attribute = "StreamArn" if is_stream else "Arn"
            message = f"`{resource.name}`: `{key}` needs the ARN of `{owner.name}`, but `Ref` returns its {returned}."
            hint = Spelling(f"write `GetAtt({owner.name!r}, {attribute!r})`", f"write `!GetAtt {owner.name}.{attribute}`")
            yield RULE.finding(analysis.spot(resource, where.path[:-1]), message, hint, facts=(key, owner.name))


def _key(resource: TemplateResource, path: tuple[str | int, ...]) -> str | None:
    """Return the property that a `Ref` is the value of, if it needs an ARN."""
    names = [part for part in path if isinstance(part, str) and part != "Fn::If"]
    if names[-1:] != ["Ref"] or len(names) < 2 or any(name.startswith("Fn::") or name in _FREE for name in names):
        return None
    key = names[-2]
    is_statement = key in ("NotResource", "Resource") and "Statement" in names
    is_named = key.lower().endswith(("arn", "arns")) and not resource.type.startswith(_NAMES_TOO)
    return key if is_statement or is_named or key in _PROPERTIES.get(resource.type, ()) else None


RULE: Final = LintRule(
    id="missing-arn",
    summary="A property needs an ARN, but `Ref` returns a name, an id or an address.",
    why=(
        "What `Ref` returns depends on the type: the URL of a queue, the name of a table, a function, a bucket or a role. "
        "Where AWS needs an ARN, it rejects these values. "
        "The deployment fails when the resource is created."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
    examples=[
        Example(
            bad="""
Resources:
  Failed:
    Type: AWS::SQS::Queue
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: {deadLetterTargetArn: !Ref Failed, maxReceiveCount: 3}
""",
            good="""
Resources:
  Failed:
    Type: AWS::SQS::Queue
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}
""",
        )
    ],
    check=check,
)
