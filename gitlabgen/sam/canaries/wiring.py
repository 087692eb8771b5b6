"""Expansion of canaries: the alarms, hooks and configurations that a template gets for its functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.model import Model, changed, construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam.canaries.canary import Canary
from gitlabgen.sam.canaries.shifts import PREDEFINED, TimeBasedCanary, TimeBasedLinear, branches
from gitlabgen.sam.intrinsics import Ref
from gitlabgen.sam.logical_ids import logical_id
from gitlabgen.sam.resource import Resource

if TYPE_CHECKING:
    from gitlabgen.sam.canaries.hook import Hook
    from gitlabgen.sam.canaries.probe import Probe
    from gitlabgen.sam.function import Function
    from gitlabgen.sam.resource import BaseResource
    from gitlabgen.sam.state_machine import StateMachine
    from gitlabgen.sam.template import Template

_FUNCTION: Final = "AWS::Serverless::Function"


def expanded(template: Template) -> Template:
    """Return a template in which each canary's recipes, hooks and schedule are resources, after their function.

    Args:
        template: The template; it is returned unchanged if it has none of these.

    Raises:
        KeywordError: If a generated resource has the logical id of another one, unless problems are collected.
    """
    template = spread(template)
    if not any(map(_is_expanded, template.resources)):
        return template
    resources: list[Any] = []
    shared: dict[str, BaseResource] = {}
    positions: dict[int, int] = {}
    for index, resource in enumerate(template.resources):
        positions[index] = len(resources)
        typed: Any = resource
        if not _is_expanded(typed):
            resources.append(resource)
            continue
        wired, *made = _wired(typed, template) if typed.type == _FUNCTION else _wired_machine(typed)
        # Resources that several functions share are added once.
        resources += [wired, *(one for one in made if shared.setdefault(one.name, one) is one or shared[one.name] != one)]
    comments = {_moved_path(path, positions): text for path, text in template.comments.items()}
    return changed(template, resources=resources, comments=comments)


def spread(template: Template) -> Template:
    """Return a template in which each function has the canary of `Globals`.

    SAM would copy the block of `Globals` unchanged, but each function needs separate alarms and hooks.

    Args:
        template: The template; it is returned unchanged if `Globals` has no canary.

    Raises:
        KeywordError: If a function is not a model of gitlabgen, unless problems are collected.
    """
    shared: Any = getattr(template.globals_, "function", None)
    canary = getattr(shared, "canary", None)
    if not isinstance(template.globals_, Model) or not isinstance(canary, Canary):
        return template
    resources = [_with_canary(resource, canary, template) for resource in template.resources]
    rest = _without(template.globals_, function=_without(shared, canary=None))
    return changed(template, globals_=rest, resources=resources)


def _without(made: Any, **changes: Any) -> Any:
    """Return a changed model, or None if it has no values left."""
    rest = changed(made, **changes)
    return rest if any(value is not None for name, value in vars(rest).items() if name != "comments") else None


def _with_canary(resource: Any, canary: Canary, template: Template) -> Any:
    if getattr(resource, "resource_type", getattr(resource, "type", None)) != _FUNCTION:
        return resource
    if not hasattr(resource, "canary"):
        message = f"has the function {logical_id(resource)!r}, to which the canary of Globals does not apply"
        report_problem(template, Problem(message, "write it as a Function", ("resources",)))
        return resource
    ignored = resource.ignore_globals or ()
    own = resource.canary is not None or resource.deployment_preference is not None
    if own or ignored == "*" or "DeploymentPreference" in ignored:
        return resource
    alias = canary.alias if resource.auto_publish_alias is None else resource.auto_publish_alias
    return changed(resource, auto_publish_alias=None, canary=changed(canary, alias=alias))


def _is_expanded(resource: Any) -> bool:
    canary = getattr(resource, "canary", None)
    if not isinstance(canary, Canary):
        return False
    return (
        resource.type != _FUNCTION
        or any(_is_custom(branch) for branch in branches(canary.type))
        or isinstance(canary.hooks, tuple)
        or canary.probe is not None
        or any(_is_recipe(alarm) for alarm in _alarms(canary))
    )


def _is_custom(configuration: Any) -> bool:
    return isinstance(configuration, TimeBasedCanary | TimeBasedLinear)


def _alarms(canary: Canary) -> tuple[Any, ...]:
    return canary.alarms if isinstance(canary.alarms, tuple) else ()


def _is_recipe(alarm: Any) -> bool:
    return is_instance(alarm, "gitlabgen.sam", "Recipe")


def _moved_path(path: tuple[str | int, ...], positions: dict[int, int]) -> tuple[str | int, ...]:
    return ("resources", positions[int(path[1])], *path[2:]) if path[:1] == ("resources",) and len(path) > 1 else path


def _wired(function: Function, template: Template) -> Iterator[BaseResource]:
    """Yield a function whose canary has only links, and then the resources that they refer to."""
    canary = function.canary
    assert canary is not None
    if canary.enabled is False:
        # Nothing shifts: CodeDeploy's application, to which hooks report, does not exist.
        kept = tuple(alarm for alarm in _alarms(canary) if not _is_recipe(alarm))
        known = None if any(_is_custom(branch) for branch in branches(canary.type)) else canary.type
        yield changed(function, canary=changed(canary, type=known, alarms=kept or None, hooks=None, probe=None))
        return
    made: list[BaseResource] = []
    changes: dict[str, Any] = {}
    if _alarms(canary):
        changes["alarms"] = [_alarm(alarm, function, made) for alarm in _alarms(canary)]
    if isinstance(canary.hooks, tuple):
        changes["hooks"] = {hook.event: _hook(hook, function, made) for hook in canary.hooks}
        changes["comments"] = {_hook_path(path, canary.hooks): text for path, text in canary.comments.items()}
    own = list(dict.fromkeys(branch for branch in branches(canary.type) if _is_custom(branch)))
    if own:
        made += [_configuration(branch) for branch in own if branch.name not in PREDEFINED]
        changes["type"] = _linked(canary.type)
    # A deployment group without its function would refer to alarms that do not exist.
    if function.condition is not None and canary.passthrough_condition is None:
        changes["passthrough_condition"] = True
    wired = changed(canary, **changes)
    if canary.probe is not None:
        wired = _probed(wired, canary.probe, function, template, made)
    yield changed(function, canary=wired)
    yield from made


def _wired_machine(machine: StateMachine) -> Iterator[BaseResource]:
    from gitlabgen.sam.canaries.executions import expanded_machine

    assert machine.canary is not None
    wired, made = expanded_machine(machine, machine.canary)
    yield wired
    yield from made


def _alarm(alarm: Any, function: Function, made: list[BaseResource]) -> Any:
    if not _is_recipe(alarm):
        return alarm
    from gitlabgen.sam.canaries.recipe_alarms import alarm_of

    assert function.canary is not None
    one = alarm_of(alarm, function, function.canary.alias)
    made.append(one)
    return one.alarm_name if alarm.later else Ref(one)


def _probed(canary: Canary, probe: Probe, function: Function, template: Template, made: list[BaseResource]) -> Canary:
    """Return a canary whose probe is a hook, or a comment with the reason for none; add the hook's function to `made`."""
    if probe.reason is not None:
        words = f"No probe: {probe.reason}"
        return changed(canary, probe=None, comment=words if canary.comment is None else f"{canary.comment}\n{words}")
    from gitlabgen.sam.canaries.probing import probing_function

    made.append(probing_function(probe, function, template))
    others: Any = canary.hooks
    comments = {("hooks", "PreTraffic") if path == ("probe",) else path: text for path, text in canary.comments.items()}
    return changed(canary, probe=None, hooks={"PreTraffic": Ref(made[-1]), **(others or {})}, comments=comments)


def _hook(hook: Hook, function: Function, made: list[BaseResource]) -> Any:
    if not isinstance(hook.source, str):
        return hook.source
    from gitlabgen.sam.canaries.hook import function_of

    made.append(function_of(hook, function))
    return Ref(made[-1])


def _hook_path(path: tuple[str | int, ...], hooks: tuple[Hook, ...]) -> tuple[str | int, ...]:
    return ("hooks", hooks[int(path[1])].event) if path[:1] == ("hooks",) and len(path) > 1 else path


def _linked(configuration: Any) -> Any:
    if _is_custom(configuration):
        # CodeDeploy's configurations exist already, and SAM reads a `Ref` to such a name as one of them.
        return configuration.name if configuration.name in PREDEFINED else Ref(configuration.name)
    if branches(configuration) == (configuration,):
        return configuration
    condition, *choices = configuration.argument
    return changed(configuration, argument=(condition, *map(_linked, choices)))


def _configuration(shift: TimeBasedCanary | TimeBasedLinear) -> Resource:
    if isinstance(shift, TimeBasedCanary):
        kind = "TimeBasedCanary"
        block = {"CanaryPercentage": shift.canary_percentage, "CanaryInterval": shift.canary_interval}
    else:
        kind = "TimeBasedLinear"
        block = {"LinearPercentage": shift.linear_percentage, "LinearInterval": shift.linear_interval}
    properties = {"ComputePlatform": "Lambda", "TrafficRoutingConfig": {"Type": kind, kind: block}}
    return construct(Resource, (shift.name, "AWS::CodeDeploy::DeploymentConfig", properties), {}, location_of(shift))
