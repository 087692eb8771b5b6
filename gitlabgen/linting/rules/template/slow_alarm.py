"""`slow-alarm`: an alarm that looks at longer times than the steps of the shift that it should stop.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import integer
from gitlabgen.analysis.templates import TemplateAnalysis, TemplateResource
from gitlabgen.analysis.traffic_shifts import shifts_of
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each alarm that sees too late, an error where it cannot fire before the shift is over."""
    for canary, alarm in analysis.watched:
        shift = min(shifts_of(analysis, canary), key=lambda shift: shift.interval, default=None)
        periods = [period for metric in analysis.metrics(alarm) if (period := integer(metric.period)) is not None]
        if shift is None or not periods:
            continue
        period, points = max(periods), _points(alarm)
        moves = f"{shift.name} moves all traffic within {shift.minutes} minutes"
        if (points - 1) * period >= shift.minutes * 60:
            message = f"the alarm needs {points} periods of {period} seconds, but {moves}"
            yield RULE.finding(
                analysis.spot(alarm, ("Period",)), message, "use a shorter period, or fewer of them", severity="error"
            )
        elif period > shift.interval * 60:
            message = f"the alarm looks at {period} seconds at a time, but {shift.name} takes a step every {shift.interval * 60}"
            hint = "use a period of 60 seconds"
            yield RULE.finding(analysis.spot(alarm, ("Period",)), message, hint)


def _points(alarm: TemplateResource) -> int:
    given = alarm.properties.get("DatapointsToAlarm", alarm.properties.get("EvaluationPeriods"))
    return integer(given) or 1


RULE: Final = LintRule(
    id="slow-alarm",
    summary="an alarm whose period is longer than a step of the shift; an error if it cannot fire before the end",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html",
    examples=(),
    check=check,
)
