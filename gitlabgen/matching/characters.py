"""Sets of characters: ranges, Unicode's groups, and characters that are equal if case is ignored."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

import attrs

__all__: list[str] = []

LAST: Final = 0x10FFFF
"""The code point of the last character."""


@attrs.frozen
class CharacterSet:
    """A set of characters.

    Args:
        bounds: The code points at which membership changes, in ascending order; the first one begins the set.
    """

    bounds: tuple[int, ...]

    def __contains__(self, code: int) -> bool:
        return bisect_right(self.bounds, code) % 2 == 1

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Yield the ranges of code points in ascending order, each with its first and its last one."""
        ends = iter(self.bounds)
        yield from ((first, after - 1) for first, after in zip(ends, ends, strict=True))

    def complement(self) -> CharacterSet:
        """Return the set of all other characters."""
        # A bound that is there twice changes nothing.
        return CharacterSet(tuple(sorted({0, LAST + 1}.symmetric_difference(self.bounds))))


def characters(*ranges: tuple[int, int]) -> CharacterSet:
    """Return the set of the characters in any of these ranges.

    Args:
        ranges: The first and the last code point of each range; they can overlap.
    """
    bounds: list[int] = []
    for first, last in sorted(ranges):
        if bounds and first <= bounds[-1]:
            bounds[-1] = max(bounds[-1], last + 1)
        else:
            bounds += (first, last + 1)
    return CharacterSet(tuple(bounds))


def union(sets: Iterable[CharacterSet]) -> CharacterSet:
    """Return the set of the characters in any of these sets."""
    return characters(*(pair for members in sets for pair in members.ranges()))


@lru_cache(maxsize=1024)
def single(code: int) -> CharacterSet:
    """Return the set of one character."""
    return CharacterSet((code, code + 1))


EVERY: Final = characters((0, LAST))
EVERY_BUT_LINE_BREAK: Final = single(ord("\n")).complement()


def _ascii(text: str) -> CharacterSet:
    """Return the set for a text of ranges, such as `azAZ`."""
    return characters(*zip(map(ord, text[::2]), map(ord, text[1::2]), strict=True))


CLASSES: Final[Mapping[str, CharacterSet]] = {
    "d": _ascii("09"),
    "s": _ascii("\t\n\f\r  "),
    "w": _ascii("09AZ__az"),
    "alnum": _ascii("09AZaz"),
    "alpha": _ascii("AZaz"),
    "ascii": _ascii("\0\x7f"),
    "blank": _ascii("\t\t  "),
    "cntrl": _ascii("\0\x1f\x7f\x7f"),
    "digit": _ascii("09"),
    "graph": _ascii("!~"),
    "lower": _ascii("az"),
    "print": _ascii(" ~"),
    "punct": _ascii("!/:@[`{~"),
    "space": _ascii("\t\r  "),
    "upper": _ascii("AZ"),
    "word": _ascii("09AZ__az"),
    "xdigit": _ascii("09AFaf"),
}
"""RE2's classes of ASCII characters, by the letter after a backslash and by the name between `[:` and `:]`."""


@lru_cache(maxsize=256)
def group(name: str) -> CharacterSet | None:
    """Return the characters of a Unicode category or script, such as `Lu` or `Greek`; None if RE2 knows no such group."""
    if name == "Any":
        return EVERY
    if len(name) == 1:
        parts = [members for known, members in _groups().items() if len(known) == 2 and known[0] == name]
        return union(parts) if parts else None
    return _groups().get(name)


@lru_cache(maxsize=256)
def ignoring_case(members: CharacterSet) -> CharacterSet:
    """Return a set together with all characters that equal one of its members if case is ignored."""
    changing, equal = _equal()
    low_high = ((bisect_right(changing, first - 1), bisect_right(changing, last)) for first, last in members.ranges())
    added = (code for low, high in low_high for char in changing[low:high] for code in equal[char])
    return union((members, characters(*((code, code) for code in added))))


@lru_cache(maxsize=1)
def _groups() -> dict[str, CharacterSet]:
    from gitlabgen.matching._unicode_tables import GROUPS

    found: dict[str, list[int]] = {}
    bounds: list[int] = []
    for word in GROUPS.split():
        if word[0].isupper():
            bounds = found.setdefault(word, [])
        else:
            bounds.append(int(word, 36) + (bounds[-1] if bounds else 0))
    return {name: CharacterSet(tuple(bounds)) for name, bounds in found.items()}


@lru_cache(maxsize=1)
def _equal() -> tuple[list[int], dict[int, list[int]]]:
    """Return the characters that equal others if case is ignored, in ascending order, and these others with each itself."""
    from gitlabgen.matching._unicode_tables import EQUAL

    sets = [[int(code, 36) for code in word.split("+")] for word in EQUAL.split()]
    equal = {code: codes for codes in sets for code in codes}
    return sorted(equal), equal
