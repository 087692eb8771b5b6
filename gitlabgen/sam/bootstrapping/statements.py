"""Statements of policies, and the ARNs that they apply to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitlabgen.sam.bootstrapping.arns import PATTERNS
from gitlabgen.sam.bootstrapping.generated_types import mentions

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

READS: Final = ("Describe", "Get", "List")
"""The prefixes of actions that change nothing."""


class Statement(NamedTuple):
    """A statement of a policy, with its reason.

    Args:
        reason: The comment above the statement.
        body: The statement; strings with `${…}` become `Fn::Sub`.
    """

    reason: str
    body: Mapping[str, Any]


class Needs(NamedTuple):
    """What a template needs from the roles that deploy it.

    Args:
        types: The logical ids by the type of CloudFormation that they need.
        properties: The properties of each resource.
        macros: The macros of AWS that process the template, such as `Serverless-2016-10-31`.
    """

    types: Mapping[str, Sequence[str]]
    properties: Sequence[Any]
    macros: Sequence[str]

    def mention(self, *patterns: str) -> bool:
        """Return whether the name of any property of the template matches any of the patterns."""
        return any(mentions(self.properties, pattern) for pattern in patterns)


def arns(roles: DeployRoles, kind: str, ids: Sequence[str] = ()) -> list[str]:
    """Return the ARN patterns of a kind of resource.

    Args:
        roles: The roles, with the prefix.
        kind: The service and kind.
        ids: The logical ids, for resources that are named after them.
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
    """Return the ARN of a role or policy of the bootstrap template.

    Args:
        roles: The roles.
        kind: `role` or `policy`.
        part: The suffix after the deploy role's name.
    """
    name = f"{roles.role}-{part}" if part else roles.role
    return f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{kind}/{name}"


def bucket_arns(roles: DeployRoles) -> list[str]:
    """Return the ARNs of the buckets for packages, one for each region.

    Args:
        roles: The roles, with the bucket and the regions.
    """
    regions = roles.regions if len(roles.regions or ()) > 1 else None
    names = {roles.bucket.replace("{region}", region): None for region in regions or ("${AWS::Region}",)}
    return ["arn:${AWS::Partition}:s3:::" + name for name in names]


def key_prefix(roles: DeployRoles) -> str:
    """Return the prefix of the keys of packages.

    Args:
        roles: The roles.
    """
    return (roles.key_prefix or roles.prefix).strip("/")


def allow(
    sid: str, actions: Sequence[str], resources: Sequence[str] = ("*",), condition: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a statement that allows actions.

    Args:
        sid: The statement's id.
        actions: The actions.
        resources: ARN patterns.
        condition: The condition.
    """
    body = {"Sid": sid, "Effect": "Allow", "Action": [*actions], "Resource": [*resources]}
    return body if condition is None else {**body, "Condition": condition}


def deny(sid: str, actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """Return a statement that denies actions, whatever else allows them.

    Args:
        sid: The statement's id.
        actions: The actions.
        resources: ARN patterns.
    """
    return {"Sid": sid, "Effect": "Deny", "Action": [*actions], "Resource": [*resources]}


def other_regions(roles: DeployRoles) -> list[Statement]:
    """Return the statement that denies all other regions, if ARNs cannot name the regions because there are several.

    Args:
        roles: The roles.
    """
    regions = [*(roles.regions or ())]
    if len(regions) < 2:
        return []
    condition = {"StringNotEquals": {"aws:RequestedRegion": regions}}
    # Global services use one fixed region.
    services = ["cloudfront:*", "iam:*", "route53:*", "s3:*", "sts:*"]
    body = {"Sid": "OtherRegions", "Effect": "Deny", "NotAction": services, "Resource": ["*"], "Condition": condition}
    return [Statement("no region but these", body)]
