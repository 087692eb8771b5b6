"""What the roles of a translated template are granted, compared with their permissions boundary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from gitlabgen.verification.boundary import Boundary, many
from gitlabgen.verification.names import ACCOUNT, Names
from gitlabgen.verification.problems import ToolProblem

__all__ = ["blocked_grants"]

_ROLE: Final = "AWS::IAM::Role"
_MAPPING: Final = "AWS::Lambda::EventSourceMapping"
_URL: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
# Managed policies that SAM attaches: the boundary allows what they are for, and sources of events are compared one by one.
_OF_SAM: Final = frozenset(
    (
        *("AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess"),
        *("AWSLambdaDynamoDBExecutionRole", "AWSLambdaKinesisExecutionRole", "AWSLambdaMSKExecutionRole"),
        *("AWSLambdaSQSQueueExecutionRole",),
    )
)
# What Lambda calls with the function's role to read a source of events, by the service in the source's ARN.
_READING: Final = {
    "dynamodb": ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    "kafka": ("kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"),
    "kinesis": ("kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator"),
    "sqs": ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
}
# The constructor of `Existing` by the beginning of an ARN's last part, or by its service.
_EXISTING: Final = {
    ("dynamodb", "table/"): "table",
    ("events", "event-bus/"): "event_bus",
    ("kms", "key/"): "key",
    ("s3", ""): "bucket",
    ("secretsmanager", "secret:"): "secret",
    ("sns", ""): "topic",
    ("sqs", ""): "queue",
    ("ssm", "parameter/"): "parameter",
}
_SHOWN: Final = 3


class _Policy(NamedTuple):
    role: str
    path: tuple[str | int, ...]
    document: Any


def blocked_grants(tree: Mapping[str, Any], boundary: Boundary, region: str, partition: str) -> Iterator[ToolProblem]:
    """Yield what policies of a stack's roles grant, and the boundary blocks.

    Args:
        tree: The template as SAM translates it.
        boundary: The permissions boundary of the roles.
        region: The region.
        partition: The partition of AWS.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    resources = {name: block for name, block in (tree.get("Resources") or {}).items() if isinstance(block, Mapping)}
    bounded = {name for name, block in resources.items() if _is_bounded(block)}
    names = Names(resources, boundary.prefix, region, partition)
    for name in sorted(bounded):
        yield from _managed(name, resources[name], names)
    for policy in _policies(resources, bounded):
        for statement in many(policy.document.get("Statement") if isinstance(policy.document, Mapping) else None):
            if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
                yield from _compared(policy, statement, boundary, names)
    yield from _sources(resources, bounded, boundary, names)


def _is_bounded(block: Mapping[str, Any]) -> bool:
    return block.get("Type") == _ROLE and "PermissionsBoundary" in (block.get("Properties") or {})


def _policies(resources: Mapping[str, Any], bounded: set[str]) -> Iterator[_Policy]:
    """Yield the policies of bounded roles: in the role, and those that name the role."""
    for name, block in resources.items():
        properties = block.get("Properties") or {}
        if name in bounded:
            for policy in many(properties.get("Policies")):
                if isinstance(policy, Mapping):
                    yield _Policy(name, ("Resources", name, "Properties", "Policies"), policy.get("PolicyDocument"))
        if block.get("Type") in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
            roles = [one.get("Ref") for one in many(properties.get("Roles", properties.get("RoleName"))) if isinstance(one, dict)]
            if bounded.intersection(role for role in roles if isinstance(role, str)):
                yield _Policy(name, ("Resources", name, "Properties", "PolicyDocument"), properties.get("PolicyDocument"))


def _managed(role: str, block: Mapping[str, Any], names: Names) -> Iterator[ToolProblem]:
    for arn in many(block["Properties"].get("ManagedPolicyArns")):
        text = names.text(arn)
        policy = "" if text is None else text.rpartition("/")[2]
        if policy not in _OF_SAM and not _is_own(arn):
            shown = policy or "a managed policy that is known only at deployment"
            message = f"it is unknown offline what the boundary blocks of {shown}"
            hint = "list what the function needs in `policies`, or in `uses`"
            yield _problem("unknown-grant", message, ("Resources", role, "Properties", "ManagedPolicyArns"), "info", hint)


def _is_own(arn: Any) -> bool:
    """Return whether a managed policy is one of the template, which is compared itself."""
    return isinstance(arn, dict) and "Ref" in arn


def _compared(policy: _Policy, statement: Mapping[str, Any], boundary: Boundary, names: Names) -> Iterator[ToolProblem]:
    actions, arns = many(statement.get("Action")), many(statement.get("Resource"))
    if not actions or not arns:
        yield _problem("unknown-grant", "`NotAction` and `NotResource` are not compared with the boundary", policy.path, "info")
        return
    for arn in arns:
        resource = names.text(arn)
        if resource is None:
            message = f"{_listed(actions)} is not compared with the boundary: the ARN is known only at deployment"
            yield _problem("unknown-grant", message, policy.path, "info")
            continue
        yield from _answers(policy.path, [str(action) for action in actions], resource, boundary)


def _answers(path: tuple[str | int, ...], actions: Sequence[str], resource: str, boundary: Boundary) -> Iterator[ToolProblem]:
    answers = {action: boundary.answer(action, resource) for action in actions}
    blocked = [action for action, answer in answers.items() if answer == "blocked"]
    partly = [action for action, answer in answers.items() if answer == "partly"]
    shown = resource.replace(f":{ACCOUNT}:", ":…:")
    if blocked:
        message = f"the permissions boundary blocks {_listed(blocked)} on {shown}"
        yield _problem("blocked-grant", message, path, "error", _hint(blocked, resource, boundary))
    if partly:
        message = f"the permissions boundary allows {_listed(partly)} on a part of {shown} only"
        yield _problem("blocked-grant", message, path, "info", "narrow the policy to what the function uses")


def _sources(resources: Mapping[str, Any], bounded: set[str], boundary: Boundary, names: Names) -> Iterator[ToolProblem]:
    """Yield sources of events that Lambda may not read with the function's role."""
    for name, block in resources.items():
        properties = block.get("Properties") or {}
        source = names.text(properties.get("EventSourceArn")) if block.get("Type") == _MAPPING else None
        if source is not None and _role_of(resources, properties.get("FunctionName")) in bounded:
            actions = _READING.get(source.split(":")[2] if source.count(":") > 1 else "", ())
            path = ("Resources", name, "Properties", "EventSourceArn")
            yield from (one for one in _answers(path, actions, source, boundary) if one.severity == "error")


def _role_of(resources: Mapping[str, Any], function: Any) -> str | None:
    """Return the logical id of a function's role; the function may be its alias."""
    name = function.get("Ref") if isinstance(function, dict) else None
    block = resources.get(name) if isinstance(name, str) else None
    properties = (block or {}).get("Properties") or {}
    if (block or {}).get("Type") == "AWS::Lambda::Alias":
        return _role_of(resources, properties.get("FunctionName"))
    role = properties.get("Role")
    found = role.get("Fn::GetAtt") if isinstance(role, dict) else None
    return str(found[0]) if isinstance(found, list) else None


def _hint(actions: Sequence[str], resource: str, boundary: Boundary) -> str:
    parts = resource.split(":", 5)
    if f"{boundary.prefix}-" in parts[-1]:
        return "take it out of the policy: only the deployment may do this to resources of the stack"
    # What is declared already needs another action.
    for (service, start), constructor in () if boundary.mentions(resource) else _EXISTING.items():
        if len(parts) == 6 and parts[2] == service and parts[5].startswith(start):
            # An index of a table, an object of a bucket and the random end of a secret's ARN are no part of the name.
            name = parts[5].removeprefix(start).removesuffix("-??????")
            name = name.partition("/")[0] if constructor in ("bucket", "table") else name
            return f"declare it: uses=[Existing.{constructor}({(name if parts[4] in (ACCOUNT, '') else resource)!r})]"
    calls = [f"Existing.action({action!r}, {resource.replace(ACCOUNT, '*')!r})" for action in actions[:_SHOWN]]
    return f"declare it: uses=[{', '.join(calls)}{', …' if len(actions) > _SHOWN else ''}]"


def _listed(actions: Sequence[Any]) -> str:
    shown = ", ".join(map(str, actions[:_SHOWN]))
    return f"{shown} and {len(actions) - _SHOWN} more" if len(actions) > _SHOWN else shown


def _problem(rule: str, message: str, path: tuple[str | int, ...], severity: Any, hint: str | None = None) -> ToolProblem:
    return ToolProblem(rule, message, path, severity, _URL, hint)
