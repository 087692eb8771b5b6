"""`invalid-period`: an alarm's period that CloudWatch does not take, in metric math too.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.template_values import integer
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.sam.canaries.alarm import Alarm

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each period that is neither 10, 20, 30 nor a multiple of 60, unless the model refuses it itself."""
    for alarm in subject.alarms:
        for metric in subject.metrics(alarm):
            period = integer(metric.period)
            if period is None or period in (10, 20, 30) or (period >= 60 and period % 60 == 0):
                continue
            if not metric.path and isinstance(alarm.model, Alarm) and isinstance(metric.period, int):
                continue
            message = f"the period should be 10, 20, 30 or a multiple of 60 seconds, got {period}"
            yield subject.finding("invalid-period", alarm, (*metric.path[:-1], "Period"), message)
