"""`alarm-on-other-alias`: an alarm's dimensions name an alias or a version that has no such metric.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import flat
from gitlabgen.analysis.templates import AlarmMetric, TemplateAnalysis, TemplateResource
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each dimension that does not fit the function's alias, or the other dimensions."""
    for alarm in analysis.alarms:
        for metric in analysis.metrics(alarm):
            if metric.namespace == "AWS/Lambda" and metric.dimensions:
                yield from _check(analysis, alarm, metric, {key: flat(value) or "" for key, value in metric.dimensions.items()})


def _check(analysis: TemplateAnalysis, alarm: TemplateResource, metric: AlarmMetric, texts: dict[str, str]) -> Iterator[Finding]:
    path = (*metric.path, "Dimensions")
    resource = texts.get("Resource", "")
    name, colon, alias = resource.rpartition(":")
    function = analysis.functions.get(name if colon else resource)
    named = analysis.functions.get(texts.get("FunctionName", ""))
    if function is None:
        function = named
    else:
        published = flat(function.properties.get("AutoPublishAlias"))
        if colon and published is not None and alias not in (published, "$LATEST") and not alias.isdigit():
            message = f"the dimension Resource names the alias {alias!r}, but that of {function.name} is {published!r}"
            hint = f"write !Sub ${{{function.name}}}:{published}"
            yield RULE.finding(analysis.spot(alarm, path), message, hint)
        if named is not None and named is not function:
            message = f"the dimension FunctionName names {named.name}, but Resource names {function.name}"
            yield RULE.finding(analysis.spot(alarm, path), message, "both must name the same function")
    version = texts.get("ExecutedVersion", "").removeprefix("${").partition(".Version")[0]
    if function is not None and version != function.name and version in analysis.resources:
        message = f"the dimension ExecutedVersion is that of {version}, but the function is {function.name}"
        yield RULE.finding(analysis.spot(alarm, path), message, f"write !GetAtt {function.name}.Version.Version")


RULE: Final = LintRule(
    id="alarm-on-other-alias",
    summary="dimensions of an alarm that name an alias, version or function that do not fit each other",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    examples=(),
    check=check,
)
