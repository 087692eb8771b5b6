"""`invalid-metric-math`: an alarm whose queries do not fit together.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.templates import TemplateAnalysis, TemplateResource, mapping
from gitlabgen.errors import Finding, meant
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each id that is unknown, illegal or taken, and for more or less than one result."""
    for alarm in analysis.alarms:
        queries = alarm.properties.get("Metrics")
        if isinstance(queries, list) and all(isinstance(query, dict) and isinstance(query.get("Id"), str) for query in queries):
            yield from _check(analysis, alarm, queries)


def _check(analysis: TemplateAnalysis, alarm: TemplateResource, queries: list[dict[str, Any]]) -> Iterator[Finding]:
    ids = [query["Id"] for query in queries]
    for index, name in enumerate(ids):
        if not re.fullmatch("[a-z][A-Za-z0-9_]*", name):
            message = f"the id {name!r} should begin with a small letter, with letters, digits and _ behind it"
            yield RULE.finding(analysis.spot(alarm, ("Metrics", index, "Id")), message)
        elif name in ids[:index]:
            yield RULE.finding(analysis.spot(alarm, ("Metrics", index, "Id")), f"two queries have the id {name!r}")
    for index, query in enumerate(queries):
        text = query.get("Expression")
        for name in _ids(text) if isinstance(text, str) else ():
            if name not in ids:
                hint = meant(name, ids, f"known are {', '.join(ids)}")
                message = f"the expression refers to {name!r}, which is no id of a query"
                yield RULE.finding(analysis.spot(alarm, ("Metrics", index, "Expression")), message, hint)
    results = [query for query in queries if query.get("ReturnData", True) not in (False, "false")]
    anomaly = "ThresholdMetricId" in alarm.properties
    if len(results) != 1 and not anomaly and all(mapping(query.get("ReturnData")) == {} for query in queries):
        message = f"exactly one query should return data, got {len(results)}"
        hint = "write ReturnData: false at the others" if results else "write ReturnData: true at the one that counts"
        yield RULE.finding(analysis.spot(alarm, ("Metrics",)), message, hint)


def _ids(expression: str) -> Iterator[str]:
    """Yield the ids in an expression: what begins small, is no text and is not called."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", expression)
    if not re.match(r"\s*(SELECT|SEARCH)\b", bare):
        yield from dict.fromkeys(re.findall(r"(?<![A-Za-z0-9_.])[a-z][A-Za-z0-9_]*\b(?!\s*\()", bare))


RULE: Final = LintRule(
    id="invalid-metric-math",
    summary="an id in metric math that is unknown, illegal or taken; more or less than one result",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html",
    examples=(),
    check=check,
)
