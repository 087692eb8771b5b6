"""`alarm-on-whole-function`: an alarm of a canary counts all aliases and versions of the function.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.template_values import flat
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each metric that names the function, and neither alias nor version."""
    for canary, alarm in subject.watched:
        for metric in subject.metrics(alarm):
            if metric.namespace != "AWS/Lambda" or metric.dimensions is None or [*metric.dimensions] != ["FunctionName"]:
                continue
            if subject.functions.get(flat(metric.dimensions["FunctionName"]) or "") is canary.function:
                message = "the alarm counts the old version's calls too, among which those of the new one are few"
                hint = f"add Resource: !Sub ${{{canary.function.name}}}:{flat(canary.alias)}"
                path = (*metric.path, "Dimensions")
                yield subject.finding("alarm-on-whole-function", alarm, path, message, hint, severity="info")
