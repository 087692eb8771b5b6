"""Statements of the execution role: the actions that CloudFormation needs for each type of resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.sam.bootstrapping.actions import ACTIONS
from gitlabgen.sam.bootstrapping.arns import CHOSEN_BY_AWS
from gitlabgen.sam.bootstrapping.generated_types import CUSTOM
from gitlabgen.sam.bootstrapping.statements import (
    READS,
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

# IAM actions that give a role permissions: allowed only on roles with the boundary.
_BOUNDED: Final = ("iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")
# Missing in the schemas: CloudFormation calls the function of a custom resource.
_BEYOND: Final = {CUSTOM: {"lambda function": "InvokeFunction"}}
_LOG_DELIVERY: Final = (
    *("CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies", "GetLogDelivery"),
    *("ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery"),
)
_NETWORKS: Final = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")
# Optional properties of functions, by the kind of resource that the property names.
_OPTIONAL: Final = {
    "lambda capacityprovider": "capacityproviderconfig",
    "lambda code signing config": "codesigningconfigarn",
    "lambda layerversion": "layers",
}
_HELPERS: Final = ("ec2", "iam", "kms")


def grouped(kind: str) -> Mapping[str, str]:
    """Return the actions of a type by the kind of resource that they are called on; empty for an unknown type.

    Args:
        kind: A type of CloudFormation.
    """
    return _BEYOND.get(kind) or ACTIONS.get(kind, {})


def actions_of(kind: str) -> list[str]:
    """Return all actions of a type, such as `sqs:CreateQueue`; empty for an unknown type.

    Args:
        kind: A type of CloudFormation.
    """
    return sorted(f"{about.partition(' ')[0]}:{name}" for about, names in grouped(kind).items() for name in names.split())


def is_known(kind: str) -> bool:
    """Return whether the actions of a type are known, even if it needs none.

    Args:
        kind: A type of CloudFormation.
    """
    return kind in ACTIONS or kind in _BEYOND


def execution(roles: DeployRoles, needs: Needs) -> Iterator[Statement]:
    """Yield the statements for CloudFormation: only the actions of the types that the template needs.

    Args:
        roles: The roles.
        needs: What the template needs.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
    """
    objects = [f"{bucket}/{key_prefix(roles)}/*" for bucket in bucket_arns(roles)]
    yield Statement("the packages", allow("Code", ["s3:GetObject", "s3:GetObjectVersion"], objects))
    for kind, ids in needs.types.items():
        own = (roles.execution_statements or {}).get(kind, ())
        yield from (Statement(f"{kind}: {listed(ids)}", body) for body in own if isinstance(body, Mapping))
        yield from _for_type(roles, kind, ids, _needed(kind, needs))
    yield from _lists(needs)
    yield from _passed_roles(roles, needs)
    yield from _features(roles, needs)
    yield from _denials(roles, needs)
    yield from other_regions(roles)


def _denials(roles: DeployRoles, needs: Needs) -> Iterator[Statement]:
    """Yield denials for what a deployment must not change, even if its name begins with the prefix."""
    own = [own_arn(roles, "role", part) for part in ("", "execution", "codedeploy")]
    own += [own_arn(roles, "policy", part) for part in ("boundary", "execution-*")]
    verbs = ("Attach", "Create", "Delete", "Detach", "Put", "Set", "Tag", "Untag", "Update")
    yield Statement("what bounds a deployment", deny("OwnRoles", [f"iam:{verb}*" for verb in verbs], own))
    if "AWS::S3::Bucket" in needs.types:
        buckets = [arn for bucket in bucket_arns(roles) for arn in (bucket, f"{bucket}/*")]
        yield Statement("where packages are", deny("OwnBucket", ["s3:Create*", "s3:Delete*", "s3:Put*"], buckets))


def _needed(kind: str, needs: Needs) -> dict[str, str]:
    """Return the actions of a type, without those for properties that the template does not have."""
    optional = _OPTIONAL if kind == "AWS::Lambda::Function" else {}
    return {about: names for about, names in grouped(kind).items() if about not in optional or needs.mention(optional[about])}


def _for_type(roles: DeployRoles, kind: str, ids: Sequence[str], groups: Mapping[str, str]) -> Iterator[Statement]:
    sid = kind.removeprefix("AWS::").replace("::", "")
    who = f"{kind}: {listed(ids)}"
    actions: dict[str, None] = {}
    resources: dict[str, None] = {}
    bounded: list[str] = []
    for about, names in groups.items():
        service, _, what = about.partition(" ")
        called = [f"{service}:{name}" for name in names.split() if name != "PassRole"]
        if what == "*":
            writes = [f"{service}:{name}" for name in names.split() if not name.startswith(READS)]
            if writes:
                condition = _of_functions(roles) if kind == "AWS::Lambda::EventSourceMapping" else None
                yield Statement(f"{who}; IAM knows no resource of these", allow(f"{sid}Any", writes, condition=condition))
            continue
        if about == "kms key":
            continue
        bounded += [action for action in called if action in _BOUNDED]
        free = [action for action in called if action not in _BOUNDED]
        actions |= dict.fromkeys(free)
        resources |= dict.fromkeys(arns(roles, about, ids) if free else ())
    if bounded:
        condition = {"StringEquals": {"iam:PermissionsBoundary": own_arn(roles, "policy", "boundary")}}
        body = allow(f"{sid}Bounded", bounded, arns(roles, "iam role"), condition)
        yield Statement(f"{who}; only roles that the boundary bounds", body)
    if actions:
        chosen = any(part in arn for arn in resources for part in CHOSEN_BY_AWS)
        why = "; AWS chooses the ids, so that no prefix can narrow them" if chosen else ""
        yield Statement(f"{who}{why}", allow(sid, [*actions], [*resources]))


def _of_functions(roles: DeployRoles) -> dict[str, Any]:
    return {"ArnLike": {"lambda:FunctionArn": arns(roles, "lambda function")}}


def _lists(needs: Needs) -> Iterator[Statement]:
    """Yield read actions that IAM does not limit to resources."""
    groups = [(about.partition(" "), names) for kind in needs.types for about, names in grouped(kind).items()]
    reads = {
        f"{service}:{name}"
        for (service, _, what), names in groups
        for name in names.split()
        if what == "*" and service != "ec2" and name.startswith(READS)
    }
    if reads:
        yield Statement("reads only; IAM knows no resource of these", allow("Lists", sorted(reads)))


def reading(roles: DeployRoles, needs: Needs) -> Iterator[Statement]:
    """Yield read actions on a stack's resources, which CloudFormation calls with the job's permissions to detect drift.

    Args:
        roles: The roles.
        needs: What the template needs.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    """
    actions: set[str] = set()
    resources: dict[str, None] = {}
    for kind, ids in needs.types.items():
        for about, names in _needed(kind, needs).items():
            service, _, what = about.partition(" ")
            read = {f"{service}:{name}" for name in names.split() if name.startswith((*READS, "GET")) and what != "*"}
            if read and about != "kms key":
                actions |= read
                resources |= dict.fromkeys(arns(roles, about, ids))
    if actions:
        yield Statement("resources of the stack, to look for drift", allow("ReadResources", sorted(actions), [*resources]))
    yield from _lists(needs)


def _passed_roles(roles: DeployRoles, needs: Needs) -> Iterator[Statement]:
    services = {_service(kind) for kind in needs.types if "PassRole" in grouped(kind).get("iam role", "").split()}
    # Nested stacks are deployed with the role of the outer one.
    services -= {"cloudformation"}
    if services:
        condition = {"StringEquals": {"iam:PassedToService": [f"{service}.amazonaws.com" for service in sorted(services)]}}
        resources = [*arns(roles, "iam role"), own_arn(roles, "role", "codedeploy")]
        yield Statement("only to services of the stack", allow("PassRoles", ["iam:PassRole"], resources, condition))


def _features(roles: DeployRoles, needs: Needs) -> Iterator[Statement]:
    """Yield statements for other services, which some properties need."""
    keyed = [kind for kind in needs.types if "kms key" in grouped(kind)]
    if keyed and needs.mention("*kms*", "sse*"):
        names = sorted({f"kms:{name}" for kind in keyed for name in grouped(kind)["kms key"].split()})
        condition = {"StringLike": {"kms:ViaService": sorted({f"{_service(kind)}.*.amazonaws.com" for kind in keyed})}}
        yield Statement("keys, only through the services that encrypt", allow("Keys", names, arns(roles, "kms key"), condition))
    if needs.mention("vpcconfig"):
        yield Statement("networks of functions; IAM knows no resource of these", allow("Networks", _NETWORKS))
    if needs.mention("accesslogsetting*", "logging", "loggingconfiguration"):
        names = [f"logs:{name}" for name in _LOG_DELIVERY]
        yield Statement("logs of APIs and state machines; IAM knows no resource of these", allow("LogDelivery", names))


def _service(kind: str) -> str:
    """Return the service of a type, as in its principal and its actions."""
    services = (about.partition(" ")[0] for about in grouped(kind))
    return next(service for service in services if service not in _HELPERS)


def listed(ids: Sequence[str]) -> str:
    """Return logical ids as text, with only the first ten if there are more.

    Args:
        ids: The logical ids.
    """
    shown = ", ".join(ids[:10])
    return f"{shown} and {len(ids) - 10} more" if len(ids) > 10 else shown
