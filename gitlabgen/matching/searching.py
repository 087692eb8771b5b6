"""Search texts with regular expressions, as RE2 does, in time that grows linearly with the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from gitlabgen.matching.automata import Automaton
from gitlabgen.matching.characters import CLASSES, CharacterSet
from gitlabgen.matching.parsing import parsed
from gitlabgen.matching.programs import ACCEPT, START, Program
from gitlabgen.matching.sizes import MOST_INSTRUCTIONS, instructions
from gitlabgen.matching.syntax import Node, Place, RegexError
from gitlabgen.matching.utf8 import text_as_bytes

__all__: list[str] = []

_MEMORY: Final = 1 << 20

# What a character is for assertions; the end of the text is a kind, too.
_EDGE, _LINE_BREAK, _WORD, _OTHER = range(4)


def is_found(pattern: str, text: str) -> bool:
    """Return whether RE2 finds a regular expression in a text.

    Args:
        pattern: The expression, without slashes around it.
        text: The text.

    Raises:
        RegexError: If RE2 rejects the expression.
    """
    return _search(pattern).is_found(text)


@lru_cache(maxsize=1024)
def checked(pattern: str) -> Node:
    """Return the syntax tree of a regular expression that RE2 compiles.

    If the size of the program is close to RE2's limit, the verdict can differ; see `instructions`.

    Args:
        pattern: The expression, without slashes around it.

    Raises:
        RegexError: If RE2 rejects the expression.
    """
    node = parsed(pattern)
    if instructions(node) > MOST_INSTRUCTIONS:
        raise RegexError("pattern too large - compile failed", "", 0)
    return node


@lru_cache(maxsize=128)
def _search(pattern: str) -> Search:
    return Search(Program(checked(pattern)))


class Search:
    """A program that searches texts.

    It is at all its positions at the same time, so that a character costs at most one visit of each label.

    Args:
        program: The program.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._width = len(program.sets) // 8 + 1
        self._places: dict[CharacterSet, list[int]] = {}
        for position, members in enumerate(program.sets):
            self._places.setdefault(members, []).append(position)
        # Most positions are followed by the next position and nothing else, so a shift of bits goes from all of them to the next.
        chained = (position for position, label in enumerate(program.exits) if program.positions.get(label) == position + 1)
        self._chained = self._bits(chained)
        self._automaton = Automaton((0, _EDGE), self._step, size=2 * self._width)
        self._accepting = lru_cache(maxsize=max(_MEMORY // self._width, 2))(self._find_accepting)

    def is_found(self, text: str) -> bool:
        """Return whether a part of a text matches."""
        return self._automaton.matches(text_as_bytes(text) if self._program.has_bytes else text)

    def _step(self, key: tuple[int, int], char: str) -> tuple[int, int] | None:
        """Return the next state of a search, or None if it has found a match.

        A state has the positions whose character has just been read, as bits, and the kind of this character.
        """
        read, before = key
        after = _kind(char)
        waiting = [self._program.exits[position] for position in _indices(read & ~self._chained)]
        # A match can begin anywhere.
        reached = self._reached([START, *waiting], before, after)
        if reached is None:
            return None
        possible = reached | (read & self._chained) << 1
        return (possible & self._accepting(char), after)

    def _reached(self, labels: list[int], before: int, after: int) -> int | None:
        """Return the positions that steps lead to from labels, as bits; None if they lead to the end of the pattern."""
        seen = set(labels)
        found = []
        while labels:
            label = labels.pop()
            if label == ACCEPT:
                return None
            position = self._program.positions.get(label)
            if position is not None:
                found.append(position)
            for place, following in self._program.steps[label]:
                if following not in seen and (place is None or _is_at(place, before, after)):
                    seen.add(following)
                    labels.append(following)
        return self._bits(found)

    def _find_accepting(self, char: str) -> int:
        """Return the positions that accept a character, as bits."""
        return self._bits(place for members, places in self._places.items() if char and ord(char) in members for place in places)

    def _bits(self, positions: Iterable[int]) -> int:
        # For many positions, this is faster than adding each to an integer.
        bits = bytearray(self._width)
        for position in positions:
            bits[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(bits, "little")


def _indices(bits: int) -> Iterator[int]:
    """Yield the numbers of the bits that are 1."""
    digits = f"{bits:b}"[::-1]
    index = digits.find("1")
    while index >= 0:
        yield index
        index = digits.find("1", index + 1)


def _kind(char: str) -> int:
    if not char:
        return _EDGE
    if char == "\n":
        return _LINE_BREAK
    return _WORD if ord(char) in CLASSES["w"] else _OTHER


def _is_at(place: Place, before: int, after: int) -> bool:
    """Return whether a place is between two characters of these kinds."""
    match place:
        case "text start":
            return before == _EDGE
        case "text end":
            return after == _EDGE
        case "line start":
            return before in (_EDGE, _LINE_BREAK)
        case "line end":
            return after in (_EDGE, _LINE_BREAK)
        case "word boundary":
            return (before == _WORD) is not (after == _WORD)
        case _:
            return (before == _WORD) is (after == _WORD)
