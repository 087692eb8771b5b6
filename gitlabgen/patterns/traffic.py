"""Traffic: how long it takes to shift, who has to wait for it, and where it need not shift at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from gitlabgen.model import report_misfit
from gitlabgen.patterns.targets import OWN_PARAMETERS
from gitlabgen.sam._values import changed
from gitlabgen.sam.alarm import Alarm
from gitlabgen.sam.canary import Canary, gradual_if
from gitlabgen.sam.conditions import Equals
from gitlabgen.sam.expansion import expanded, spread
from gitlabgen.sam.function import Function
from gitlabgen.sam.hook import Hook
from gitlabgen.sam.intrinsics import If, Ref
from gitlabgen.sam.parameters import Parameter
from gitlabgen.sam.recipes import Recipe, after_shift, alarm_of
from gitlabgen.sam.shifts import branches
from gitlabgen.sam.template import Template
from gitlabgen.shapes import Misfit

__all__ = ["AT_ONCE", "GRADUALLY", "Waits", "canaries_of", "switchable", "unread_shifts", "waits_for", "watched_after_shift"]

_PARAMETER: Final = OWN_PARAMETERS[1]
_ALL_AT_ONCE: Final = "AllAtOnce"
_GRADUAL: Final = "Gradual"

AT_ONCE: Final = f"{_PARAMETER}={_ALL_AT_ONCE}"
"""The parameter of a switchable template with which all traffic moves in one step."""
GRADUALLY: Final = f"{_PARAMETER}={_GRADUAL}"
"""The parameter with which traffic moves as the canaries say."""

_SHIFTING: Final = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
_CONDITION: Final = "TrafficShiftsGradually"

# Minutes that a stuck stack may take to come free, those that resources take beside the shift, and the rest of the script.
_BEFORE: Final = 30
_RESOURCES: Final = 30
_AFTER: Final = 15
# CodeDeploy waits so long for a hook that reports nothing; ours report before their own time-out.
_SILENT_HOOK: Final = 60


@attrs.frozen
class Waits:
    """How many minutes a deployment may take.

    Args:
        stack: Until the stack is free.
        deployment: Until CloudFormation has deployed it, with the whole shift.
        job: Until the job ends, which is how long its token lives.
    """

    stack: int
    deployment: int
    job: int


def canaries_of(template: Template) -> list[Canary]:
    """Return the canaries of a template that are not switched off, each once.

    Args:
        template: The template.
    """
    found = [getattr(resource, "canary", None) for resource in spread(template).resources]
    return [*dict.fromkeys(canary for canary in found if isinstance(canary, Canary) and canary.enabled is not False)]


def unread_shifts(template: Template) -> Iterator[Misfit]:
    """Yield a problem for each shift in SAM's own words: nobody waits for it, and `TrafficShift` does not reach it.

    Args:
        template: The template.
    """
    message = "is in SAM's own words: no job would wait for that shift, and a rollback could not skip it"
    hint = "write canary=Canary(…) instead"
    shared: Any = template.globals_
    if isinstance(shared, Mapping):
        if _shifts(_plain(shared.get("Function")).get("DeploymentPreference")):
            yield Misfit(message, hint, ("globals_", "Function", "DeploymentPreference"), about=template)
    elif _shifts(getattr(getattr(shared, "function", None), "deployment_preference", None)):
        yield Misfit(message, hint, ("deployment_preference",), about=shared.function)
    for index, resource in enumerate(template.resources):
        kind: Any = getattr(resource, "resource_type", getattr(resource, "type", None))
        if kind not in _SHIFTING:
            continue
        if _shifts(getattr(resource, "deployment_preference", None)):
            yield Misfit(message, hint, ("deployment_preference",), about=resource)
        elif _shifts(_plain(getattr(resource, "properties", None)).get("DeploymentPreference")):
            yield Misfit(message, hint, ("resources", index), about=template)


def _shifts(preference: Any) -> bool:
    # Of troposphere's objects, too, the properties are a mapping.
    block = _plain(getattr(preference, "properties", preference))
    return bool(block) and block.get("Enabled", True) not in (False, "false")


def _plain(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


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
            report_misfit(template, Misfit(f"is the pattern's own: {name}", "give it another name", (section, name)))
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
    canary, preference = getattr(resource, "canary", None), _plain(getattr(resource, "deployment_preference", None))
    if getattr(preference.get("Type"), "function", None) == "Fn::If" and "Alarms" in preference:
        # Other than CodeDeploy, Step Functions takes no empty list.
        alarms = If(_CONDITION, preference["Alarms"], Ref("AWS::NoValue"))
        return changed(resource, deployment_preference={**preference, "Alarms": alarms})
    if not isinstance(canary, Canary) or not isinstance(canary.alarms, tuple) or len(branches(canary.type)) == 1:
        return resource
    return changed(resource, canary=changed(canary, alarms=If(_CONDITION, [*canary.alarms], [])))


def waits_for(template: Template, minutes: int | None, *, gradual: bool) -> Waits:
    """Return how long deployments of a template may take.

    Args:
        template: The template.
        minutes: Minutes of the longest shift, where only the account knows it.
        gradual: Whether its canaries shift as they say; elsewhere only their hooks are waited for.

    Raises:
        KeywordError: If nobody knows how long a canary shifts, and nobody collects problems.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html
    """
    canaries = canaries_of(template)
    shift = max([_shift_minutes(canary, minutes) for canary in canaries if gradual], default=0)
    deployment = _up_to(5, shift + max(map(_hook_minutes, canaries), default=0) + _RESOURCES)
    return Waits(_BEFORE, deployment, _up_to(15, _BEFORE + deployment + _AFTER))


def _shift_minutes(canary: Canary, minutes: int | None) -> int:
    if canary.type is None:
        return 0
    known = canary.duration_minutes
    if known is None:
        known = minutes
    if known is None:
        report_misfit(canary, Misfit("takes a time that only the account knows", "say it with shift_minutes=…", ("type",)))
    return known or 0


def _hook_minutes(canary: Canary) -> int:
    """Return how long the hooks of one function may take, one after the other."""
    hooks: Any = canary.hooks
    if not isinstance(hooks, tuple):
        return _SILENT_HOOK * len(hooks) if isinstance(hooks, dict) else 0
    return sum(map(_minutes_of, hooks))


def _minutes_of(hook: Hook) -> int:
    if not (isinstance(hook.source, str) and isinstance(hook.timeout, int)):
        return _SILENT_HOOK
    # One that bakes is called again and again.
    return _up_to(60, hook.timeout) // 60 + (hook.bake_minutes or 0)


def _up_to(step: int, number: int) -> int:
    return -(-number // step) * step
