"""Canaries: how traffic moves step by step to a new version, and what stops it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Union

import attrs

from gitlabgen.errors import closest
from gitlabgen.model import Model, model
from gitlabgen.sam._values import Arn, Links, Switch, Value, Values
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from troposphere import AWSHelperFn

    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["PREDEFINED", "Canary"]

PREDEFINED: Final = (
    "AllAtOnce",
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
)
"""The configurations that CodeDeploy ships for Lambda, under SAM's names."""


def _configuration(value: Any) -> Any:
    # A name of our own must be deployed first; one that only looks predefined fails when it is too late.
    if isinstance(value, str):
        name = value.removeprefix("CodeDeployDefault.Lambda")
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


Configuration = Annotated[Union[str, "Intrinsic", "AWSHelperFn"], _configuration]


@model
class Canary(Model):
    """How traffic moves to a new version, and which alarms move it back; one may serve many functions.

    Args:
        type: One of CodeDeploy's configurations, such as `Linear10PercentEvery1Minute`, or a `Ref` to one's own.
        alarms: Alarms that stop the shift: resources, names, ARNs or intrinsic functions; CodeDeploy takes 10.
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
    alarms: Links | None = None
    alias: Value = "live"
    enabled: Switch | None = None
    role: Arn | None = None
    passthrough_condition: Switch | None = None
    trigger_configurations: Values | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for more alarms than CodeDeploy takes."""
        if isinstance(self.alarms, tuple) and len(self.alarms) > 10:
            yield Misfit(f"should be at most 10, got {len(self.alarms)}", path=("alarms",))
