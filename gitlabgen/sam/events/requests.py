"""The events that a function gets for an HTTP request: from an HTTP API, a REST API or its own URL.

What differs in each call has API Gateway's names, such as `$context.requestId`. What CloudFormation fills in is written as for
`Sub`.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html and
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

# The id of an API is known only after its functions exist.
_API: Final = "probe"
_DOMAIN: Final = "${AWS::Region}.${AWS::URLSuffix}"
_ADDRESS: Final = "192.0.2.1"
_AGENT: Final = "gitlabgen-probe"
_TRACE: Final = "Root=1-5759e988-bd862e3fe1be46a994272793"
_IDENTITY: Final = (
    *("accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType", "cognitoIdentityId"),
    *("cognitoIdentityPoolId", "principalOrgId", "sourceIp", "user", "userAgent", "userArn"),
)


class Request(NamedTuple):
    """A request as a client sends it.

    Args:
        method: The method.
        path: The path, with its query.
        headers: The headers by name.
        body: The body.
        authorizer: What an authorizer adds.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: str | None
    authorizer: Any


class Entrance(NamedTuple):
    """Where a request enters, and what it becomes there.

    Args:
        kind: `HttpApi`, `Api` for a REST API, or `Url` for the URL of the function.
        format: `1.0` or `2.0`, the format of the event.
        method: The method of the route, or `ANY`.
        resource: The path of the route, or `$default`.
        stage: The stage.
        parameters: The variable parts of the path by name.
        account: The caller's account, or what stands for it.
    """

    kind: str
    format: str
    method: str
    resource: str
    stage: str
    parameters: Mapping[str, str]
    account: str = "${AWS::AccountId}"

    @property
    def host(self) -> str:
        """The domain name."""
        return f"{_API}.lambda-url.${{AWS::Region}}.on.aws" if self.kind == "Url" else f"{_API}.execute-api.{_DOMAIN}"

    @property
    def key(self) -> str:
        """The route's key."""
        return self.resource if self.resource == "$default" else f"{self.method} {self.resource}"


def event_of(request: Request, entrance: Entrance) -> dict[str, Any]:
    """Return the event of a request.

    Args:
        request: The request.
        entrance: Where it enters.
    """
    return _second_format(request, entrance) if entrance.format == "2.0" else _first_format(request, entrance)


def _second_format(request: Request, entrance: Entrance) -> dict[str, Any]:
    path, _, query = request.path.partition("?")
    raw = path if entrance.stage == "$default" else f"/{entrance.stage}{path}"
    headers = _lowercase(_headers(request, entrance))
    cookies = headers.pop("cookie", None)
    agent = headers["user-agent"]
    context: dict[str, Any] = {
        "accountId": entrance.account,
        "apiId": _API,
        **({"authentication": None} if entrance.kind == "Url" else {}),
        **({} if request.authorizer is None else {"authorizer": request.authorizer}),
        "domainName": entrance.host,
        "domainPrefix": _API,
        "http": {"method": request.method, "path": raw, "protocol": "HTTP/1.1", "sourceIp": _ADDRESS, "userAgent": agent},
        "requestId": "$context.requestId",
        "routeKey": entrance.key,
        "stage": entrance.stage,
        "time": "$context.requestTime",
        "timeEpoch": "$context.requestTimeEpoch",
    }
    event: dict[str, Any] = {"version": "2.0", "routeKey": entrance.key, "rawPath": raw, "rawQueryString": query}
    event |= {} if cookies is None else {"cookies": re.split(r";\s*", cookies)}
    event["headers"] = headers
    event |= {"queryStringParameters": {name: ",".join(all_) for name, all_ in _query(query).items()}} if query else {}
    event["requestContext"] = context
    event |= {} if request.body is None else {"body": request.body}
    event |= {"pathParameters": dict(entrance.parameters)} if entrance.parameters else {}
    event["isBase64Encoded"] = False
    return event


def _first_format(request: Request, entrance: Entrance) -> dict[str, Any]:
    is_http = entrance.kind == "HttpApi"
    path, _, query = request.path.partition("?")
    staged = path if entrance.stage == "$default" else f"/{entrance.stage}{path}"
    given = _headers(request, entrance)
    headers = _lowercase(given) if is_http else given
    values = _query(query)
    known = {"sourceIp": _ADDRESS, "userAgent": given["User-Agent"]}
    authorizer = {"claims": None, "scopes": None} if request.authorizer is None and is_http else request.authorizer
    context: dict[str, Any] = {
        "accountId": entrance.account,
        "apiId": _API,
        **({} if authorizer is None else {"authorizer": authorizer}),
        "domainName": entrance.host,
        "domainPrefix": _API,
        "extendedRequestId": "$context.requestId",
        "httpMethod": request.method,
        "identity": {name: known.get(name) for name in _IDENTITY},
        "path": staged,
        "protocol": "HTTP/1.1",
        "requestId": "$context.requestId",
        "requestTime": "$context.requestTime",
        "requestTimeEpoch": "$context.requestTimeEpoch",
        "resourceId": None if is_http else _API,
        "resourcePath": entrance.resource,
        "stage": entrance.stage,
    }
    return {
        **({"version": "1.0"} if is_http else {}),
        "resource": entrance.resource,
        "path": staged if is_http else path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: all_[-1] for name, all_ in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "requestContext": context,
        "pathParameters": dict(entrance.parameters) or None,
        "stageVariables": None,
        "body": request.body,
        "isBase64Encoded": False,
    }


def _headers(request: Request, entrance: Entrance) -> dict[str, str]:
    """Return all headers; those of the request replace those that each request has, in any spelling."""
    usual = {
        "Host": entrance.host,
        "User-Agent": _AGENT,
        "X-Amzn-Trace-Id": _TRACE,
        "X-Forwarded-For": _ADDRESS,
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    spelled = {name.lower(): name for name in usual}
    return usual | {spelled.get(name.lower(), name): value for name, value in request.headers.items()}


def _lowercase(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _query(text: str) -> dict[str, list[str]]:
    """Return the values of a query by name."""
    values: dict[str, list[str]] = {}
    for pair in filter(None, text.split("&")):
        name, _, value = pair.partition("=")
        values.setdefault(decoded(name.replace("+", " ")), []).append(decoded(value.replace("+", " ")))
    return values


def decoded(text: str) -> str:
    """Return a part of a path or a query without percent-encoding.

    Args:
        text: The part.
    """
    # `urllib` is not used, since the package opens no connections.
    encoded = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), text.encode())
    return encoded.decode(errors="replace")
