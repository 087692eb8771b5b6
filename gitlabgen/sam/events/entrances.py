"""Where HTTP requests enter a function: the route of an API that matches a request, or the URL of the function."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitlabgen.modeling.model import Model
from gitlabgen.sam.events.requests import Entrance, decoded
from gitlabgen.sam.events.route_types import api_of, route_type
from gitlabgen.sam.logical_ids import logical_id

if TYPE_CHECKING:
    from gitlabgen.sam.function import Function
    from gitlabgen.sam.template import Template

# The stage of the REST API that SAM creates for routes without an API.
_IMPLICIT_STAGE: Final = "Prod"
_DEFAULT: Final = "$default"
_API_KEYS: Final = ("Api", "RestApiId", "ApiId")


class FoundRoute(NamedTuple):
    """A route of a function.

    Args:
        method: The method in capital letters, or `ANY`.
        path: The path with its variable parts, or `$default`.
        type: `HttpApi`, or `Api` for a REST API.
        stage: The stage of its API, a text or an intrinsic function.
        format: The format of its event, or an intrinsic function.
    """

    method: str
    path: str
    type: str
    stage: Any
    format: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(function: Function, template: Template) -> Iterator[FoundRoute]:
    """Yield the routes of a function.

    Args:
        function: The function.
        template: The template, which may define the APIs.
    """
    resources = {logical_id(resource): resource for resource in template.resources}
    types = {name: getattr(resource, "type", None) for name, resource in resources.items()}
    for event in function.events.values() if isinstance(function.events, Mapping) else ():
        if isinstance(event, Model):
            if not hasattr(event, "method"):
                continue
            method, path, api, form = (getattr(event, name) for name in ("method", "path", "api", "payload_format_version"))
            kind = getattr(event, "type", None) or route_type(api, types)
        else:
            block = event if isinstance(event, Mapping) else {}
            kind, properties = block.get("Type"), block.get("Properties") or {}
            if kind not in ("Api", "HttpApi") or not isinstance(properties, Mapping):
                continue
            # Without a path, an event of an HTTP API gets all requests that no other route matches.
            method, path = properties.get("Method", "ANY"), properties.get("Path", _DEFAULT)
            api = next((properties[key] for key in _API_KEYS if key in properties), None)
            form = properties.get("PayloadFormatVersion")
        if isinstance(method, str) and isinstance(path, str):
            name = api_of(api)
            stage = getattr(resources.get(name) if isinstance(name, str) else None, "stage_name", None)
            usual = _IMPLICIT_STAGE if kind == "Api" else _DEFAULT
            yield FoundRoute(method.upper(), path, kind, stage or usual, "1.0" if kind == "Api" else form or "2.0")


def entrance_of(method: str, path: str, function: Function, template: Template) -> Entrance | None:
    """Return where a request enters a function: by the route that matches it best, or else by its URL; None if nowhere.

    Args:
        method: The method.
        path: The path, with its query.
        function: The function.
        template: The template.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
    """
    plain = path.partition("?")[0]
    matches = [
        (*_rank(route), index, route, parameters)
        for index, route in enumerate(routes_of(function, template))
        if route.method in (method, "ANY") and (parameters := _parameters(route.path, plain)) is not None
    ]
    if matches:
        *_, route, parameters = min(matches, key=lambda match: match[:3])
        return Entrance(route.type, route.format, route.method, route.path, route.stage, parameters)
    url = function.function_url_config
    if url is None:
        url = getattr(getattr(template.globals_, "function", None), "function_url_config", None)
    if url is None:
        return None
    is_open = isinstance(url, Mapping) and url.get("AuthType") == "NONE"
    caller = {"account": "anonymous"} if is_open else {}
    return Entrance("Url", "2.0", "ANY", _DEFAULT, _DEFAULT, {}, **caller)


def _rank(route: FoundRoute) -> tuple[tuple[int, ...], bool]:
    """Return how exact a route is: literal parts come before variable ones, and these before the rest of a path."""
    if route.path == _DEFAULT:
        return (3,), True
    parts = tuple(0 if not part.startswith("{") else 2 if part.endswith("+}") else 1 for part in route.path.split("/"))
    return parts, route.method == "ANY"


def _parameters(template: str, path: str) -> dict[str, str] | None:
    """Return the variable parts of a path by name; None if it does not match a route."""
    if template == _DEFAULT:
        return {}
    pieces = re.split(r"\{([^{}]+)\}", template)
    names = pieces[1::2]
    groups = [
        ("(.+)" if name.endswith("+") else "([^/]+)") + re.escape(rest) for name, rest in zip(names, pieces[2::2], strict=True)
    ]
    found = re.fullmatch(re.escape(pieces[0]) + "".join(groups), path)
    return None if found is None else {name.removesuffix("+"): decoded(found[at]) for at, name in enumerate(names, 1)}
