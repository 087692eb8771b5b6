"""`Parameters`: values that a deployment may set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final, Literal, get_args

from gitlabgen.errors import did_you_mean, few
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam.property_types import Number, Switch
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["Parameter"]

ParameterType = Literal["String", "Number", "List<Number>", "CommaDelimitedList"]
_TYPES: Final = get_args(ParameterType)


@model
class Parameter(TemplateModel):
    """A value that a deployment may set.

    Args:
        type: `String`, `Number`, `List<Number>`, `CommaDelimitedList`, or a type of AWS such as `AWS::EC2::VPC::Id`.
        default: The value if the deployment sets none.
        description: What it is for.
        allowed_values: The values that are allowed.
        allowed_pattern: The regular expression that it must match.
        constraint_description: The message if the value does not match.
        min_length: The minimum length of a string.
        max_length: The maximum length of a string.
        min_value: The minimum of a number.
        max_value: The maximum of a number.
        no_echo: Whether CloudFormation hides the value.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    """

    keyword: ClassVar[str] = "Parameters"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"
    form: ClassVar[str] = "parameter"

    type: ParameterType | str = field(kw_only=False)
    default: str | int | float | bool | None = None
    description: str | None = None
    allowed_values: ListOf[str | int | float | bool] | None = None
    allowed_pattern: str | None = None
    constraint_description: str | None = None
    min_length: Number | None = None
    max_length: Number | None = None
    min_value: Number | None = None
    max_value: Number | None = None
    no_echo: Switch | str | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for an unknown type, and for a default that is not allowed."""
        if isinstance(self.type, str) and not self.type.startswith(("AWS::", "List<AWS::")) and self.type not in _TYPES:
            hint = did_you_mean(self.type, _TYPES)
            yield Problem(f"should be one of {few(_TYPES)}, or a type of AWS, got {self.type!r}", hint, ("type",))
        allowed = self.allowed_values if isinstance(self.allowed_values, tuple) else ()
        # CloudFormation converts values that are not strings before it compares them.
        if {*map(type, allowed)} == {str} == {type(self.default)} and self.type == "String" and self.default not in allowed:
            yield Problem(f"should be one of `allowed_values`, got {self.default!r}", path=("default",))
