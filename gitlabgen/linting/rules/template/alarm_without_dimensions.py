"""`alarm-without-dimensions`: an alarm of a canary watches every resource of the region.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import flat
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each metric of AWS without dimensions, in an alarm that stops a shift."""
    for canary, alarm in analysis.watched:
        for metric in analysis.metrics(alarm):
            if metric.dimensions == {} and str(metric.namespace).startswith("AWS/"):
                function = canary.function.name
                message = f"the alarm has no dimensions: {metric.name} of all of the region stops the shift of {function}"
                hint = f"add FunctionName: !Ref {function} and Resource: !Sub ${{{function}}}:{flat(canary.alias)}"
                yield RULE.finding(analysis.spot(alarm, metric.path), message, hint)


RULE: Final = LintRule(
    id="alarm-without-dimensions",
    summary="an alarm of a canary that watches every resource of the region",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    examples=(),
    check=check,
)
