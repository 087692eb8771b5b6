"""Canaries: how traffic moves step by step to a new version, and what stops it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Union

import attrs

from gitlabgen.errors import closest
from gitlabgen.model import Model, model
from gitlabgen.sam._values import Link, Switch, Value, Values
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
        near = closest(name, list(PREDEFINED))
        alike = re.match(r"(?i)(canary|linear|all.?at)", name) or name != value
        if name not in PREDEFINED and alike:
            hint = f"did you mean {near!r}?" if near else None
            raise Misfit(f"is no configuration that CodeDeploy ships: {value!r}", hint)
    return value


Configuration = Annotated[Union[str, "Intrinsic", "AWSHelperFn"], _configuration]


@model
class Canary(Model):
    """How traffic moves to a new version, and which alarms move it back; one may serve many functions.

    Args:
        type: One of CodeDeploy's configurations, such as `Linear10PercentEvery1Minute`, or a `Ref` to one's own.
        alarms: Alarms that stop the shift: resources, names, ARNs or intrinsic functions; CodeDeploy takes 10.
        alias: The alias under which the function is called.
        enabled: Whether the shift is on at all.
        role: The role under which CodeDeploy works; without it SAM makes one.
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
    alarms: Sequence[Link] | Intrinsic | None = None
    alias: Value = "live"
    enabled: Switch | None = None
    role: Value | None = None
    passthrough_condition: Switch | None = None
    trigger_configurations: Values | None = None
