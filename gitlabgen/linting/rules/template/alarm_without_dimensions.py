"""`alarm-without-dimensions`: an alarm of a canary watches every resource of the region.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.template_values import flat
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each metric of AWS without dimensions, in an alarm that stops a shift."""
    for canary, alarm in subject.watched:
        for metric in subject.metrics(alarm):
            if metric.dimensions == {} and str(metric.namespace).startswith("AWS/"):
                function = canary.function.name
                message = f"the alarm has no dimensions: {metric.name} of all of the region stops the shift of {function}"
                hint = f"add FunctionName: !Ref {function} and Resource: !Sub ${{{function}}}:{flat(canary.alias)}"
                yield subject.finding("alarm-without-dimensions", alarm, metric.path, message, hint, severity="warning")
