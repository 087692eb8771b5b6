"""How long traffic takes to move: CodeDeploy's own configurations, and those of a template."""

from __future__ import annotations

from typing import Any

import attrs

from gitlabgen.analysis.decisions import chosen
from gitlabgen.analysis.template_values import choices, integer, reference
from gitlabgen.analysis.templates import CanaryFunction, TemplateAnalysis, TemplateResource, mapping
from gitlabgen.sam.canaries.shifts import duration_minutes, shift_of, short_name

__all__ = ["TrafficShift", "bake_minutes", "executions_of", "shifts_of"]


@attrs.frozen
class TrafficShift:
    """The steps of a shift.

    Args:
        name: The configuration's name.
        interval: Minutes from one step to the next.
        minutes: Minutes from the first step to the last.
    """

    name: str
    interval: int
    minutes: int


def shifts_of(analysis: TemplateAnalysis, canary: CanaryFunction, given: dict[str, str] | None = None) -> list[TrafficShift]:
    """Return the shifts among which a canary may choose, as far as they are known.

    Args:
        analysis: The template.
        canary: The canary.
        given: The parameters that the deployment sets; defaults for the others.

    Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
    """
    types = canary.types if given is None else chosen(analysis, canary.preference.get("Type"), given)
    shifts = [_shift(analysis, value, given or {}) for value in types]
    return [shift for shift in shifts if shift is not None]


def executions_of(analysis: TemplateAnalysis, machine: TemplateResource, given: dict[str, str]) -> TrafficShift | None:
    """Return how the executions of a state machine move to a new version; None if at once, or if it is not known.

    Args:
        analysis: The template.
        machine: The state machine.
        given: The parameters that the deployment sets.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-stepfunctions-statemachinealias-deploymentpreference.html
    """
    preference = mapping(machine.properties.get("DeploymentPreference"))
    if preference.get("Enabled", True) in (False, "false"):
        return None
    kinds = {str(kind) for kind in chosen(analysis, preference.get("Type"), given)}
    interval = max(_numbers(chosen(analysis, preference.get("Interval"), given)), default=0)
    percentage = min(_numbers(chosen(analysis, preference.get("Percentage"), given)), default=0)
    if not interval or kinds.isdisjoint(("CANARY", "LINEAR")):
        return None
    minutes = _linear(interval, percentage) if "LINEAR" in kinds and percentage else interval
    return TrafficShift("LINEAR" if "LINEAR" in kinds else "CANARY", interval, minutes)


def bake_minutes(analysis: TemplateAnalysis, canary: CanaryFunction, given: dict[str, str]) -> int:
    """Return how long a canary's hook goes on to watch alarms after the last step; 0 if it does not, or if it is not known.

    Args:
        analysis: The template.
        canary: The canary.
        given: The parameters that the deployment sets.
    """
    hook = analysis.resources.get(reference(canary.hooks.get("PostTraffic")) or "")
    variables = mapping(mapping(hook.properties.get("Environment")).get("Variables")) if hook is not None else {}
    # What else a variable of this name may mean is not known.
    return max(_numbers(chosen(analysis, variables.get("MINUTES"), given)), default=0) if "ALARMS" in variables else 0


def _shift(analysis: TemplateAnalysis, value: Any, given: dict[str, str]) -> TrafficShift | None:
    name = reference(value)
    if name is None:
        return _predefined(value) if isinstance(value, str) else None
    if name in analysis.section("Parameters"):
        return _predefined(str(given.get(name, mapping(analysis.section("Parameters")[name]).get("Default"))))
    resource = analysis.resources.get(name)
    if resource is None or resource.type != "AWS::CodeDeploy::DeploymentConfig":
        return None
    routing = mapping(resource.properties.get("TrafficRoutingConfig"))
    canary, linear = mapping(routing.get("TimeBasedCanary")), mapping(routing.get("TimeBasedLinear"))
    interval = max(_numbers(choices(canary.get("CanaryInterval", linear.get("LinearInterval")))), default=0)
    percentage = min(_numbers(choices(linear.get("LinearPercentage", 100))), default=0)
    if not (interval and percentage):
        return None
    return TrafficShift(name, interval, interval if canary else _linear(interval, percentage))


def _numbers(values: list[Any]) -> list[int]:
    return [number for number in map(integer, values) if number is not None]


def _predefined(name: str) -> TrafficShift | None:
    steps = shift_of(name) or ()
    return TrafficShift(short_name(name), steps[1].minute, duration_minutes(steps)) if len(steps) > 1 else None


def _linear(interval: int, percentage: int) -> int:
    # The first step comes at once.
    return interval * (-(-100 // percentage) - 1)
