"""`alarm-on-missing-data`: an alarm of a canary takes silence for a problem, or forgets that there was one.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.template_values import choices
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each alarm that stops a shift and does not take missing data for good."""
    for canary, alarm in subject.watched:
        for value in choices(alarm.properties.get("TreatMissingData", "missing")):
            if value in ("breaching", "ignore", "missing"):
                effect = "stops the shift before anybody calls" if value == "breaching" else "leaves the alarm as it was"
                message = f"missing data ({value}) {effect}, and a new version of {canary.function.name} has none at first"
                path = ("TreatMissingData",)
                hint = "write TreatMissingData: notBreaching"
                yield subject.finding("alarm-on-missing-data", alarm, path, message, hint, severity="warning")
