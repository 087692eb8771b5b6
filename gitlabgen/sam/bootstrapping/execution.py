"""Statements of the execution role: what CloudFormation needs for the types of the template, one statement for each service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gitlabgen.sam.bootstrapping.callers import callers
from gitlabgen.sam.bootstrapping.limits import denials, passed_roles, roles_of_the_stack
from gitlabgen.sam.bootstrapping.statements import READS, Needs, Statement, allow, arns, deny, other_regions, package_arns
from gitlabgen.sam.bootstrapping.type_actions import actions_of, grouped, listed, service_of

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

# Services whose resources hold no data of customers: all actions are allowed on names with the prefix. A list of actions would
# fail whenever CloudFormation begins to call another one.
_WHOLE: Final = ("cloudwatch", "codedeploy", "events", "lambda", "logs", "pipes", "scheduler", "states")
_MAPPING: Final = "AWS::Lambda::EventSourceMapping"
_OF_FUNCTIONS: Final = ("Create", "Delete", "Get", "Update")
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


def execution(targets: Sequence[DeployRoles], needs: Needs) -> Iterator[Statement]:
    """Yield the statements for CloudFormation.

    Args:
        targets: The targets.
        needs: What the template needs.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
    """
    yield Statement("the packages", allow("Code", ["s3:GetObject", "s3:GetObjectVersion"], package_arns(targets)))
    own = targets[0].execution_statements or {}
    for kind in needs.types:
        yield from (
            Statement(f"{kind}: {listed(needs.types[kind])}", body) for body in own.get(kind, ()) if isinstance(body, Mapping)
        )
    rest = needs._replace(types={kind: ids for kind, ids in needs.types.items() if kind not in own})
    yield from _services(rest)
    yield from _mappings(rest)
    yield from _writes(rest)
    yield from _lists(rest)
    groups = {kind: _needed(kind, rest) for kind in rest.types}
    yield from roles_of_the_stack(groups)
    yield from passed_roles(
        {service_of(kind) for kind, group in groups.items() if "PassRole" in group.get("iam role", "").split()}
    )
    yield from _features(rest)
    if any("lambda function" in group for group in groups.values()):
        yield _permissions(rest)
    yield from denials(targets, groups)
    yield other_regions(targets)


def _needed(kind: str, needs: Needs) -> dict[str, str]:
    """Return the actions of a type, without those for properties that the template does not have."""
    optional = _OPTIONAL if kind == "AWS::Lambda::Function" else {}
    return {about: names for about, names in grouped(kind).items() if about not in optional or needs.mention(optional[about])}


def _on_resources(needs: Needs) -> dict[str, tuple[dict[str, None], dict[str, None]]]:
    """Return the actions and the logical ids by the kind of resource, for kinds that IAM knows."""
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for kind, ids in needs.types.items():
        for about, names in _needed(kind, needs).items():
            service, _, what = about.partition(" ")
            if what != "*" and service not in ("iam", "kms"):
                actions, known = found.setdefault(about, ({}, {}))
                actions |= dict.fromkeys(f"{service}:{name}" for name in names.split())
                known |= dict.fromkeys(ids)
    return found


def _services(needs: Needs) -> Iterator[Statement]:
    """Yield a statement for each service, and one for each kind of resource that no prefix narrows."""
    on_resources = _on_resources(needs)
    for service in sorted({about.partition(" ")[0] for about in on_resources}):
        kinds = {about: value for about, value in on_resources.items() if about.startswith(f"{service} ")}
        actions: dict[str, None] = {}
        resources: dict[str, None] = {}
        ids: dict[str, None] = {}
        for about, (names, known) in kinds.items():
            found = arns(about).prefixed
            if found:
                actions |= names
                resources |= dict.fromkeys(found)
                ids |= known
        if resources:
            everything = [f"{service}:*"] if service in _WHOLE else [*actions]
            yield Statement(f"of {listed([*ids])}", allow(_sid(service), everything, [*resources]))
        for about, (names, known) in kinds.items():
            yield from _unprefixed(about, [*names], [*known], needs)


def _unprefixed(about: str, names: list[str], ids: list[str], needs: Needs) -> Iterator[Statement]:
    found = arns(about, [name for name in ids if name not in needs.named])
    if found.by_id:
        why = f"of {listed(ids)}; CloudFormation names them after the logical id"
        yield Statement(why, allow(f"{_sid(about)}ById", names, found.by_id))
    if about == "lambda eventsourcemapping":
        names = [name for name in names if not name.partition(":")[2].startswith(_OF_FUNCTIONS)]
    if found.wide and found.prefixed:
        reads = [name for name in names if name.partition(":")[2].startswith(READS)]
        yield Statement("those of AWS, next to those of the stack", allow(f"{_sid(about)}OfAws", reads, found.wide))
    elif found.wide:
        yield Statement(f"of {listed(ids)}; AWS chooses the ids", allow(_sid(about), names, found.wide))


def _mappings(needs: Needs) -> Iterator[Statement]:
    """Yield the statement for mappings of event sources, which have no name: only those of the stack's functions."""
    if _MAPPING in needs.types:
        names = [name for name in actions_of(_MAPPING) if name.startswith(tuple(f"lambda:{verb}" for verb in _OF_FUNCTIONS))]
        condition = {"ArnLike": {"lambda:FunctionArn": arns("lambda function").all}}
        ids = listed(needs.types[_MAPPING])
        yield Statement(f"of {ids}; only of functions of the stack", allow("Mappings", names, ["*"], condition))


def _writes(needs: Needs) -> Iterator[Statement]:
    """Yield the writes that IAM does not limit to resources."""
    for kind, ids in needs.types.items():
        names = [name for about in _needed(kind, needs) if about.endswith(" *") for name in _without_reads(kind, about)]
        if names and kind != _MAPPING:
            sid = kind.removeprefix("AWS::").replace("::", "")
            yield Statement(f"of {listed(ids)}; IAM knows no resource of these", allow(f"{sid}Any", names))


def _without_reads(kind: str, about: str) -> list[str]:
    service = about.partition(" ")[0]
    return [f"{service}:{name}" for name in grouped(kind)[about].split() if not name.startswith(READS)]


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


def reading(needs: Needs) -> Iterator[Statement]:
    """Yield read actions on a stack's resources, which CloudFormation calls with the job's permissions to detect drift.

    Args:
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
                resources |= dict.fromkeys(arns(about, ids).all)
    if actions:
        yield Statement("resources of the stack, to look for drift", allow("ReadResources", sorted(actions), [*resources]))
    yield from _lists(needs)


def _permissions(needs: Needs) -> Statement:
    """Return the statement that limits whom the stack allows to call its functions."""
    known = callers(needs.sources)
    if known == []:
        return Statement("no other service calls the functions", deny("Callers", ["lambda:AddPermission"]))
    if known is None:
        condition = {"StringEquals": {"lambda:Principal": "*"}}
        return Statement("not everybody may call the functions", deny("Callers", ["lambda:AddPermission"], condition=condition))
    others = {"StringNotEquals": {"lambda:Principal": known}}
    return Statement("only these call the functions", deny("Callers", ["lambda:AddPermission"], condition=others))


def _features(needs: Needs) -> Iterator[Statement]:
    """Yield statements for other services, which some properties need."""
    keyed = [kind for kind in needs.types if "kms key" in grouped(kind)]
    if keyed and needs.mention("*kms*", "sse*"):
        names = sorted({f"kms:{name}" for kind in keyed for name in grouped(kind)["kms key"].split()})
        condition = {"StringLike": {"kms:ViaService": sorted({f"{service_of(kind)}.*.amazonaws.com" for kind in keyed})}}
        yield Statement("keys, only through the services that encrypt", allow("Keys", names, arns("kms key").all, condition))
    if needs.mention("vpcconfig"):
        yield Statement("networks of functions; IAM knows no resource of these", allow("Networks", _NETWORKS))
    if needs.mention("accesslogsetting*", "logging", "loggingconfiguration"):
        names = [f"logs:{name}" for name in _LOG_DELIVERY]
        yield Statement("logs of APIs and state machines; IAM knows no resource of these", allow("LogDelivery", names))


def _sid(name: str) -> str:
    return "".join(char for char in name.title() if char.isalnum())
