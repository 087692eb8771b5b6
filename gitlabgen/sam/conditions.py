"""Functions for `Conditions`, which decide whether resources exist."""

from __future__ import annotations

from typing import Any

from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["And", "Equals", "Not", "Or"]


def Equals(first: Any, second: Any) -> Intrinsic:  # noqa: N802 - CloudFormation's names
    """Return a condition that holds if two values are equal.

    Args:
        first: A value, such as a `Ref` to a parameter.
        second: Another value.
    """
    return Intrinsic("Fn::Equals", [first, second])


def Not(condition: Any) -> Intrinsic:  # noqa: N802
    """Return the negation of a condition.

    Args:
        condition: A function, or the name of a condition of the template.
    """
    return Intrinsic("Fn::Not", [_named(condition)])


def And(*conditions: Any) -> Intrinsic:  # noqa: N802
    """Return a condition that holds if all of the given ones hold.

    Args:
        conditions: Functions, or names of conditions of the template: 2 to 10.
    """
    return Intrinsic("Fn::And", [_named(condition) for condition in conditions])


def Or(*conditions: Any) -> Intrinsic:  # noqa: N802
    """Return a condition that holds if any of the given ones holds.

    Args:
        conditions: Functions, or names of conditions of the template: 2 to 10.
    """
    return Intrinsic("Fn::Or", [_named(condition) for condition in conditions])


def _named(condition: Any) -> Any:
    return {"Condition": condition} if isinstance(condition, str) else condition
