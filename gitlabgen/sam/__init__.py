"""`template.yml` as attrs classes: SAM's nouns and what they need of CloudFormation, loaded when they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitlabgen.codec.templates import dumps, loads
    from gitlabgen.sam.alarm import Alarm
    from gitlabgen.sam.api import HttpApi, RestApi
    from gitlabgen.sam.canary import Canary
    from gitlabgen.sam.function import Function
    from gitlabgen.sam.intrinsics import FindInMap, GetAtt, If, ImportValue, Intrinsic, Join, Ref, Select, Split, Sub
    from gitlabgen.sam.outputs import Output
    from gitlabgen.sam.resource import BaseResource, Resource
    from gitlabgen.sam.role import Role, trust
    from gitlabgen.sam.route import Route
    from gitlabgen.sam.template import Template

__all__ = [
    "Alarm",
    "BaseResource",
    "Canary",
    "FindInMap",
    "Function",
    "GetAtt",
    "HttpApi",
    "If",
    "ImportValue",
    "Intrinsic",
    "Join",
    "Output",
    "Ref",
    "Resource",
    "RestApi",
    "Role",
    "Route",
    "Select",
    "Split",
    "Sub",
    "Template",
    "dumps",
    "loads",
    "trust",
]

_MODULES = {
    "BaseResource": "resource",
    "HttpApi": "api",
    "Output": "outputs",
    "RestApi": "api",
    "trust": "role",
    **dict.fromkeys(
        ("FindInMap", "GetAtt", "If", "ImportValue", "Intrinsic", "Join", "Ref", "Select", "Split", "Sub"), "intrinsics"
    ),
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        # The codec stands a floor above: it is named here, and imported only when asked for.
        module = "gitlabgen.codec.templates" if name in ("dumps", "loads") else f"{__name__}.{_MODULES.get(name, name.lower())}"
        found = getattr(import_module(module), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return __all__
