"""`invalid-datapoints`: an alarm that needs more breaching periods than it looks at.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
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
    """Yield a finding for each alarm whose M of N cannot be, unless the model refuses it itself."""
    for alarm in analysis.alarms:
        given = [alarm.properties.get(name) for name in ("DatapointsToAlarm", "EvaluationPeriods")]
        points, periods = map(integer, given)
        if points is None or periods is None or 1 <= points <= periods:
            continue
        if not (isinstance(alarm.model, Alarm) and all(isinstance(value, int) for value in given)):
            message = f"DatapointsToAlarm should be between 1 and EvaluationPeriods ({periods}), got {points}"
            yield RULE.finding(analysis.spot(alarm, ("DatapointsToAlarm",)), message)


RULE: Final = LintRule(
    id="invalid-datapoints",
    summary="an alarm that needs more breaching periods than it looks at",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html",
    examples=(),
    check=check,
)
