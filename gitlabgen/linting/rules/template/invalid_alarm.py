"""`invalid-alarm`: an alarm's period that CloudWatch does not take, in metric math too.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import integer
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule
from gitlabgen.sam.canaries.alarm import Alarm

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each period that is neither 10, 20, 30 nor a multiple of 60, unless the model refuses it itself."""
    for alarm in analysis.alarms:
        for metric in analysis.metrics(alarm):
            period = integer(metric.period)
            if period is None or period in (10, 20, 30) or (period >= 60 and period % 60 == 0):
                continue
            if not metric.path and isinstance(alarm.model, Alarm) and isinstance(metric.period, int):
                continue
            message = f"the period should be 10, 20, 30 or a multiple of 60 seconds, got {period}"
            yield RULE.finding(analysis.spot(alarm, (*metric.path[:-1], "Period")), message)


RULE: Final = LintRule(
    id="invalid-alarm",
    summary="a period that CloudWatch does not take, in metric math too",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html",
    former_ids=("invalid-period",),
    examples=(),
    check=check,
)
