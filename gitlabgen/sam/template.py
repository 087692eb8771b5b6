"""`Template`: a `template.yml` as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Union

from gitlabgen.errors import did_you_mean
from gitlabgen.modeling.callsites import caller
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import Model, construct, model
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam.logical_ids import logical_id
from gitlabgen.sam.outputs import output_of
from gitlabgen.sam.property_types import Properties
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn, AWSObject, BaseAWSObject
    from gitlabgen.sam.globals_ import Globals
    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.outputs import Output
    from gitlabgen.sam.parameters import Parameter
    from gitlabgen.sam.resource import BaseResource
    from gitlabgen.sam.stack_output import StackOutput

__all__ = ["Template"]

SERVERLESS: Final = "AWS::Serverless-2016-10-31"
"""The transform that turns SAM's resources into CloudFormation's."""

OutputEntry = Annotated[
    Union["Output", str, int, float, bool, "Intrinsic", "AWSHelperFn", "BaseAWSObject", Mapping[str, object], Sequence[object]],
    output_of,
]


@model
class Template(TemplateModel):
    """A template.

    Args:
        description: What the stack is; at most 1024 bytes.
        resources: The resources, gitlabgen's or troposphere's, in the order of the file.
        outputs: Values that the stack shows, by name: a value, or `Output`; a list for `Fn::ForEach`.
        parameters: Values that the deployment may set, by name.
        mappings: Tables of values.
        conditions: Conditions for resources, by name: `Equals(…)`, `And(…)`, `Or(…)` or `Not(…)`.
        globals_: Properties for all resources of a kind; a mapping has SAM's property names.
        rules: Checks of parameters.
        metadata: Data about the template.
        transform: The macros that process the template; None for plain CloudFormation.
        format_version: The version of the format.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy.html
    """

    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy.html"
    )

    leading: ClassVar[tuple[str, ...]] = (
        *("format_version", "transform", "description", "metadata", "parameters", "mappings", "rules", "conditions"),
        *("globals_", "resources", "outputs"),
    )

    description: str | None = field(default=None, kw_only=False)
    resources: Sequence[BaseResource | AWSObject] = field(default=(), is_written=False)
    outputs: Mapping[str, OutputEntry] | None = None
    parameters: Mapping[str, Parameter | Properties] | None = None
    mappings: Mapping[str, object] | None = None
    conditions: Mapping[str, object] | None = None
    globals_: Globals | Mapping[str, object] | None = None
    rules: Mapping[str, object] | None = None
    metadata: Mapping[str, object] | None = None
    transform: str | Sequence[object] | Mapping[str, object] | None = SERVERLESS
    format_version: str | None = field("AWSTemplateFormatVersion", default="2010-09-09")

    def output(self, name: str) -> StackOutput:
        """Return one of the outputs, for jobs that read it from a deployed stack.

        Args:
            name: The output's name.

        Raises:
            KeywordError: If there is no output of this name, unless problems are collected.
        """
        from gitlabgen.sam.stack_output import StackOutput

        made = construct(StackOutput, (name,), {}, caller())
        if name not in (self.outputs or {}):
            hint = did_you_mean(name, self.outputs or (), "add it to the template's outputs")
            report_problem(made, Problem(f"finds no output named {name!r}", hint))
        return made

    def problems(self) -> Iterator[Problem]:
        """Yield problems with resources, and with a description that is too long."""
        seen: dict[Any, Any] = {}
        given: Any = self.resources
        if given is None:
            yield Problem("should be a list, got None", path=("resources",))
        # Resources of another type are already reported.
        named = [(logical_id(item), item) for item in given] if isinstance(given, tuple) else []
        for name, resource in named:
            first = seen.setdefault(name, resource) if isinstance(name, str) else resource
            if first is not resource:
                about, other = (made if isinstance(made, Model) else None for made in (resource, first))
                words = (
                    f"has two resources with the logical ID {name!r}" if about is None else "is the logical ID of two resources"
                )
                yield Problem(words, "rename one of them", () if about else ("resources",), about=about, first=other)
            if self._shifts_without_alias(resource):
                hint = "without an alias no traffic can shift"
                yield Problem("needs `auto_publish_alias`", hint, ("deployment_preference",), about=resource)
        size = len(self.description.encode()) if isinstance(self.description, str) else 0
        if size > 1024:
            yield Problem(f"should have at most 1024 bytes, got {size}", path=("description",))

    def _shifts_without_alias(self, resource: Any) -> bool:
        preference = getattr(resource, "deployment_preference", None)
        if getattr(resource, "type", None) != "AWS::Serverless::Function" or not isinstance(preference, Mapping):
            return False
        enabled = preference.get("Enabled", True) not in (False, "false")
        return enabled and resource.auto_publish_alias is None and not self._globals_have_alias()

    def _globals_have_alias(self) -> bool:
        """Return whether `Globals` give all functions an alias."""
        shared = self.globals_
        if isinstance(shared, Mapping):
            functions = shared.get("Function")
            return isinstance(functions, Mapping) and "AutoPublishAlias" in functions
        return getattr(getattr(shared, "function", None), "auto_publish_alias", None) is not None
