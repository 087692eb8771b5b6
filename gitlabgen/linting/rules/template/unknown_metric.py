"""`unknown-metric`: an alarm uses a metric or a namespace that AWS does not have, so it never fires.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html and
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding, Severity, closest, few, suggestion
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_METRICS: Final = {
    "AWS/ApiGateway": (
        "4XXError 5XXError 4xx 5xx CacheHitCount CacheMissCount Count IntegrationLatency Latency DataProcessed ConnectCount "
        "MessageCount ClientError ExecutionError IntegrationError"
    ),
    "AWS/Lambda": (
        "Invocations Errors DeadLetterErrors DestinationDeliveryFailures Throttles OversizedRecordCount "
        "ProvisionedConcurrencyInvocations ProvisionedConcurrencySpilloverInvocations RecursiveInvocationsDropped Duration "
        "PostRuntimeExtensionsDuration IteratorAge OffsetLag ConcurrentExecutions ProvisionedConcurrentExecutions "
        "ProvisionedConcurrencyUtilization UnreservedConcurrentExecutions ClaimedAccountConcurrency AsyncEventsReceived "
        "AsyncEventAge AsyncEventsDropped PolledEventCount FilteredOutEventCount InvokedEventCount FailedInvokeEventCount "
        "DroppedEventCount OnFailureDestinationDeliveredEventCount DeletedEventCount ProvisionedPollers SignatureValidationErrors"
    ),
    "AWS/SQS": (
        "ApproximateAgeOfOldestMessage ApproximateNumberOfMessagesDelayed ApproximateNumberOfMessagesNotVisible "
        "ApproximateNumberOfMessagesVisible NumberOfEmptyReceives NumberOfMessagesDeleted NumberOfMessagesReceived "
        "NumberOfMessagesSent SentMessageSize ApproximateNumberOfGroupsWithInflightMessages "
        "NumberOfDeduplicatedSentMessages"
    ),
}
_NAMESPACES: Final = (
    *_METRICS,
    "AWS/AppSync",
    "AWS/ApplicationELB",
    "AWS/CloudFront",
    "AWS/Cognito",
    "AWS/DynamoDB",
    "AWS/EC2",
    "AWS/ECS",
    "AWS/Events",
    "AWS/Firehose",
    "AWS/Kafka",
    "AWS/Kinesis",
    "AWS/Logs",
    "AWS/NetworkELB",
    "AWS/RDS",
    "AWS/S3",
    "AWS/SES",
    "AWS/SNS",
    "AWS/Scheduler",
    "AWS/States",
    "AWS/WAFV2",
    "AWS/X-Ray",
)


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each metric that its namespace does not have, and each misspelt namespace."""
    for alarm in analysis.alarms:
        for metric in analysis.metrics(alarm):
            namespace, name = metric.namespace, metric.name
            if not isinstance(namespace, str) or not isinstance(name, str):
                continue
            if namespace in _METRICS:
                known = _METRICS[namespace].split()
                if name not in known:
                    near = closest(name, known)
                    hint = suggestion(near, f"use one of {few(known)}")
                    message = f"`{alarm.name}` never fires: `{namespace}` has no metric `{name}`."
                    severity: Severity = "error" if near else "warning"
                    where = analysis.spot(alarm, (*metric.path, "MetricName"))
                    yield RULE.finding(where, message, hint, severity=severity, facts=(namespace, name))
            elif namespace not in _NAMESPACES and namespace.casefold() in map(str.casefold, _NAMESPACES):
                near = next(known for known in _NAMESPACES if known.casefold() == namespace.casefold())
                message = f"`{alarm.name}` never fires: AWS has no namespace `{namespace}`."
                where = analysis.spot(alarm, (*metric.path, "Namespace"))
                yield RULE.finding(where, message, suggestion(near), facts=(namespace,))
            elif namespace.startswith("AWS/") and namespace not in _NAMESPACES and (near := closest(namespace, _NAMESPACES)):
                message = f"`{alarm.name}` may never fire: the namespace `{namespace}` is unknown."
                where = analysis.spot(alarm, (*metric.path, "Namespace"))
                yield RULE.finding(where, message, suggestion(near), severity="warning", facts=(namespace,))


RULE: Final = LintRule(
    id="unknown-metric",
    summary="An alarm uses a metric or a namespace that AWS does not have; a warning if it may be a new one.",
    why=(
        "CloudWatch accepts any name, because programs can publish custom metrics. "
        "A metric that does not exist never has data, so the alarm never fires. "
        "The mistake becomes visible only when the alarm misses an error."
    ),
    severity="error",
    confidence="certain",
    fix="unsafe",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    examples=[
        Example(
            bad="""
Resources:
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Error
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanThreshold
      Threshold: 0
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
        )
    ],
    check=check,
)
