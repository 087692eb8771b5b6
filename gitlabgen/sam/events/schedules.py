"""Schedules, and rules that select events of an event bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.sam.events.event import Event
from gitlabgen.sam.property_types import Arn, Link, Properties, Switch, Value

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["CloudWatchEvent", "EventBridgeRule", "Schedule", "ScheduleV2"]


State = Literal["ENABLED", "DISABLED"]


@model
class Schedule(Event):
    """A rule of EventBridge with a schedule.

    Args:
        schedule: When: `rate(5 minutes)` or `cron(0 12 * * ? *)`, in UTC.
        name: The rule's name in the account.
        description: What the rule is for.
        input: The JSON string that is passed.
        enabled: Whether the rule is active.
        state: The same as `ENABLED` or `DISABLED`.
        dead_letter_config: The queue for failed calls.
        retry_policy: How often and how long a failed call is retried.
        target: For a state machine, the `Id` of the rule's target.
        role_arn: For a state machine, the role that starts it.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-schedule.html
    """

    type: ClassVar[str] = "Schedule"

    schedule: Value = field(kw_only=False)
    name: Value | None = None
    description: Value | None = None
    input: Value | None = None
    enabled: Switch | None = None
    state: State | Intrinsic | AWSHelperFn | None = None
    dead_letter_config: Properties | None = None
    retry_policy: Properties | None = None
    target: Properties | None = None
    role_arn: Arn | None = None


@model
class ScheduleV2(Event):
    """A schedule of EventBridge Scheduler.

    Args:
        schedule_expression: When: `rate(…)`, `cron(…)` or `at(…)`.
        schedule_expression_timezone: The time zone of the expression, such as `Europe/Berlin`; UTC if not given.
        flexible_time_window: The time window for each call; if not given, calls are on time.
        start_date: When the schedule starts.
        end_date: When the schedule ends.
        name: The schedule's name; the event's logical id if not given.
        omit_name: Whether CloudFormation generates the name.
        description: What the schedule is for.
        group_name: The group of schedules.
        input: The JSON string that is passed.
        state: `ENABLED` or `DISABLED`.
        dead_letter_config: The queue for failed calls.
        retry_policy: How often and how long a failed call is retried.
        role_arn: The schedule's role; if not given, SAM creates one.
        permissions_boundary: The ARN of the permissions boundary of that role.
        kms_key_arn: The key that encrypts the input.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-schedulev2.html
    """

    type: ClassVar[str] = "ScheduleV2"

    schedule_expression: Value = field(kw_only=False)
    schedule_expression_timezone: Value | None = None
    flexible_time_window: Properties | None = None
    start_date: Value | None = None
    end_date: Value | None = None
    name: Value | None = None
    omit_name: Switch | None = None
    description: Value | None = None
    group_name: Link | None = None
    input: Value | None = None
    state: State | Intrinsic | AWSHelperFn | None = None
    dead_letter_config: Properties | None = None
    retry_policy: Properties | None = None
    role_arn: Arn | None = None
    permissions_boundary: Value | None = None
    kms_key_arn: Arn | None = None


@model
class EventBridgeRule(Event):
    """Events of an event bus.

    Args:
        pattern: Which events are selected.
        event_bus_name: The event bus or its name; `default` if not given.
        rule_name: The rule's name in the account.
        input: The JSON string that is passed instead of the event.
        input_path: The part of the event that is passed.
        input_transformer: How the event is transformed.
        dead_letter_config: The queue for failed events.
        retry_policy: How often and how long a failed call is retried.
        target: The `Id` of the rule's target.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventbridgerule.html
    """

    type: ClassVar[str] = "EventBridgeRule"

    pattern: Properties = field(kw_only=False)
    event_bus_name: Link | None = None
    rule_name: Value | None = None
    input: Value | None = None
    input_path: Value | None = None
    input_transformer: Properties | None = None
    dead_letter_config: Properties | None = None
    retry_policy: Properties | None = None
    target: Properties | None = None


@model
class CloudWatchEvent(Event):
    """Events of an event bus, under the former name of `EventBridgeRule`.

    Args:
        pattern: Which events are selected.
        event_bus_name: The event bus or its name; `default` if not given.
        input: The JSON string that is passed instead of the event.
        input_path: The part of the event that is passed.
        enabled: Whether the rule is active.
        state: The same as `ENABLED` or `DISABLED`.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-cloudwatchevent.html
    """

    type: ClassVar[str] = "CloudWatchEvent"

    pattern: Properties | None = field(default=None, kw_only=False)
    event_bus_name: Link | None = None
    input: Value | None = None
    input_path: Value | None = None
    enabled: Switch | None = None
    state: State | Intrinsic | AWSHelperFn | None = None
