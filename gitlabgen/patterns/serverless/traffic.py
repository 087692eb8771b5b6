"""Traffic: whether it shifts step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gitlabgen.modeling.model import changed
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.patterns.serverless.targets import OWN_PARAMETERS
from gitlabgen.sam.canaries.canary import Canary, gradual_if
from gitlabgen.sam.canaries.shifts import branches
from gitlabgen.sam.canaries.wiring import expanded, spread
from gitlabgen.sam.conditions import Equals
from gitlabgen.sam.intrinsics import If, Ref
from gitlabgen.sam.parameters import Parameter
from gitlabgen.sam.template import Template

_PARAMETER: Final = OWN_PARAMETERS[1]
_ALL_AT_ONCE: Final = "AllAtOnce"
_GRADUAL: Final = "Gradual"

AT_ONCE: Final = f"{_PARAMETER}={_ALL_AT_ONCE}"
"""The parameter of a switchable template that moves all traffic in one step."""
GRADUALLY: Final = f"{_PARAMETER}={_GRADUAL}"
"""The parameter that moves traffic as the canaries define."""

_CONDITION: Final = "TrafficShiftsGradually"


def canaries_of(template: Template) -> list[Canary]:
    """Return the distinct canaries of a template that are not disabled.

    Args:
        template: The template.
    """
    found = [getattr(resource, "canary", None) for resource in spread(template).resources]
    return [*dict.fromkeys(canary for canary in found if isinstance(canary, Canary) and canary.enabled is not False)]


def switchable(template: Template) -> Template:
    """Return a template with a parameter that sets whether traffic shifts step by step, which is the default.

    Args:
        template: The template; returned unchanged if it has no canaries.

    Raises:
        KeywordError: If the template already has a parameter or condition of this name, and there is no active collector.
    """
    if not canaries_of(template):
        return template
    for section, name in (("parameters", _PARAMETER), ("conditions", _CONDITION)):
        if name in (getattr(template, section) or {}):
            report_problem(template, Problem("is a name that serverless_service uses", "rename it", (section, name)))
    parameter = Parameter(
        "String",
        default=_GRADUAL,
        allowed_values=[_GRADUAL, _ALL_AT_ONCE],
        description="Whether traffic moves to new versions step by step, watched by alarms",
    )
    made = changed(
        template,
        parameters={**(template.parameters or {}), _PARAMETER: parameter},
        conditions={**(template.conditions or {}), _CONDITION: Equals(Ref(_PARAMETER), _GRADUAL)},
    )
    return _without_blocking_alarms(expanded(gradual_if(made, _CONDITION)))


def _without_blocking_alarms(template: Template) -> Template:
    """Return a template whose alarms apply only if traffic shifts step by step.

    If all traffic moves in one step, an active alarm could only block the deployment, even one that rolls back or fixes the
    error.
    """
    return changed(template, resources=[_with_conditional_alarms(resource) for resource in template.resources])


def _with_conditional_alarms(resource: Any) -> Any:
    canary, preference = getattr(resource, "canary", None), getattr(resource, "deployment_preference", None)
    if isinstance(preference, Mapping) and _is_choice(preference.get("Type")) and "Alarms" in preference:
        # Unlike CodeDeploy, Step Functions refuses an empty list.
        alarms = If(_CONDITION, preference["Alarms"], Ref("AWS::NoValue"))
        return changed(resource, deployment_preference={**preference, "Alarms": alarms})
    if not isinstance(canary, Canary) or not isinstance(canary.alarms, tuple) or not _is_choice(canary.type):
        return resource
    return changed(resource, canary=changed(canary, alarms=If(_CONDITION, [*canary.alarms], [])))


def _is_choice(configuration: Any) -> bool:
    return len(branches(configuration)) > 1
