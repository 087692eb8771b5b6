"""What a canary stands for: the alarms, hooks and configurations that a template gets for its functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gitlabgen.model import construct, place_of
from gitlabgen.sam._values import changed
from gitlabgen.sam.canary import Canary
from gitlabgen.sam.intrinsics import Ref
from gitlabgen.sam.resource import Resource
from gitlabgen.sam.shifts import TimeBasedCanary, TimeBasedLinear

if TYPE_CHECKING:
    from gitlabgen.sam.function import Function
    from gitlabgen.sam.hook import Hook
    from gitlabgen.sam.resource import BaseResource
    from gitlabgen.sam.template import Template

__all__ = ["expanded"]


def expanded(template: Template) -> Template:
    """Return a template in which each canary's recipes, hooks and schedule are resources, behind the function they are for.

    Args:
        template: The template; one without any of these is returned as it is.

    Raises:
        KeywordError: If a generated resource has the logical id of another one, and nobody collects problems.
    """
    if not any(_makes_resources(getattr(resource, "canary", None)) for resource in template.resources):
        return template
    resources: list[Any] = []
    shared: dict[str, BaseResource] = {}
    places: dict[int, int] = {}
    for index, resource in enumerate(template.resources):
        places[index] = len(resources)
        if not _makes_resources(getattr(resource, "canary", None)):
            resources.append(resource)
            continue
        function: Any = resource
        wired, *made = _wired(function)
        # What several functions have in common is made once.
        resources += [wired, *(one for one in made if shared.setdefault(one.name, one) is one or shared[one.name] != one)]
    comments = {_moved(path, places): text for path, text in template.comments.items()}
    return changed(template, resources=resources, comments=comments)


def _makes_resources(canary: Any) -> bool:
    if not isinstance(canary, Canary):
        return False
    return (
        isinstance(canary.type, TimeBasedCanary | TimeBasedLinear)
        or isinstance(canary.hooks, tuple)
        or any(_is_recipe(alarm) for alarm in _alarms(canary))
    )


def _alarms(canary: Canary) -> tuple[Any, ...]:
    return canary.alarms if isinstance(canary.alarms, tuple) else ()


def _is_recipe(alarm: Any) -> bool:
    # By name: a template without recipes loads none of them.
    return type(alarm).__name__ == "Recipe"


def _moved(path: tuple[str | int, ...], places: dict[int, int]) -> tuple[str | int, ...]:
    return ("resources", places[int(path[1])], *path[2:]) if path[:1] == ("resources",) and len(path) > 1 else path


def _wired(function: Function) -> Iterator[BaseResource]:
    """Yield a function whose canary has nothing but links, and behind it what they lead to."""
    canary = function.canary
    assert canary is not None
    if canary.enabled is False:
        # Nothing shifts: CodeDeploy's application, to which hooks report, is not there.
        kept = tuple(alarm for alarm in _alarms(canary) if not _is_recipe(alarm))
        known = None if isinstance(canary.type, TimeBasedCanary | TimeBasedLinear) else canary.type
        yield changed(function, canary=changed(canary, type=known, alarms=kept or None, hooks=None))
        return
    made: list[BaseResource] = []
    changes: dict[str, Any] = {}
    if _alarms(canary):
        changes["alarms"] = [_alarm(alarm, function, made) for alarm in _alarms(canary)]
    if isinstance(canary.hooks, tuple):
        changes["hooks"] = {hook.event: _hook(hook, function, made) for hook in canary.hooks}
        changes["comments"] = {_named(path, canary.hooks): text for path, text in canary.comments.items()}
    if isinstance(canary.type, TimeBasedCanary | TimeBasedLinear):
        made.append(_configuration(canary.type))
        changes["type"] = Ref(canary.type.name)
    # A deployment group that is there without its function would look for alarms that are not.
    if function.condition is not None and canary.passthrough_condition is None:
        changes["passthrough_condition"] = True
    yield changed(function, canary=changed(canary, **changes))
    yield from made


def _alarm(alarm: Any, function: Function, made: list[BaseResource]) -> Any:
    if not _is_recipe(alarm):
        return alarm
    from gitlabgen.sam.recipes import alarm_of

    assert function.canary is not None
    one = alarm_of(alarm, function, function.canary.alias)
    made.append(one)
    return one.alarm_name if alarm.later else Ref(one)


def _hook(hook: Hook, function: Function, made: list[BaseResource]) -> Any:
    if not isinstance(hook.source, str):
        return hook.source
    from gitlabgen.sam.hook import function_of

    made.append(function_of(hook, function))
    return Ref(made[-1])


def _named(path: tuple[str | int, ...], hooks: tuple[Hook, ...]) -> tuple[str | int, ...]:
    return ("hooks", hooks[int(path[1])].event) if path[:1] == ("hooks",) and len(path) > 1 else path


def _configuration(shift: TimeBasedCanary | TimeBasedLinear) -> Resource:
    if isinstance(shift, TimeBasedCanary):
        block = {"CanaryPercentage": shift.canary_percentage, "CanaryInterval": shift.canary_interval}
    else:
        block = {"LinearPercentage": shift.linear_percentage, "LinearInterval": shift.linear_interval}
    kind = type(shift).__name__
    properties = {"ComputePlatform": "Lambda", "TrafficRoutingConfig": {"Type": kind, kind: block}}
    return construct(Resource, (shift.name, "AWS::CodeDeploy::DeploymentConfig", properties), {}, place_of(shift))
