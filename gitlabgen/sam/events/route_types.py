"""The type of a route's event, which depends on its API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gitlabgen.modeling.model import Model

_TYPES: Final = {"AWS::Serverless::Api": "Api", "AWS::Serverless::HttpApi": "HttpApi"}


def route_type(api: Any, types: Mapping[str, Any]) -> str:
    """Return the type of the event of a route to this API.

    Args:
        api: The API's name or a `Ref` to it.
        types: The types of the template's resources by logical id.
    """
    name = api_of(api)
    kind = types.get(name) if isinstance(name, str) else None
    return _TYPES.get(kind, "HttpApi") if isinstance(kind, str) else "HttpApi"


def api_of(api: Any) -> Any:
    """Return the name to which a route refers.

    Args:
        api: The API's name or a `Ref` to it, in any form.
    """
    if isinstance(api, Model):
        return getattr(api, "argument", None)
    # troposphere stores a `Ref` as a mapping.
    data = getattr(api, "data", None)
    return data.get("Ref") if isinstance(data, dict) else api
