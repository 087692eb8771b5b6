"""Functions for `Conditions`, which decide whether resources exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, Union

from gitlabgen.sam.intrinsics import Intrinsic

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn

__all__ = ["And", "Equals", "Not", "Or"]

Condition: TypeAlias = Union[str, Intrinsic, "AWSHelperFn", Mapping[str, object]]
"""A function that returns whether something holds, or the name of a condition of the template."""


def Equals(first: object, second: object) -> Intrinsic:  # noqa: N802 - CloudFormation's names
    """Return a condition that holds if two values are equal.

    Args:
        first: A value, such as a `Ref` to a parameter.
        second: Another value.
    """
    return Intrinsic("Fn::Equals", [first, second])


def Not(condition: Condition) -> Intrinsic:  # noqa: N802
    """Return the negation of a condition.

    Args:
        condition: A function, or the name of a condition of the template.
    """
    return Intrinsic("Fn::Not", [_named(condition)])


def And(*conditions: Condition) -> Intrinsic:  # noqa: N802
    """Return a condition that holds if all of the given ones hold.

    Args:
        conditions: Functions, or names of conditions of the template: 2 to 10.
    """
    return Intrinsic("Fn::And", [_named(condition) for condition in conditions])


def Or(*conditions: Condition) -> Intrinsic:  # noqa: N802
    """Return a condition that holds if any of the given ones holds.

    Args:
        conditions: Functions, or names of conditions of the template: 2 to 10.
    """
    return Intrinsic("Fn::Or", [_named(condition) for condition in conditions])


def _named(condition: Condition) -> object:
    return {"Condition": condition} if isinstance(condition, str) else condition
