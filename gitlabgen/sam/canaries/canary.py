"""Canaries: how traffic moves step by step to a new version, and what stops it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, Union

from gitlabgen.errors import closest, did_you_mean, suggestion
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import Model, changed, model
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam._vocabulary import PredefinedShift
from gitlabgen.sam.canaries.shifts import (
    PREDEFINED,
    Shift,
    TimeBasedCanary,
    TimeBasedLinear,
    duration_minutes,
    shift_of,
    short_name,
)
from gitlabgen.sam.property_types import AlarmLink, Arn, Switch, Value
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn
    from gitlabgen.sam.canaries.hook import Hook
    from gitlabgen.sam.canaries.probe import Probe
    from gitlabgen.sam.canaries.trigger_configuration import TriggerConfiguration
    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.template import Template

__all__ = ["Canary", "gradual_if", "with_canaries"]


def _configuration(value: Any) -> Any:
    # A custom configuration must be deployed first; a misspelled predefined one would fail only at deployment.
    if isinstance(value, str):
        name = short_name(value)
        alike = name != value or name.casefold().startswith(("canary", "linear", "all"))
        if name not in PREDEFINED and alike:
            same = (known for known in PREDEFINED if _comparable(known) == _comparable(name))
            near = next(same, None) or closest(name, list(PREDEFINED))
            hint = suggestion(near, "for a custom configuration, write a Ref(…) to its resource")
            raise InvalidValue(f"should be a configuration of CodeDeploy, got {value!r}", hint)
    value = _converted_if(value)
    for taken in _names(value):
        if taken in PREDEFINED:
            hint = "rename it: SAM would use CodeDeploy's configuration of this name"
            raise InvalidValue(f"uses a resource or condition with the name {taken!r}", hint)
    return value


def _names(value: Any) -> Iterator[str]:
    """Yield the names in intrinsic functions, in which SAM searches for predefined configurations, too."""
    argument = getattr(value, "argument", None)
    if getattr(value, "function", None) == "Ref":
        yield str(argument)
    elif getattr(value, "function", None) == "Fn::If" and isinstance(argument, tuple) and argument:
        yield str(argument[0])
        for choice in argument[1:]:
            yield from _names(choice)


def _converted_if(value: Any) -> Any:
    """Return troposphere's `If` as an `Intrinsic`: a custom schedule in it becomes a resource."""
    chosen = getattr(value, "data", None)
    if not isinstance(chosen, dict) or [*chosen] != ["Fn::If"]:
        return value
    from gitlabgen.sam.intrinsics import If

    condition, *choices = chosen["Fn::If"]
    return If(condition, *map(_converted_if, choices))


def _comparable(name: str) -> str:
    # The most common mistake is the plural: Every1Minute, Every2Minutes.
    return name.casefold().removesuffix("s")


Configuration: TypeAlias = Annotated[
    Union[PredefinedShift, str, TimeBasedCanary, TimeBasedLinear, "Intrinsic", "AWSHelperFn"], _configuration
]
"""A configuration: one of CodeDeploy's by name, a custom schedule, or an intrinsic function."""


@model
class Canary(TemplateModel):
    """How traffic moves to a new version, and which alarms move it back; several functions may share a canary.

        careful = Canary("Linear10PercentEvery1Minute", alarms=[Alarm.errors()], probe=Probe.http("GET", "/", calls=150))

    Args:
        type: One of CodeDeploy's configurations, such as `Linear10PercentEvery1Minute`, a custom schedule, a `Ref`, or an `If`
            between these.
        alarms: Alarms that stop the shift: recipes, from which each function gets its own alarm, or existing alarms by resource,
            name, ARN or `Ref`; CodeDeploy allows 10.
        hooks: Checks of the new version: hooks, or functions by `PreTraffic` and `PostTraffic`.
        probe: Calls of the new version before it gets traffic, which prove something also if the service has little traffic.
        alias: The alias under which the function is called.
        enabled: Whether the shift is enabled.
        role: CodeDeploy's role or its ARN; if not given, SAM creates one.
        passthrough_condition: Whether the function's condition applies to the generated resources.
        trigger_configurations: Topics that are notified of the deployment.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
    """

    keyword: ClassVar[str] = "DeploymentPreference"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
        "sam-property-function-deploymentpreference.html"
    )

    type: Configuration | None = field(default=None, kw_only=False)
    alarms: ListOf[AlarmLink] | Intrinsic | AWSHelperFn | None = None
    hooks: Sequence[Hook] | Mapping[str, object] | Intrinsic | AWSHelperFn | None = None
    probe: Probe | None = field(default=None, is_written=False)
    alias: Value = "live"
    enabled: Switch | None = None
    role: Arn | None = None
    passthrough_condition: Switch | None = None
    trigger_configurations: Sequence[TriggerConfiguration | Intrinsic | AWSHelperFn] | Intrinsic | AWSHelperFn | None = None

    @property
    def schedule(self) -> Shift | None:
        """The steps of the shift, or of the longest branch of an `If`; None if they are known only at deployment."""
        return shift_of(self.type)

    @property
    def duration_minutes(self) -> int | None:
        """The minutes from the first step to the last; None if the schedule is unknown."""
        steps = self.schedule
        return None if steps is None else duration_minutes(steps)

    def problems(self) -> Iterator[Problem]:
        """Yield problems that CodeDeploy would report, and problems with duplicate recipes or hooks."""
        alarms = self.alarms if isinstance(self.alarms, tuple) else ()
        if len(alarms) > 10:
            yield Problem(f"should have at most 10 alarms, got {len(alarms)}", path=("alarms",))
        recipes: list[Any] = [recipe for recipe in alarms if is_instance(recipe, "gitlabgen.sam", "Recipe")]
        for (_, name), count in Counter((recipe.subject, recipe.name) for recipe in recipes).items():
            if count > 1:
                yield Problem(f"has two recipes named {name!r}", "give one of them another `name`", ("alarms",))
        if isinstance(self.hooks, tuple):
            for event, count in Counter(getattr(hook, "event", None) for hook in self.hooks).items():
                if count > 1:
                    yield Problem(f"has two hooks for {event}", "CodeDeploy calls only one", ("hooks",))
        checks = "`hooks` is a list" if isinstance(self.hooks, tuple) else "there is a probe" if self._has_calls() else None
        if checks is not None and self.enabled not in (None, True, False):
            hint = "to choose at deployment, use a parameter as the type, with AllAtOnce where nothing shifts"
            yield Problem(f"should be True or False if {checks}", hint, ("enabled",), given=self.enabled)
        if self._has_calls():
            yield from self._probe_problems()

    def _has_calls(self) -> bool:
        return self.probe is not None and getattr(self.probe, "reason", None) is None

    def _probe_problems(self) -> Iterator[Problem]:
        hooks: Any = self.hooks
        events = [getattr(hook, "event", None) for hook in hooks] if isinstance(hooks, tuple) else hooks
        if events is None or isinstance(events, list | Mapping):
            if "PreTraffic" in (events or ()):
                hint = "leave one of them out: CodeDeploy calls only one function before the shift"
                yield Problem("cannot be used together with a hook for PreTraffic", hint, ("probe",))
        else:
            yield Problem("needs hooks that are known before deployment", "write `hooks` as a list", ("probe",))


def with_canaries(template: Template, configuration: Configuration) -> Template:
    """Return a template whose canaries all have one configuration, such as `AllAtOnce` for a short-lived stack.

    Args:
        template: The template.
        configuration: What `Canary` takes as its type.
    """
    return _with_types(template, lambda _: configuration)


def gradual_if(template: Template, condition: str) -> Template:
    """Return a template whose canaries keep their configuration if a condition holds, and shift all at once otherwise.

        Template(conditions={"Gradual": Equals(Ref("Stage"), "production")}, resources=[…])

    Args:
        template: The template. Canaries that are disabled or shift all at once stay unchanged, and so do alarms and hooks.
        condition: The condition's name.

    Raises:
        KeywordError: If the template has no such condition, unless problems are collected.
    """
    known = [*(template.conditions or ())]
    if condition not in known and not any(name.startswith("Fn::") for name in known):
        hint = did_you_mean(condition, known, "add it to `conditions` first")
        report_problem(template, Problem(f"has no condition named {condition!r}", hint, ("conditions",)))

    return _with_types(template, lambda canary: _gradual(canary, condition))


def _gradual(canary: Canary, condition: str) -> Configuration | None:
    from gitlabgen.sam.intrinsics import If

    at_once = isinstance(canary.type, str) and short_name(canary.type) == "AllAtOnce"
    return canary.type if canary.type is None or at_once or canary.enabled is False else If(condition, canary.type, "AllAtOnce")


def _with_types(template: Template, choose: Callable[[Canary], Configuration | None]) -> Template:
    resources = [_with_type(resource, choose) for resource in template.resources]
    functions = getattr(template.globals_, "function", None)
    if _with_type(functions, choose) is functions or not isinstance(template.globals_, Model):
        return changed(template, resources=resources)
    return changed(template, resources=resources, globals_=changed(template.globals_, function=_with_type(functions, choose)))


def _with_type(holder: Any, choose: Callable[[Canary], Configuration | None]) -> Any:
    canary = getattr(holder, "canary", None)
    if not isinstance(holder, Model) or not isinstance(canary, Canary):
        return holder
    return changed(holder, canary=changed(canary, type=choose(canary)))
