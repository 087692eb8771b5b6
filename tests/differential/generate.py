"""Random strings and trees, the same for the same seed."""

from __future__ import annotations

import string
from random import Random
from typing import Any

from gitlabgen.yamltext import Commented

__all__ = ["commented", "number", "scalar", "tree"]

# Characters with a meaning in YAML are frequent.
_INDICATORS = "  \n\t:#-?,[]{}&*!|>'\"%@`=<~$./\\_+^();"
_DIGITS = "0123456789._:-+eExXoObB,aAfF"
_LETTERS = "yYnNoOeEsStTrRuUlLfFaAiI~."
_RARE = (
    "\0\a\b\x0b\x0c\r\x1b\x7f\x85\xa0\xad\u017f\u061c\u0660\u1680\u180e\u200b\u200d\u2028\u2029\u202e\u3000"
    "\ufb00\ufe0f\ufeff\ufffe\uff1a\U0001fffe😀é日"
)
_ALPHABETS = (
    _INDICATORS,
    _DIGITS,
    _LETTERS,
    string.ascii_letters + _INDICATORS,
    "ab \n",
    "ab: #-\n",
    _INDICATORS + _RARE,
    "éü😀日 :#\n" + _RARE,
)
_PIECES = (
    "a",
    "key",
    "$X",
    "echo",
    ": ",
    " #",
    "\n",
    "\n\n",
    "  ",
    "- ",
    "---",
    "...",
    "'",
    '"',
    "\\",
    "yes",
    "null",
    "1e3",
    "<<",
    "é",
    "\t",
)


def scalar(random: Random) -> str:
    """Return a string that parsers are likely to misread."""
    if random.random() < 0.2:
        return "".join(random.choices(_PIECES, k=random.randint(1, 6)))
    return "".join(random.choices(random.choice(_ALPHABETS), k=random.choice((1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20))))


def number(random: Random) -> str:
    """Return a word that some parser may read as a number, a date or a boolean."""
    return "".join(random.choices(random.choice((_DIGITS, _DIGITS, _LETTERS, "0123456789_", "01:.-")), k=random.randint(1, 8)))


def tree(random: Random, depth: int = 4) -> Any:
    """Return a nested document."""
    kind = random.random()
    if depth and kind < 0.3:
        return {scalar(random): tree(random, depth - 1) for _ in range(random.randint(0, 4))}
    if depth and kind < 0.6:
        return [tree(random, depth - 1) for _ in range(random.randint(0, 4))]
    if kind < 0.7:
        # JavaScript has no larger integers.
        return random.choice((None, True, False, random.randint(-(2**53), 2**53), random.random(), random.uniform(-1e300, 1e300)))
    return scalar(random)


def commented(random: Random, value: Any) -> Any:
    """Return the tree with random comments."""
    if isinstance(value, dict):
        value = {key: commented(random, item) for key, item in value.items()}
    elif isinstance(value, list):
        value = [commented(random, item) for item in value]
    if random.random() < 0.3:
        return Commented(value, before=scalar(random), after=scalar(random))
    return value
