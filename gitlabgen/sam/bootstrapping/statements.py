"""Statements of policies, and the ARNs that they apply to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitlabgen.sam.bootstrapping.arns import PATTERNS
from gitlabgen.sam.bootstrapping.facts import fact
from gitlabgen.sam.bootstrapping.generated_types import Source, mentions

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

READS: Final = ("Describe", "Get", "List")
"""The prefixes of actions that change nothing."""

PROJECT_TAG: Final = "gitlab:project"
"""The tag with the project's path, which each deployment sets on the stack, and so on its resources."""


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
        sources: The resources.
        macros: The macros of AWS that process the template, such as `Serverless-2016-10-31`.
        named: The logical ids of resources whose given name begins with the prefix.
    """

    types: Mapping[str, Sequence[str]]
    sources: Sequence[Source]
    macros: Sequence[str]
    named: frozenset[str] = frozenset()

    def mention(self, *patterns: str) -> bool:
        """Return whether the name of any property of the template matches any of the patterns."""
        return any(mentions(source.given, pattern) for source in self.sources for pattern in patterns)


class Arns(NamedTuple):
    """The ARN patterns of a kind of resource, by what narrows them.

    Args:
        prefixed: Those with the prefix.
        by_id: Those with a logical id, for resources that CloudFormation names after it.
        wide: Those with neither: AWS chooses the id.
    """

    prefixed: tuple[str, ...]
    by_id: tuple[str, ...]
    wide: tuple[str, ...]

    @property
    def all(self) -> list[str]:
        """All patterns."""
        return [*self.prefixed, *self.by_id, *self.wide]


def arns(kind: str, ids: Sequence[str] = ()) -> Arns:
    """Return the ARN patterns of a kind of resource.

    Args:
        kind: The service and kind.
        ids: The logical ids, for resources that are named after them.
    """
    found: dict[str, dict[str, None]] = {"prefixed": {}, "by_id": {}, "wide": {}}
    for pattern in PATTERNS[kind]:
        how = "prefixed" if "{prefix}" in pattern else "by_id" if "{id}" in pattern else "wide"
        for name in ids if how == "by_id" else ("",):
            text = pattern.replace("{id}", name).replace("{at}", "*:${AWS::AccountId}").replace("{region}", "*")
            found[how]["arn:${AWS::Partition}:" + text.replace("{prefix}", "${Prefix}")] = None
    return Arns(tuple(found["prefixed"]), tuple(found["by_id"]), tuple(found["wide"]))


def own_arn(kind: str, part: str) -> str:
    """Return the ARN of a role or policy of the bootstrap template.

    Args:
        kind: `role` or `policy`.
        part: What follows the prefix in its name.
    """
    return f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{kind}/${{Prefix}}-{part}"


DEPLOY_ROLE: Final = "${DeployRole.Arn}"
"""The ARN of the deploy role, whose name may be any."""


def bucket_arns(targets: Sequence[DeployRoles]) -> Any:
    """Return the ARNs of the buckets for packages, one for each region.

    Args:
        targets: The targets.
    """
    return _in_buckets(targets, "Buckets", lambda _: "")


def package_arns(targets: Sequence[DeployRoles]) -> Any:
    """Return the ARNs of the packages in the buckets.

    Args:
        targets: The targets.
    """
    return _in_buckets(targets, "Packages", lambda target: f"/{(target.key_prefix or '${Prefix}').strip('/')}/*")


def _in_buckets(targets: Sequence[DeployRoles], name: str, keys: Callable[[DeployRoles], str]) -> Any:
    def of(target: DeployRoles, regions: Iterable[str]) -> list[str]:
        names = dict.fromkeys(general_name(target).replace("${AWS::Region}", region) for region in regions)
        return [f"arn:${{AWS::Partition}}:s3:::{bucket}{keys(target)}" for bucket in names]

    everywhere = list(dict.fromkeys(region for target in targets for region in target.regions))
    # Usually the names differ in account, prefix and region only: the same ARNs serve all targets.
    if len({(general_name(target), keys(target)) for target in targets}) == 1:
        return of(targets[0], everywhere)
    return fact(targets, name, lambda target: [_literal(arn, target) for arn in of(target, target.regions)])


def general_name(target: DeployRoles) -> str:
    """Return the name of a target's bucket with variables in place of its account, prefix and region.

    Args:
        target: The target.
    """
    name = target.bucket
    for part, variable in (("{region}", "${AWS::Region}"), (target.account, "${AWS::AccountId}"), (target.prefix, "${Prefix}")):
        name = name.replace(part, variable)
    return name


def _literal(text: str, target: DeployRoles) -> str:
    """Return a text without variables, which a mapping cannot have."""
    partition = next((f"aws-{name}" for name in ("cn", "us-gov") if target.regions[0].startswith(name)), "aws")
    for name, value in (("AWS::Partition", partition), ("AWS::AccountId", target.account), ("Prefix", target.prefix)):
        text = text.replace(f"${{{name}}}", value)
    return text


def allow(
    sid: str, actions: Sequence[str], resources: Any = ("*",), condition: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a statement that allows actions.

    Args:
        sid: The statement's id.
        actions: The actions.
        resources: ARN patterns.
        condition: The condition.
    """
    return _statement(sid, "Allow", {"Action": [*actions]}, resources, condition)


def deny(sid: str, actions: Sequence[str], resources: Any = ("*",), condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a statement that denies actions, whatever else allows them.

    Args:
        sid: The statement's id.
        actions: The actions.
        resources: ARN patterns.
        condition: The condition.
    """
    return _statement(sid, "Deny", {"Action": [*actions]}, resources, condition)


def deny_all_but(sid: str, actions: Sequence[str], resources: Any, condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a statement that denies all actions but some.

    Args:
        sid: The statement's id.
        actions: The actions that are not denied.
        resources: ARN patterns.
        condition: The condition.
    """
    return _statement(sid, "Deny", {"NotAction": [*actions]}, resources, condition)


def _statement(
    sid: str, effect: str, actions: Mapping[str, Any], resources: Any, condition: Mapping[str, Any] | None
) -> dict[str, Any]:
    listed = [*resources] if type(resources) in (list, tuple) else resources
    body = {"Sid": sid, "Effect": effect, **actions, "Resource": listed}
    return body if condition is None else {**body, "Condition": condition}


def other_regions(targets: Sequence[DeployRoles]) -> Statement:
    """Return the statement that denies all other regions: ARNs cannot name them, since there may be several.

    Args:
        targets: The targets.
    """
    regions = fact(targets, "Regions", lambda target: [*target.regions])
    # Global services use one fixed region. The stack has more of them only if the user lists their permissions.
    more = ["cloudfront:*", "route53:*", "sts:*"] if targets[0].execution_statements or targets[0].deploy_statements else []
    services = ["iam:*", "s3:*", *more]
    condition = {"StringNotEquals": {"aws:RequestedRegion": regions}}
    return Statement("no region but these", deny_all_but("OtherRegions", services, ["*"], condition))
