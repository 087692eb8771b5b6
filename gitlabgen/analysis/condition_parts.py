"""The comparisons in a condition, and the values that are compared with nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from gitlabgen.gitlab import expressions
from gitlabgen.gitlab.expressions import Expression, Input, Logical, Not, Null, Pattern, Text, Variable, parsed_or_none, walk

__all__ = ["Comparison"]

# Jobs often share conditions, and several rules read each one.
_MOST_KNOWN: Final = 4096

_VALUES: Final = (Variable, Text, Pattern, Null, Input)


class Comparison(NamedTuple):
    """A comparison in a condition.

    Args:
        left: The left side, as written.
        operator: `==`, `!=`, `=~` or `!~`.
        right: The right side, as written.
    """

    left: str
    operator: str
    right: str


@lru_cache(_MOST_KNOWN)
def comparisons(text: str) -> tuple[Comparison, ...]:
    """Return the comparisons of two values in a condition.

    Args:
        text: The condition; without comparisons if GitLab cannot read it.
    """
    return tuple(
        Comparison(node.left.written, node.operator, node.right.written)
        for node in nodes(text)
        if isinstance(node, expressions.Comparison) and isinstance(node.left, _VALUES) and isinstance(node.right, _VALUES)
    )


@lru_cache(_MOST_KNOWN)
def lone_values(text: str) -> tuple[str, ...]:
    """Return the values in a condition that are compared with nothing.

    Args:
        text: The condition; without values if GitLab cannot read it.
    """
    whole = parsed_or_none(text)
    return () if whole is None else tuple(node.written for node in _decisive(whole) if isinstance(node, _VALUES))


@lru_cache(_MOST_KNOWN)
def variables_in(text: str) -> tuple[str, ...]:
    """Return the names of the variables in a condition, in order.

    Args:
        text: The condition; without variables if GitLab cannot read it.
    """
    return tuple(node.name for node in nodes(text) if isinstance(node, Variable))


def nodes(text: str) -> Iterator[Expression]:
    """Yield all nodes of a condition, an operator before its operands; none if GitLab cannot read it.

    Args:
        text: The condition.
    """
    whole = parsed_or_none(text)
    if whole is not None:
        yield from walk(whole)


def _decisive(node: Expression) -> Iterator[Expression]:
    """Yield the parts of a condition whose presence decides it, from left to right."""
    match node:
        case Not():
            yield from _decisive(node.operand)
        case Logical():
            yield from _decisive(node.left)
            yield from _decisive(node.right)
        case _:
            yield node
