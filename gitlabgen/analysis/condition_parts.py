"""The comparisons in a condition, and the values that are compared with nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from gitlabgen.gitlab.conditions import lexemes

__all__ = ["Comparison"]

# Jobs often share conditions, and several rules read each one.
_MOST_KNOWN: Final = 4096


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
        text: A condition that GitLab can read.
    """
    tokens = [*lexemes(text)]
    return tuple(
        Comparison(left[1], operator[1], right[1])
        for left, operator, right in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if (left[0], operator[0], right[0]) == ("value", "compare", "value")
    )


@lru_cache(_MOST_KNOWN)
def lone_values(text: str) -> tuple[str, ...]:
    """Return the values in a condition that are compared with nothing.

    Args:
        text: A condition that GitLab can read.
    """
    tokens = [(kind, value) for kind, value in lexemes(text) if kind not in ("open", "close")]
    kinds = ["", *(kind for kind, _ in tokens), ""]
    return tuple(
        value
        for index, (kind, value) in enumerate(tokens)
        if kind == "value" and "compare" not in (kinds[index], kinds[index + 2])
    )


@lru_cache(_MOST_KNOWN)
def variables_in(text: str) -> tuple[str, ...]:
    """Return the names of the variables in a condition, in order.

    Args:
        text: A condition that GitLab can read.
    """
    values = (value for kind, value in lexemes(text) if kind == "value")
    return tuple(value[1:] for value in values if value.startswith("$") and not value.startswith("$["))
