"""Convert a template to a plain tree: SAM's names, and what depends on other parts of the template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gitlabgen import sam
from gitlabgen.codec.encoding import Encoder, annotate, bare, commented
from gitlabgen.errors import Finding, KeywordError
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.sam.canaries.wiring import expanded
from gitlabgen.sam.events.route_types import route_type
from gitlabgen.sam.resource import BaseResource, Resource
from gitlabgen.sam.template import Template
from gitlabgen.yamltext.nodes import Commented

if TYPE_CHECKING:
    from gitlabgen.sam.events.event import Event
    from gitlabgen.sam.events.route import Route
    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.outputs import Output

__all__ = ["API_KEYS", "RESOURCE_ATTRIBUTES", "TemplateEncoder"]

RESOURCE_ATTRIBUTES: Final = tuple(plan_of(BaseResource).keys.values())
"""The attributes of a resource next to `Properties`. Only SAM allows the last two."""

API_KEYS: Final = {"Api": "RestApiId", "HttpApi": "ApiId"}
"""The property that names the API, by the type of the event."""


class TemplateEncoder:
    """Encodes one template: the form of a route depends on its API.

    Args:
        template: The template.
    """

    def __init__(self, template: Template) -> None:
        # Includes the alarms, hooks and configurations that its canaries define.
        self.template = expanded(template)
        self._types = {_name(resource): _type(resource) for resource in self.template.resources}
        self._encoder = Encoder(
            {"intrinsic": self._intrinsic, "output": self._output, "route": self._route, "event": self._event},
            foreign=self._foreign,
        )

    def tree(self) -> dict[str, Any]:
        """Return the whole template as a tree, in the order that is easiest to read."""
        tree = self._encoder.mapping(self.template)
        # A loop is an entry of the resources, but not a resource.
        resources = {**self._resources(), **bare(tree.get("Resources", {}))}
        classes = {_name(resource): type(resource) for resource in self.template.resources}
        for name, block in resources.items():
            _arrange(bare(block), classes.get(name))
        text = self.template.comments.get(("resources",))
        tree["Resources"] = resources if text is None else commented(resources, text)
        order = ["Resources" if name == "resources" else plan_of(Template).key(name) for name in Template.leading]
        ordered = {key: tree[key] for key in (*order, *tree) if key in tree}
        if self.template.comment is not None:
            first = next(iter(ordered))
            ordered[first] = Commented(ordered[first], before=self.template.comment)
        return ordered

    def _resources(self) -> dict[str, Any]:
        tree = {_name(resource): self._resource(resource) for resource in self.template.resources}
        for index, name in enumerate(tree):
            text = self.template.comments.get(("resources", index))
            if text is not None:
                tree[name] = commented(tree[name], text)
        return tree

    def _resource(self, resource: Any) -> Any:
        if not isinstance(resource, BaseResource):
            tree = self._foreign(resource)
            return {**{key: tree[key] for key in ("Type", *RESOURCE_ATTRIBUTES, "Properties") if key in tree}, **tree}
        tree = self._encoder.mapping(resource)
        attributes = {key: tree.pop(key) for key in RESOURCE_ATTRIBUTES if key in tree}
        if not isinstance(resource, Resource):
            properties = self._properties(resource, tree)
            tree = {"Properties": properties} if properties else {}
        written = {"Type": _type(resource), **attributes, **tree}
        return written if resource.comment is None else Commented(written, before=resource.comment)

    def _properties(self, resource: BaseResource, tree: dict[str, Any]) -> dict[str, Any]:
        if isinstance(getattr(resource, "dimensions", None), dict):
            dimensions = tree["Dimensions"]
            pairs = [{"Name": name, "Value": value} for name, value in bare(dimensions).items()]
            tree["Dimensions"] = Commented(pairs, before=dimensions.before) if isinstance(dimensions, Commented) else pairs
        canary = getattr(resource, "canary", None)
        if isinstance(canary, Model):
            preference: Any = self._encoder.mapping(canary)
            tree["AutoPublishAlias"] = preference.pop("Alias")
            for text in (canary.comment, resource.comments.get(("canary",))):
                preference = preference if text is None else commented(preference, text)
            tree["DeploymentPreference"] = preference
        return self._with_uses(resource, tree)

    def _with_uses(self, resource: BaseResource, tree: dict[str, Any]) -> dict[str, Any]:
        """Return the properties with a policy for what the resource uses although its stack does not create it."""
        if not getattr(resource, "uses", None):
            return tree
        # Most templates need neither of these.
        from gitlabgen.sam.bootstrapping.facts import written
        from gitlabgen.sam.existing import used_by

        statements = [self._encoder.tree(written(one.statement("${AWS::Region}"))) for one in used_by(resource)]
        policies = bare(tree.get("Policies", []))
        given = policies if isinstance(policies, list) else [policies]
        return {**tree, "Policies": [*given, {"Version": "2012-10-17", "Statement": statements}]}

    def _intrinsic(self, value: Intrinsic) -> dict[str, Any]:
        tree = {value.function: self._encoder.tree(value.argument)}
        for path, text in value.comments.items():
            annotate(tree, (value.function, *path[1:]), text)
        return tree

    def _output(self, output: Output) -> dict[str, Any]:
        tree = self._encoder.mapping(output)
        if output.export is not None:
            tree["Export"] = {"Name": tree["Export"]}
        return tree

    def _route(self, route: Route) -> dict[str, Any]:
        kind = route.type or route_type(route.api, self._types)
        tree = self._encoder.mapping(route)
        return {
            "Type": kind,
            "Properties": {API_KEYS[kind] if key == "Api" else key: value for key, value in tree.items() if key != "Type"},
        }

    def _event(self, event: Event) -> dict[str, Any]:
        tree = self._encoder.mapping(event)
        # The required properties of an event come first.
        plan = plan_of(type(event))
        first = {key: tree[key] for key in map(plan.key, plan.required) if key in tree}
        return {"Type": event.type, "Properties": {**first, **tree}} if tree else {"Type": event.type}

    def _foreign(self, value: Any) -> Any:
        if not hasattr(value, "to_dict"):
            return value
        try:
            return self._encoder.tree(value.to_dict())
        except (TypeError, ValueError) as problem:
            raise KeywordError(Finding(rule="invalid-keyword", message=str(problem))) from problem


def _arrange(block: Any, cls: type | None) -> None:
    """Put the properties of a resource into the order that is easiest to read.

    Args:
        block: The block of the resource.
        cls: The class of the resource, ours or not.
    """
    first = _leading(block.get("Type"), cls) if isinstance(block, dict) else ()
    properties = bare(block.get("Properties")) if first else None
    if isinstance(properties, dict):
        ordered = {**{key: properties[key] for key in first if key in properties}, **properties}
        properties.clear()
        properties.update(ordered)


def _leading(kind: Any, cls: type | None) -> tuple[str, ...]:
    """Return the properties that a resource of this type has first."""
    typed: type[BaseResource] | None = cls if cls and issubclass(cls, BaseResource) and not issubclass(cls, Resource) else None
    if typed is None and isinstance(kind, str):
        from gitlabgen.sam.class_index import RESOURCE_CLASSES  # most resources have a class

        typed = getattr(sam, RESOURCE_CLASSES[kind]) if kind in RESOURCE_CLASSES else None
    return () if typed is None else tuple(map(plan_of(typed).key, typed.leading))


def _name(resource: Any) -> str:
    return str(resource.name if isinstance(resource, BaseResource) else resource.title)


def _type(resource: Any) -> str:
    return str(getattr(resource, "resource_type", None) or resource.type)
