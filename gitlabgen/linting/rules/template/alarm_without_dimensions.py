"""`alarm-without-dimensions`: an alarm of a canary counts all resources in the region.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each AWS metric without dimensions in an alarm of a canary."""
    for canary, alarm in analysis.canary_alarms:
        for metric in analysis.metrics(alarm):
            if metric.dimensions == {} and str(metric.namespace).startswith("AWS/"):
                function = canary.function.name
                counted = "every function" if metric.namespace == "AWS/Lambda" else "everything"
                message = (
                    f"`{alarm.name}` counts `{metric.name}` of {counted} in the region; "
                    f"any of them can stop the canary of `{function}`."
                )
                alias = canary.qualified_alias
                hint = Spelling(
                    f"add `dimensions={{'FunctionName': Ref({function!r}), 'Resource': Sub({alias!r})}}`",
                    f"add `Dimensions: [{{Name: FunctionName, Value: !Ref {function}}}, "
                    f"{{Name: Resource, Value: !Sub '{alias}'}}]`",
                )
                yield RULE.finding(analysis.spot(alarm, metric.path), message, hint, facts=(str(metric.name), function))


RULE: Final = LintRule(
    id="alarm-without-dimensions",
    summary="An alarm of a canary counts all resources in the region.",
    why=(
        "A metric without dimensions adds up all functions of the account in that region. "
        "An error in any other function then stops the canary, and a good version is rolled back. "
        "The dimensions `FunctionName` and `Resource` limit the alarm to the alias that shifts traffic."
    ),
    severity="warning",
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
