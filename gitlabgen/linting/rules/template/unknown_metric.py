"""`unknown-metric`: an alarm on a metric or a namespace that AWS does not have, which is never anything but quiet.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html and
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding, Severity, closest
from gitlabgen.linting.rule import LintRule

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
    """Yield a finding for each metric that its namespace does not have, and each namespace that is misspelt."""
    for alarm in analysis.alarms:
        for metric in analysis.metrics(alarm):
            namespace, name = metric.namespace, metric.name
            if not isinstance(namespace, str) or not isinstance(name, str):
                continue
            if namespace in _METRICS:
                known = _METRICS[namespace].split()
                if name not in known:
                    near = closest(name, known)
                    hint = f"did you mean {near!r}?" if near else f"known are {', '.join(known)}"
                    message = f"{namespace} has no metric {name!r}, so the alarm never fires"
                    severity: Severity = "error" if near else "warning"
                    path = (*metric.path, "MetricName")
                    yield RULE.finding(analysis.spot(alarm, path), message, hint, severity=severity)
            elif namespace not in _NAMESPACES and namespace.casefold() in map(str.casefold, _NAMESPACES):
                near = next(known for known in _NAMESPACES if known.casefold() == namespace.casefold())
                message = f"there is no namespace {namespace!r}, so the alarm never fires"
                path = (*metric.path, "Namespace")
                yield RULE.finding(analysis.spot(alarm, path), message, f"did you mean {near!r}?")
            elif namespace.startswith("AWS/") and namespace not in _NAMESPACES and closest(namespace, list(_NAMESPACES)):
                message = f"AWS is not known to have a namespace {namespace!r}; in one that is not there no alarm ever fires"
                hint = f"did you mean {closest(namespace, list(_NAMESPACES))!r}?"
                path = (*metric.path, "Namespace")
                yield RULE.finding(analysis.spot(alarm, path), message, hint, severity="warning")


RULE: Final = LintRule(
    id="unknown-metric",
    summary="a metric or namespace that AWS does not have; a warning if it may only be new",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,",
    examples=(),
    check=check,
)
