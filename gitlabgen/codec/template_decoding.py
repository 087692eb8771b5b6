"""Convert a plain tree to a template: resources, events and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitlabgen import sam
from gitlabgen.codec.cloudformation import long_form
from gitlabgen.codec.comments import block_comment, file_note, joined_notes, merged_entries, note_at, with_comment
from gitlabgen.codec.decoding import Decoder, NodeLocation
from gitlabgen.codec.template_encoding import API_KEYS, RESOURCE_ATTRIBUTES
from gitlabgen.modeling.kinds import FrozenDict
from gitlabgen.modeling.plans import plan_of
from gitlabgen.sam.class_index import EVENT_CLASSES, RESOURCE_CLASSES
from gitlabgen.sam.events.route_types import route_type
from gitlabgen.sam.template import Template
from gitlabgen.yamltext.nodes import Tagged
from gitlabgen.yamltext.positions import MapNode

if TYPE_CHECKING:
    from gitlabgen.modeling.model import Model
    from gitlabgen.sam.outputs import Output
    from gitlabgen.sam.resource import BaseResource
    from gitlabgen.yamltext.notes import Note

__all__ = ["TemplateDecoder"]


class TemplateDecoder:
    """Decodes one template: the inverse of `TemplateEncoder`.

    Args:
        filename: The file's name for findings.
        body: The file's tree, with at most one mapping of resources.
    """

    def __init__(self, filename: str, body: Any) -> None:
        self._body = body
        self._filename = filename
        self._resources = body.get("Resources", MapNode(body.mark))
        self._types = {name: node.get("Type") for name, node in self._resources.items() if isinstance(node, dict)}
        self._decoder = Decoder(
            filename,
            adopt=self._intrinsic,
            special={"output": self._output, "parameter": self._parameter, "route": self._event, "event": self._event},
            # CloudFormation reads a date, or another scalar on which parsers disagree, as a string.
            plain=str.__str__,
        )

    def template(self) -> Template:
        """Return the whole template."""
        note, notes = file_note(self._body, begins_with_block=False)
        made = {name: self._resource(name, node) for name, node in self._resources.items()}
        settings = merged_entries(self._body)
        settings.notes = notes
        # A loop is an entry of the resources, but not a resource.
        others = merged_entries(self._resources, without=[name for name, resource in made.items() if resource is not None])
        if others:
            settings["Resources"] = others
        else:
            settings.pop("Resources", None)
        resources = [resource for resource in made.values() if resource is not None]
        given: dict[str, Any] = {"resources": with_comment(resources, self._resources, note_at(settings, "Resources"))}
        given |= {name: None for name in ("transform", "format_version") if plan_of(Template).key(name) not in settings}
        given |= block_comment(note)
        template: Template = self._decoder.model(Template, settings, self._location(Template, self._body), **given)
        return template

    def _location(self, cls: type[Model], *nodes: Any, block: str | None = None, **renamed: str) -> NodeLocation:
        """Return the location of a model; `block` is the name of a resource, `renamed` are fields with other keys here."""
        plan = plan_of(cls)
        mark = None if block is None else self._resources.key_marks.get(block)
        return NodeLocation(self._filename, *nodes, key=lambda name: renamed.get(name) or plan.key(name), name=mark)

    def _intrinsic(self, node: Any) -> Any:
        found = long_form(node.tag, node.value) if isinstance(node, Tagged) else _function(node)
        if found is None:
            return None
        function, argument = found
        if function == "Condition":  # this key also occurs next to other keys
            return FrozenDict({function: self._decoder.raw(argument)})
        note = note_at(node, *node) if isinstance(node, dict) else None
        return sam.Intrinsic(function, with_comment(self._decoder.raw(argument), argument, note))

    def _resource(self, name: Any, node: Any) -> BaseResource | None:
        if not isinstance(node, MapNode) or not isinstance(name, str) or name.startswith("Fn::"):
            return None
        kind, properties = node.get("Type"), node.get("Properties", MapNode(node.mark))
        attributes = merged_entries(node, without=["Type", "Properties"])
        if (
            self._is_plain(properties)
            and isinstance(kind, str)
            and kind in RESOURCE_CLASSES
            and {*attributes} <= {*RESOURCE_ATTRIBUTES}
        ):
            note = joined_notes(note_at(self._resources, name), note_at(node, "Type"), note_at(node, "Properties"))
            return self._typed(name, getattr(sam, RESOURCE_CLASSES[kind]), node, merged_entries(properties, attributes), note)
        given = {"resource_type": self._decoder.raw(kind) if "Type" in node else None}
        given |= block_comment(joined_notes(note_at(self._resources, name), note_at(node, "Type")))
        if "Properties" in node:
            given["properties"] = with_comment(self._decoder.raw(properties), properties, note_at(node, "Properties"))
        resource: BaseResource = self._decoder.model(
            sam.Resource, attributes, self._location(sam.Resource, node, block=name), name=name, **given
        )
        return resource

    def _is_plain(self, properties: Any) -> bool:
        # A property with the name of a resource attribute would be ambiguous.
        return isinstance(properties, dict) and not _function(properties) and properties.keys().isdisjoint(RESOURCE_ATTRIBUTES)

    def _typed(self, name: str, cls: type[BaseResource], node: Any, keywords: MapNode, note: Note | None) -> BaseResource:
        given: dict[str, Any] = {"name": name, **block_comment(note)}
        if cls is sam.Function:
            given["canary"] = self._canary(keywords, node)
        if cls is sam.Alarm and "Dimensions" in keywords:
            keywords["Dimensions"] = _by_name(keywords["Dimensions"])
        location = self._location(cls, node, node.get("Properties", {}), block=name)
        made: BaseResource = self._decoder.model(cls, keywords, location, **given)
        return made

    def _canary(self, keywords: MapNode, node: Any) -> sam.Canary | None:
        preference, alias = keywords.get("DeploymentPreference"), keywords.get("AutoPublishAlias")
        if alias is None or not isinstance(preference, dict) or _function(preference) or "Alias" in preference:
            return None
        del keywords["DeploymentPreference"], keywords["AutoPublishAlias"]
        location = self._location(sam.Canary, preference, node["Properties"], alias="AutoPublishAlias")
        given = {"alias": with_comment(self._decoder.raw(alias), alias, note_at(keywords, "AutoPublishAlias"))}
        given |= block_comment(note_at(keywords, "DeploymentPreference"))
        canary: sam.Canary = self._decoder.model(sam.Canary, preference, location, **given)
        return canary

    def _output(self, node: Any) -> Output | FrozenDict:
        if node.keys() <= {"Name", "Parameters"} and node:  # `Fn::Transform` of the whole section
            kept: FrozenDict = self._decoder.raw(node)
            return kept
        export: Any = node.get("Export")
        named = isinstance(export, dict) and [*export] == ["Name"]
        # An export that no other stack could import is kept unchanged.
        given: dict[str, Any] = {"export": None} if export is not None else {}
        if named:
            note = joined_notes(note_at(node, "Export"), note_at(export, "Name"))
            given["export"] = with_comment(self._decoder.raw(export["Name"]), export["Name"], note)
        rest = merged_entries(node, without=["Export"] if named else [])
        output: Output = self._decoder.model(sam.Output, rest, self._location(sam.Output, node), **given)
        return output

    def _parameter(self, node: Any) -> Any:
        if node.keys() <= {"Name", "Parameters"}:  # `Fn::Transform` of the whole section, or nothing
            return self._decoder.raw(node)
        return self._decoder.model(sam.Parameter, node)

    def _event(self, node: Any) -> Any:
        kind, properties = node.get("Type"), node.get("Properties", MapNode(node.mark))
        known = isinstance(kind, str) and (kind in API_KEYS or kind in EVENT_CLASSES)
        written = {"Type", "Properties"} if properties else {"Type"}
        if not known or not isinstance(properties, dict) or _function(properties) or node.keys() != written:
            return self._decoder.raw(node)
        note = joined_notes(note_at(node, "Type"), note_at(node, "Properties"))
        if kind in EVENT_CLASSES:
            cls = getattr(sam, EVENT_CLASSES[kind])
            return self._decoder.model(cls, properties, self._location(cls, properties, node), **block_comment(note))
        if not {"Path", "Method"} <= properties.keys() or not properties.keys().isdisjoint(("Api", "Type")):
            return self._decoder.raw(node)
        return self._route(kind, properties, node, note)

    def _route(self, kind: str, properties: Any, node: Any, note: Note | None) -> sam.Route:
        rest = merged_entries(properties, without=[API_KEYS[kind]])
        target = properties.get(API_KEYS[kind])
        api = None if API_KEYS[kind] not in properties else self._decoder.raw(target)
        derived = route_type(api, self._types)
        given = {"api": with_comment(api, target, note_at(properties, API_KEYS[kind]))}
        given |= block_comment(note)
        location = self._location(sam.Route, properties, node, api=API_KEYS[kind])
        given["type"] = None if kind == derived else str.__str__(kind)
        route: sam.Route = self._decoder.model(sam.Route, rest, location, **given)
        return route


def _function(node: dict[Any, Any]) -> tuple[str, Any] | None:
    """Return the function and the argument that a mapping means, or None."""
    if len(node) != 1:
        return None
    ((name, argument),) = node.items()
    if not isinstance(name, str) or (name == "Ref" and not isinstance(argument, str)):
        return None
    return long_form(f"!{name.removeprefix('Fn::')}", argument) if name == "Ref" or name.startswith("Fn::") else None


def _by_name(dimensions: Any) -> Any:
    """Return dimensions by name, or unchanged if that would change them."""
    if not isinstance(dimensions, list):
        return dimensions
    pairs = [(pair["Name"], pair["Value"]) for pair in dimensions if isinstance(pair, dict) and {*pair} == {"Name", "Value"}]
    names = {name for name, _ in pairs if isinstance(name, str)}
    return dict(pairs) if len(names) == len(dimensions) else dimensions
