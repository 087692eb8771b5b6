"""`invalid-alarm`: CloudWatch rejects the period, datapoints, threshold or metric math of an alarm.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.template_spellings import to_set
from gitlabgen.analysis.template_values import integer
from gitlabgen.analysis.templates import TemplateAnalysis, TemplateResource, mapping
from gitlabgen.errors import Finding, did_you_mean, few
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling
from gitlabgen.sam.canaries.alarm import Alarm

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each property that CloudWatch rejects, unless the model already rejects it."""
    for alarm in analysis.alarms:
        yield from _periods(analysis, alarm)
        yield from _datapoints(analysis, alarm)
        yield from _threshold(analysis, alarm)
        queries = alarm.properties.get("Metrics")
        if isinstance(queries, list) and all(isinstance(query, dict) and isinstance(query.get("Id"), str) for query in queries):
            yield from _ids(analysis, alarm, [query["Id"] for query in queries])
            yield from _expressions(analysis, alarm, queries)
            yield from _results(analysis, alarm, queries)


def _periods(analysis: TemplateAnalysis, alarm: TemplateResource) -> Iterator[Finding]:
    """Yield a finding for each period that is neither 10, 20, 30 nor a multiple of 60."""
    for metric in analysis.metrics(alarm):
        period = integer(metric.period)
        if period is None or period in (10, 20, 30) or (period >= 60 and period % 60 == 0):
            continue
        if not metric.path and isinstance(alarm.model, Alarm) and isinstance(metric.period, int):
            continue
        message = f"`{alarm.name}`: the period must be 10, 20, 30 or a multiple of 60 seconds, got {period}."
        where = analysis.spot(alarm, (*metric.path[:-1], "Period"))
        yield RULE.finding(where, message, facts=("Period", str(metric.name), str(period)))


def _datapoints(analysis: TemplateAnalysis, alarm: TemplateResource) -> Iterator[Finding]:
    """Yield a finding for an alarm whose `DatapointsToAlarm` exceeds its `EvaluationPeriods` or is below 1."""
    given = [alarm.properties.get(name) for name in ("DatapointsToAlarm", "EvaluationPeriods")]
    points, periods = map(integer, given)
    if points is None or periods is None or 1 <= points <= periods:
        return
    if not (isinstance(alarm.model, Alarm) and all(isinstance(value, int) for value in given)):
        message = f"`{alarm.name}`: `DatapointsToAlarm` must be between 1 and `EvaluationPeriods` ({periods}), got {points}."
        yield RULE.finding(analysis.spot(alarm, ("DatapointsToAlarm",)), message)


def _threshold(analysis: TemplateAnalysis, alarm: TemplateResource) -> Iterator[Finding]:
    """Yield a finding for an alarm that has no threshold and is not an anomaly detection alarm."""
    if "Threshold" not in alarm.properties and "ThresholdMetricId" not in alarm.properties:
        message = f"`{alarm.name}` has no `Threshold`. Only anomaly detection works without one."
        hint = to_set(alarm, "Threshold", 0)
        yield RULE.finding(analysis.spot(alarm, ()), message, hint)


def _ids(analysis: TemplateAnalysis, alarm: TemplateResource, ids: list[str]) -> Iterator[Finding]:
    """Yield a finding for each query id that is invalid or repeated."""
    for index, name in enumerate(ids):
        where = analysis.spot(alarm, ("Metrics", index, "Id"))
        if not re.fullmatch("[a-z][A-Za-z0-9_]*", name):
            message = f"`{alarm.name}`: the id `{name}` must begin with a lowercase letter, followed by letters, digits and `_`."
            yield RULE.finding(where, message, facts=("illegal id", name))
        elif name in ids[:index]:
            yield RULE.finding(where, f"`{alarm.name}` has two queries with the id `{name}`.", facts=("repeated id", name))


def _expressions(analysis: TemplateAnalysis, alarm: TemplateResource, queries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Yield a finding for each id in an expression that no query defines."""
    ids = [query["Id"] for query in queries]
    for index, query in enumerate(queries):
        text = query.get("Expression")
        for name in _ids_in(text) if isinstance(text, str) else ():
            if name not in ids:
                message = f"`{alarm.name}`: the expression uses the id `{name}`, which no query has."
                hint = did_you_mean(name, ids, f"use one of {few(ids)}")
                where = analysis.spot(alarm, ("Metrics", index, "Expression"))
                yield RULE.finding(where, message, hint, facts=("unknown id", name))


def _results(analysis: TemplateAnalysis, alarm: TemplateResource, queries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Yield a finding for an alarm without exactly one result, unless it is an anomaly detection alarm."""
    results = [query for query in queries if query.get("ReturnData", True) not in (False, "false")]
    anomaly = "ThresholdMetricId" in alarm.properties
    if len(results) != 1 and not anomaly and all(mapping(query.get("ReturnData")) == {} for query in queries):
        message = f"`{alarm.name}`: exactly one query must return data, got {len(results)}."
        hint = (
            Spelling("write `'ReturnData': False` in the other queries", "write `ReturnData: false` in the other queries")
            if results
            else Spelling(
                "write `'ReturnData': True` in the query that the alarm evaluates",
                "write `ReturnData: true` in the query that the alarm evaluates",
            )
        )
        yield RULE.finding(analysis.spot(alarm, ("Metrics",)), message, hint, facts=("results",))


def _ids_in(expression: str) -> Iterator[str]:
    """Yield the ids in an expression: words that begin with a lowercase letter, except in strings and function names."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", expression)
    if not re.match(r"\s*(SELECT|SEARCH)\b", bare):
        yield from dict.fromkeys(re.findall(r"(?<![A-Za-z0-9_.])[a-z][A-Za-z0-9_]*\b(?!\s*\()", bare))


RULE: Final = LintRule(
    id="invalid-alarm",
    summary="CloudWatch rejects the period, datapoints, threshold or metric math of an alarm.",
    why=(
        "CloudWatch checks an alarm only when it creates it, so the deployment fails and the stack is rolled back. "
        "A period must be 10, 20, 30 or a multiple of 60 seconds. "
        "`DatapointsToAlarm` cannot exceed `EvaluationPeriods`, and without anomaly detection an alarm needs a threshold. "
        "In metric math each id must be valid and unique, and exactly one query must return data."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html",
    former_ids=("invalid-period", "invalid-datapoints", "missing-threshold", "invalid-metric-math"),
    examples=[
        Example(
            bad="""
Resources:
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
""",
            good="""
Resources:
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 0
""",
        ),
        Example(
            bad="""
Resources:
  Rate:
    Type: AWS::CloudWatch::Alarm
    Properties:
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 5
      Metrics:
        - Id: errors
          ReturnData: false
          MetricStat: {Period: 45, Stat: Sum, Metric: {Namespace: AWS/Lambda, MetricName: Errors}}
        - Id: rate
          Expression: 100 * erors
""",
            good="""
Resources:
  Rate:
    Type: AWS::CloudWatch::Alarm
    Properties:
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 5
      Metrics:
        - Id: errors
          ReturnData: false
          MetricStat: {Period: 60, Stat: Sum, Metric: {Namespace: AWS/Lambda, MetricName: Errors}}
        - Id: rate
          Expression: 100 * errors
""",
        ),
    ],
    check=check,
)
