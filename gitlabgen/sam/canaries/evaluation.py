"""Checks of the periods that an alarm or a recipe evaluates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.sam.canaries.alarm import Alarm
    from gitlabgen.sam.canaries.recipes import Recipe

ComparisonOperator = Literal[
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
]


def evaluation_problems(alarm: Alarm | Recipe) -> Iterator[Problem]:
    """Yield problems with the periods that an alarm evaluates.

    Args:
        alarm: The alarm or recipe.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    period, periods, points = alarm.period, alarm.evaluation_periods, alarm.datapoints_to_alarm
    if isinstance(period, int) and period not in (10, 20, 30) and (period < 60 or period % 60):
        yield Problem(f"should be 10, 20, 30 or a multiple of 60 seconds, got {period}", path=("period",))
    if isinstance(periods, int) and periods < 1:
        yield Problem(f"should be at least 1, got {periods}", path=("evaluation_periods",))
    if isinstance(periods, int) and isinstance(points, int) and not 1 <= points <= periods:
        yield Problem(f"should be between 1 and `evaluation_periods` ({periods}), got {points}", path=("datapoints_to_alarm",))
