"""What the values of a translated template will be: names and ARNs of the stack's resources, as far as they are known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from gitlabgen.sam.bootstrapping.names import NAMES

__all__ = ["ACCOUNT", "Names"]

ACCOUNT: Final = "123456789012"
"""The account that stands for the one that is deployed to."""

# The part of the ARN after the partition, and what `Ref` returns: the name or the ARN.
_ARNS: Final = {
    "AWS::CodeDeploy::Application": ("codedeploy:{at}:application:{name}", "name"),
    # Its ARN also has the application's name.
    "AWS::CodeDeploy::DeploymentGroup": ("codedeploy:{at}:deploymentgroup:*/{name}", "name"),
    "AWS::DynamoDB::GlobalTable": ("dynamodb:{at}:table/{name}", "name"),
    "AWS::DynamoDB::Table": ("dynamodb:{at}:table/{name}", "name"),
    "AWS::Events::EventBus": ("events:{at}:event-bus/{name}", "name"),
    "AWS::IAM::Role": ("iam::{account}:role/{name}", "name"),
    "AWS::Kinesis::Stream": ("kinesis:{at}:stream/{name}", "name"),
    "AWS::KinesisFirehose::DeliveryStream": ("firehose:{at}:deliverystream/{name}", "name"),
    "AWS::Lambda::Function": ("lambda:{at}:function:{name}", "name"),
    "AWS::Logs::LogGroup": ("logs:{at}:log-group:{name}:*", "name"),
    "AWS::S3::Bucket": ("s3:::{name}", "name"),
    "AWS::SNS::Topic": ("sns:{at}:{name}", "arn"),
    "AWS::SQS::Queue": ("sqs:{at}:{name}", ""),
    "AWS::SSM::Parameter": ("ssm:{at}:parameter/{name}", "name"),
    "AWS::SecretsManager::Secret": ("secretsmanager:{at}:secret:{name}-1A2B3C", "arn"),
    "AWS::StepFunctions::StateMachine": ("states:{at}:stateMachine:{name}", "arn"),
}
_QUALIFIED: Final = ("AWS::Lambda::Alias", "AWS::Lambda::Version")
_NAME_ATTRIBUTES: Final = ("BucketName", "Name", "QueueName", "TopicName")
_ARN_ATTRIBUTES: Final = ("Arn", "TopicArn")


class Names:
    """Computes values of a translated template for a stack.

    Args:
        resources: The resources by logical id.
        stack: The name of the stack.
        region: The region.
        partition: The partition of AWS.
    """

    def __init__(self, resources: Mapping[str, Any], stack: str, region: str, partition: str) -> None:
        self._resources = resources
        self._stack = stack
        self._at = {"at": f"{region}:{ACCOUNT}", "account": ACCOUNT}
        self._partition = partition
        self._pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": partition,
            "AWS::Region": region,
            "AWS::StackName": stack,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def text(self, value: Any) -> str | None:
        """Return the text of a value; None if a part of it is known only at deployment.

        Args:
            value: A string or an intrinsic function.
        """
        if isinstance(value, str):
            return value
        if not isinstance(value, dict) or len(value) != 1:
            return None
        ((function, argument),) = value.items()
        if function == "Ref":
            return self._reference(str(argument))
        if function == "Fn::GetAtt":
            return self._reference(".".join(argument) if isinstance(argument, list) else str(argument))
        if function == "Fn::Join" and isinstance(argument, list) and isinstance(argument[-1], list):
            return self._joined([self.text(item) for item in argument[1]], str(argument[0]))
        return self._substituted(argument) if function == "Fn::Sub" else None

    @staticmethod
    def _joined(parts: list[str | None], separator: str) -> str | None:
        known = [part for part in parts if part is not None]
        return separator.join(known) if len(known) == len(parts) else None

    def _substituted(self, argument: Any) -> str | None:
        text, own = argument if isinstance(argument, list) else (argument, {})
        # An odd part is what `${…}` contains; `${!…}` is text.
        parts = re.split(r"\$\{([^}!]+)\}", str(text))
        values = [
            (self.text(own[part]) if part in own else self._reference(part)) if index % 2 else part.replace("${!", "${")
            for index, part in enumerate(parts)
        ]
        return self._joined(values, "")

    def _reference(self, target: str) -> str | None:
        if target in self._pseudo:
            return self._pseudo[target]
        logical, _, attribute = target.partition(".")
        resource = self._resources.get(logical, {})
        kind = resource.get("Type")
        if kind in _QUALIFIED and not attribute:
            # The ARN of its function, and the name or the number.
            of = self.text({"Fn::GetAtt": [_logical(resource), "Arn"]})
            return None if of is None else f"{of}:1"
        if kind not in _ARNS:
            return None
        form, default = _ARNS[kind]
        name = self._name(logical, kind, resource.get("Properties") or {})
        if name is None:
            return None
        arn = f"arn:{self._partition}:" + form.format(name=name.removeprefix("/"), **self._at)
        if attribute == "StreamArn":
            return f"{arn}/stream/2026"
        is_arn = attribute in _ARN_ATTRIBUTES or (not attribute and default == "arn")
        is_name = attribute in _NAME_ATTRIBUTES or (not attribute and default == "name")
        return arn if is_arn else name if is_name else None

    def _name(self, logical: str, kind: str, properties: Mapping[str, Any]) -> str | None:
        key = NAMES[kind][0] if kind in NAMES else ""
        if key in properties:
            return self.text(properties[key])
        # CloudFormation names most resources after the stack.
        generated = f"{self._stack}-{logical}-1A2B3C4D5E6F"
        if kind == "AWS::StepFunctions::StateMachine":
            return f"{logical}-1A2B3C4D5E6F"
        return generated.lower() if kind == "AWS::S3::Bucket" else generated


def _logical(resource: Mapping[str, Any]) -> str:
    """Return the logical id of the function of an alias or a version; empty if it is no function of the stack."""
    function = (resource.get("Properties") or {}).get("FunctionName")
    return str(function.get("Ref", "")) if isinstance(function, dict) else ""
