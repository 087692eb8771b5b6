"""`alarm-on-missing-data`: an alarm of a canary stops it, or keeps its last state, while there is no data.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_spellings import to_set
from gitlabgen.analysis.template_values import choices
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each alarm of a canary that does not treat missing data as `notBreaching`."""
    for canary, alarm in analysis.canary_alarms:
        function = canary.function.name
        for value in choices(alarm.properties.get("TreatMissingData", "missing")):
            if value not in ("breaching", "ignore", "missing"):
                continue
            if value == "breaching":
                message = (
                    f"`{alarm.name}` treats missing data as a breach, so it stops the canary of `{function}` "
                    "before the new version gets its first call."
                )
            else:
                message = (
                    f"`{alarm.name}` keeps its last state while there is no data (`{value}`), "
                    f"and a new version of `{function}` has no data at first."
                )
            hint = to_set(alarm, "TreatMissingData", "notBreaching")
            yield RULE.finding(analysis.spot(alarm, ("TreatMissingData",)), message, hint, facts=(function, value))


RULE: Final = LintRule(
    id="alarm-on-missing-data",
    summary="An alarm of a canary stops it, or keeps its last state, while there is no data.",
    why=(
        "A new version has no calls at first, so its metrics have no data. "
        "With `breaching` the alarm stops the deployment before the first call. "
        "With `missing`, which is the default, and with `ignore` the alarm keeps its old state, which can stop a good version. "
        "With `notBreaching` the alarm reacts to errors only."
    ),
    severity="warning",
    confidence="likely",
    fix="unsafe",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
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
        - {Name: Resource, Value: !Sub "${Hello}:live"}
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 0
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
