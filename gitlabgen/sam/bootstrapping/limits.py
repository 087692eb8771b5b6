"""What bounds a deployment: the roles that it may create and pass, and what it must not change, whatever the names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gitlabgen.sam.bootstrapping.statements import (
    DEPLOY_ROLE,
    PROJECT_TAG,
    Statement,
    allow,
    arns,
    bucket_arns,
    deny,
    deny_all_but,
    own_arn,
    package_arns,
)

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

# IAM actions that know the boundary of the role that they change. Each is allowed only on roles with the stack's boundary.
_BOUNDED: Final = (
    *("AttachRolePolicy", "CreateRole", "DeleteRole", "DeleteRolePolicy", "DetachRolePolicy", "PutRolePermissionsBoundary"),
    *("PutRolePolicy", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription"),
)
_READS: Final = ("iam:Get*", "iam:List*")
# Kinds of resources whose id AWS chooses, and which know the condition key `aws:ResourceTag`.
_TAGGED: Final = {
    "apigateway": ("apis", "domainnames", "restapis", "usageplans", "vpclinks"),
    "appsync": ("graphqlapi",),
    "cognito-idp": ("userpool",),
    "lambda": ("code signing config", "eventsourcemapping"),
}


def roles_of_the_stack(groups: Mapping[str, Mapping[str, str]]) -> Iterator[Statement]:
    """Yield the statements for roles and policies: each role has the boundary, and none without it is changed.

    Args:
        groups: The actions by the kind of resource, by type.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagement.html
    """
    on_roles = {name for group in groups.values() for name in group.get("iam role", "").split()} - {"PassRole"}
    bounded, free = on_roles & {*_BOUNDED}, on_roles - {*_BOUNDED}
    if bounded:
        condition = {"StringEquals": {"iam:PermissionsBoundary": own_arn("policy", "boundary")}}
        body = allow("BoundedRoles", [f"iam:{name}" for name in sorted(bounded)], arns("iam role").all, condition)
        yield Statement("only roles that the boundary bounds", body)
    if free:
        names = sorted({_shortened(name) for name in free})
        yield Statement("reads, and tags", allow("Roles", names, arns("iam role").all))
    on_policies = {name for group in groups.values() for name in group.get("iam policy", "").split()}
    if on_policies:
        names = [f"iam:{name}" for name in sorted(on_policies)]
        yield Statement("policies, which the boundary bounds too", allow("Policies", names, arns("iam policy").all))


def _shortened(name: str) -> str:
    return next((read for read in _READS if f"iam:{name}".startswith(read[:-1])), f"iam:{name}")


def passed_roles(services: set[str]) -> Iterator[Statement]:
    """Yield the statement for passing roles to the services of the stack.

    Args:
        services: The services whose resources take a role.
    """
    # Nested stacks are deployed with the role of the outer one.
    names = [f"{service}.amazonaws.com" for service in sorted(services - {"cloudformation"})]
    if names:
        condition = {"StringEquals": {"iam:PassedToService": names}}
        yield Statement("only to services of the stack", allow("PassRoles", ["iam:PassRole"], arns("iam role").all, condition))


def denials(targets: Sequence[DeployRoles], groups: Mapping[str, Mapping[str, str]]) -> Iterator[Statement]:
    """Yield denials for what a deployment must not change.

    Args:
        targets: The targets.
        groups: The actions by the kind of resource, by type.
    """
    own = [DEPLOY_ROLE, own_arn("role", "execution"), own_arn("policy", "boundary"), own_arn("policy", "execution-*")]
    yield Statement("not what bounds it, even if the name begins with the prefix", deny_all_but("NotItself", _READS, own))
    shift = [own_arn("role", "codedeploy")]
    yield Statement("CodeDeploy gets its role unchanged", deny_all_but("NotCodeDeploy", [*_READS, "iam:PassRole"], shift))
    kinds = {about for group in groups.values() for about in group}
    yield from _of_others(targets, kinds)
    if "s3 bucket" in kinds:
        yield Statement(
            "not the buckets for packages", deny("NotPackages", ["s3:Create*", "s3:Delete*", "s3:Put*"], bucket_arns(targets))
        )
        yield Statement("not the packages", deny("NotObjects", ["s3:Delete*", "s3:Put*"], package_arns(targets)))


def _of_others(targets: Sequence[DeployRoles], kinds: set[str]) -> Iterator[Statement]:
    """Yield a denial for resources that no name narrows: those with the tag of another project."""
    actions: dict[str, None] = {}
    resources: dict[str, None] = {}
    for service, names in _TAGGED.items():
        for name in names:
            if not kinds.isdisjoint((f"{service} {name}", f"{service} {name}/v2")):
                actions[f"{service}:*"] = None
                resources |= dict.fromkeys(arn for arn in arns(f"{service} {name}").wide if arn.endswith("*"))
    if resources:
        tag = f"aws:ResourceTag/{PROJECT_TAG}"
        # Without the second condition it would deny what has no tag, such as a new API of the stack.
        condition = {"StringNotEquals": {tag: targets[0].project}, "Null": {tag: "false"}}
        yield Statement("nothing of another project", deny("OfOthers", [*actions], [*resources], condition))
