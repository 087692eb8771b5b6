"""Texts that GitLab counts as absent, and regular expressions that are found in all texts, or in all that are present."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from gitlabgen.matching.characters import EVERY, characters, union
from gitlabgen.matching.searching import checked, is_found
from gitlabgen.matching.syntax import Assertion, Group, OneOf, Repetition, walk

__all__: list[str] = []

_MOST_KNOWN: Final = 1024

WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""The characters of Ruby's `[[:space:]]`; Python's `strip` removes more."""


def is_blank(text: str) -> bool:
    """Return whether a text has only white space.

    Args:
        text: The text.
    """
    return not text.strip(WHITE_SPACE)


@lru_cache(_MOST_KNOWN)
def is_found_in_all(pattern: str) -> bool:
    """Return whether a regular expression is certainly found in every text, as an optional part is.

    Args:
        pattern: The expression, without slashes around it.
    """
    return is_found(pattern, "") and not any(isinstance(node, Assertion) for node in walk(checked(pattern)))


@lru_cache(_MOST_KNOWN)
def is_found_in_all_present(pattern: str) -> bool:
    r"""Return whether a regular expression is certainly found in every text with more than white space, as `\\S` is.

    Args:
        pattern: The expression, without slashes around it.
    """
    node = checked(pattern)
    while isinstance(node, Group) or (isinstance(node, Repetition) and node.low == 1):
        node = node.part
    blank = characters(*((ord(char), ord(char)) for char in WHITE_SPACE))
    is_any_char = isinstance(node, OneOf) and union((node.members, blank)) == EVERY
    return is_any_char or is_found_in_all(pattern)
