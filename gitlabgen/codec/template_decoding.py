"""Plain tree to template: what each resource, event and output becomes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gitlabgen import sam
from gitlabgen.codec.cloudformation import long_form
from gitlabgen.codec.decoding import Decoder, NodePlace
from gitlabgen.codec.template_encoding import API_KEYS, BESIDE_PROPERTIES, property_key, route_type
from gitlabgen.sam.template import Template
from gitlabgen.shapes import FrozenDict
from gitlabgen.yamltext.nodes import Tagged

if TYPE_CHECKING:
    from gitlabgen.sam.outputs import Output
    from gitlabgen.sam.resource import BaseResource

__all__ = ["TemplateDecoder"]

_CLASSES: Final = {
    "AWS::CloudWatch::Alarm": "Alarm",
    "AWS::IAM::Role": "Role",
    "AWS::Serverless::Api": "RestApi",
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::HttpApi": "HttpApi",
}


class TemplateDecoder:
    """Reads one template: the mirror of `TemplateEncoder`.

    Args:
        filename: The file's name for findings.
        body: The file's tree, with a mapping of resources or none.
    """

    def __init__(self, filename: str, body: dict[Any, Any]) -> None:
        self._body = body
        self._filename = filename
        self._resources = body.get("Resources", {})
        self._types = {name: node.get("Type") for name, node in self._resources.items() if isinstance(node, dict)}
        self._decoder = Decoder(
            filename,
            _field,
            adopt=self._intrinsic,
            key=property_key,
            special={"Output": self._output, "Route": self._event},
            # CloudFormation reads a date, or what else parsers disagree on, as the string that it is.
            plain=str.__str__,
        )

    def template(self) -> Template:
        """Return the whole template."""
        made = {name: self._resource(name, node) for name, node in self._resources.items()}
        settings = {key: node for key, node in self._body.items() if key != "Resources"}
        # A loop stands among the resources and is none.
        others = {name: self._resources[name] for name, resource in made.items() if resource is None}
        if others:
            settings["Resources"] = others
        given: dict[str, Any] = {"resources": [resource for resource in made.values() if resource is not None]}
        given |= {name: None for name in ("transform", "format_version") if property_key(name) not in settings}
        template: Template = self._decoder.model(Template, settings, self._place(self._body), **given)
        return template

    def _place(self, *nodes: Any, key: Callable[[str], str] = property_key) -> NodePlace:
        return NodePlace(self._filename, *nodes, key=key)

    def _intrinsic(self, node: Any) -> Any:
        found = long_form(node.tag, node.value) if isinstance(node, Tagged) else _function(node)
        if found is None:
            return None
        function, argument = found
        if function == "Condition":  # a name for it is written beside other keys, too
            return FrozenDict({function: self._decoder.raw(argument)})
        return sam.Intrinsic(function, self._decoder.raw(argument))

    def _resource(self, name: Any, node: Any) -> BaseResource | None:
        if not isinstance(node, dict) or not isinstance(name, str) or name.startswith("Fn::"):
            return None
        kind, properties = node.get("Type"), node.get("Properties", {})
        beside = {key: value for key, value in node.items() if key not in ("Type", "Properties")}
        if self._is_plain(properties) and isinstance(kind, str) and kind in _CLASSES and {*beside} <= {*BESIDE_PROPERTIES}:
            return self._typed(name, _CLASSES[kind], node, {**properties, **beside})
        given = {"resource_type": self._decoder.raw(kind) if "Type" in node else None}
        if "Properties" in node:
            given["properties"] = self._decoder.raw(properties)
        resource: BaseResource = self._decoder.model(sam.Resource, beside, self._place(node), name=name, **given)
        return resource

    def _is_plain(self, properties: Any) -> bool:
        # What a property of this name beside the properties would mean cannot be told apart.
        return isinstance(properties, dict) and not _function(properties) and properties.keys().isdisjoint(BESIDE_PROPERTIES)

    def _typed(self, name: str, cls: str, node: Any, keywords: dict[Any, Any]) -> BaseResource:
        given: dict[str, Any] = {"name": name}
        if cls == "Function":
            given["canary"] = self._canary(keywords, node)
        if cls == "Alarm" and "Dimensions" in keywords:
            keywords["Dimensions"] = _by_name(keywords["Dimensions"])
        place = self._place(node, node.get("Properties", {}))
        made: BaseResource = self._decoder.model(getattr(sam, cls), keywords, place, **given)
        return made

    def _canary(self, keywords: dict[Any, Any], node: Any) -> sam.Canary | None:
        preference, alias = keywords.get("DeploymentPreference"), keywords.get("AutoPublishAlias")
        if alias is None or not isinstance(preference, dict) or _function(preference) or "Alias" in preference:
            return None
        del keywords["DeploymentPreference"], keywords["AutoPublishAlias"]
        place = self._place(
            preference, node["Properties"], key=lambda name: "AutoPublishAlias" if name == "alias" else property_key(name)
        )
        canary: sam.Canary = self._decoder.model(sam.Canary, preference, place, alias=self._decoder.raw(alias))
        return canary

    def _output(self, node: dict[Any, Any]) -> Output | FrozenDict:
        if node.keys() <= {"Name", "Parameters"} and node:  # `Fn::Transform` of the whole section
            kept: FrozenDict = self._decoder.raw(node)
            return kept
        export = node.get("Export")
        named = isinstance(export, dict) and [*export] == ["Name"]
        # What no other stack could import is kept as it is.
        given = {"export": self._decoder.raw(export["Name"]) if named else None} if export is not None else {}
        rest = {key: value for key, value in node.items() if key != "Export" or not named}
        output: Output = self._decoder.model(sam.Output, rest, self._place(node), **given)
        return output

    def _event(self, node: dict[Any, Any]) -> Any:
        kind, properties = node.get("Type"), node.get("Properties")
        if not (isinstance(kind, str) and kind in API_KEYS and isinstance(properties, dict) and len(node) == 2):
            return self._decoder.raw(node)
        if not {"Path", "Method"} <= properties.keys() or not properties.keys().isdisjoint(("Api", "Type")):
            return self._decoder.raw(node)
        rest = dict(properties)
        api = self._decoder.raw(rest.pop(API_KEYS[kind])) if API_KEYS[kind] in rest else None
        derived = route_type(api, self._types)
        place = self._place(properties, node, key=lambda name: API_KEYS[kind] if name == "api" else property_key(name))
        return self._decoder.model(sam.Route, rest, place, api=api, type=None if kind == derived else str.__str__(kind))


def _function(node: dict[Any, Any]) -> tuple[str, Any] | None:
    """Return the function and argument that a mapping stands for, or None."""
    if len(node) != 1:
        return None
    ((name, argument),) = node.items()
    if not isinstance(name, str) or (name == "Ref" and not isinstance(argument, str)):
        return None
    return long_form(f"!{name.removeprefix('Fn::')}", argument) if name == "Ref" or name.startswith("Fn::") else None


@cache
def _fields(names: frozenset[str]) -> dict[str, str]:
    return {property_key(name): name for name in names}


def _field(key: str, names: frozenset[str]) -> str | None:
    return _fields(names).get(key)


def _by_name(dimensions: Any) -> Any:
    """Return dimensions by their names, or as they are where that would change them."""
    if not isinstance(dimensions, list):
        return dimensions
    pairs = [(pair["Name"], pair["Value"]) for pair in dimensions if isinstance(pair, dict) and {*pair} == {"Name", "Value"}]
    names = {name for name, _ in pairs if isinstance(name, str)}
    return dict(pairs) if len(names) == len(dimensions) else dimensions
