"""Who may call the functions of a stack: the principals that CloudFormation has to give permission to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gitlabgen.sam.bootstrapping.generated_types import Source, event_type, mentions, property_of

ANYONE: Final = "*"
"""The principal of a public function URL."""

_GATEWAY: Final = "apigateway.amazonaws.com"
_SCHEDULER: Final = "events.amazonaws.com"
# The principal by the type of the event; events that are not listed need no permission.
_EVENTS: Final = {
    "AlexaSkill": "alexa-appkit.amazon.com",
    "Api": _GATEWAY,
    "CloudWatchEvent": _SCHEDULER,
    "CloudWatchLogs": "logs.amazonaws.com",
    "Cognito": "cognito-idp.amazonaws.com",
    "EventBridgeRule": _SCHEDULER,
    "HttpApi": _GATEWAY,
    "IoTRule": "iot.amazonaws.com",
    "S3": "s3.amazonaws.com",
    "SNS": "sns.amazonaws.com",
    "Schedule": _SCHEDULER,
}
_WITH_AUTHORIZERS: Final = ("AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::Serverless::WebSocketApi")
# A connector gives permission to the service of its source.
_CONNECTED: Final = (_GATEWAY, _SCHEDULER, "s3.amazonaws.com", "sns.amazonaws.com")


def callers(sources: Iterable[Source]) -> list[str] | None:
    """Return the principals that may be allowed to call the functions of a stack; None if one is known only at deployment.

    Args:
        sources: The resources of the template.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    """
    found = {principal for source in sources for principal in _callers(source)}
    known = sorted(principal for principal in found if principal is not None)
    return known if len(known) == len(found) else None


def _callers(source: Source) -> Iterator[str | None]:
    given = source.given
    if source.type == "AWS::Lambda::Permission":
        principal = given.get("principal")
        yield principal if isinstance(principal, str) else None
    if source.type in _WITH_AUTHORIZERS:
        yield _GATEWAY
    if source.type == "AWS::Serverless::Connector" or "connectors" in given:
        yield from _CONNECTED
    url = given.get("functionurlconfig")
    if url is not None:
        auth = property_of(url, "authtype")
        yield from () if auth == "AWS_IAM" else (ANYONE,)
    events = given.get("events")
    for event in events.values() if isinstance(events, Mapping) else ():
        yield from _called_by(event)


def _called_by(event: Any) -> Iterator[str]:
    principal = _EVENTS.get(event_type(event))
    # A queue between the topic and the function is read by Lambda itself.
    if principal is not None and not mentions([event], "sqssubscription"):
        yield principal
