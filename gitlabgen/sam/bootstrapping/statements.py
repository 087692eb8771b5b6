"""Statements of policies, and the ARNs that they are about: what the policies of a deployment have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitlabgen.sam.bootstrapping.arns import PATTERNS
from gitlabgen.sam.bootstrapping.generated_types import mentions

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

READS: Final = ("Describe", "Get", "List")
"""What the names of actions that change nothing begin with."""


class Statement(NamedTuple):
    """A statement of a policy, with what it is for.

    Args:
        reason: A comment.
        body: The statement; `${…}` in texts is for `Fn::Sub`.
    """

    reason: str
    body: Mapping[str, Any]


class Needs(NamedTuple):
    """What a template asks of the roles that deploy it.

    Args:
        types: The logical ids by the type that they need.
        properties: The properties that are given anywhere, as one tree.
        macros: The macros of AWS that work on the template, such as `Serverless-2016-10-31`.
    """

    types: Mapping[str, Sequence[str]]
    properties: Sequence[Any]
    macros: Sequence[str]

    def mention(self, *patterns: str) -> bool:
        """Return whether the name of a property of the template fits any of the patterns."""
        return any(mentions(self.properties, pattern) for pattern in patterns)


def arns(roles: DeployRoles, kind: str, ids: Sequence[str] = ()) -> list[str]:
    """Return the ARN patterns of a kind of resource.

    Args:
        roles: The roles, which know the prefix.
        kind: The service and kind.
        ids: The logical ids, for what is named after them.
    """
    several = len(roles.regions or ()) > 1
    region = "*" if several else "${AWS::Region}"
    found: dict[str, None] = {}
    for pattern in PATTERNS[kind]:
        for name in ids if "{id}" in pattern else ("",):
            text = pattern.replace("{id}", name).replace("{at}", "{region}:${AWS::AccountId}").replace("{region}", region)
            prefix = roles.prefix.lower() if kind == "s3 bucket" else roles.prefix
            found["arn:${AWS::Partition}:" + text.replace("{prefix}", prefix)] = None
    return [*found]


def own_arn(roles: DeployRoles, kind: str, part: str = "") -> str:
    """Return the ARN of a role or policy that the bootstrap template makes.

    Args:
        roles: The roles.
        kind: `role` or `policy`.
        part: What stands behind the deploy role's name.
    """
    name = f"{roles.role}-{part}" if part else roles.role
    return f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{kind}/{name}"


def bucket_arns(roles: DeployRoles) -> list[str]:
    """Return the ARNs of the buckets for packages, one a region.

    Args:
        roles: The roles, which know the bucket and the regions.
    """
    regions = roles.regions if len(roles.regions or ()) > 1 else None
    names = {roles.bucket.replace("{region}", region): None for region in regions or ("${AWS::Region}",)}
    return ["arn:${AWS::Partition}:s3:::" + name for name in names]


def key_prefix(roles: DeployRoles) -> str:
    """Return what the keys of packages begin with.

    Args:
        roles: The roles.
    """
    return (roles.key_prefix or roles.prefix).strip("/")


def allow(
    sid: str, actions: Sequence[str], resources: Sequence[str] = ("*",), condition: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a statement that allows actions.

    Args:
        sid: Its name in the policy.
        actions: The actions.
        resources: ARN patterns.
        condition: What must hold.
    """
    body = {"Sid": sid, "Effect": "Allow", "Action": [*actions], "Resource": [*resources]}
    return body if condition is None else {**body, "Condition": condition}


def deny(sid: str, actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """Return a statement that denies actions, whatever else allows them.

    Args:
        sid: Its name in the policy.
        actions: The actions.
        resources: ARN patterns.
    """
    return {"Sid": sid, "Effect": "Deny", "Action": [*actions], "Resource": [*resources]}


def other_regions(roles: DeployRoles) -> list[Statement]:
    """Return the statement that keeps a role out of regions that are not deployed to, where ARNs cannot say it.

    Args:
        roles: The roles.
    """
    regions = [*(roles.regions or ())]
    if len(regions) < 2:
        return []
    condition = {"StringNotEquals": {"aws:RequestedRegion": regions}}
    # Services without regions answer in one of their own.
    services = ["cloudfront:*", "iam:*", "route53:*", "s3:*", "sts:*"]
    body = {"Sid": "OtherRegions", "Effect": "Deny", "NotAction": services, "Resource": ["*"], "Condition": condition}
    return [Statement("no region but these", body)]
