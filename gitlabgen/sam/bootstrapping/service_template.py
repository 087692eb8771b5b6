"""The template that prepares an account for a service's deployments, and the permissions that a changed stack adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.modeling.model import changed, comment, construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam.bootstrapping.boundary import boundary
from gitlabgen.sam.bootstrapping.checks import GROUP, are_valid, report_targets, report_template
from gitlabgen.sam.bootstrapping.deployment import deployment
from gitlabgen.sam.bootstrapping.execution import execution
from gitlabgen.sam.bootstrapping.facts import MAPPING, PREFIX, fact, facts_of, written
from gitlabgen.sam.bootstrapping.generated_types import generated_types, sources
from gitlabgen.sam.bootstrapping.names import has_prefix
from gitlabgen.sam.bootstrapping.sizes import (
    LONGEST_INLINE,
    LONGEST_MANAGED,
    MOST_MANAGED,
    SPLIT,
    check_length,
    document,
    length,
    packed,
    places,
)
from gitlabgen.sam.bootstrapping.statements import Needs, Statement, general_name
from gitlabgen.sam.bootstrapping.type_actions import actions_of, listed
from gitlabgen.sam.conditions import Equals
from gitlabgen.sam.intrinsics import FindInMap, If, Ref, Sub
from gitlabgen.sam.parameters import Parameter
from gitlabgen.sam.resource import Resource
from gitlabgen.sam.template import Template

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

__all__ = ["added_permissions", "bootstrap"]

_HOME: Final = "IsFirstRegion"
_ACCOUNTS: Final = "DeployRoles"
_REGIONAL: Final = "BucketOfRegion"


def bootstrap(roles: DeployRoles | Sequence[DeployRoles], template: Template) -> Template:
    """Return the template that prepares an account: bucket, boundary, deploy role, execution role and CodeDeploy's role.

    It is one template for all targets of a service: its parameter `Prefix` selects the target. A person who may create roles
    deploys it once for each target and region, and again when the stack needs more permissions. Its comments give the reasons.

    Args:
        roles: The roles of each target, and the jobs that may assume them.
        template: The template of the stack that is deployed.

    Raises:
        KeywordError: If the permissions of a type are unknown, a role has no boundary, a name does not begin with the prefix,
            prefixes overlap, or a policy is too long, unless problems are collected.

    Source: https://docs.gitlab.com/ci/cloud_services/aws/
    """
    targets: list[Any] = [*roles] if isinstance(roles, list | tuple) else [roles]
    if not are_valid(targets):  # already reported
        return construct(Template, (), {"transform": None}, None if not targets else location_of(targets[0]))
    report_targets(targets)
    everything = sources(template)
    named = frozenset(source.name for source in everything if has_prefix(targets, source))
    needs = Needs(generated_types(template), everything, _macros(template), named)
    report_template(targets, needs)
    return _template(targets, [*_resources(targets, needs)])


def added_permissions(before: Template, after: Template) -> list[str]:
    """Return the permissions that a changed stack adds to the execution role: one line for each new type.

    Args:
        before: The template before the change.
        after: The template after the change.
    """
    known = generated_types(before)
    return [
        f"{kind}, for {listed(ids)}: {', '.join(actions_of(kind)) or 'nothing'}"
        for kind, ids in generated_types(after).items()
        if kind not in known
    ]


def _macros(template: Template) -> list[str]:
    named = template.transform if isinstance(template.transform, tuple) else (template.transform,)
    return [name.removeprefix("AWS::") for name in named if isinstance(name, str) and name.startswith("AWS::")]


class _Made(dict[str, tuple[Any, ...]]):
    """The facts that the template's values look up, by name; filled while values are written."""

    def write(self, value: Any) -> Any:
        self.update(facts_of(value))
        return written(value)

    def policy(self, statements: Sequence[Statement]) -> dict[str, Any]:
        self.update(facts_of([statement.body for statement in statements]))
        return document(statements)


def _template(targets: Sequence[DeployRoles], parts: Sequence[tuple[Resource, _Made]]) -> Template:
    several = any(len(target.regions) > 1 for target in targets)
    facts = _Made()
    for _, found in parts:
        facts.update(found)
    conditions: dict[str, Any] = {}
    if several:
        first = facts.write(fact(targets, "FirstRegion", lambda target: target.regions[0]))
        conditions[_HOME] = Equals(Ref("AWS::Region"), first)
    if _REGIONAL in facts:
        conditions[_REGIONAL] = Equals(facts.write(fact(targets, _REGIONAL, _is_regional)), "true")
    once = _HOME if several else None
    resources = [
        resource if once is None or resource.name.startswith("Packages") else changed(resource, condition=once)
        for resource, _ in parts
    ]
    return construct(
        Template,
        (f"Lets {targets[0].project} deploy stacks that begin with {', '.join(target.prefix for target in targets)}",),
        {
            "transform": None,
            "parameters": {PREFIX: _prefix(targets)},
            "mappings": _mappings(targets, facts),
            **({"conditions": conditions} if conditions else {}),
            "resources": resources,
        },
        location_of(targets[0]),
    )


def _prefix(targets: Sequence[DeployRoles]) -> Parameter:
    prefixes = [target.prefix for target in targets]
    default = prefixes[0] if len(prefixes) == 1 else None
    return Parameter(
        "String", default=default, allowed_values=prefixes, description="The target: what the names of its stacks begin with"
    )


def _mappings(targets: Sequence[DeployRoles], facts: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    # The deploy role's name is looked up with the account, so that a person cannot deploy the template to a wrong one.
    accounts = {target.prefix: {target.account: target.deploy_role} for target in targets}
    known = {
        target.prefix: {name: values[index] for name, values in sorted(facts.items())} for index, target in enumerate(targets)
    }
    text = "The name of the deploy role by target and account: in another account the template fails."
    return {_ACCOUNTS: comment(accounts, text), **({MAPPING: known} if facts else {})}


def _resources(targets: Sequence[DeployRoles], needs: Needs) -> Iterator[tuple[Resource, _Made]]:
    """Yield the resources, each with the facts that it looks up."""
    for make in (_bucket, _boundary, _deploy_role, _execution_role, _codedeploy_role):
        facts = _Made()
        for resource in make(targets, needs, facts):
            yield resource, facts


def _bucket(targets: Sequence[DeployRoles], _: Needs, facts: _Made) -> Iterator[Resource]:
    blocked = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    properties = {
        "BucketName": _bucket_name(targets, facts),
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": dict.fromkeys(blocked, True),
        "LifecycleConfiguration": _lifecycle(targets, facts),
    }
    yield _resource("Packages", "AWS::S3::Bucket", properties, keep=True)
    deny = {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [Sub("${Packages.Arn}"), Sub("${Packages.Arn}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    yield _resource("PackagesPolicy", "AWS::S3::BucketPolicy", {"Bucket": Ref("Packages"), "PolicyDocument": policy}, keep=True)


def _bucket_name(targets: Sequence[DeployRoles], facts: _Made) -> Any:
    general = {general_name(target) for target in targets}
    if len(general) == 1:
        return facts.write(general.pop())
    names = {target.bucket.replace("{region}", "") for target in targets if "{region}" in target.bucket}
    if not names:
        return facts.write(fact(targets, "Bucket", lambda target: target.bucket))
    # The region is between two parts of the name, or nowhere.
    start = facts.write(fact(targets, "BucketStart", lambda target: target.bucket.partition("{region}")[0]))
    end = facts.write(fact(targets, "BucketEnd", lambda target: target.bucket.partition("{region}")[2].replace("{region}", "")))
    if all("{region}" in target.bucket for target in targets):
        return Sub("${Start}${AWS::Region}${End}", {"Start": start, "End": end})
    region = If(_REGIONAL, Ref("AWS::Region"), "")
    facts.write(fact(targets, _REGIONAL, _is_regional))
    return Sub("${Start}${Region}${End}", {"Start": start, "Region": region, "End": end})


def _is_regional(target: DeployRoles) -> str:
    return "true" if "{region}" in target.bucket else "false"


def _lifecycle(targets: Sequence[DeployRoles], facts: _Made) -> Any:
    rules: list[Any] = [
        {
            "Id": "Leftovers",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        }
    ]
    days = [target.package_days for target in targets if target.package_days is not None]
    if not days:
        return comment({"Rules": rules}, "packages stay: a rollback may need any of them")
    status = fact(targets, "PackageExpiry", lambda target: "Disabled" if target.package_days is None else "Enabled")
    age = fact(targets, "PackageDays", lambda target: target.package_days or max(days))
    rule = {"Id": "Packages", "Status": facts.write(status), "ExpirationInDays": facts.write(age)}
    return {"Rules": [*rules, comment(rule, "only for reviews: a rollback may need any other package")]}


def _boundary(targets: Sequence[DeployRoles], needs: Needs, facts: _Made) -> Iterator[Resource]:
    statements = [*boundary(targets, needs)]
    check_length(targets[0], "boundary", length(statements, places(targets)), LONGEST_MANAGED)
    properties = {"ManagedPolicyName": Sub("${Prefix}-boundary"), "PolicyDocument": facts.policy(statements)}
    yield _resource("Boundary", "AWS::IAM::ManagedPolicy", properties)


def _deploy_role(targets: Sequence[DeployRoles], needs: Needs, facts: _Made) -> Iterator[Resource]:
    statements = [*deployment(targets, needs)]
    check_length(targets[0], "deploy role", length(statements, places(targets)), LONGEST_INLINE)
    session = fact(targets, "SessionSeconds", lambda target: target.max_session_seconds)
    properties = {
        "RoleName": FindInMap(_ACCOUNTS, Ref(PREFIX), Ref("AWS::AccountId")),
        **({} if session == 3600 else {"MaxSessionDuration": facts.write(session)}),
        "AssumeRolePolicyDocument": _web_identity(targets, facts),
        "Policies": [{"PolicyName": "deploy", "PolicyDocument": facts.policy(statements)}],
    }
    yield _resource("DeployRole", "AWS::IAM::Role", properties)


def _web_identity(targets: Sequence[DeployRoles], facts: _Made) -> dict[str, Any]:
    host = targets[0].gitlab_url.removeprefix("https://")
    audience = {f"{host}:aud": targets[0].audience or targets[0].gitlab_url}
    subjects = {f"{host}:sub": facts.write(fact(targets, "Subjects", lambda target: [*target.subjects]))}
    # Only a subject of a review has a wildcard: names of branches cannot have one.
    reviews = any(target.review for target in targets)
    condition = {"StringEquals": audience, "StringLike": subjects} if reviews else {"StringEquals": {**audience, **subjects}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{host}")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _execution_role(targets: Sequence[DeployRoles], needs: Needs, facts: _Made) -> Iterator[Resource]:
    """Yield the role and, if one policy cannot hold all statements, policies for them."""
    everywhere = places(targets)
    statements = [*execution(targets, needs)]
    properties: dict[str, Any] = {
        "RoleName": Sub("${Prefix}-execution"),
        "AssumeRolePolicyDocument": _assumed_by("cloudformation.amazonaws.com"),
    }
    if length(statements, everywhere) <= LONGEST_INLINE:
        properties["Policies"] = [{"PolicyName": "stack", "PolicyDocument": facts.policy(statements)}]
        yield _resource("ExecutionRole", "AWS::IAM::Role", properties)
        return
    parts = [*packed(statements, everywhere)]
    for part in parts:
        check_length(targets[0], f"execution role ({part[0].reason})", length(part, everywhere), LONGEST_MANAGED)
    if len(parts) > MOST_MANAGED:
        words = f"needs {len(parts)} policies for the execution role, but IAM allows {MOST_MANAGED}"
        report_problem(targets[0], Problem(words, SPLIT))
    names = [f"ExecutionPolicy{index}" for index in range(1, len(parts) + 1)]
    for index, (name, part) in enumerate(zip(names, parts, strict=True), 1):
        policy = {"ManagedPolicyName": Sub(f"${{Prefix}}-execution-{index}"), "PolicyDocument": facts.policy(part)}
        yield _resource(name, "AWS::IAM::ManagedPolicy", policy)
    properties["ManagedPolicyArns"] = [Ref(name) for name in names]
    yield _resource("ExecutionRole", "AWS::IAM::Role", properties)


def _codedeploy_role(_: Sequence[DeployRoles], needs: Needs, __: _Made) -> Iterator[Resource]:
    if GROUP in needs.types:
        properties = {
            "RoleName": Sub("${Prefix}-codedeploy"),
            "AssumeRolePolicyDocument": _assumed_by("codedeploy.amazonaws.com"),
            "PermissionsBoundary": Ref("Boundary"),
            "ManagedPolicyArns": [Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda")],
        }
        yield _resource("CodeDeployRole", "AWS::IAM::Role", properties)


def _assumed_by(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _resource(name: str, kind: str, properties: Mapping[str, Any], *, keep: bool = False) -> Resource:
    if keep:
        return Resource(name, kind, properties, deletion_policy="Retain", update_replace_policy="Retain")
    return Resource(name, kind, properties)
