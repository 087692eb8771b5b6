"""Events that Lambda polls in batches from queues, streams, brokers and databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam.events.event import Event
from gitlabgen.sam.logical_ids import logical_id
from gitlabgen.sam.property_types import Arn, Link, Number, Properties, Switch, Value, Values

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn, BaseAWSObject
    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.resource import BaseResource

__all__ = ["MQ", "MSK", "SQS", "DocumentDB", "DynamoDB", "Kinesis", "SelfManagedKafka"]


def _stream_of(value: Any) -> Any:
    from gitlabgen.sam.intrinsics import GetAtt

    name = logical_id(value)
    return value if name is value else GetAtt(name, "StreamArn")


TableStream = Annotated[Union[str, "Intrinsic", "BaseResource", "AWSHelperFn", "BaseAWSObject"], _stream_of]
"""A table, whose stream's ARN is stored; or such an ARN."""

Position = Literal["AT_TIMESTAMP", "LATEST", "TRIM_HORIZON"]


@model
class _Poller(Event):
    """The base class of events that Lambda polls.

    Args:
        batch_size: The maximum number of records in a call.
        maximum_batching_window_in_seconds: The seconds for which records are gathered, up to 300.
        enabled: Whether records are polled.
        filter_criteria: Which records are selected.
        kms_key_arn: The key that encrypts the filter.
    """

    batch_size: Number | None = None
    maximum_batching_window_in_seconds: Number | None = None
    enabled: Switch | None = None
    filter_criteria: Properties | None = None
    kms_key_arn: Arn | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield problems with numbers that Lambda rejects."""
        size, window = self.batch_size, self.maximum_batching_window_in_seconds
        if isinstance(size, int) and not 1 <= size <= 10_000:
            yield Problem(f"should be between 1 and 10000, got {size}", path=("batch_size",))
        if isinstance(window, int) and not 0 <= window <= 300:
            yield Problem(f"should be between 0 and 300 seconds, got {window}", path=("maximum_batching_window_in_seconds",))


@model
class _Stream(_Poller):
    """The base class of events of ordered records.

    Args:
        starting_position: `LATEST`, `TRIM_HORIZON` for the oldest, or `AT_TIMESTAMP`.
        starting_position_timestamp: The start time in seconds since 1970.
        function_response_types: `ReportBatchItemFailures`, if the function reports which records failed.
        bisect_batch_on_function_error: Whether a failed batch is split in two.
        maximum_record_age_in_seconds: The maximum age of a record in seconds; -1 for no limit.
        maximum_retry_attempts: How often a failed batch is retried; -1 for no limit.
        destination_config: The destination of failed records.
        metrics_config: Which metrics are published.
    """

    starting_position: Position | Intrinsic | AWSHelperFn | None = None
    starting_position_timestamp: Number | None = None
    function_response_types: ListOf[Literal["ReportBatchItemFailures"] | Value] | Intrinsic | AWSHelperFn | None = None
    bisect_batch_on_function_error: Switch | None = None
    maximum_record_age_in_seconds: Number | None = None
    maximum_retry_attempts: Number | None = None
    destination_config: Properties | None = None
    metrics_config: Properties | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem if the start time is missing."""
        yield from super().problems()
        if (self.starting_position == "AT_TIMESTAMP") and self.starting_position_timestamp is None:
            yield Problem("is missing", "AT_TIMESTAMP needs the time at which to begin", ("starting_position_timestamp",))


@model
class _Shard(_Stream):
    """The base class of streams that consist of shards.

    Args:
        starting_position: `LATEST`, `TRIM_HORIZON` for the oldest, or `AT_TIMESTAMP`, which tables do not support.
        parallelization_factor: How many batches of a shard are processed concurrently, up to 10.
        tumbling_window_in_seconds: The seconds for which calls share a state, up to 900.
    """

    starting_position: Position | Intrinsic | AWSHelperFn
    parallelization_factor: Number | None = None
    tumbling_window_in_seconds: Number | None = None


@model
class _Kafka(_Stream):
    """The base class of both kinds of Kafka.

    Args:
        topics: The topic, as a list of one.
        consumer_group_id: The consumer group.
        source_access_configurations: How Lambda authenticates and connects to the brokers.
        provisioned_poller_config: The minimum and maximum number of pollers.
        schema_registry_config: Where the records' schemas are.
        logging_config: What the pollers log.
    """

    topics: Values
    consumer_group_id: Value | None = None
    source_access_configurations: Values | None = None
    provisioned_poller_config: Properties | None = None
    schema_registry_config: Properties | None = None
    logging_config: Properties | None = None


@model
class SQS(_Poller):
    """Messages of a queue.

    Args:
        queue: The queue or its ARN.
        function_response_types: `ReportBatchItemFailures`, if the function reports which messages failed.
        scaling_config: The maximum number of concurrent calls.
        metrics_config: Which metrics are published.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sqs.html
    """

    type: ClassVar[str] = "SQS"

    queue: Arn = field(kw_only=False)
    function_response_types: ListOf[Literal["ReportBatchItemFailures"] | Value] | Intrinsic | AWSHelperFn | None = None
    scaling_config: Properties | None = None
    metrics_config: Properties | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a large batch without a window."""
        yield from super().problems()
        size = self.batch_size
        if isinstance(size, int) and size > 10 and self.maximum_batching_window_in_seconds in (None, 0):
            hint = "batches of more than 10 messages need a window of at least 1 second"
            yield Problem("needs `maximum_batching_window_in_seconds`", hint, ("batch_size",))


@model
class Kinesis(_Shard):
    """Records of a Kinesis stream.

    Args:
        stream: The stream or its ARN.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-kinesis.html
    """

    type: ClassVar[str] = "Kinesis"

    stream: Arn = field(kw_only=False)


@model
class DynamoDB(_Shard):
    """Changes of a DynamoDB table.

    Args:
        stream: The table, or the ARN of its stream.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-dynamodb.html
    """

    type: ClassVar[str] = "DynamoDB"

    stream: TableStream = field(kw_only=False)

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a position that tables do not support."""
        yield from super().problems()
        if self.starting_position == "AT_TIMESTAMP":
            yield Problem("should be one of LATEST, TRIM_HORIZON, got 'AT_TIMESTAMP'", path=("starting_position",))


@model
class DocumentDB(_Poller):
    """Changes of a DocumentDB cluster.

    Args:
        cluster: The cluster's ARN.
        database_name: The database.
        collection_name: The collection; all if not given.
        source_access_configurations: The secret with which Lambda authenticates.
        full_document: `UpdateLookup` to get the whole document, or `Default`.
        starting_position: `LATEST`, `TRIM_HORIZON` for the oldest, or `AT_TIMESTAMP`.
        starting_position_timestamp: The start time in seconds since 1970.
        secrets_manager_kms_key_id: The key of the secret, if it is customer-managed.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-documentdb.html
    """

    type: ClassVar[str] = "DocumentDB"

    cluster: Value = field(kw_only=False)
    database_name: Value
    collection_name: Value | None = None
    source_access_configurations: Values
    full_document: Literal["Default", "UpdateLookup"] | Value | None = None
    starting_position: Position | Intrinsic | AWSHelperFn | None = None
    starting_position_timestamp: Number | None = None
    secrets_manager_kms_key_id: Value | None = None


@model
class MQ(_Poller):
    """Messages of an Amazon MQ broker.

    Args:
        broker: The broker or its ARN.
        queues: The queue's name, as a list of one.
        source_access_configurations: The secret with which Lambda authenticates.
        dynamic_policy_name: Whether the generated policy has a unique name, which several events need.
        secrets_manager_kms_key_id: The key of the secret, if it is customer-managed.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-mq.html
    """

    type: ClassVar[str] = "MQ"

    broker: Arn = field(kw_only=False)
    queues: Values
    source_access_configurations: Values
    dynamic_policy_name: Switch | None = None
    secrets_manager_kms_key_id: Value | None = None


@model
class MSK(_Kafka):
    """Records of a topic of Amazon MSK.

    Args:
        stream: The cluster or its ARN.
        starting_position: `LATEST`, `TRIM_HORIZON` for the oldest, or `AT_TIMESTAMP`.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-msk.html
    """

    type: ClassVar[str] = "MSK"

    stream: Link = field(kw_only=False)
    starting_position: Position | Intrinsic | AWSHelperFn


@model
class SelfManagedKafka(_Kafka):
    """Records of a topic of a self-managed Kafka.

    Args:
        source_access_configurations: How Lambda authenticates and connects to the brokers.
        kafka_bootstrap_servers: The brokers' addresses.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-selfmanagedkafka.html
    """

    type: ClassVar[str] = "SelfManagedKafka"

    source_access_configurations: Values
    kafka_bootstrap_servers: Values | None = None
