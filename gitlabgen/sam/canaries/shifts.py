"""Shifts: the new version's share of the traffic by minute, for predefined and custom configurations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias

from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["TimeBasedCanary", "TimeBasedLinear"]

_LONGEST_SHIFT: Final = 48 * 60
_DOCS_URL: Final = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-properties-codedeploy-deploymentconfig-trafficroutingconfig.html"
)


class ShiftStep(NamedTuple):
    """The share of the traffic that the new version has from a minute on.

    Args:
        minute: Minutes since the shift began.
        percent: The new version's share.
    """

    minute: int
    percent: int


Shift: TypeAlias = tuple[ShiftStep, ...]
"""The steps of a shift; the last one is 100 percent."""


def _canary(percent: int, minutes: int) -> Shift:
    return ShiftStep(0, percent), ShiftStep(minutes, 100)


def _linear(percent: int, minutes: int) -> Shift:
    # The last step moves the rest.
    return tuple(ShiftStep(index * minutes, min(100, (index + 1) * percent)) for index in range(-(-100 // percent)))


PREDEFINED: Final[Mapping[str, Shift]] = {
    "AllAtOnce": (ShiftStep(0, 100),),
    **{f"Canary10Percent{minutes}Minutes": _canary(10, minutes) for minutes in (5, 10, 15, 30)},
    "Linear10PercentEvery1Minute": _linear(10, 1),
    **{f"Linear10PercentEvery{minutes}Minutes": _linear(10, minutes) for minutes in (2, 3, 10)},
}
"""The configurations that CodeDeploy ships for Lambda, under SAM's names.

Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""


@model
class TimeBasedCanary(TemplateModel):
    """A custom shift in two steps: a share first, and all of the traffic later.

    Args:
        canary_percentage: The share of the first step, 1 to 99.
        canary_interval: Minutes until all of the traffic moves.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codedeploy-deploymentconfig-timebasedcanary.html
    """

    keyword: ClassVar[str] = "TimeBasedCanary"
    docs_url: ClassVar[str] = _DOCS_URL
    from_mapping: ClassVar[bool] = False

    canary_percentage: int
    canary_interval: int

    @property
    def name(self) -> str:
        """The logical id of the configuration, which is shared by all functions with this schedule."""
        return f"Canary{self.canary_percentage}Percent{_minutes(self.canary_interval)}"

    @property
    def schedule(self) -> Shift:
        """The steps of the shift."""
        return _canary(self.canary_percentage, self.canary_interval)

    def problems(self) -> Iterator[Problem]:
        """Yield problems that CodeDeploy would report."""
        return _problems(self, "canary_percentage", "canary_interval")


@model
class TimeBasedLinear(TemplateModel):
    """A custom shift in equal steps.

    Args:
        linear_percentage: The share that moves in each step, 1 to 99.
        linear_interval: Minutes between two steps.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codedeploy-deploymentconfig-timebasedlinear.html
    """

    keyword: ClassVar[str] = "TimeBasedLinear"
    docs_url: ClassVar[str] = _DOCS_URL
    from_mapping: ClassVar[bool] = False

    linear_percentage: int
    linear_interval: int

    @property
    def name(self) -> str:
        """The logical id of the configuration, which is shared by all functions with this schedule."""
        return f"Linear{self.linear_percentage}PercentEvery{_minutes(self.linear_interval)}"

    @property
    def schedule(self) -> Shift:
        """The steps of the shift."""
        return _linear(self.linear_percentage, self.linear_interval)

    def problems(self) -> Iterator[Problem]:
        """Yield problems that CodeDeploy would report."""
        return _problems(self, "linear_percentage", "linear_interval")


def _minutes(count: int) -> str:
    return f"{count}Minute" if count == 1 else f"{count}Minutes"


def _problems(made: TimeBasedCanary | TimeBasedLinear, percentage: str, interval: str) -> Iterator[Problem]:
    percent, minutes = getattr(made, percentage), getattr(made, interval)
    if not (isinstance(percent, int) and isinstance(minutes, int)):
        return  # of the wrong type, which is already reported
    if not 1 <= percent <= 99:
        yield Problem(f"should be between 1 and 99, got {percent}", path=(percentage,))
    elif minutes < 1:
        yield Problem(f"should be at least 1 minute, got {minutes}", path=(interval,))
    elif duration_minutes(made.schedule) > _LONGEST_SHIFT:
        message = f"makes the shift take {duration_minutes(made.schedule)} minutes, at most {_LONGEST_SHIFT} are allowed"
        yield Problem(message, path=(interval,))


def short_name(configuration: str) -> str:
    """Return SAM's name of a configuration that CodeDeploy ships, and any other name unchanged.

    Args:
        configuration: The name, such as `CodeDeployDefault.LambdaAllAtOnce`.
    """
    return configuration.removeprefix("CodeDeployDefault.Lambda")


def branches(configuration: Any) -> tuple[Any, ...]:
    """Return the configurations between which an `If` chooses, or the only one.

    Args:
        configuration: What `Canary` takes as its type.
    """
    argument = configuration.argument if getattr(configuration, "function", None) == "Fn::If" else None
    if not isinstance(argument, tuple) or len(argument) != 3:
        return (configuration,)
    return tuple(branch for choice in argument[1:] for branch in branches(choice))


def shift_of(configuration: Any) -> Shift | None:
    """Return the steps of a configuration, the longest of an `If`, or None if they are known only at deployment.

    Args:
        configuration: What `Canary` takes as its type.
    """
    shifts = [shift for branch in branches(configuration) if (shift := _shift(branch)) is not None]
    return max(shifts, key=duration_minutes) if len(shifts) == len(branches(configuration)) else None


def _shift(configuration: Any) -> Shift | None:
    if isinstance(configuration, str):
        return PREDEFINED.get(short_name(configuration))
    return configuration.schedule if isinstance(configuration, TimeBasedCanary | TimeBasedLinear) else None


def duration_minutes(shift: Shift) -> int:
    """Return the minutes from the first step to the last.

    Args:
        shift: The steps.
    """
    return shift[-1].minute
