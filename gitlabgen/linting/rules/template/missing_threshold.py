"""`missing-threshold`: an alarm that has nothing to compare with.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each alarm without a threshold that detects no anomalies."""
    for alarm in analysis.alarms:
        if "Threshold" not in alarm.properties and "ThresholdMetricId" not in alarm.properties:
            message = "the alarm has no Threshold, which CloudWatch requires but for anomaly detection"
            yield RULE.finding(analysis.spot(alarm, ()), message, "write Threshold: 0 to see any error")


RULE: Final = LintRule(
    id="missing-threshold",
    summary="an alarm that has nothing to compare with",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    examples=(),
    check=check,
)
