"""`slow-alarm`: an alarm that looks at longer times than the steps of the shift that it should stop.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.template_values import integer
from gitlabgen.analysis.templates import TemplateAnalysis, TemplateResource
from gitlabgen.analysis.traffic_shifts import shifts_of
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each alarm that sees too late, an error where it cannot fire before the shift is over."""
    for canary, alarm in subject.watched:
        shift = min(shifts_of(subject, canary), key=lambda shift: shift.interval, default=None)
        periods = [period for metric in subject.metrics(alarm) if (period := integer(metric.period)) is not None]
        if shift is None or not periods:
            continue
        period, points = max(periods), _points(alarm)
        moves = f"{shift.name} moves all traffic within {shift.minutes} minutes"
        if (points - 1) * period >= shift.minutes * 60:
            message = f"the alarm needs {points} periods of {period} seconds, but {moves}"
            yield subject.finding("slow-alarm", alarm, ("Period",), message, "use a shorter period, or fewer of them")
        elif period > shift.interval * 60:
            message = f"the alarm looks at {period} seconds at a time, but {shift.name} takes a step every {shift.interval * 60}"
            hint = "use a period of 60 seconds"
            yield subject.finding("slow-alarm", alarm, ("Period",), message, hint, severity="warning")


def _points(alarm: TemplateResource) -> int:
    given = alarm.properties.get("DatapointsToAlarm", alarm.properties.get("EvaluationPeriods"))
    return integer(given) or 1
