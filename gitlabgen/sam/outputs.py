"""`Outputs`: values that a stack shows to users and exports to other stacks."""

from __future__ import annotations

from typing import Any, ClassVar

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import TROPOSPHERE, FrozenDict, Null
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.model import model
from gitlabgen.sam.property_types import Value
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["Output"]


@model
class Output(TemplateModel):
    """A value that the stack shows; a plain value is enough if nothing else is set.

    Args:
        value: The value.
        description: What it is.
        export: The name under which other stacks import it.
        condition: The condition under which the output exists.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
    """

    keyword: ClassVar[str] = "Outputs"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html"

    form: ClassVar[str] = "output"
    leading: ClassVar[tuple[str, ...]] = ("description", "condition", "value", "export")

    value: Value | int | float | bool = field(kw_only=False)
    description: str | None = None
    export: Value | None = None
    condition: str | None = None


def output_of(value: Any) -> Any:
    """Return an output: a plain value is converted to an `Output`."""
    # A loop is a list; a mapping describes the whole output.
    is_output = isinstance(value, Output | FrozenDict | Null | tuple) or is_instance(value, TROPOSPHERE, "Output")
    return value if is_output else Output(value)
