"""Regular expressions over visible characters, compiled when first needed.

Sets of characters beyond ASCII take milliseconds to compile, and few texts need them.
"""

from __future__ import annotations

import re
from functools import cache

# The visible characters beyond ASCII. Excludes spaces, joiners (except the one inside emoji), direction marks, private characters
# and line breaks: some parsers change them, and readers cannot see them.
_VISIBLE = (
    "\u00a1-\u00ac\u00ae-\u061b\u061d-\u167f\u1681-\u180d\u180f-\u1fff\u200d\u2010-\u2027\u2030-\u205e\u2070-\u2fff"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff01-\uff9f\uffa1-\uffef\ufffc\ufffd"
    "\U00010000-\U0001fffd\U00020000-\U0002fffd\U00030000-\U0003fffd"
)


class Patterns:
    """The expressions for texts with a given set of characters.

    Args:
        visible: The visible characters beyond ASCII, as the inside of a regular-expression set.

    Attributes:
        hidden: An invisible character.
        special: A character that must be escaped between double quotes.
        literal: The lines of a literal block; parsers disagree about lines of spaces only and about leading tabs.
        verbatim: A plain scalar in a block, of any type: what the grammar allows on one line.
    """

    def __init__(self, visible: str) -> None:
        self.hidden = re.compile(f"[^ -~{visible}]")
        self.special = re.compile(rf"[^ -!#-\[\]-~{visible}]")
        self.literal = re.compile(rf"(?!\n*(?:\t|[ \t]+(?:\n|\Z)))(?:[\t -~{visible}]|\n(?![ \t]+(?:\n|\Z)))*")
        self.verbatim = re.compile(
            r"(?!(?:---|\.\.\.|[-?:])(?:\s|\Z))"
            r"""(?![\s,\[\]{}#&*!|>'"%@`])"""
            rf"(?=.)(?:[!-9;-~{visible}]|:(?=\S)|[ ]+(?=[^\s#]))*"
        )


@cache
def _compiled(*, ascii_only: bool) -> Patterns:
    return Patterns("" if ascii_only else _VISIBLE)


def patterns(text: str) -> Patterns:
    """Return the expressions to use for the text."""
    return _compiled(ascii_only=text.isascii())
