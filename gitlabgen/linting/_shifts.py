"""How long traffic takes to move: CodeDeploy's own configurations, and those of a template."""

from __future__ import annotations

from typing import Any

import attrs

from gitlabgen.linting._decisions import chosen
from gitlabgen.linting._template import Canary, TemplateSubject, mapping
from gitlabgen.linting._values import choices, integer, reference
from gitlabgen.sam.shifts import duration_minutes, shift_of, short_name

__all__ = ["Shift", "shifts_of"]


@attrs.frozen
class Shift:
    """The steps of a shift.

    Args:
        name: The configuration's name.
        interval: Minutes from one step to the next.
        minutes: Minutes from the first step to the last.
    """

    name: str
    interval: int
    minutes: int


def shifts_of(subject: TemplateSubject, canary: Canary, given: dict[str, str] | None = None) -> list[Shift]:
    """Return the shifts among which a canary may choose, as far as they are known.

    Args:
        subject: The template.
        canary: The canary.
        given: The parameters that the deployment sets; defaults for the others.

    Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
    """
    types = canary.types if given is None else chosen(subject, canary.preference.get("Type"), given)
    shifts = [_shift(subject, value, given or {}) for value in types]
    return [shift for shift in shifts if shift is not None]


def _shift(subject: TemplateSubject, value: Any, given: dict[str, str]) -> Shift | None:
    name = reference(value)
    if name is None:
        return _predefined(value) if isinstance(value, str) else None
    if name in subject.section("Parameters"):
        return _predefined(str(given.get(name, mapping(subject.section("Parameters")[name]).get("Default"))))
    resource = subject.resources.get(name)
    if resource is None or resource.type != "AWS::CodeDeploy::DeploymentConfig":
        return None
    routing = mapping(resource.properties.get("TrafficRoutingConfig"))
    canary, linear = mapping(routing.get("TimeBasedCanary")), mapping(routing.get("TimeBasedLinear"))
    interval = max(_numbers(canary.get("CanaryInterval", linear.get("LinearInterval"))), default=0)
    percentage = min(_numbers(linear.get("LinearPercentage", 100)), default=0)
    if not (interval and percentage):
        return None
    return Shift(name, interval, interval if canary else _linear(interval, percentage))


def _numbers(value: Any) -> list[int]:
    return [number for number in map(integer, choices(value)) if number is not None]


def _predefined(name: str) -> Shift | None:
    steps = shift_of(name) or ()
    return Shift(short_name(name), steps[1].minute, duration_minutes(steps)) if len(steps) > 1 else None


def _linear(interval: int, percentage: int) -> int:
    # The first step comes at once.
    return interval * (-(-100 // percentage) - 1)
