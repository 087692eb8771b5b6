"""Events that a service sends to a function: S3, SNS, IoT, Cognito, CloudWatch Logs and Alexa."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.sam._vocabulary import CognitoTrigger, S3EventName
from gitlabgen.sam.events.event import Event
from gitlabgen.sam.property_types import Link, Properties, Switch, Value

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["S3", "SNS", "AlexaSkill", "CloudWatchLogs", "Cognito", "IoTRule"]


@model
class AlexaSkill(Event):
    """A call by an Alexa skill.

    Args:
        skill_id: The skill that may call; any if not given.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-alexaskill.html
    """

    type: ClassVar[str] = "AlexaSkill"

    skill_id: Value | None = field(default=None, kw_only=False)


@model
class CloudWatchLogs(Event):
    """Lines of a log group.

    Args:
        log_group_name: The log group or its name.
        filter_pattern: Which lines are selected; all for an empty string.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-cloudwatchlogs.html
    """

    type: ClassVar[str] = "CloudWatchLogs"

    log_group_name: Link = field(kw_only=False)
    filter_pattern: Value


@model
class Cognito(Event):
    """A step of a Cognito user pool's sign-up or sign-in.

    Args:
        user_pool: The user pool, which must be in the same template.
        trigger: The step, such as `PreSignUp`, or several.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-cognito.html
    """

    type: ClassVar[str] = "Cognito"

    user_pool: Link = field(kw_only=False)
    trigger: CognitoTrigger | str | Sequence[CognitoTrigger | Value] | Intrinsic | AWSHelperFn


@model
class IoTRule(Event):
    """Messages of devices.

    Args:
        sql: The statement that selects the messages.
        aws_iot_sql_version: The version of the language.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-iotrule.html
    """

    type: ClassVar[str] = "IoTRule"

    sql: Value = field(kw_only=False)
    aws_iot_sql_version: Value | None = None


@model
class S3(Event):
    """Changes of a bucket's objects.

    Args:
        bucket: The bucket, which must be in the same template.
        events: What happens to an object, such as `s3:ObjectCreated:*`, or several.
        filter: Which objects are selected, by their names.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-s3.html
    """

    type: ClassVar[str] = "S3"

    bucket: Link = field(kw_only=False)
    events: S3EventName | str | Sequence[S3EventName | Value] | Intrinsic | AWSHelperFn
    filter: Properties | None = None


@model
class SNS(Event):
    """Messages of a topic.

    Args:
        topic: The topic or its ARN.
        filter_policy: Which messages are selected, by their attributes or body.
        filter_policy_scope: `MessageAttributes` or `MessageBody`.
        region: The topic's region, if it is not the stack's.
        sqs_subscription: Whether messages pass through a queue, or the queue's properties.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sns.html
    """

    type: ClassVar[str] = "SNS"

    topic: Link = field(kw_only=False)
    filter_policy: Properties | None = None
    filter_policy_scope: Literal["MessageAttributes", "MessageBody"] | Value | None = None
    region: Value | None = None
    sqs_subscription: Switch | Properties | None = None
