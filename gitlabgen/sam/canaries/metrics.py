"""The metrics that AWS publishes for functions, APIs and queues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_NAMES: Final = {
    "AWS/ApiGateway": (
        "4XXError 5XXError 4xx 5xx CacheHitCount CacheMissCount ClientError ConnectCount Count DataProcessed ExecutionError "
        "IntegrationError IntegrationLatency Latency MessageCount"
    ),
    "AWS/Lambda": (
        "AsyncEventAge AsyncEventsDropped AsyncEventsReceived ClaimedAccountConcurrency ConcurrentExecutions DeadLetterErrors "
        "DeletedEventCount DestinationDeliveryFailures DroppedEventCount Duration Errors FailedInvokeEventCount "
        "FilteredOutEventCount Invocations InvokedEventCount IteratorAge OffsetLag OnFailureDestinationDeliveredEventCount "
        "OversizedRecordCount PolledEventCount PostRuntimeExtensionsDuration ProvisionedConcurrencyInvocations "
        "ProvisionedConcurrencySpilloverInvocations ProvisionedConcurrencyUtilization ProvisionedConcurrentExecutions "
        "ProvisionedPollers RecursiveInvocationsDropped SignatureValidationErrors Throttles UnreservedConcurrentExecutions"
    ),
    "AWS/SQS": (
        "ApproximateAgeOfOldestMessage ApproximateNumberOfGroupsWithInflightMessages ApproximateNumberOfMessagesDelayed "
        "ApproximateNumberOfMessagesNotVisible ApproximateNumberOfMessagesVisible NumberOfDeduplicatedSentMessages "
        "NumberOfEmptyReceives NumberOfMessagesDeleted NumberOfMessagesReceived NumberOfMessagesSent SentMessageSize"
    ),
}

METRICS: Final[Mapping[str, tuple[str, ...]]] = {namespace: tuple(names.split()) for namespace, names in _NAMES.items()}
"""The metrics by their namespaces.

Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""
