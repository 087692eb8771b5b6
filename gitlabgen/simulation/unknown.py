"""Values that cannot be known here, such as a variable of the project, and answers that may depend on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn, TypeAlias

import attrs

__all__ = ["Unknown"]


@attrs.frozen
class Unknown:
    """A value, or the answer to a question, that cannot be known here.

    Args:
        reasons: Why it is unknown, such as `variable X may be set in the project`.
        is_present: Whether it is certainly a text with more than white space. Otherwise it may also be blank, or undefined.
        excluded: Texts that it certainly is not.
    """

    reasons: tuple[str, ...]
    is_present: bool = False
    excluded: tuple[str, ...] = ()

    def __bool__(self) -> NoReturn:
        """Refuse to be a condition, because neither answer is certain.

        Raises:
            TypeError: Always.
        """
        raise TypeError(f"an unknown value is neither true nor false: {'; '.join(self.reasons)}")


Truth: TypeAlias = bool | Unknown
"""The answer to a question."""


def all_hold(truths: Iterable[Truth]) -> Truth:
    """Return whether all truths hold; it is unknown only if nothing is false. What follows a false one is not asked for.

    Args:
        truths: The truths.
    """
    return _decided(truths, deciding=False)


def any_holds(truths: Iterable[Truth]) -> Truth:
    """Return whether any truth holds; it is unknown only if nothing is true. What follows a true one is not asked for.

    Args:
        truths: The truths.
    """
    return _decided(truths, deciding=True)


def negated(truth: Truth) -> Truth:
    """Return the opposite of a truth; of an unknown one, the truth itself.

    Args:
        truth: The truth.
    """
    return truth if isinstance(truth, Unknown) else not truth


def merged_reasons(unknowns: Iterable[Unknown]) -> tuple[str, ...]:
    """Return the reasons of unknown values in order, each once.

    Args:
        unknowns: The unknown values.
    """
    return tuple(dict.fromkeys(reason for unknown in unknowns for reason in unknown.reasons))


def _decided(truths: Iterable[Truth], *, deciding: bool) -> Truth:
    unknowns = []
    for truth in truths:
        if truth is deciding:
            return deciding
        if isinstance(truth, Unknown):
            unknowns.append(truth)
    return Unknown(merged_reasons(unknowns)) if unknowns else not deciding
