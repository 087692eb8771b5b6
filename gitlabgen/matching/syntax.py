"""The syntax tree of a regular expression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

import attrs

from gitlabgen.matching.characters import CharacterSet

__all__: list[str] = []

Place: TypeAlias = Literal["text start", "text end", "line start", "line end", "word boundary", "no word boundary"]


@attrs.frozen
class OneOf:
    """One character of a set; a literal character is a set of one.

    Args:
        members: The set.
    """

    members: CharacterSet


@attrs.frozen
class AnyByte:
    r"""One byte of the UTF-8 text, written `\\C`."""


@attrs.frozen
class Assertion:
    """A place in the text, which has no characters, such as its end.

    Args:
        place: The place.
    """

    place: Place


@attrs.frozen
class Sequential:
    """Parts that follow each other; without a part, it matches the empty text.

    Args:
        parts: The parts.
    """

    parts: Sequence[Node]


@attrs.frozen
class Alternatives:
    """Parts, one after the other until one matches.

    Args:
        parts: The parts.
    """

    parts: Sequence[Node]


@attrs.frozen
class Repetition:
    """A part that is repeated.

    Args:
        part: The part.
        low: The minimum.
        high: The maximum; None if there is no maximum.
    """

    part: Node
    low: int
    high: int | None


@attrs.frozen
class Group:
    """A part in parentheses whose text RE2 records.

    Args:
        part: The part.
    """

    part: Node


Node: TypeAlias = OneOf | AnyByte | Assertion | Sequential | Alternatives | Repetition | Group

EMPTY: Final = Sequential(())


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all its parts, however deep they are nested."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Sequential | Alternatives):
            waiting += node.parts
        elif isinstance(node, Repetition | Group):
            waiting.append(node.part)


class RegexError(ValueError):
    """A regular expression that RE2 rejects; its text is RE2's message.

    Args:
        problem: RE2's words, such as `missing )`.
        part: The part of the pattern that RE2 names.
        position: The index of this part in the pattern.
    """

    def __init__(self, problem: str, part: str, position: int) -> None:
        super().__init__(f"{problem}: {part}" if part else problem)
        self.problem = problem
        self.part = part
        self.position = position
