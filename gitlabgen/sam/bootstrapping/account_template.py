"""The template that prepares an account for a project's deployments, and the permissions that a changed stack adds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.errors import closest, did_you_mean
from gitlabgen.modeling.model import changed, comment, construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.modeling.spellings import Spelling
from gitlabgen.sam.bootstrapping.actions import ACTIONS
from gitlabgen.sam.bootstrapping.deployment import boundary, deployment
from gitlabgen.sam.bootstrapping.execution import actions_of, execution, is_known, listed, reading
from gitlabgen.sam.bootstrapping.generated_types import Source, event_type, generated_types, mentions, sources, types_of
from gitlabgen.sam.bootstrapping.statements import Needs, Statement, own_arn
from gitlabgen.sam.canaries.hook import PREFIX
from gitlabgen.sam.conditions import Equals
from gitlabgen.sam.intrinsics import Intrinsic, Ref, Sub
from gitlabgen.sam.outputs import Output
from gitlabgen.sam.resource import Resource
from gitlabgen.sam.role import trust
from gitlabgen.sam.template import Template

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

__all__ = ["added_permissions", "bootstrap"]

_LONGEST_INLINE: Final = 10_240
_LONGEST_MANAGED: Final = 6_144
_MOST_MANAGED: Final = 10
# The longest values: the limits apply to the policies at deployment.
_PSEUDO: Final = {"${AWS::Partition}": "aws-us-gov", "${AWS::AccountId}": "123456789012", "${AWS::Region}": "ap-southeast-99"}
_HOME: Final = "IsFirstRegion"
_GROUP: Final = "AWS::CodeDeploy::DeploymentGroup"
_ROLE: Final = "AWS::IAM::Role"
_TAKE_BOUNDARIES: Final = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
_SPLIT: Final = "split the stack: fewer types of resources need fewer permissions"
_MAY_NOT: Final = "which the execution role cannot create"
# The execution role may change a resource with a given name only if the name begins with the prefix.
_NAMES: Final = {
    "AWS::CloudWatch::Alarm": "alarm_name",
    "AWS::CloudWatch::CompositeAlarm": "alarm_name",
    "AWS::DynamoDB::Table": "table_name",
    "AWS::IAM::ManagedPolicy": "managed_policy_name",
    "AWS::IAM::Role": "role_name",
    "AWS::Lambda::Function": "function_name",
    "AWS::S3::Bucket": "bucket_name",
    "AWS::SNS::Topic": "topic_name",
    "AWS::SQS::Queue": "queue_name",
    "AWS::Serverless::Function": "function_name",
    "AWS::Serverless::SimpleTable": "table_name",
}


def bootstrap(roles: DeployRoles, template: Template) -> Template:
    """Return the template that prepares an account: identity provider, bucket, boundary, deploy role and execution role.

    A person who may create roles deploys it once, and again when the stack needs more permissions. Its comments give the reasons.

    Args:
        roles: The roles, and the jobs that may assume them.
        template: The template of the stack that is deployed.

    Raises:
        KeywordError: If the permissions of a type are unknown, a role has no boundary, a name does not begin with the prefix, or
            a policy is too long, unless problems are collected.

    Source: https://docs.gitlab.com/ci/cloud_services/aws/
    """
    if not _has_valid_types(roles):  # already reported
        return construct(Template, (), {"transform": None}, location_of(roles))
    everything = sources(template)
    needs = Needs(generated_types(template), [source.given for source in everything], _macros(template))
    _report(roles, everything, needs)
    several = len(roles.regions or ()) > 1
    made = [*_provider(roles), *_bucket(roles), *_policies_and_roles(roles, needs)]
    once = [
        changed(resource, condition=_HOME) if several and not resource.name.startswith("Packages") else resource
        for resource in made
    ]
    outputs = {
        name: Output(Sub(arn), description=text, condition=_HOME if several else None)
        for name, arn, text in (
            ("DeployRoleArn", own_arn(roles, "role"), "The role that jobs take on."),
            ("ExecutionRoleArn", own_arn(roles, "role", "execution"), "The role for CloudFormation."),
            ("BoundaryArn", own_arn(roles, "policy", "boundary"), "The boundary of the stack's roles."),
        )
    }
    return construct(
        Template,
        (f"Lets {roles.project} deploy stacks that begin with {roles.prefix}",),
        {
            "resources": once,
            "outputs": {**outputs, "PackagesBucket": Output(Ref("Packages"), description="The bucket for packages.")},
            "transform": None,
            **({"conditions": {_HOME: Equals(Ref("AWS::Region"), (roles.regions or ("",))[0])}} if several else {}),
        },
        location_of(roles),
    )


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


def _has_valid_types(roles: DeployRoles) -> bool:
    """Return whether all values have the right types, so that ARNs can contain them."""
    texts = (roles.role, roles.prefix, roles.bucket, roles.project, roles.gitlab_url)
    lists = (roles.refs, roles.regions, roles.deploy_statements, roles.boundary_statements)
    statements = {} if roles.execution_statements is None else roles.execution_statements
    return (
        all(isinstance(text, str) for text in (*texts, roles.key_prefix or ""))
        and all(one is None or isinstance(one, tuple) for one in (*lists, *getattr(statements, "values", tuple)()))
        and isinstance(statements, Mapping)
        and all(isinstance(region, str) for region in roles.regions or ())
        and roles.refs is not None
    )


def _macros(template: Template) -> list[str]:
    named = template.transform if isinstance(template.transform, tuple) else (template.transform,)
    return [name.removeprefix("AWS::") for name in named if isinstance(name, str) and name.startswith("AWS::")]


def _report(roles: DeployRoles, everything: Iterable[Source], needs: Needs) -> None:
    for kind in roles.execution_statements or ():
        if kind not in needs.types:
            hint = did_you_mean(kind, needs.types)
            report_problem(roles, Problem("is for a type that the template does not need", hint, ("execution_statements", kind)))
    seen: set[str] = set()
    for source in everything:
        for kind in sorted(types_of(source)):
            if not is_known(kind) and kind not in (roles.execution_statements or {}) and kind not in seen:
                # The common prefix would make all names similar.
                near = closest(kind.removeprefix("AWS::"), [known.removeprefix("AWS::") for known in ACTIONS])
                statement = f"list its permissions: execution_statements={{{kind!r}: […]}}"
                hint = f"did you mean `AWS::{near}`? Or {statement}" if near and source.type == kind else statement
                report_problem(source.about, Problem(f"needs {kind}, a type whose permissions gitlabgen does not know", hint))
            seen.add(kind)
        # A user who lists the permissions of roles also decides about their boundary.
        bounded = _unbounded(source) if _ROLE not in (roles.execution_statements or {}) else ()
        for problem in (*bounded, *_misnamed(roles, source)):
            report_problem(source.about, problem)


def _unbounded(source: Source) -> Iterator[Problem]:
    """Yield a problem for each role without a boundary, which the execution role cannot create."""
    given, kinds = source.given, types_of(source)
    needed = _ROLE in kinds and not any("role" in key for key in given)
    if source.type in _TAKE_BOUNDARIES:
        # Events of a state machine have separate roles, which get its boundary.
        needed = "role" not in given or (source.type != _TAKE_BOUNDARIES[0] and "events" in given)
    elif source.type == _ROLE:
        needed = True
    if needed and "permissionsboundary" not in given:
        takes = source.type in (_ROLE, *_TAKE_BOUNDARIES)
        hint = Spelling(
            "write permissions_boundary=roles.boundary, for functions best in Globals",
            "set `PermissionsBoundary` to the boundary's ARN, for functions best in `Globals`",
        )
        yield Problem(f"makes a role without a boundary, {_MAY_NOT}", hint if takes else "give it a role of the template")
    preference = given.get("canary", given.get("deploymentpreference"))
    if _GROUP in kinds and source.type != _GROUP and not mentions(preference, "role"):
        hint = Spelling("write Canary(…, role=roles.codedeploy_role)", "set `Role` in `DeploymentPreference`")
        yield Problem(f"shifts traffic with a role without a boundary, {_MAY_NOT}", hint)
    events = given.get("events")
    for name, event in events.items() if isinstance(events, Mapping) else ():
        own = mentions([event], "permissionsboundary") or mentions([event], "rolearn")
        if event_type(event) == "ScheduleV2" and not own:
            hint = Spelling(
                "write permissions_boundary=roles.boundary: that of Globals is not for schedules",
                "set `PermissionsBoundary`: that of `Globals` is not for schedules",
            )
            yield Problem(f"makes a role without a boundary, {_MAY_NOT}", hint, ("events", name))


def _misnamed(roles: DeployRoles, source: Source) -> Iterator[Problem]:
    field = _NAMES.get(source.type, "")
    value = source.given.get(field.replace("_", ""))
    if isinstance(value, Intrinsic) and value.function == "Fn::Sub":
        value = value.argument[0] if isinstance(value.argument, tuple) else value.argument
    if not isinstance(value, str):
        return
    # Names of hooks begin with CodeDeploy's prefix.
    name = value.removeprefix(PREFIX)
    if not name.startswith(("${", f"{roles.prefix}-")):
        hint = "or leave it out: the execution role can change only resources with this prefix"
        yield Problem(f"should begin with '{roles.prefix}-', got {value!r}", hint, (field,))


def _provider(roles: DeployRoles) -> list[Resource]:
    if roles.provider is not None:
        return []
    audience = roles.audience or roles.gitlab_url
    properties = {"Url": roles.gitlab_url, "ClientIdList": [audience]}
    # All projects of the account share it.
    return [_resource("GitLabProvider", "AWS::IAM::OIDCProvider", properties, keep=True)]


def _bucket(roles: DeployRoles) -> Iterator[Resource]:
    blocked = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    rules: list[Any] = [
        {
            "Id": "Leftovers",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        }
    ]
    if roles.package_days is not None:
        rules.append({"Id": "Packages", "Status": "Enabled", "ExpirationInDays": roles.package_days})
    lifecycle = {"Rules": rules}
    name = Sub(roles.bucket.replace("{region}", "${AWS::Region}")) if "{region}" in roles.bucket else roles.bucket
    properties = {
        "BucketName": name,
        "VersioningConfiguration": {"Status": "Enabled"},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
        "PublicAccessBlockConfiguration": dict.fromkeys(blocked, True),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": lifecycle
        if roles.package_days is not None
        else comment(lifecycle, "packages stay: a rollback may need any of them"),
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
    document = {"Version": "2012-10-17", "Statement": [deny]}
    yield _resource("PackagesPolicy", "AWS::S3::BucketPolicy", {"Bucket": Ref("Packages"), "PolicyDocument": document}, keep=True)


def _policies_and_roles(roles: DeployRoles, needs: Needs) -> Iterator[Resource]:
    limits = [*boundary(roles, needs)]
    _check_length(roles, "boundary", limits, _LONGEST_MANAGED)
    properties = {"ManagedPolicyName": f"{roles.role}-boundary", "PolicyDocument": _document(limits)}
    yield _resource("Boundary", "AWS::IAM::ManagedPolicy", properties)
    jobs = [*deployment(roles, needs), *(reading(roles, needs) if roles.drift else ())]
    _check_length(roles, "deploy role", jobs, _LONGEST_INLINE)
    deploy = {
        "RoleName": roles.role,
        "Description": f"Jobs of {roles.project}",
        "MaxSessionDuration": roles.max_session_seconds,
        "AssumeRolePolicyDocument": _web_identity(roles),
        "Policies": [{"PolicyName": "deploy", "PolicyDocument": _document(jobs)}],
    }
    yield _resource("DeployRole", "AWS::IAM::Role", deploy)
    yield from _execution_role(roles, [*execution(roles, needs)])
    if _GROUP in needs.types:
        codedeploy = {
            "RoleName": f"{roles.role}-codedeploy",
            "Description": f"CodeDeploy, for stacks of {roles.prefix}",
            "AssumeRolePolicyDocument": trust("codedeploy.amazonaws.com"),
            "PermissionsBoundary": Ref("Boundary"),
            "ManagedPolicyArns": [Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda")],
        }
        yield _resource("CodeDeployRole", "AWS::IAM::Role", codedeploy)


def _execution_role(roles: DeployRoles, statements: Sequence[Statement]) -> Iterator[Resource]:
    """Yield the role and, if one policy cannot hold all statements, policies for them."""
    properties: dict[str, Any] = {
        "RoleName": f"{roles.role}-execution",
        "Description": f"CloudFormation, for stacks of {roles.prefix}",
        "AssumeRolePolicyDocument": trust("cloudformation.amazonaws.com"),
    }
    if _length(statements) <= _LONGEST_INLINE:
        properties["Policies"] = [{"PolicyName": "stack", "PolicyDocument": _document(statements)}]
        yield _resource("ExecutionRole", "AWS::IAM::Role", properties)
        return
    parts = [*_packed(statements)]
    for statement in (part[0] for part in parts if _length(part) > _LONGEST_MANAGED):
        _too_long(roles, f"execution role ({statement.reason})", _length([statement]), _LONGEST_MANAGED)
    if len(parts) > _MOST_MANAGED:
        report_problem(
            roles, Problem(f"needs {len(parts)} policies for the execution role, but IAM allows {_MOST_MANAGED}", _SPLIT)
        )
    names = [f"ExecutionPolicy{index}" for index in range(1, len(parts) + 1)]
    for index, (name, part) in enumerate(zip(names, parts, strict=True), 1):
        policy = {"ManagedPolicyName": f"{roles.role}-execution-{index}", "PolicyDocument": _document(part)}
        yield _resource(name, "AWS::IAM::ManagedPolicy", policy)
    properties["ManagedPolicyArns"] = [Ref(name) for name in names]
    yield _resource("ExecutionRole", "AWS::IAM::Role", properties)


def _packed(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    part: list[Statement] = []
    for statement in statements:
        if part and _length([*part, statement]) > _LONGEST_MANAGED:
            yield part
            part = []
        part.append(statement)
    yield part


def _check_length(roles: DeployRoles, what: str, statements: Sequence[Statement], longest: int) -> None:
    if _length(statements) > longest:
        _too_long(roles, what, _length(statements), longest)


def _too_long(roles: DeployRoles, what: str, length: int, longest: int) -> None:
    report_problem(roles, Problem(f"needs {length} characters in policies for the {what}, but IAM allows {longest}", _SPLIT))


def _length(statements: Iterable[Statement]) -> int:
    """Return the length of a policy as IAM counts it: without whitespace between its parts."""
    document = {"Version": "2012-10-17", "Statement": [dict(statement.body) for statement in statements]}
    text = json.dumps(document, separators=(",", ":"), default=str)
    for pseudo, value in _PSEUDO.items():
        text = text.replace(pseudo, value)
    return len(text)


def _document(statements: Iterable[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [comment(_with_subs(one.body), one.reason) for one in statements]}


def _with_subs(value: Any) -> Any:
    """Return a tree in which strings with variables are `Sub`s."""
    if isinstance(value, str):
        return Sub(value) if "${AWS::" in value else value
    if isinstance(value, Mapping):
        return {key: _with_subs(inner) for key, inner in value.items()}
    return [_with_subs(item) for item in value] if isinstance(value, list | tuple) else value


def _web_identity(roles: DeployRoles) -> dict[str, Any]:
    host = roles.gitlab_url.removeprefix("https://")
    audience, subjects = {f"{host}:aud": roles.audience or roles.gitlab_url}, {f"{host}:sub": [*roles.subjects]}
    condition = {"StringEquals": audience, "StringLike": subjects} if roles.review else {"StringEquals": {**audience, **subjects}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": roles.provider or Ref("GitLabProvider")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _resource(name: str, kind: str, properties: Mapping[str, Any], *, keep: bool = False) -> Resource:
    if keep:
        return Resource(name, kind, properties, deletion_policy="Retain", update_replace_policy="Retain")
    return Resource(name, kind, properties)
