"""`Existing`: what a function uses although its stack does not create it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["Existing"]

Access: TypeAlias = Literal["read", "write", "read-write"]
"""What a function does with data: `read`, `write`, or both."""

_ACTIONS: Final = {
    "table": (
        (
            "dynamodb:BatchGetItem dynamodb:ConditionCheckItem dynamodb:DescribeStream dynamodb:DescribeTable dynamodb:GetItem "
            "dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams dynamodb:Query dynamodb:Scan"
        ),
        "dynamodb:BatchWriteItem dynamodb:DeleteItem dynamodb:PutItem dynamodb:UpdateItem",
    ),
    "queue": (
        # The stars are for SAM's policy templates, which name batches, too.
        "sqs:ChangeMessageVisibility* sqs:DeleteMessage* sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage",
        "sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage*",
    ),
    "bucket": (
        "s3:GetBucketLocation s3:GetObject s3:GetObjectVersion s3:ListBucket",
        "s3:AbortMultipartUpload s3:DeleteObject s3:PutObject",
    ),
    "key": ("kms:Decrypt kms:DescribeKey", "kms:DescribeKey kms:Encrypt kms:GenerateDataKey"),
    "secret": ("secretsmanager:DescribeSecret secretsmanager:GetSecretValue", ""),
    "parameter": ("ssm:GetParameter ssm:GetParameters ssm:GetParametersByPath", ""),
    "topic": ("", "sns:Publish"),
    "event_bus": ("", "events:PutEvents"),
}
# The part of the ARN after the partition, for a name. `{at}` is region and account.
_ARNS: Final = {
    "table": ("dynamodb:{at}:table/{name}", "dynamodb:{at}:table/{name}/*"),
    "queue": ("sqs:{at}:{name}",),
    "bucket": ("s3:::{name}", "s3:::{name}/*"),
    "key": ("kms:{at}:key/{name}",),
    # Secrets Manager ends each ARN with a dash and six characters.
    "secret": ("secretsmanager:{at}:secret:{name}-??????",),
    "parameter": ("ssm:{at}:parameter/{name}",),
    "topic": ("sns:{at}:{name}",),
    "event_bus": ("events:{at}:event-bus/{name}",),
}
_NAME: Final = r"[\w.@+=/*?-]+"
_ARN: Final = r"arn:[\w*-]+:[\w-]+:[^:\s]*:[^:\s]*:\S+"
_ACTION: Final = r"[a-z0-9-]+:[A-Za-z*]+"


def _action(value: str) -> str:
    if not re.fullmatch(_ACTION, value, re.ASCII):
        raise InvalidValue(f"should be an action such as 'bedrock:InvokeModel', got {value!r}")
    if re.fullmatch(r"[^:]+:\*+", value):
        raise InvalidValue(f"allows everything of a service, got {value!r}", "list what the function calls")
    return value


def _resource(value: str) -> str:
    if not re.fullmatch(_ARN, value) and value != "*":
        raise InvalidValue(f"should be an ARN, got {value!r}", "its parts may have `*`")
    return value


@model
class Existing(TemplateModel):
    """What a function uses although its stack does not create it, such as a table that another service owns.

        Function("Orders", uses=[Existing.table("orders"), Existing.secret("shared/db"), Existing.topic("billing")])

    The function gets a policy for it, and the permissions boundary of the stack's roles a statement. Names are those in the
    account and region of the stack; an ARN can be given instead. A `*` in a name stands for any characters.

    Args:
        kind: `table`, `queue`, `bucket`, `key`, `secret`, `parameter`, `topic`, `event_bus` or `action`.
        name: The name or ARN; empty for actions.
        access: Whether it is read, written, or both.
        actions: The actions, if it is of another kind.
        resources: The ARNs of what these actions are called on.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    keyword: ClassVar[str] = "Existing"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
    from_mapping: ClassVar[bool] = False

    kind: Literal["table", "queue", "bucket", "key", "secret", "parameter", "topic", "event_bus", "action"] = field(kw_only=False)
    name: str = field(default="", kw_only=False)
    access: Access = "read-write"
    actions: ListOf[Annotated[str, _action]] = ()
    resources: ListOf[Annotated[str, _resource]] = ()

    @classmethod
    def called(cls) -> str:
        """Return the name of what users call to create one."""
        return "Existing"

    @staticmethod
    def table(name: str, *, access: Access = "read-write") -> Existing:
        """Return a table of DynamoDB with its indexes.

        Args:
            name: The table's name or ARN.
            access: Whether items are read, written, or both.
        """
        return Existing("table", name, access=access)

    @staticmethod
    def queue(name: str, *, access: Access = "read-write") -> Existing:
        """Return a queue of SQS.

        Args:
            name: The queue's name or ARN.
            access: `read` to receive messages, `write` to send them, or both.
        """
        return Existing("queue", name, access=access)

    @staticmethod
    def bucket(name: str, *, access: Access = "read-write") -> Existing:
        """Return a bucket of S3 with its objects.

        Args:
            name: The bucket's name.
            access: Whether objects are read, written, or both.
        """
        return Existing("bucket", name, access=access)

    @staticmethod
    def key(name: str, *, access: Access = "read-write") -> Existing:
        """Return a key of KMS.

        Args:
            name: The key's id, its ARN, or its alias, such as `alias/shared`.
            access: `read` to decrypt, `write` to encrypt, or both.
        """
        return Existing("key", name, access=access)

    @staticmethod
    def secret(name: str) -> Existing:
        """Return a secret of Secrets Manager, which is read.

        Args:
            name: The secret's name, or its complete ARN.
        """
        return Existing("secret", name, access="read")

    @staticmethod
    def parameter(name: str) -> Existing:
        """Return a parameter of the Parameter Store, which is read.

        Args:
            name: The parameter's name, such as `/shared/db/host`, or its ARN.
        """
        return Existing("parameter", name, access="read")

    @staticmethod
    def topic(name: str) -> Existing:
        """Return a topic of SNS, to which messages are sent.

        Args:
            name: The topic's name or ARN.
        """
        return Existing("topic", name, access="write")

    @staticmethod
    def event_bus(name: str) -> Existing:
        """Return an event bus, to which events are sent.

        Args:
            name: The name of the event bus, or its ARN.
        """
        return Existing("event_bus", name, access="write")

    @staticmethod
    def action(action: str, *resources: str) -> Existing:
        """Return an action on anything else.

        Args:
            action: The action, such as `bedrock:InvokeModel`.
            resources: The ARNs of what it is called on.
        """
        return Existing("action", actions=[action], resources=[*resources])

    def problems(self) -> Iterator[Problem]:
        """Yield problems with a name or with actions."""
        if self.kind == "action":
            if not self.actions:
                yield Problem("has no action", path=("actions",))
            if not self.resources:
                yield Problem("has no resource", "name the ARNs that it is called on; '*' if AWS knows none", ("resources",))
        elif isinstance(self.name, str) and not re.fullmatch(_ARN if self.name.startswith("arn:") else _NAME, self.name):
            yield Problem(f"should be a name or an ARN, got {self.name!r}", path=("name",))
        elif not self.name.strip("*?"):
            yield Problem("should be a name, not only wildcards", "name what the function uses", ("name",))

    def statement(self, region: str, sid: str | None = None) -> dict[str, Any]:
        """Return the statement that allows its use, with `${…}` for what is known only at deployment.

        Args:
            region: The region in ARNs.
            sid: The statement's id.
        """
        body: dict[str, Any] = {} if sid is None else {"Sid": sid}
        body |= {"Effect": "Allow", "Action": self._actions(), "Resource": self._arns(region)}
        if self.kind == "key" and self.name.startswith("alias/"):
            body["Condition"] = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": self.name}}
        return body

    def _actions(self) -> list[str]:
        if self.kind == "action":
            return [*self.actions]
        read, write = _ACTIONS[self.kind]
        chosen = {"read": (read,), "write": (write,), "read-write": (read, write)}[self.access]
        return sorted({name for names in chosen for name in names.split()})

    def _arns(self, region: str) -> list[str]:
        if self.kind == "action":
            return [*self.resources]
        if self.name.startswith("arn:"):
            inside = {"table": "/*", "bucket": "/*"}.get(self.kind)
            return [self.name] if inside is None else [self.name, f"{self.name}{inside}"]
        name = "*" if self.name.startswith("alias/") and self.kind == "key" else self.name.removeprefix("/")
        at = f"{region}:${{AWS::AccountId}}"
        return ["arn:${AWS::Partition}:" + part.replace("{at}", at).replace("{name}", name) for part in _ARNS[self.kind]]


def used_by(resource: Any) -> tuple[Existing, ...]:
    """Return what a resource uses although its stack does not create it.

    Args:
        resource: A resource of a template.
    """
    uses = getattr(resource, "uses", None)
    return tuple(one for one in uses if isinstance(one, Existing)) if isinstance(uses, tuple) else ()


def use_problems(resource: Any) -> Iterator[Problem]:
    """Yield problems with `uses` and the other permissions of a resource.

    Args:
        resource: A function or a state machine.
    """
    from gitlabgen.sam.intrinsics import Intrinsic

    if used_by(resource) and resource.role is not None:
        yield Problem("cannot be used together with `role`", "give that role the permissions", ("uses",))
    if used_by(resource) and isinstance(resource.policies, Intrinsic):
        yield Problem("cannot be used together with an intrinsic function as `policies`", "write a list", ("uses",))
