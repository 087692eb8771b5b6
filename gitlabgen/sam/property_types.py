"""Types of values that many properties share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.problems import InvalidValue
from gitlabgen.sam.logical_ids import logical_id

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn, BaseAWSObject
    from gitlabgen.sam.canaries.recipes import Recipe
    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.resource import BaseResource


def _reference_to(value: Any) -> Any:
    from gitlabgen.sam.intrinsics import Ref

    name = logical_id(value)
    return value if name is value else Ref(name)


def _arn_of(value: Any) -> Any:
    from gitlabgen.sam.intrinsics import GetAtt

    name = logical_id(value)
    return value if name is value else GetAtt(name, "Arn")


def _alarm_of(value: Any) -> Any:
    """Return an alarm as CodeDeploy expects it: an ARN is replaced with the alarm's name."""
    from gitlabgen.sam.intrinsics import Intrinsic, Ref

    if isinstance(value, str):
        _, found, name = value.partition(":alarm:") if value.startswith("arn:") else ("", "", "")
        return name if found else value
    argument: Any = value.argument if isinstance(value, Intrinsic) and value.function == "Fn::GetAtt" else ()
    if argument[1:] == ("Arn",):
        return Ref(argument[0])
    return _reference_to(value)


Value: TypeAlias = Union[str, "Intrinsic", "AWSHelperFn"]
"""A string, or an intrinsic function."""


def _number(value: Any) -> Any:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            raise InvalidValue(f"should be a number, got the string {value!r}") from None
    return value


if TYPE_CHECKING:
    Number: TypeAlias = int | float | Intrinsic | AWSHelperFn
else:
    # Many templates have numbers as strings, which CloudFormation accepts; in Python, type checkers ask for numbers.
    Number = Annotated[Union[int, float, str, "Intrinsic", "AWSHelperFn"], _number]
"""A number, or an intrinsic function."""

Switch: TypeAlias = Union[bool, "Intrinsic", "AWSHelperFn"]
"""A boolean, or an intrinsic function."""

Values: TypeAlias = Union[ListOf[object], "Intrinsic", "AWSHelperFn"]
"""A list of values."""

Properties: TypeAlias = Union[Mapping[str, object], "Intrinsic", "AWSHelperFn", "BaseAWSObject"]
"""A block of properties with CloudFormation's names."""

Link: TypeAlias = Annotated[Union[str, "Intrinsic", "BaseResource", "AWSHelperFn", "BaseAWSObject"], _reference_to]
"""A resource, which is stored as a `Ref` to it; or its name, ARN or any intrinsic function."""

Links: TypeAlias = Union[ListOf[Link], "Intrinsic", "AWSHelperFn"]
"""A list of resources, names or ARNs."""

Arn: TypeAlias = Annotated[Union[str, "Intrinsic", "BaseResource", "AWSHelperFn", "BaseAWSObject"], _arn_of]
"""A resource, whose ARN is stored; or an ARN."""

AlarmLink: TypeAlias = Annotated[Union[str, "Intrinsic", "BaseResource", "Recipe", "AWSHelperFn", "BaseAWSObject"], _alarm_of]
"""An alarm, which is stored as a `Ref` to it or as its name; or a recipe for one."""
