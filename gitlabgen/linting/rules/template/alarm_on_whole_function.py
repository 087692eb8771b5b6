"""`alarm-on-whole-function`: an alarm of a canary counts the calls of all versions of the function.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import flat
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each metric whose only dimension is the name of the function."""
    for canary, alarm in analysis.canary_alarms:
        for metric in analysis.metrics(alarm):
            if metric.namespace != "AWS/Lambda" or metric.dimensions is None or [*metric.dimensions] != ["FunctionName"]:
                continue
            if analysis.functions.get(flat(metric.dimensions["FunctionName"]) or "") is canary.function:
                function = canary.function.name
                message = (
                    f"`{alarm.name}` counts calls of both the old and the new version of `{function}`, "
                    "so errors of the new one alone may not trigger it."
                )
                alias = canary.qualified_alias
                hint = Spelling(
                    f"add `'Resource': Sub({alias!r})` to the dimensions",
                    f"add `{{Name: Resource, Value: !Sub '{alias}'}}` to the dimensions",
                )
                where = analysis.spot(alarm, (*metric.path, "Dimensions"), at_key=True)
                yield RULE.finding(where, message, hint, facts=(str(metric.name), function))


RULE: Final = LintRule(
    id="alarm-on-whole-function",
    summary="An alarm of a canary also counts the calls of the old version.",
    why=(
        "A metric with the dimension `FunctionName` alone counts the calls of all versions and aliases. "
        "At the start of a canary nearly all calls still go to the old version. "
        "A few errors of the new one may then stay below the threshold, and the canary continues."
    ),
    severity="info",
    confidence="likely",
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
