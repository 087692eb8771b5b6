"""`missing-threshold`: an alarm that has nothing to compare with.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each alarm without a threshold that detects no anomalies."""
    for alarm in subject.alarms:
        if "Threshold" not in alarm.properties and "ThresholdMetricId" not in alarm.properties:
            message = "the alarm has no Threshold, which CloudWatch requires but for anomaly detection"
            yield subject.finding("missing-threshold", alarm, (), message, "write Threshold: 0 to see any error")
