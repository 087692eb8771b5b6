"""Routes: a method and a path of an API that call a function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final, Literal, get_args

from gitlabgen.errors import did_you_mean
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.sam.property_types import Link, Number, Properties, Switch, Value, Values
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["Route"]

Method = Literal["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
_METHODS: Final = get_args(Method)


def _method(value: Any) -> Any:
    if isinstance(value, str) and value.upper() not in _METHODS:
        hint = did_you_mean(value.upper(), _METHODS)
        raise InvalidValue(f"should be one of {', '.join(_METHODS)}, got {value!r}", hint)
    return value


@model
class Route(TemplateModel):
    """A method and a path that call the function.

    Args:
        method: The HTTP method, or `ANY`.
        path: The path, with `{name}` for variable parts and `{name+}` for the rest.
        api: The API or a `Ref` to it; if not given, SAM creates one.
        type: The kind of API, if the template does not define it: `HttpApi` if not given, or `Api` for a REST API.
        auth: Who may call this route.
        timeout_in_millis: How long the API waits for the function.
        payload_format_version: Of an HTTP API: `1.0` or `2.0`, the format of the event.
        route_settings: Of an HTTP API: limits of this route.
        request_model: Of a REST API: the schema that requests must match.
        request_parameters: Of a REST API: which parameters the function gets.
        response_transfer_mode: Of a REST API: `STREAM` to stream responses, or `BUFFERED`.
        unescape_mapping_template: Of a REST API that starts a state machine: whether it gets quotes without escapes.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapi.html
    """

    keyword: ClassVar[str] = "Events"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapi.html"
    )

    form: ClassVar[str] = "route"
    leading: ClassVar[tuple[str, ...]] = ("api", "path", "method")

    method: Annotated[Method | str, _method] = field(kw_only=False)
    path: str = field(kw_only=False)
    api: Link | None = None
    type: Literal["HttpApi", "Api"] | None = None
    auth: Properties | None = None
    timeout_in_millis: Number | None = None
    payload_format_version: Literal["1.0", "2.0"] | Value | None = None
    route_settings: Properties | None = None
    request_model: Properties | None = None
    request_parameters: Values | None = None
    response_transfer_mode: Literal["BUFFERED", "STREAM"] | Value | None = None
    unescape_mapping_template: Switch | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a path without a leading slash."""
        if isinstance(self.path, str) and not self.path.startswith("/") and self.path != "$default":
            yield Problem(f"should begin with '/', got {self.path!r}", path=("path",))
