"""Compute how long traffic shifts take, for predefined and custom deployment configurations."""

from __future__ import annotations

from typing import Any

import attrs

from gitlabgen.analysis.decisions import possible_values
from gitlabgen.analysis.template_values import choices, integer, reference
from gitlabgen.analysis.templates import CanaryFunction, TemplateAnalysis, TemplateResource, mapping
from gitlabgen.sam.canaries.shifts import duration_minutes, shift_of, short_name


@attrs.frozen
class TrafficShift:
    """The timing of a traffic shift.

    Args:
        name: The configuration's name.
        interval: Minutes from one step to the next.
        minutes: Minutes from the first step to the last.
    """

    name: str
    interval: int
    minutes: int


def shifts_of(analysis: TemplateAnalysis, canary: CanaryFunction, given: dict[str, str] | None = None) -> list[TrafficShift]:
    """Return the shifts that a canary can use, as far as they are known.

    Args:
        analysis: The template.
        canary: The canary.
        given: The parameters that the deployment sets; None to include both branches of each condition.

    Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
    """
    types = canary.types if given is None else possible_values(analysis, canary.preference.get("Type"), given)
    shifts = [_shift(analysis, value, given or {}) for value in types]
    return [shift for shift in shifts if shift is not None]


def executions_of(analysis: TemplateAnalysis, machine: TemplateResource, given: dict[str, str]) -> TrafficShift | None:
    """Return how executions of a state machine shift to a new version; None if all at once, or if unknown.

    Args:
        analysis: The template.
        machine: The state machine.
        given: The parameters that the deployment sets.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-stepfunctions-statemachinealias-deploymentpreference.html
    """
    preference = mapping(machine.properties.get("DeploymentPreference"))
    if preference.get("Enabled", True) in (False, "false"):
        return None
    kinds = {str(kind) for kind in possible_values(analysis, preference.get("Type"), given)}
    interval = max(_numbers(possible_values(analysis, preference.get("Interval"), given)), default=0)
    percentage = min(_numbers(possible_values(analysis, preference.get("Percentage"), given)), default=0)
    if not interval or kinds.isdisjoint(("CANARY", "LINEAR")):
        return None
    minutes = _linear(interval, percentage) if "LINEAR" in kinds and percentage else interval
    return TrafficShift("LINEAR" if "LINEAR" in kinds else "CANARY", interval, minutes)


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
    # The first step is immediate.
    return interval * (-(-100 // percentage) - 1)
