"""Canaries: how traffic moves step by step to a new version, and what stops it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias, Union

import attrs

from gitlabgen.errors import closest
from gitlabgen.model import Model, model
from gitlabgen.sam._values import AlarmLink, Arn, Link, Switch, Value, changed
from gitlabgen.sam.shifts import PREDEFINED, Shift, TimeBasedCanary, TimeBasedLinear, duration_minutes, shift_of, short_name
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from troposphere import AWSHelperFn

    from gitlabgen.sam.hook import Hook
    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.template import Template

__all__ = ["PREDEFINED", "Canary", "Configuration", "TriggerConfiguration", "with_canaries"]


def _configuration(value: Any) -> Any:
    # A name of our own must be deployed first; one that only looks predefined fails when it is too late.
    if isinstance(value, str):
        name = short_name(value)
        alike = name != value or name.casefold().startswith(("canary", "linear", "all"))
        if name not in PREDEFINED and alike:
            same = (known for known in PREDEFINED if _words(known) == _words(name))
            near = next(same, None) or closest(name, list(PREDEFINED))
            hint = f"did you mean {near!r}?" if near else "one of your own goes in as Ref(…) to its resource"
            raise Misfit(f"is no configuration that CodeDeploy ships: {value!r}", hint)
    return value


def _words(name: str) -> str:
    # One minute, two minutes: the plural is what is mistaken most.
    return name.casefold().removesuffix("s")


Configuration: TypeAlias = Annotated[Union[str, TimeBasedCanary, TimeBasedLinear, "Intrinsic", "AWSHelperFn"], _configuration]
"""A configuration: CodeDeploy's own by name, a schedule of one's own, or what is worked out at deployment."""

TriggerEvent = Literal[
    "DeploymentFailure",
    "DeploymentReady",
    "DeploymentRollback",
    "DeploymentStart",
    "DeploymentStop",
    "DeploymentSuccess",
    "InstanceFailure",
    "InstanceReady",
    "InstanceStart",
    "InstanceSuccess",
]


@model
class TriggerConfiguration(Model):
    """A topic that hears of deployments.

    Args:
        trigger_name: The trigger's name.
        trigger_target_arn: The topic or its ARN.
        trigger_events: What it hears of.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codedeploy-deploymentgroup-triggerconfig.html
    """

    keyword: ClassVar[str] = "TriggerConfigurations"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-properties-codedeploy-deploymentgroup-triggerconfig.html"
    )

    trigger_name: Value | None = None
    trigger_target_arn: Link | None = None
    trigger_events: Sequence[TriggerEvent | Intrinsic | AWSHelperFn] | Intrinsic | AWSHelperFn | None = None


@model
class Canary(Model):
    """How traffic moves to a new version, and which alarms move it back; one may serve many functions.

        careful = Canary("Linear10PercentEvery1Minute", alarms=[Alarm.errors()], hooks=[Hook.pre_traffic("hooks/smoke.py")])

    Args:
        type: One of CodeDeploy's configurations, such as `Linear10PercentEvery1Minute`, a schedule of one's own, or a `Ref`.
        alarms: What stops the shift: recipes, of which each function gets its own alarm, or alarms that exist, by resource,
            name, ARN or `Ref`; CodeDeploy takes 10.
        hooks: What checks the new version: hooks, or functions by `PreTraffic` and `PostTraffic`.
        alias: The alias under which the function is called.
        enabled: Whether the shift is on at all.
        role: The role, or its ARN, under which CodeDeploy works; without it SAM makes one.
        passthrough_condition: Whether the function's condition reaches the generated resources.
        trigger_configurations: Topics that hear of the deployment.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
    """

    keyword: ClassVar[str] = "DeploymentPreference"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
        "sam-property-function-deploymentpreference.html"
    )

    type: Configuration | None = attrs.field(default=None, kw_only=False)
    alarms: Sequence[AlarmLink] | Intrinsic | AWSHelperFn | None = None
    hooks: Sequence[Hook] | Mapping[str, object] | Intrinsic | AWSHelperFn | None = None
    alias: Value = "live"
    enabled: Switch | None = None
    role: Arn | None = None
    passthrough_condition: Switch | None = None
    trigger_configurations: Sequence[TriggerConfiguration | Intrinsic | AWSHelperFn] | Intrinsic | AWSHelperFn | None = None

    @property
    def schedule(self) -> Shift | None:
        """The steps of the shift; None where only the account or the deployment knows them."""
        return shift_of(self.type)

    @property
    def duration_minutes(self) -> int | None:
        """The minutes from the first step to the last; None where the schedule is not known."""
        steps = self.schedule
        return None if steps is None else duration_minutes(steps)

    def misfits(self) -> Iterator[Misfit]:
        """Yield what CodeDeploy would refuse, and what would be generated twice."""
        alarms = self.alarms if isinstance(self.alarms, tuple) else ()
        if len(alarms) > 10:
            yield Misfit(f"should be at most 10, got {len(alarms)}", path=("alarms",))
        recipes = [recipe for recipe in alarms if type(recipe).__name__ == "Recipe"]
        for (_, name), count in Counter((recipe.subject, recipe.name) for recipe in recipes).items():
            if count > 1:
                yield Misfit(f"has two recipes of the name {name!r}", "give one of them another `name`", ("alarms",))
        if isinstance(self.hooks, tuple):
            for event, count in Counter(getattr(hook, "event", None) for hook in self.hooks).items():
                if count > 1:
                    yield Misfit(f"has two hooks for {event}", "CodeDeploy calls one", ("hooks",))
            if self.enabled not in (None, True, False):
                hint = "take a parameter as the type, with AllAtOnce where nothing shifts"
                yield Misfit("cannot be worked out later where hooks are generated", hint, ("enabled",))


def with_canaries(template: Template, configuration: Configuration) -> Template:
    """Return a template whose canaries all shift in one way, such as `AllAtOnce` for a stack that lives for an hour.

    Args:
        template: The template.
        configuration: What `Canary` takes as its type.
    """
    resources: list[Any] = []
    for resource in template.resources:
        canary: Any = getattr(resource, "canary", None)
        shifts = isinstance(resource, Model) and isinstance(canary, Canary)
        resources.append(changed(resource, canary=changed(canary, type=configuration)) if shifts else resource)
    return changed(template, resources=resources)
