"""The comparisons in a condition, and the values that are compared with nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gitlabgen.gitlab.conditions import lexemes

__all__ = ["Comparison"]


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


def comparisons(text: str) -> Iterator[Comparison]:
    """Yield the comparisons of two values in a condition.

    Args:
        text: A condition that GitLab can read.
    """
    tokens = [*lexemes(text)]
    for left, operator, right in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (left[0], operator[0], right[0]) == ("value", "compare", "value"):
            yield Comparison(left[1], operator[1], right[1])


def lone_values(text: str) -> Iterator[str]:
    """Yield the values in a condition that are compared with nothing.

    Args:
        text: A condition that GitLab can read.
    """
    tokens = [(kind, value) for kind, value in lexemes(text) if kind not in ("open", "close")]
    for index, (kind, value) in enumerate(tokens):
        around = (*tokens[max(index - 1, 0) : index], *tokens[index + 1 : index + 2])
        if kind == "value" and all(near != "compare" for near, _ in around):
            yield value


def variables_in(text: str) -> Iterator[str]:
    """Yield the names of the variables in a condition, in order.

    Args:
        text: A condition that GitLab can read.
    """
    for kind, value in lexemes(text):
        if kind == "value" and value.startswith("$") and not value.startswith("$["):
            yield value[1:]
