"""`alarm-on-whole-function`: an alarm of a canary counts all aliases and versions of the function.

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
    """Yield a finding for each metric that names the function, and neither alias nor version."""
    for canary, alarm in analysis.watched:
        for metric in analysis.metrics(alarm):
            if metric.namespace != "AWS/Lambda" or metric.dimensions is None or [*metric.dimensions] != ["FunctionName"]:
                continue
            if analysis.functions.get(flat(metric.dimensions["FunctionName"]) or "") is canary.function:
                message = "the alarm counts the old version's calls too, among which those of the new one are few"
                hint = f"add Resource: !Sub ${{{canary.function.name}}}:{flat(canary.alias)}"
                path = (*metric.path, "Dimensions")
                yield RULE.finding(analysis.spot(alarm, path), message, hint)


RULE: Final = LintRule(
    id="alarm-on-whole-function",
    summary="an alarm of a canary that counts the old version's calls too",
    why="",
    severity="info",
    confidence="certain",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    examples=(),
    check=check,
)
