"""Intrinsic functions: values that CloudFormation computes at deployment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.sam.logical_ids import logical_id
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSObject
    from gitlabgen.sam.property_types import Value
    from gitlabgen.sam.resource import BaseResource

__all__ = ["FindInMap", "GetAtt", "If", "ImportValue", "Intrinsic", "Join", "Ref", "Select", "Split", "Sub"]


@model
class Intrinsic(TemplateModel):
    """An intrinsic function with its argument; the functions of this module create them.

    Args:
        function: The long name, such as `Ref` or `Fn::Sub`.
        argument: The argument, in the form that CloudFormation documents.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """

    keyword: ClassVar[str] = "intrinsic"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html"
    )

    form: ClassVar[str] = "intrinsic"
    from_mapping: ClassVar[bool] = False

    function: str = field(kw_only=False)
    argument: object = field(kw_only=False)


def Ref(name: str | BaseResource | AWSObject) -> Intrinsic:  # noqa: N802 - CloudFormation's names
    """Return a resource's identifier, or a parameter's value.

    Args:
        name: The resource, or the logical id of a resource or parameter.
    """
    return Intrinsic("Ref", logical_id(name))


def GetAtt(resource: str | BaseResource | AWSObject, attribute: str) -> Intrinsic:  # noqa: N802
    """Return an attribute of a resource.

    Args:
        resource: The resource or its logical id.
        attribute: The attribute's name, such as `Arn`.
    """
    return Intrinsic("Fn::GetAtt", [logical_id(resource), attribute])


def Sub(text: str, variables: Mapping[str, object] | None = None) -> Intrinsic:  # noqa: N802
    """Return a string in which CloudFormation replaces `${Name}` and `${Resource.Attribute}`.

    Args:
        text: The string.
        variables: Values for names that are neither resources nor parameters.
    """
    return Intrinsic("Fn::Sub", text if variables is None else [text, dict(variables)])


def Join(separator: str, values: Sequence[object] | Intrinsic) -> Intrinsic:  # noqa: N802
    """Return strings joined by a separator."""
    return Intrinsic("Fn::Join", [separator, values if isinstance(values, Intrinsic) else list(values)])


def If(condition: str, then: object, otherwise: object) -> Intrinsic:  # noqa: N802
    """Return one of two values, depending on a condition of the template.

    Args:
        condition: The condition's name.
        then: The value if it holds.
        otherwise: The value if it does not hold; `Ref("AWS::NoValue")` omits the property.
    """
    return Intrinsic("Fn::If", [condition, then, otherwise])


def Select(index: int, values: Sequence[object] | Intrinsic) -> Intrinsic:  # noqa: N802
    """Return one value of a list, counted from 0."""
    return Intrinsic("Fn::Select", [index, values if isinstance(values, Intrinsic) else list(values)])


def Split(separator: str, text: Value) -> Intrinsic:  # noqa: N802
    """Return the parts of a string."""
    return Intrinsic("Fn::Split", [separator, text])


def ImportValue(name: Value) -> Intrinsic:  # noqa: N802
    """Return the value that another stack exports under a name."""
    return Intrinsic("Fn::ImportValue", name)


def FindInMap(mapping: Value, first: Value, second: Value) -> Intrinsic:  # noqa: N802
    """Return a value of the template's mappings."""
    return Intrinsic("Fn::FindInMap", [mapping, first, second])
