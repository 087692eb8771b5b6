"""Canaries of state machines: Step Functions moves executions step by step to a new version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.model import changed
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam.canaries.shifts import Shift, branches, shift_of

if TYPE_CHECKING:
    from gitlabgen.sam.canaries.alarm import Alarm
    from gitlabgen.sam.canaries.canary import Canary
    from gitlabgen.sam.state_machine import StateMachine

_LONGEST_INTERVAL: Final = 2100
_CODEDEPLOY_ONLY: Final = ("hooks", "probe", "role", "passthrough_condition", "trigger_configurations")


def canary_problems(machine: StateMachine, canary: Canary) -> Iterator[Problem]:
    """Yield problems with what Step Functions does not support in a canary.

    Args:
        machine: The state machine.
        canary: Its canary.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-stepfunctions-statemachinealias-deploymentpreference.html
    """
    path = ("canary",)
    if machine.auto_publish_alias is not None or machine.deployment_preference is not None:
        hint = "the canary writes both; set its `alias`"
        yield Problem("cannot be used together with `auto_publish_alias` or `deployment_preference`", hint, path)
    for name in _CODEDEPLOY_ONLY:
        if getattr(canary, name) is not None:
            yield Problem(f"has `{name}`, which works only for functions", f"leave `{name}` out", path)
    if canary.enabled not in (None, True, False):
        hint = "to choose at deployment, write an If(…) with 'AllAtOnce' as the type"
        yield Problem("should be True or False", hint, (*path, "enabled"), given=canary.enabled)
    if canary.enabled is not False:
        yield from _shift_problems(canary)
    alarms: tuple[Any, ...] = canary.alarms if isinstance(canary.alarms, tuple) else ()
    for recipe in alarms:
        metrics = recipe.metrics.values() if is_instance(recipe, "gitlabgen.sam", "Recipe") else ()
        if any(metric.namespace == "AWS/Lambda" and metric.dimensions is None for metric in metrics):
            hint = "watch its executions: Alarm.metric('AWS/States', 'ExecutionsFailed', threshold=0)"
            yield Problem(f"has the alarm {recipe.name!r}, which watches calls of a function", hint, path)


def _shift_problems(canary: Canary) -> Iterator[Problem]:
    for branch in branches(canary.type):
        shift = shift_of(branch)
        if shift is None:
            hint = "use a configuration of CodeDeploy, TimeBasedCanary(…) or TimeBasedLinear(…)"
            yield Problem(f"needs a schedule that Step Functions can follow, got {branch!r}", hint, ("canary",))
        elif (_interval(shift) or 0) > _LONGEST_INTERVAL:
            message = f"should have steps of at most {_LONGEST_INTERVAL} minutes, got {_interval(shift)}"
            yield Problem(message, path=("canary",))


def expanded_machine(machine: StateMachine, canary: Canary) -> tuple[StateMachine, list[Alarm]]:
    """Return a state machine with SAM's properties for its canary, and the alarms that are created for it.

    Args:
        machine: The state machine.
        canary: Its canary.
    """
    from gitlabgen.sam.canaries.recipe_alarms import alarm_of
    from gitlabgen.sam.canaries.recipes import Recipe
    from gitlabgen.sam.intrinsics import Ref

    made: list[Alarm] = []
    preference: dict[str, Any] = {}
    alarms: Any = canary.alarms
    if canary.enabled is not False:
        for key, get in (("Type", _kind), ("Percentage", _percentage), ("Interval", _interval)):
            value = _property(canary.type, get)
            if value is not None:
                preference[key] = value
        if isinstance(alarms, tuple):
            made = [alarm_of(alarm, machine, canary.alias) for alarm in alarms if isinstance(alarm, Recipe)]
            ready = iter(made)
            alarms = [Ref(next(ready)) if isinstance(alarm, Recipe) else alarm for alarm in alarms]
        if alarms:
            preference["Alarms"] = alarms
    comments = {_sam_path(path): text for path, text in machine.comments.items()}
    comments |= {_sam_path(("canary", *path)): text for path, text in canary.comments.items()}
    written = {"auto_publish_alias": canary.alias, "deployment_preference": preference or None, "comments": comments}
    return changed(machine, canary=None, **written), made


def _sam_path(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    if path[:1] != ("canary",):
        return path
    if path[1:2] == ("alias",):
        return ("auto_publish_alias",)
    return ("deployment_preference", *(str(step).title() for step in path[1:2]), *path[2:])


def _property(configuration: Any, get: Callable[[Shift], Any]) -> Any:
    """Return a property of a schedule: an `If` if the configuration is one, or None if the schedule has no such property."""
    from gitlabgen.sam.intrinsics import If, Ref

    if branches(configuration) != (configuration,):
        condition, *choices = configuration.argument
        values = [_property(choice, get) for choice in choices]
        return If(condition, *(Ref("AWS::NoValue") if value is None else value for value in values)) if any(values) else None
    shift = shift_of(configuration)
    return None if shift is None else get(shift)


def _kind(shift: Shift) -> str:
    return {1: "ALL_AT_ONCE", 2: "CANARY"}.get(len(shift), "LINEAR")


def _percentage(shift: Shift) -> int | None:
    return shift[0].percent if len(shift) > 1 else None


def _interval(shift: Shift) -> int | None:
    return shift[1].minute if len(shift) > 1 else None
