"""Analyse a template once, for all rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import attrs

from gitlabgen.analysis.spots import Spot, place
from gitlabgen.analysis.template_folders import TemplateFolder
from gitlabgen.analysis.template_values import choices, flat, plain, reference
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import language_of, plan_of
from gitlabgen.modeling.problems import Path
from gitlabgen.sam.canaries.canary import Canary
from gitlabgen.sam.globals_ import Globals
from gitlabgen.sam.resource import BaseResource, Resource
from gitlabgen.sam.template import Template

__all__ = ["TemplateAnalysis"]

FUNCTION: Final = "AWS::Serverless::Function"
_ALARM: Final = "AWS::CloudWatch::Alarm"
# The macros that leave names unchanged.
_MACROS: Final = ("AWS::Serverless-2016-10-31", "AWS::LanguageExtensions")


@attrs.frozen(eq=False)
class TemplateResource:
    """A resource of the rendered template.

    Args:
        name: The logical id.
        type: The type.
        properties: The properties, including those from `Globals`.
        model: The model that it comes from, if it is a model of `gitlabgen.sam`.
    """

    name: str
    type: str
    properties: Mapping[str, Any]
    model: BaseResource | None


@attrs.frozen(eq=False)
class CanaryFunction:
    """A function whose traffic shifts gradually.

    Args:
        function: The function.
        preference: Its `DeploymentPreference`.
        alias: The alias whose traffic shifts.
        alarms: The alarms that stop the shift, each with its path.
    """

    function: TemplateResource
    preference: Mapping[str, Any]
    alias: Any
    alarms: Sequence[tuple[Path, Any]]

    @property
    def qualified_alias(self) -> str:
        """The text for `Sub` that names the function with its alias, for the dimension `Resource` of a metric."""
        return f"${{{self.function.name}}}:{flat(self.alias) or 'live'}"

    @property
    def types(self) -> list[Any]:
        """The deployment configurations, one for each branch of a condition."""
        return choices(self.preference.get("Type"))

    @property
    def hooks(self) -> dict[str, Any]:
        """The hook functions by the event that calls them."""
        return mapping(self.preference.get("Hooks"))


@attrs.frozen(eq=False)
class AlarmMetric:
    """A metric that an alarm evaluates.

    Args:
        path: The path to the block that names it, in the alarm's properties.
        namespace: Its namespace, such as `AWS/Lambda`.
        name: Its name.
        dimensions: Its dimensions by name; None if they are unknown.
        period: Its period in seconds.
    """

    path: Path
    namespace: Any
    name: Any
    dimensions: Mapping[str, Any] | None
    period: Any


class TemplateAnalysis:
    """A template, with facts that several rules need.

    Args:
        template: The template.
        folder: Its folder with the code of its functions, if it is known.

    Raises:
        KeywordError: If troposphere finds one of its objects incomplete.
    """

    def __init__(self, template: Template, folder: TemplateFolder | None = None) -> None:
        self.template = template
        self.folder = folder
        encoder = TemplateEncoder(template)
        self.tree: dict[str, Any] = plain(encoder.tree())
        # Includes the alarms and hooks that the encoder adds.
        self._models = {model.name: model for model in encoder.template.resources if isinstance(model, BaseResource)}

    def section(self, name: str) -> dict[str, Any]:
        """Return a section of the template; empty if it is missing or not a mapping.

        Args:
            name: The section's name, such as `Parameters`.
        """
        return mapping(self.tree.get(name))

    @cached_property
    def has_other_macros(self) -> bool:
        """Whether a macro other than AWS's own may add names to the template, or replace them."""
        transform = self.tree.get("Transform", [])
        macros = transform if isinstance(transform, list) else [transform]
        return "Fn::Transform" in self.tree or not all(isinstance(macro, str) and macro in _MACROS for macro in macros)

    @cached_property
    def resources(self) -> dict[str, TemplateResource]:
        """The resources by logical id."""
        return {
            name: TemplateResource(name, tree["Type"], self._properties(tree), self._models.get(name))
            for name, tree in self.section("Resources").items()
            if isinstance(tree, dict) and isinstance(tree.get("Type"), str)
        }

    def _properties(self, tree: Mapping[str, Any]) -> dict[str, Any]:
        own = mapping(tree.get("Properties"))
        shared = mapping(self.section("Globals").get(str(tree["Type"]).removeprefix("AWS::Serverless::")))
        ignored = tree.get("IgnoreGlobals", [])
        if not tree["Type"].startswith("AWS::Serverless::") or ignored == "*":
            return own
        return _merged({key: value for key, value in shared.items() if key not in ignored}, own)

    def of_type(self, kind: str) -> list[TemplateResource]:
        """Return the resources of a type.

        Args:
            kind: The type, such as `AWS::Serverless::Api`.
        """
        return [resource for resource in self.resources.values() if resource.type == kind]

    @property
    def alarms(self) -> list[TemplateResource]:
        """The CloudWatch alarms of the template."""
        return self.of_type(_ALARM)

    @cached_property
    def canaries(self) -> list[CanaryFunction]:
        """The functions with an enabled `DeploymentPreference`, with or without an alias."""
        return [canary for function in self.of_type(FUNCTION) for canary in self._canary(function)]

    def _canary(self, function: TemplateResource) -> Iterator[CanaryFunction]:
        preference = function.properties.get("DeploymentPreference")
        if isinstance(preference, dict) and preference and preference.get("Enabled", True) not in (False, "false"):
            shared = mapping(mapping(self.section("Globals").get("Function")).get("DeploymentPreference")).get("Alarms")
            offset = len(shared) if isinstance(shared, list) else 0
            paths = [
                (("DeploymentPreference", "Alarms", index - offset) if index >= offset else ("DeploymentPreference",), choice)
                for alarms in choices(preference.get("Alarms"))
                for index, item in enumerate(alarms if isinstance(alarms, list) else ())
                for choice in choices(item)
            ]
            yield CanaryFunction(function, preference, function.properties.get("AutoPublishAlias"), paths)

    @cached_property
    def canary_alarms(self) -> list[tuple[CanaryFunction, TemplateResource]]:
        """The alarms of this template that stop a canary, each with the canary."""
        return [
            (canary, self.resources[name])
            for canary in self.canaries
            for name in dict.fromkeys(reference(alarm) for _, alarm in canary.alarms)
            if name in self.resources and self.resources[name].type == _ALARM
        ]

    @cached_property
    def functions(self) -> dict[str, TemplateResource]:
        """The functions by `${LogicalId}` and by `FunctionName`, as they appear in strings."""
        functions = self.of_type(FUNCTION)
        named = {flat(function.properties.get("FunctionName")): function for function in functions}
        return {name: function for name, function in named.items() if name} | {f"${{{f.name}}}": f for f in functions}

    def metrics(self, alarm: TemplateResource) -> Iterator[AlarmMetric]:
        """Yield the metrics of an alarm, including those of its metric math.

        Args:
            alarm: The alarm.
        """
        properties = alarm.properties
        if "MetricName" in properties:
            dimensions = _dimensions(properties.get("Dimensions"))
            yield AlarmMetric((), properties.get("Namespace"), properties["MetricName"], dimensions, properties.get("Period"))
        queries = properties.get("Metrics")
        for index, query in enumerate(queries if isinstance(queries, list) else ()):
            stat = mapping(mapping(query).get("MetricStat"))
            metric = mapping(stat.get("Metric"))
            if metric:
                dimensions = _dimensions(metric.get("Dimensions"))
                path = ("Metrics", index, "MetricStat", "Metric")
                yield AlarmMetric(path, metric.get("Namespace"), metric.get("MetricName"), dimensions, stat.get("Period"))

    def find(self, name: str, path: Sequence[str | int] = ()) -> tuple[Model, tuple[str | int, ...]]:
        """Return the model that holds a property, and the path to it with names in Python.

        Args:
            name: The resource's logical id.
            path: The path to the property, with CloudFormation's names.
        """
        model = self._models.get(name)
        if model is None:
            return self.template, ("resources",)
        if not path or isinstance(model, Resource):
            return model, ("properties", *path) if path else ()
        shared = self._shared(name, path[0])
        return _field_path(model if shared is None else shared, path)

    def _shared(self, name: str, key: str | int) -> Model | None:
        """Return the model in `Globals` that gives a resource a property; None if the property is its own."""
        tree = mapping(self.section("Resources").get(name))
        kind = str(tree.get("Type")).removeprefix("AWS::Serverless::")
        if key in mapping(tree.get("Properties")) or key not in mapping(self.section("Globals").get(kind)):
            return None
        field = plan_of(Globals).name(kind)
        shared = getattr(self.template.globals_, field or "", None)
        return shared if isinstance(shared, Model) else None

    def spot(
        self, resource: TemplateResource, path: Sequence[str | int] = (), *, at_key: bool = False, words: Sequence[str] = ()
    ) -> Spot:
        """Return the location of a property of a resource.

        Args:
            resource: The resource.
            path: The path to the property, with CloudFormation's names.
            at_key: Whether the finding is about the property itself, rather than its value.
            words: Words in the value that the finding is about; the first that is written there is marked.
        """
        model, field_path = self.find(resource.name, path)
        where = place(model, field_path, at_key=at_key, words=words)
        named = ":".join(("Resources", resource.name, *map(str, path[:1])))
        return Spot(where, None, named, language_of(model))

    def spot_at(self, path: Sequence[str | int]) -> Spot:
        """Return the location of any value of the template.

        Args:
            path: The path from the template, with CloudFormation's names, such as `("Outputs", "Url", "Value")`.
        """
        section, *rest = path
        resource = self.resources.get(str(rest[0])) if section == "Resources" else None
        if resource is not None and rest[1] == "Properties":
            return self.spot(resource, rest[2:])
        model: Model = self.template if resource is None else self._models.get(resource.name, self.template)
        field_path = (*_field(model, section), *rest) if resource is None else (*_field(model, rest[1]), *rest[2:])
        where = place(model, field_path)
        return Spot(where, None, ":".join(map(str, path[:3])), language_of(model))


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is a mapping, else an empty mapping.

    Args:
        value: A plain value.
    """
    return value if isinstance(value, dict) else {}


def _merged(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties merged as SAM does it: mappings key by key, lists concatenated."""
    merged = {**shared, **own}
    for key in shared.keys() & own.keys():
        if isinstance(shared[key], dict) and isinstance(own[key], dict):
            merged[key] = _merged(shared[key], own[key])
        elif isinstance(shared[key], list) and isinstance(own[key], list):
            merged[key] = [*shared[key], *own[key]]
    return merged


def _dimensions(value: Any) -> dict[str, Any] | None:
    """Return dimensions by name; None if they come from an intrinsic function."""
    pairs = [] if value is None else value
    if not isinstance(pairs, list) or not all(isinstance(pair, dict) and {"Name", "Value"} <= pair.keys() for pair in pairs):
        return None
    return {str(pair["Name"]): pair["Value"] for pair in pairs}


def _field_path(model: Model, path: Sequence[str | int]) -> tuple[Model, tuple[str | int, ...]]:
    """Return the model that holds a property, and the path to it with names in Python."""
    canary = getattr(model, "canary", None)
    if isinstance(canary, Canary) and path[0] == "AutoPublishAlias":
        return canary, ("alias",)
    if isinstance(canary, Canary) and path[0] == "DeploymentPreference":
        return (canary, (*_field(canary, path[1]), *path[2:])) if path[1:] else (model, ("canary",))
    return model, (*_field(model, path[0]), *path[1:])


def _field(model: Model, key: str | int) -> tuple[str | int, ...]:
    """Return the path to the field of a property, which may be an entry of `extra`."""
    name = plan_of(type(model)).name(str(key))
    return ("extra", key) if name is None else (name,)
