"""The size of RE2's program for a regular expression, which RE2 limits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from gitlabgen.matching.characters import CharacterSet, characters
from gitlabgen.matching.syntax import EMPTY, Alternatives, Assertion, Group, Node, OneOf, Repetition, Sequential
from gitlabgen.matching.utf8 import ByteRange, sequences

__all__: list[str] = []

MOST_INSTRUCTIONS: Final = 698_996
"""How many instructions RE2 compiles with its default limit of memory."""

_FIXED_INSTRUCTIONS: Final = 4
_FIRST_CAPITAL: Final = ord("A")
_LAST_CAPITAL: Final = ord("Z")
_TO_LOWER_CASE: Final = ord("a") - ord("A")


def instructions(node: Node) -> int:
    """Return about how many instructions RE2 needs for a regular expression.

    This computes what RE2's compiler does, but without some of its optimizations, such as common prefixes of alternatives.

    Args:
        node: The syntax tree.
    """
    size = _FIXED_INSTRUCTIONS
    waiting = [(node, 1)]
    while waiting:
        part, copies = waiting.pop()
        match part:
            case OneOf(members):
                # A set without a member needs no instruction, but its copies have to be limited, too.
                size += copies * max(_size_of_set(members), 1)
            case Sequential(parts):
                size += copies * (not parts)
                waiting += [(inner, copies) for inner in parts]
            case Alternatives(parts):
                size += copies * (len(parts) - 1)
                waiting += [(inner, copies) for inner in parts]
            case Group(inner):
                size += copies * 2
                waiting.append((inner, copies))
            case Repetition(inner):
                low, high = counts(part)
                size += copies * (1 if high is None else max(high - low, high == 0))
                waiting.append((inner, copies * (max(low, 1) if high is None else high)))
            case _:
                size += copies
    return size


def counts(node: Repetition) -> tuple[int, int | None]:
    """Return the minimum and the maximum of a repetition: copies of a part without characters mean the same as one."""
    if node.part == EMPTY or isinstance(node.part, Assertion):
        return min(node.low, 1), 1 if node.high is None else min(node.high, 1)
    return node.low, node.high


@lru_cache(maxsize=256)
def _size_of_set(members: CharacterSet) -> int:
    """Return about how many instructions RE2 needs for a set: one for each byte range, and one for each choice.

    Common ends are counted once, as RE2 shares most of them.
    """
    if all((code in members) is (code + _TO_LOWER_CASE in members) for code in range(_FIRST_CAPITAL, _LAST_CAPITAL + 1)):
        # RE2 has instructions that ignore the case of ASCII letters.
        members = characters(*(pair for pair in members.ranges() if pair[0] < _FIRST_CAPITAL or pair[1] > _LAST_CAPITAL))
    return _size(sequences(members), set())


def _size(choices: Iterable[tuple[ByteRange, ...]], counted: set[tuple[ByteRange, tuple[tuple[ByteRange, ...], ...]]]) -> int:
    ends: dict[ByteRange, list[tuple[ByteRange, ...]]] = {}
    for first, *end in filter(None, choices):
        ends.setdefault(first, []).append(tuple(end))
    nodes = {(first, tuple(end)) for first, end in ends.items()} - counted
    counted |= nodes
    return max(len(ends) - 1, 0) + sum(1 + _size(end, counted) for _, end in nodes)
