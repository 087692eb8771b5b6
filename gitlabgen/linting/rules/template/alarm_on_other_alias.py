"""`alarm-on-other-alias`: the dimensions of an alarm name an alias, a version or a function that do not match.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import flat
from gitlabgen.analysis.templates import AlarmMetric, TemplateAnalysis, TemplateResource, mapping
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each dimension that does not match the function's alias or the other dimensions."""
    for alarm in analysis.alarms:
        for metric in analysis.metrics(alarm):
            if metric.namespace == "AWS/Lambda" and metric.dimensions:
                yield from _check(analysis, alarm, metric, {key: flat(value) or "" for key, value in metric.dimensions.items()})


def _check(analysis: TemplateAnalysis, alarm: TemplateResource, metric: AlarmMetric, texts: dict[str, str]) -> Iterator[Finding]:
    path = (*metric.path, "Dimensions")
    metric_name = str(metric.name)
    resource = texts.get("Resource", "")
    name, colon, alias = resource.rpartition(":")
    function = analysis.functions.get(name if colon else resource)
    named = analysis.functions.get(texts.get("FunctionName", ""))
    if function is None:
        function = named
    else:
        published = flat(function.properties.get("AutoPublishAlias"))
        if colon and published is not None and alias not in (published, "$LATEST") and not alias.isdigit():
            message = f"`{alarm.name}` watches the alias `{alias}`, but the alias of `{function.name}` is `{published}`."
            is_text = mapping(mapping(metric.dimensions).get("Resource")).get("Fn::Sub") == resource
            hint = f"write `{name}:{published}`" if is_text else f"name the alias `{published}`"
            where = analysis.spot(alarm, path, words=(resource, alias))
            yield RULE.finding(where, message, hint, facts=(metric_name, "Resource", alias))
        if named is not None and named is not function:
            message = f"`{alarm.name}` names `{named.name}` in `FunctionName`, but `{function.name}` in `Resource`."
            facts = (metric_name, "FunctionName", named.name)
            where = analysis.spot(alarm, path, words=(named.name,))
            yield RULE.finding(where, message, "name the same function in both", facts=facts)
    version = texts.get("ExecutedVersion", "").removeprefix("${").partition(".Version")[0]
    if function is not None and version != function.name and version in analysis.resources:
        message = f"`{alarm.name}` watches a version of `{version}` in `ExecutedVersion`, but the function is `{function.name}`."
        hint = f"write `{function.name}`"
        where = analysis.spot(alarm, path, words=(version,))
        yield RULE.finding(where, message, hint, facts=(metric_name, "ExecutedVersion", version))


RULE: Final = LintRule(
    id="alarm-on-other-alias",
    summary="The dimensions of an alarm name an alias, a version or a function that do not match.",
    why=(
        "Lambda emits metrics for each alias and version of a function, and for no other combination. "
        "An alarm on an alias other than the one that shifts traffic does not monitor the new version. "
        "An alarm on a combination that does not exist never gets any data, so it never fires."
    ),
    severity="error",
    confidence="certain",
    fix="unsafe",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    examples=[
        Example(
            bad="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [!Ref Errors]}
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions:
        - {Name: FunctionName, Value: !Ref Hello}
        - {Name: Resource, Value: !Sub "${Hello}:prod"}
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 0
      TreatMissingData: notBreaching
""",
            good="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [!Ref Errors]}
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions:
        - {Name: FunctionName, Value: !Ref Hello}
        - {Name: Resource, Value: !Sub "${Hello}:live"}
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 0
      TreatMissingData: notBreaching
""",
        )
    ],
    check=check,
)
