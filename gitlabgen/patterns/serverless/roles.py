"""Roles: the bootstrap template of each target's account, and the permissions boundary of the stack's own roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.model import changed, construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.patterns.serverless.service import Service
from gitlabgen.patterns.serverless.targets import OWN_PARAMETERS, Target
from gitlabgen.sam.bootstrapping import account_bootstrap, bootstrap
from gitlabgen.sam.canaries.canary import Canary
from gitlabgen.sam.canaries.wiring import spread
from gitlabgen.sam.deploy_roles import DeployRoles
from gitlabgen.sam.events.schedules import ScheduleV2
from gitlabgen.sam.function import FunctionGlobals
from gitlabgen.sam.globals_ import Globals
from gitlabgen.sam.intrinsics import Sub
from gitlabgen.sam.parameters import Parameter
from gitlabgen.sam.state_machine import StateMachine
from gitlabgen.sam.template import Template

PARAMETER: Final = OWN_PARAMETERS[0]
"""The parameter with the name of the target's role, from which the names of the boundary and of CodeDeploy's role are formed."""

_BOUNDARY: Final = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/${{{PARAMETER}}}-boundary"
_CODEDEPLOY: Final = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/${{{PARAMETER}}}-codedeploy"


def bounded(template: Template) -> Template:
    """Return a template whose roles have the permissions boundary of the target's bootstrap, which they require.

    Args:
        template: The template.

    Raises:
        KeywordError: If it already has a parameter of this name, and there is no active collector.
    """
    template = spread(template)
    if PARAMETER in (template.parameters or {}):
        report_problem(template, Problem("is a name that serverless_service uses", "rename it", ("parameters", PARAMETER)))
    parameter = Parameter("String", description="The role that deploys the stack; its boundary binds the stack's own roles")
    return changed(
        template,
        parameters={**(template.parameters or {}), PARAMETER: parameter},
        globals_=_globals(template.globals_),
        resources=[_bounded(resource) for resource in template.resources],
    )


def _globals(given: Any) -> Any:
    boundary = Sub(_BOUNDARY)
    if isinstance(given, Mapping):
        functions = given.get("Function", NULL)
        # SAM refuses anything but a mapping.
        with_boundary = (
            {"PermissionsBoundary": boundary, **({} if functions is NULL else functions)}
            if functions is NULL or isinstance(functions, Mapping)
            else functions
        )
        return {**given, "Function": with_boundary}
    functions = getattr(given, "function", None) or FunctionGlobals()
    if functions.permissions_boundary is None:
        functions = changed(functions, permissions_boundary=boundary)
    return Globals(function=functions) if given is None else changed(given, function=functions)


def _bounded(resource: Any) -> Any:
    """Return a resource whose generated roles have the boundary; `Globals` sets it for those of functions only."""
    changes: dict[str, Any] = {}
    if isinstance(resource, StateMachine) and resource.role is None and resource.permissions_boundary is None:
        changes["permissions_boundary"] = Sub(_BOUNDARY)
    canary, events = getattr(resource, "canary", None), getattr(resource, "events", None)
    # Step Functions needs no role to shift executions.
    if isinstance(canary, Canary) and canary.role is None and not isinstance(resource, StateMachine):
        changes["canary"] = changed(canary, role=Sub(_CODEDEPLOY))
    if isinstance(events, Mapping) and any(isinstance(event, ScheduleV2) for event in events.values()):
        changes["events"] = {name: _bounded_event(event) for name, event in events.items()}
    return changed(resource, **changes) if changes else resource


def _bounded_event(event: Any) -> Any:
    needs_boundary = isinstance(event, ScheduleV2) and event.role_arn is None and event.permissions_boundary is None
    return changed(event, permissions_boundary=Sub(_BOUNDARY)) if needs_boundary else event


def bootstraps(service: Service, template: Template) -> dict[str, Template]:
    """Return the templates to deploy to the accounts before the first deployment, by their paths.

    One is for each account, and is shared with other services; the other is for all targets, each with its prefix.

    Args:
        service: The service.
        template: The template that is deployed.
    """
    if service.project is None:
        return {}
    targets = [target for target in (service.qa, *service.deploy) if target is not None]
    roles = [_roles(service, target) for target in targets]
    return {
        "bootstrap/account.yml": account_bootstrap(service.gitlab),
        "bootstrap/service.yml": bootstrap(roles, template),
    }


def _roles(service: Service, target: Target) -> DeployRoles:
    review = target is service.qa
    prefix = f"{service.name}-{target.name}"
    keywords: dict[str, Any] = {
        "account": target.account,
        "regions": [place.region for place in service.places(target)],
        "bucket": target.bucket,
        "project": service.project,
        # The stacks of merge requests have longer names.
        "stack": None if review else prefix,
        "role": target.role,
        "refs": None if review else [service.branch],
        "gitlab_url": service.gitlab,
        "key_prefix": service.name,
        "review": review,
        "drift": service.drift,
        # No rollback needs packages of merge requests.
        "package_days": 30 if review else None,
    }
    given = {name: value for name, value in keywords.items() if value is not None}
    return construct(DeployRoles, (prefix,), given, location_of(target))
