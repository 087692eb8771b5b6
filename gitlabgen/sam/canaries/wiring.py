"""What a canary stands for: the alarms, hooks and configurations that a template gets for its functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    from gitlabgen.sam.function import Function
    from gitlabgen.sam.resource import BaseResource
    from gitlabgen.sam.state_machine import StateMachine
    from gitlabgen.sam.template import Template

_FUNCTION: Final = "AWS::Serverless::Function"


def expanded(template: Template) -> Template:
    """Return a template in which each canary's recipes, hooks and schedule are resources, behind the function they are for.

    Args:
        template: The template; one without any of these is returned as it is.

    Raises:
        KeywordError: If a generated resource has the logical id of another one, and nobody collects problems.
    """
    template = spread(template)
    if not any(map(_is_expanded, template.resources)):
        return template
    resources: list[Any] = []
    shared: dict[str, BaseResource] = {}
    places: dict[int, int] = {}
    for index, resource in enumerate(template.resources):
        places[index] = len(resources)
        shifting: Any = resource
        if not _is_expanded(shifting):
            resources.append(resource)
            continue
        wired, *made = _wired(shifting) if shifting.type == _FUNCTION else _moved_executions(shifting)
        # What several functions have in common is made once.
        resources += [wired, *(one for one in made if shared.setdefault(one.name, one) is one or shared[one.name] != one)]
    comments = {_moved(path, places): text for path, text in template.comments.items()}
    return changed(template, resources=resources, comments=comments)


def spread(template: Template) -> Template:
    """Return a template in which each function has the canary that `Globals` has for all.

    SAM would take the block from `Globals` as it is; alarms and hooks must be each function's own.

    Args:
        template: The template; one without such a canary is returned as it is.

    Raises:
        KeywordError: If a function is none of our models, and nobody collects problems.
    """
    shared: Any = getattr(template.globals_, "function", None)
    canary = getattr(shared, "canary", None)
    if not isinstance(template.globals_, Model) or not isinstance(canary, Canary):
        return template
    resources = [_shifting(resource, canary, template) for resource in template.resources]
    rest = _without(template.globals_, function=_without(shared, canary=None))
    return changed(template, globals_=rest, resources=resources)


def _without(made: Any, **changes: Any) -> Any:
    """Return a changed model, or None if that leaves nothing of it."""
    rest = changed(made, **changes)
    return rest if any(value is not None for name, value in vars(rest).items() if name != "comments") else None


def _shifting(resource: Any, canary: Canary, template: Template) -> Any:
    if getattr(resource, "resource_type", getattr(resource, "type", None)) != _FUNCTION:
        return resource
    if not hasattr(resource, "canary"):
        message = f"has the function {logical_id(resource)!r}, which the canary of Globals does not reach"
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
        or any(_is_own(branch) for branch in branches(canary.type))
        or isinstance(canary.hooks, tuple)
        or any(_is_recipe(alarm) for alarm in _alarms(canary))
    )


def _is_own(configuration: Any) -> bool:
    return isinstance(configuration, TimeBasedCanary | TimeBasedLinear)


def _alarms(canary: Canary) -> tuple[Any, ...]:
    return canary.alarms if isinstance(canary.alarms, tuple) else ()


def _is_recipe(alarm: Any) -> bool:
    return is_instance(alarm, "gitlabgen.sam", "Recipe")


def _moved(path: tuple[str | int, ...], places: dict[int, int]) -> tuple[str | int, ...]:
    return ("resources", places[int(path[1])], *path[2:]) if path[:1] == ("resources",) and len(path) > 1 else path


def _wired(function: Function) -> Iterator[BaseResource]:
    """Yield a function whose canary has nothing but links, and behind it what they lead to."""
    canary = function.canary
    assert canary is not None
    if canary.enabled is False:
        # Nothing shifts: CodeDeploy's application, to which hooks report, is not there.
        kept = tuple(alarm for alarm in _alarms(canary) if not _is_recipe(alarm))
        known = None if any(_is_own(branch) for branch in branches(canary.type)) else canary.type
        yield changed(function, canary=changed(canary, type=known, alarms=kept or None, hooks=None))
        return
    made: list[BaseResource] = []
    changes: dict[str, Any] = {}
    if _alarms(canary):
        changes["alarms"] = [_alarm(alarm, function, made) for alarm in _alarms(canary)]
    if isinstance(canary.hooks, tuple):
        baked = (
            tuple(_baked(canary, function, made, changes.get("alarms", ())))
            if any(hook.bake_minutes is not None for hook in canary.hooks)
            else ()
        )
        changes["hooks"] = {hook.event: _hook(hook, function, made, baked) for hook in canary.hooks}
        changes["comments"] = {_named(path, canary.hooks): text for path, text in canary.comments.items()}
    own = list(dict.fromkeys(branch for branch in branches(canary.type) if _is_own(branch)))
    if own:
        made += [_configuration(branch) for branch in own if branch.name not in PREDEFINED]
        changes["type"] = _linked(canary.type)
    # A deployment group that is there without its function would look for alarms that are not.
    if function.condition is not None and canary.passthrough_condition is None:
        changes["passthrough_condition"] = True
    yield changed(function, canary=changed(canary, **changes))
    yield from made


def _moved_executions(machine: StateMachine) -> Iterator[BaseResource]:
    from gitlabgen.sam.canaries.executions import moved

    assert machine.canary is not None
    wired, made = moved(machine, machine.canary)
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


def _baked(canary: Canary, function: Function, made: list[BaseResource], alarms: Sequence[Any]) -> Iterator[Any]:
    """Yield the alarms that tell of the new version when it has all of the traffic; those that are new are made."""
    from gitlabgen.sam.canaries.recipe_alarms import after_shift

    for alarm, link in zip(_alarms(canary), alarms, strict=True):
        later = after_shift(alarm) if _is_recipe(alarm) else alarm
        yield link if later is alarm else _alarm(later, function, made)


def _hook(hook: Hook, function: Function, made: list[BaseResource], alarms: Sequence[Any]) -> Any:
    if not isinstance(hook.source, str):
        return hook.source
    from gitlabgen.sam.canaries.hook import function_of

    made.append(function_of(hook, function, alarms))
    return Ref(made[-1])


def _named(path: tuple[str | int, ...], hooks: tuple[Hook, ...]) -> tuple[str | int, ...]:
    return ("hooks", hooks[int(path[1])].event) if path[:1] == ("hooks",) and len(path) > 1 else path


def _linked(configuration: Any) -> Any:
    if _is_own(configuration):
        # What CodeDeploy ships is there already, and SAM takes a `Ref` of its name for it.
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
