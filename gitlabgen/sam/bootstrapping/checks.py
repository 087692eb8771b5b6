"""What a template must have so that the roles of a bootstrap template can deploy it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.errors import closest, did_you_mean
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.modeling.spellings import Spelling
from gitlabgen.sam.bootstrapping.actions import ACTIONS
from gitlabgen.sam.bootstrapping.generated_types import Source, event_type, mentions, types_of
from gitlabgen.sam.bootstrapping.names import misnamed
from gitlabgen.sam.bootstrapping.type_actions import is_known

if TYPE_CHECKING:
    from gitlabgen.sam.bootstrapping.statements import Needs
    from gitlabgen.sam.deploy_roles import DeployRoles

GROUP: Final = "AWS::CodeDeploy::DeploymentGroup"
"""The type that needs CodeDeploy's role."""

_ROLE: Final = "AWS::IAM::Role"
_TAKE_BOUNDARIES: Final = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
_MAY_NOT: Final = "which the execution role cannot create"
# Keywords that a template has once for all targets.
_SHARED: Final = (
    *("project", "gitlab_url", "audience", "drift", "execution_statements", "deploy_statements", "boundary_statements"),
)


def are_valid(targets: Sequence[DeployRoles]) -> bool:
    """Return whether all values have the right types, so that ARNs can contain them; wrong ones are already reported.

    Args:
        targets: The targets.
    """
    return bool(targets) and all(map(_is_valid, targets))


def _is_valid(roles: DeployRoles) -> bool:
    texts = (roles.prefix, roles.account, roles.bucket, roles.project, roles.gitlab_url, roles.deploy_role)
    lists = (roles.regions, roles.refs)
    optional = (roles.deploy_statements, roles.boundary_statements)
    statements = {} if roles.execution_statements is None else roles.execution_statements
    return (
        all(isinstance(text, str) and text for text in texts)
        and all(isinstance(text or "", str) for text in (roles.key_prefix, roles.audience, roles.topic, roles.stack))
        and all(one is None or isinstance(one, tuple) for one in (*optional, *getattr(statements, "values", tuple)()))
        and isinstance(statements, Mapping)
        and all(isinstance(one, tuple) and one and all(isinstance(text, str) for text in one) for one in lists)
    )


def report_targets(targets: Sequence[DeployRoles]) -> None:
    """Report targets that one template cannot serve, and prefixes that overlap in an account.

    Args:
        targets: The targets.
    """
    first = targets[0]
    for target in targets[1:]:
        for keyword in _SHARED:
            if getattr(target, keyword) != getattr(first, keyword):
                hint = "a template has it once for all targets: make another template for this one"
                report_problem(target, Problem("differs from that of the first target", hint, (keyword,), first=first))
    for earlier, target in combinations(targets, 2):
        if target.prefix == earlier.prefix:
            hint = "the template finds the target by it"
            report_problem(target, Problem(f"is {target.prefix!r} for two targets", hint, ("prefix",), first=earlier))
        elif target.account == earlier.account and overlap(target.prefix, earlier.prefix):
            problem = overlapping(target.prefix, earlier.prefix)
            report_problem(target, problem._replace(path=("prefix",), first=earlier))


def overlap(one: str, other: str) -> bool:
    """Return whether a name that begins with one of two prefixes and a dash can begin with the other and a dash.

    Args:
        one: A prefix.
        other: Another prefix.
    """
    return f"{one}-".startswith(f"{other}-") or f"{other}-".startswith(f"{one}-")


def overlapping(one: str, other: str) -> Problem:
    """Return the problem of two prefixes of an account that overlap.

    Args:
        one: The prefix that the problem is about.
        other: The other one.
    """
    short, long = sorted((one, other), key=len)
    words = f"is {one!r}, which overlaps {other!r} in the same account"
    hint = f"'{long}-execution' begins with '{short}-', so that one could change the other: rename one of them"
    return Problem(words, hint, rule="overlapping-prefix")


def report_template(targets: Sequence[DeployRoles], needs: Needs) -> None:
    """Report what the roles could not deploy, at its resource.

    Args:
        targets: The targets.
        needs: What the template needs.
    """
    own = targets[0].execution_statements or {}
    for kind in own:
        if kind not in needs.types:
            hint = did_you_mean(kind, needs.types)
            problem = Problem("is for a type that the template does not need", hint, ("execution_statements", kind))
            report_problem(targets[0], problem)
    seen: set[str] = set()
    for source in needs.sources:
        for kind in sorted(types_of(source)):
            if not is_known(kind) and kind not in own and kind not in seen:
                # The common prefix would make all names similar.
                near = closest(kind.removeprefix("AWS::"), [known.removeprefix("AWS::") for known in ACTIONS])
                statement = f"list its permissions: execution_statements={{{kind!r}: […]}}"
                hint = f"did you mean `AWS::{near}`? Or {statement}" if near and source.type == kind else statement
                report_problem(source.about, Problem(f"needs {kind}, a type whose permissions gitlabgen does not know", hint))
            seen.add(kind)
        # A user who lists the permissions of roles also decides about their boundary.
        bounded = _unbounded(source) if _ROLE not in own else ()
        for problem in (*bounded, *misnamed(targets, source)):
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
    if GROUP in kinds and source.type != GROUP and not mentions(preference, "role"):
        hint = Spelling("write Canary(…, role=roles.codedeploy_role)", "set `Role` in `DeploymentPreference`")
        yield Problem(f"shifts traffic with a role without a boundary, {_MAY_NOT}", hint)
    events = given.get("events")
    for name, event in events.items() if isinstance(events, Mapping) else ():
        own: Any = mentions([event], "permissionsboundary") or mentions([event], "rolearn")
        if event_type(event) == "ScheduleV2" and not own:
            hint = Spelling(
                "write permissions_boundary=roles.boundary: that of Globals is not for schedules",
                "set `PermissionsBoundary`: that of `Globals` is not for schedules",
            )
            yield Problem(f"makes a role without a boundary, {_MAY_NOT}", hint, ("events", name))
