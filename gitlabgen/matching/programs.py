"""Regular expressions as programs: nondeterministic automata."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gitlabgen.matching.characters import CharacterSet, characters
from gitlabgen.matching.sizes import counts
from gitlabgen.matching.syntax import (
    Alternatives,
    AnyByte,
    Assertion,
    Group,
    Node,
    OneOf,
    Place,
    Repetition,
    Sequential,
    walk,
)
from gitlabgen.matching.utf8 import sequences

__all__: list[str] = []

START: Final = 0
"""The label at which a program begins."""

ACCEPT: Final = 1
"""The label at which a program ends."""

_INSIDE: Final = Assertion("no word boundary")
_BYTE: Final = characters((0, 0xFF))


class Program:
    """A regular expression as a nondeterministic automaton.

    Each of its labels is the start or the end of a part. A *position* is a label with a set of characters, which all lead to the
    exit of the position. From the other labels, steps lead to further labels; a step with a place is possible only there.
    Positions are numbered in the order of the pattern.

    Args:
        node: The syntax tree.
    """

    def __init__(self, node: Node) -> None:
        # In most patterns, a character is one unit. These parts distinguish the bytes of a character.
        self.has_bytes = any(isinstance(part, AnyByte) or part == _INSIDE for part in walk(node))
        self.sets: list[CharacterSet] = []
        self.exits: list[int] = []
        self.positions: dict[int, int] = {}
        self.steps: list[list[tuple[Place | None, int]]] = [[], []]
        # The nodes that are not part of the graph yet, each with its first label and the label after it.
        self._waiting: list[tuple[Node, int, int]] = [(node, START, ACCEPT)]
        while self._waiting:
            self._add(*self._waiting.pop())

    def _add(self, node: Node, start: int, end: int) -> None:
        match node:
            case OneOf(members):
                self._add_set(members, start, end)
            case AnyByte():
                self._add_position(_BYTE, start, end)
            case Assertion(place):
                self.steps[start].append((place, end))
            case Sequential(parts):
                self._add_sequence(parts, start, end)
            case Alternatives(parts):
                self._wait((part, self._branch(start), end) for part in parts)
            case Group(part):
                self._waiting.append((part, start, end))
            case _:
                self._add_repetition(node, start, end)

    def _label(self) -> int:
        self.steps.append([])
        return len(self.steps) - 1

    def _branch(self, label: int) -> int:
        """Return a new label to which a step leads from another one."""
        new = self._label()
        self.steps[label].append((None, new))
        return new

    def _wait(self, nodes: Iterable[tuple[Node, int, int]]) -> None:
        # The first one is the next one.
        self._waiting += reversed(list(nodes))

    def _add_position(self, members: CharacterSet, start: int, end: int) -> None:
        self.positions[start] = len(self.sets)
        self.sets.append(members)
        self.exits.append(end)

    def _add_set(self, members: CharacterSet, start: int, end: int) -> None:
        if not self.has_bytes:
            self._add_position(members, start, end)
            return
        for sequence in sequences(members):
            label = self._branch(start)
            for index, pair in enumerate(sequence):
                following = self._label() if index + 1 < len(sequence) else end
                self._add_position(characters(pair), label, following)
                label = following

    def _add_sequence(self, parts: Sequence[Node], start: int, end: int) -> None:
        if not parts:
            self.steps[start].append((None, end))
            return
        labels = [start, *(self._label() for _ in parts[1:]), end]
        self._wait(zip(parts, labels, labels[1:], strict=False))

    def _add_repetition(self, node: Repetition, start: int, end: int) -> None:
        low, high = counts(node)
        label = start
        nodes: list[tuple[Node, int, int]] = []
        for index in range(low if high is None else high):
            body = label
            if index >= low:
                self.steps[label].append((None, end))
                body = self._branch(label)
            label = self._label()
            nodes.append((node.part, body, label))
        if high is None and nodes:
            self.steps[label].append((None, nodes[-1][1]))
        elif high is None:
            nodes.append((node.part, self._branch(label), label))
        self.steps[label].append((None, end))
        self._wait(nodes)
