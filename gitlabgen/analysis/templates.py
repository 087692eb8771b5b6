"""What all rules ask about a template, worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import attrs

from gitlabgen.analysis.spots import Spot
from gitlabgen.analysis.template_values import choices, flat, plain, reference
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.modeling.callsites import position
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import language_of, location_of, plan_of
from gitlabgen.modeling.problems import Path
from gitlabgen.sam.canaries.canary import Canary
from gitlabgen.sam.resource import BaseResource, Resource
from gitlabgen.sam.template import Template

__all__ = ["FUNCTION", "AlarmMetric", "CanaryFunction", "TemplateAnalysis", "TemplateResource", "mapping"]

FUNCTION: Final = "AWS::Serverless::Function"
_ALARM: Final = "AWS::CloudWatch::Alarm"


@attrs.frozen(eq=False)
class TemplateResource:
    """A resource as CloudFormation reads it.

    Args:
        name: The logical id.
        type: The type.
        properties: The properties, with those of `Globals`.
        model: The model that it comes from, if it is one of ours.
    """

    name: str
    type: str
    properties: Mapping[str, Any]
    model: BaseResource | None


@attrs.frozen(eq=False)
class CanaryFunction:
    """A function whose traffic moves step by step.

    Args:
        function: The function.
        preference: Its `DeploymentPreference`.
        alias: The alias under which it is called.
        alarms: The alarms that stop the shift, each with the way to it.
    """

    function: TemplateResource
    preference: Mapping[str, Any]
    alias: Any
    alarms: Sequence[tuple[Path, Any]]

    @property
    def types(self) -> list[Any]:
        """The configurations between which conditions choose."""
        return choices(self.preference.get("Type"))

    @property
    def hooks(self) -> dict[str, Any]:
        """The hook functions by the event that calls them."""
        return mapping(self.preference.get("Hooks"))


@attrs.frozen(eq=False)
class AlarmMetric:
    """A metric that an alarm looks at.

    Args:
        path: The way to the block that names it, in the alarm's properties.
        namespace: Where it comes from.
        name: Its name.
        dimensions: Its dimensions by name; None if they cannot be told.
        period: Seconds.
    """

    path: Path
    namespace: Any
    name: Any
    dimensions: Mapping[str, Any] | None
    period: Any


class TemplateAnalysis:
    """A template with what several rules need.

    Args:
        template: The template.

    Raises:
        KeywordError: If troposphere finds one of its objects incomplete.
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        encoder = TemplateEncoder(template)
        self.tree: dict[str, Any] = plain(encoder.tree())
        # With the alarms and hooks that recipes make.
        self._models = {model.name: model for model in encoder.template.resources if isinstance(model, BaseResource)}

    def section(self, name: str) -> dict[str, Any]:
        """Return a section of the template, which is empty if it is not there or is no mapping."""
        return mapping(self.tree.get(name))

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
        shared = self.section("Globals").get(str(tree["Type"]).removeprefix("AWS::Serverless::"))
        return _merged(shared, own) if isinstance(shared, dict) and tree["Type"].startswith("AWS::Serverless::") else own

    def of_type(self, kind: str) -> list[TemplateResource]:
        """Return the resources of a type."""
        return [resource for resource in self.resources.values() if resource.type == kind]

    @property
    def alarms(self) -> list[TemplateResource]:
        """The alarms on metrics."""
        return self.of_type(_ALARM)

    @cached_property
    def canaries(self) -> list[CanaryFunction]:
        """The functions whose traffic moves step by step, or would do so if they had an alias."""
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
    def watched(self) -> list[tuple[CanaryFunction, TemplateResource]]:
        """The alarms of this template that stop a shift, each with the canary."""
        return [
            (canary, self.resources[name])
            for canary in self.canaries
            for name in dict.fromkeys(reference(alarm) for _, alarm in canary.alarms)
            if name in self.resources and self.resources[name].type == _ALARM
        ]

    @cached_property
    def functions(self) -> dict[str, TemplateResource]:
        """The functions by what stands for their names in texts: `${LogicalId}`, or the name itself."""
        functions = self.of_type(FUNCTION)
        named = {flat(function.properties.get("FunctionName")): function for function in functions}
        return {name: function for name, function in named.items() if name} | {f"${{{f.name}}}": f for f in functions}

    def metrics(self, alarm: TemplateResource) -> Iterator[AlarmMetric]:
        """Yield the metrics that an alarm looks at, of its own or in its metric math."""
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
        """Return the model in which a property stands, with the way to it in Python's names.

        Args:
            name: The resource's logical id.
            path: The way to the property, in CloudFormation's names.
        """
        model = self._models.get(name)
        if model is None:
            return self.template, ("resources",)
        if not path or isinstance(model, Resource):
            return model, ("properties", *path) if path else ()
        canary = getattr(model, "canary", None)
        if isinstance(canary, Canary) and path[0] == "AutoPublishAlias":
            return canary, ("alias",)
        if isinstance(canary, Canary) and path[0] == "DeploymentPreference":
            return (canary, (_field(canary, path[1]), *path[2:])) if path[1:] else (model, ("canary",))
        return model, (_field(model, path[0]), *path[1:])

    def spot(self, resource: TemplateResource, path: Sequence[str | int] = ()) -> Spot:
        """Return where a property of a resource was written.

        Args:
            resource: The resource.
            path: The path to the property, in CloudFormation's names.
        """
        about, way = self.find(resource.name, path)
        where = position(location_of(about), way, plan_of(type(about)).positional)
        named = ":".join(("Resources", resource.name, *map(str, path[:1])))
        return Spot(where, None, named, language_of(about))


def mapping(value: Any) -> dict[str, Any]:
    """Return a mapping, or an empty one for all else.

    Args:
        value: A plain value.
    """
    return value if isinstance(value, dict) else {}


def _merged(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties as SAM merges them: mappings key by key, lists one behind the other."""
    merged = {**shared, **own}
    for key in shared.keys() & own.keys():
        if isinstance(shared[key], dict) and isinstance(own[key], dict):
            merged[key] = _merged(shared[key], own[key])
        elif isinstance(shared[key], list) and isinstance(own[key], list):
            merged[key] = [*shared[key], *own[key]]
    return merged


def _dimensions(value: Any) -> dict[str, Any] | None:
    """Return dimensions by name; None if an intrinsic function makes them."""
    pairs = [] if value is None else value
    if not isinstance(pairs, list) or not all(isinstance(pair, dict) and {"Name", "Value"} <= pair.keys() for pair in pairs):
        return None
    return {str(pair["Name"]): pair["Value"] for pair in pairs}


def _field(model: Model, key: str | int) -> str | int:
    """Return the field that is written as a property, or the property itself, which stands in `extra`."""
    return plan_of(type(model)).name(str(key)) or key
