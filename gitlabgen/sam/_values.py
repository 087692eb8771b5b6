"""Kinds of values that many properties share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

if TYPE_CHECKING:
    from troposphere import AWSHelperFn, BaseAWSObject

    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.resource import BaseResource

__all__ = ["Link", "Number", "Properties", "Switch", "Value", "Values"]


def _reference_to(value: Any) -> Any:
    if isinstance(value, str) or type(value).__name__ == "Intrinsic":
        return value
    name = getattr(value, "name", None) if hasattr(value, "resource_attributes") else getattr(value, "title", None)
    if name is None:
        return value
    from gitlabgen.sam.intrinsics import Ref

    return Ref(name)


Value: TypeAlias = Union[str, "Intrinsic", "AWSHelperFn"]
"""A text, or what an intrinsic function makes."""

Number: TypeAlias = Union[int, float, "Intrinsic", "AWSHelperFn"]
"""A number, or what an intrinsic function makes."""

Switch: TypeAlias = Union[bool, "Intrinsic", "AWSHelperFn"]
"""A boolean, or what an intrinsic function makes."""

Values: TypeAlias = Union[Sequence[object], "Intrinsic", "AWSHelperFn"]
"""A list of values."""

Properties: TypeAlias = Union[Mapping[str, object], "Intrinsic", "AWSHelperFn", "BaseAWSObject"]
"""A block of properties in CloudFormation's own names."""

Link: TypeAlias = Annotated[Union[str, "Intrinsic", "BaseResource", "AWSHelperFn", "BaseAWSObject"], _reference_to]
"""A resource, which is kept as a `Ref` to it; or its name, ARN or any intrinsic function."""
