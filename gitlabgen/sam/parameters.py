"""`Parameters`: what a deployment may choose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from gitlabgen.errors import closest
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam.property_types import Number, Switch
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["Parameter"]

_TYPES: Final = ("String", "Number", "List<Number>", "CommaDelimitedList")


@model
class Parameter(TemplateModel):
    """What a deployment may choose.

    Args:
        type: `String`, `Number`, `List<Number>`, `CommaDelimitedList`, or a type of AWS such as `AWS::EC2::VPC::Id`.
        default: The value where the deployment says nothing.
        description: What it is for.
        allowed_values: All values that it may have.
        allowed_pattern: The regular expression that it must match.
        constraint_description: What is said when it does not.
        min_length: The least length of a text.
        max_length: The greatest length of a text.
        min_value: The least number.
        max_value: The greatest number.
        no_echo: Whether the value is kept out of what CloudFormation shows.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    """

    keyword: ClassVar[str] = "Parameters"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"
    form: ClassVar[str] = "parameter"

    type: str = field(kw_only=False)
    default: str | int | float | bool | None = None
    description: str | None = None
    allowed_values: Sequence[str | int | float | bool] | None = None
    allowed_pattern: str | None = None
    constraint_description: str | None = None
    min_length: Number | None = None
    max_length: Number | None = None
    min_value: Number | None = None
    max_value: Number | None = None
    no_echo: Switch | str | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a type that CloudFormation does not know, and for a default that it refuses."""
        if isinstance(self.type, str) and not self.type.startswith(("AWS::", "List<AWS::")) and self.type not in _TYPES:
            near = closest(self.type, [*_TYPES])
            hint = f"did you mean {near!r}?" if near else None
            yield Problem(f"should be one of {', '.join(_TYPES)}, or a type of AWS, got {self.type!r}", hint, ("type",))
        allowed = self.allowed_values if isinstance(self.allowed_values, tuple) else ()
        # What is no text there is compared in a form of its own.
        if {*map(type, allowed)} == {str} == {type(self.default)} and self.type == "String" and self.default not in allowed:
            yield Problem(f"should be one of `allowed_values`, got {self.default!r}", path=("default",))
