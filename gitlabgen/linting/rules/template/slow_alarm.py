"""`slow-alarm`: an alarm reacts too late to stop its canary.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import integer
from gitlabgen.analysis.templates import TemplateAnalysis, TemplateResource
from gitlabgen.analysis.traffic_shifts import shifts_of
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each alarm that reacts too late; an error if it cannot fire before all traffic has shifted."""
    for canary, alarm in analysis.canary_alarms:
        shift = min(shifts_of(analysis, canary), key=lambda shift: shift.interval, default=None)
        periods = [period for metric in analysis.metrics(alarm) if (period := integer(metric.period)) is not None]
        if shift is None or not periods:
            continue
        where = analysis.spot(alarm, ("Period",))
        period, points = max(periods), _points(alarm)
        if (points - 1) * period >= shift.minutes * 60:
            message = (
                f"`{alarm.name}` cannot fire in time: it needs {points} periods of {period} seconds, "
                f"but `{shift.name}` moves all traffic within {shift.minutes} minutes."
            )
            yield RULE.finding(where, message, "use fewer or shorter periods", severity="error", facts=(shift.name,))
        elif period > shift.interval * 60:
            message = (
                f"`{alarm.name}` reacts too late: its period is {period} seconds, "
                f"but `{shift.name}` takes a step every {shift.interval * 60} seconds."
            )
            yield RULE.finding(where, message, "use a period of 60 seconds", facts=(shift.name,))


def _points(alarm: TemplateResource) -> int:
    given = alarm.properties.get("DatapointsToAlarm", alarm.properties.get("EvaluationPeriods"))
    return integer(given) or 1


RULE: Final = LintRule(
    id="slow-alarm",
    summary="An alarm reacts too late to stop the canary; an error if it cannot fire before all traffic has shifted.",
    why=(
        "An alarm fires at the end of a period at the earliest. "
        "If a period is longer than a step of the canary, the next step starts before the result of the last one is known. "
        "If the alarm takes longer than the whole canary, all traffic has shifted before it can fire."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html",
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
      DeploymentPreference: {Type: Linear10PercentEvery1Minute, Alarms: [!Ref Errors]}
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions:
        - {Name: FunctionName, Value: !Ref Hello}
        - {Name: Resource, Value: !Sub "${Hello}:live"}
      Statistic: Sum
      Period: 300
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
      DeploymentPreference: {Type: Linear10PercentEvery1Minute, Alarms: [!Ref Errors]}
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
