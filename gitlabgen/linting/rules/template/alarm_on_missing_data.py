"""`alarm-on-missing-data`: an alarm of a canary takes silence for a problem, or forgets that there was one.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import choices
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each alarm that stops a shift and does not take missing data for good."""
    for canary, alarm in analysis.watched:
        for value in choices(alarm.properties.get("TreatMissingData", "missing")):
            if value in ("breaching", "ignore", "missing"):
                effect = "stops the shift before anybody calls" if value == "breaching" else "leaves the alarm as it was"
                message = f"missing data ({value}) {effect}, and a new version of {canary.function.name} has none at first"
                path = ("TreatMissingData",)
                hint = "write TreatMissingData: notBreaching"
                yield RULE.finding(analysis.spot(alarm, path), message, hint)


RULE: Final = LintRule(
    id="alarm-on-missing-data",
    summary="an alarm of a canary that takes silence for a problem, or forgets that there was one",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    examples=(),
    check=check,
)
