"""Traffic: where it shifts step by step and where it need not, and what goes on watching it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.modeling.model import changed
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.patterns.targets import OWN_PARAMETERS
from gitlabgen.sam.canaries.alarm import Alarm
from gitlabgen.sam.canaries.canary import Canary, gradual_if
from gitlabgen.sam.canaries.recipe_alarms import after_shift, alarm_of
from gitlabgen.sam.canaries.recipes import Recipe
from gitlabgen.sam.canaries.shifts import branches
from gitlabgen.sam.canaries.wiring import expanded, spread
from gitlabgen.sam.conditions import Equals
from gitlabgen.sam.function import Function
from gitlabgen.sam.intrinsics import If, Ref
from gitlabgen.sam.parameters import Parameter
from gitlabgen.sam.template import Template

_PARAMETER: Final = OWN_PARAMETERS[1]
_ALL_AT_ONCE: Final = "AllAtOnce"
_GRADUAL: Final = "Gradual"

AT_ONCE: Final = f"{_PARAMETER}={_ALL_AT_ONCE}"
"""The parameter of a switchable template with which all traffic moves in one step."""
GRADUALLY: Final = f"{_PARAMETER}={_GRADUAL}"
"""The parameter with which traffic moves as the canaries say."""

_CONDITION: Final = "TrafficShiftsGradually"


def canaries_of(template: Template) -> list[Canary]:
    """Return the canaries of a template that are not switched off, each once.

    Args:
        template: The template.
    """
    found = [getattr(resource, "canary", None) for resource in spread(template).resources]
    return [*dict.fromkeys(canary for canary in found if isinstance(canary, Canary) and canary.enabled is not False)]


def watched_after_shift(template: Template) -> Template:
    """Return a template with alarms that go on when traffic has shifted, for those that watch the new version.

    A version has metrics of its own only while the alias leads to two, so their history tells nothing of the time after.

    Args:
        template: The template.
    """
    template = spread(template)
    resources: list[Any] = []
    for resource in template.resources:
        resources += [resource, *_later_alarms(resource)]
    return changed(template, resources=resources) if len(resources) > len(template.resources) else template


def _later_alarms(function: Any) -> Iterator[Alarm]:
    canary = getattr(function, "canary", None)
    # A hook that bakes has such alarms made for itself.
    if not isinstance(function, Function) or not isinstance(canary, Canary) or canary.enabled is False or canary.bake_minutes:
        return
    for recipe in canary.alarms if isinstance(canary.alarms, tuple) else ():
        later = after_shift(recipe) if isinstance(recipe, Recipe) else recipe
        if later is not recipe:
            yield alarm_of(later, function, canary.alias)


def switchable(template: Template) -> Template:
    """Return a template with a parameter that decides whether traffic shifts step by step, which it does by default.

    Args:
        template: The template; without canaries it stays as it is.

    Raises:
        KeywordError: If the template has such a parameter or condition, and nobody collects problems.
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
    return _unblocked(expanded(gradual_if(made, _CONDITION)))


def _unblocked(template: Template) -> Template:
    """Return a template in which alarms stop shifts only: where all traffic moves at once they could do no more than block it.

    One that is up would otherwise stop the very deployment that goes back, or that brings the repair.
    """
    return changed(template, resources=[_with_alarms_of_shifts(resource) for resource in template.resources])


def _with_alarms_of_shifts(resource: Any) -> Any:
    canary, preference = getattr(resource, "canary", None), getattr(resource, "deployment_preference", None)
    if isinstance(preference, Mapping) and _is_choice(preference.get("Type")) and "Alarms" in preference:
        # Other than CodeDeploy, Step Functions takes no empty list.
        alarms = If(_CONDITION, preference["Alarms"], Ref("AWS::NoValue"))
        return changed(resource, deployment_preference={**preference, "Alarms": alarms})
    if not isinstance(canary, Canary) or not isinstance(canary.alarms, tuple) or not _is_choice(canary.type):
        return resource
    return changed(resource, canary=changed(canary, alarms=If(_CONDITION, [*canary.alarms], [])))


def _is_choice(configuration: Any) -> bool:
    return len(branches(configuration)) > 1
