"""A parser of RE2's regular expressions, which accepts what RE2 accepts and rejects the rest with RE2's messages.

Source: https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import attrs

from gitlabgen.matching.character_parsing import CharacterReader
from gitlabgen.matching.characters import (
    EVERY,
    EVERY_BUT_LINE_BREAK,
    group,
    ignoring_case,
    single,
)
from gitlabgen.matching.syntax import (
    EMPTY,
    Alternatives,
    AnyByte,
    Assertion,
    Group,
    Node,
    OneOf,
    Place,
    RegexError,
    Repetition,
    Sequential,
)

__all__: list[str] = []

MOST_COPIES: Final = 1000
"""RE2's limit for a counted repetition, and for the product of nested ones."""

_LONGEST_COUNT: Final = 9
_NAME_GROUPS: Final = ("L", "Nl", "Mn", "Mc", "Nd", "Pc")
_PLACES: Final[Mapping[str, Place]] = {"A": "text start", "z": "text end", "b": "word boundary", "B": "no word boundary"}
_COUNTS: Final[Mapping[str, tuple[int, int | None]]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_DIGITS: Final = frozenset("0123456789")


def parsed(pattern: str) -> Node:
    """Return the syntax tree of a regular expression.

    Args:
        pattern: The expression, without slashes around it.

    Raises:
        RegexError: If RE2 rejects it.
    """
    return _Parser(pattern).tree()


def escaped(text: str) -> str:
    """Return a regular expression that matches exactly this text."""
    return "".join(char if char.isalnum() or char == "_" or not char.isascii() else f"\\{char}" for char in text)


@attrs.define
class _Open:
    """A group that is not closed yet, or the whole pattern.

    Args:
        start: Where it begins.
        flags: The flags to restore when it ends.
        is_recorded: Whether RE2 records its text.
    """

    start: int
    flags: frozenset[str]
    is_recorded: bool
    alternatives: list[Node] = attrs.field(factory=list)
    parts: list[tuple[Node, int]] = attrs.field(factory=list)
    copies: int = 1

    def add(self, node: Node, copies: int = 1) -> None:
        """Add a part.

        Args:
            node: The part.
            copies: How often its counted repetitions repeat their innermost part.
        """
        self.parts.append((node, copies))

    def end_alternative(self) -> None:
        """Turn the parts into an alternative."""
        self.copies = max(self.copies, *(copies for _, copies in self.parts), 1)
        nodes = [node for node, _ in self.parts]
        self.alternatives.append(nodes[0] if len(nodes) == 1 else Sequential(tuple(nodes)) if nodes else EMPTY)
        self.parts = []

    def node(self) -> Node:
        """Return the whole content."""
        self.end_alternative()
        node = self.alternatives[0] if len(self.alternatives) == 1 else Alternatives(tuple(self.alternatives))
        return Group(node) if self.is_recorded else node


class _Parser(CharacterReader):
    """Reads a pattern from left to right; groups are on a stack, so that their depth is not limited."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.stack = [_Open(0, self.flags, is_recorded=False)]
        # The start and the end of the last repetition such as `*`.
        self.repetition = (-1, -1)

    def tree(self) -> Node:
        """Return the tree of the whole pattern."""
        readers: Mapping[str, Callable[[], None]] = {
            "(": self._open,
            ")": self._close,
            "|": self._bar,
            "^": self._caret,
            "$": self._dollar,
            ".": self._dot,
            "[": self._class,
            "*": self._repeat,
            "+": self._repeat,
            "?": self._repeat,
            "{": self._repeat_counted,
            "\\": self._backslash,
        }
        while self.position < len(self.pattern):
            readers.get(self.pattern[self.position], self._literal)()
        if len(self.stack) > 1:
            raise RegexError("missing )", self.pattern, self.stack[-1].start)
        return self.stack[0].node()

    def _add(self, node: Node) -> None:
        self.stack[-1].add(node)

    def _literal(self) -> None:
        self._add(_character(ord(self.take()), ignoring="i" in self.flags))

    def _place(self, place: Place) -> None:
        self.take()
        self._add(Assertion(place))

    def _caret(self) -> None:
        self._place("line start" if "m" in self.flags else "text start")

    def _dollar(self) -> None:
        self._place("line end" if "m" in self.flags else "text end")

    def _class(self) -> None:
        self._add(OneOf(self.class_in_brackets()))

    def _dot(self) -> None:
        self.take()
        self._add(OneOf(EVERY if "s" in self.flags else EVERY_BUT_LINE_BREAK))

    def _backslash(self) -> None:
        start, kind = self.position, self.pattern[self.position + 1 : self.position + 2]
        if kind in _PLACES:
            self.take()
            self._place(_PLACES[kind])
        elif kind == "C":
            self.take(2)
            self._add(AnyByte())
        elif kind == "Q":
            self.take(2)
            self._quoted()
        elif members := self.named_set(start):
            self._add(OneOf(members))
        else:
            self._add(_character(self.escape(), ignoring="i" in self.flags))

    def _quoted(self) -> None:
        end = self.pattern.find("\\E", self.position)
        while self.position < (len(self.pattern) if end < 0 else end):
            self._literal()
        self.take(2)

    # Groups -----------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        start = self.position
        flags = self.flags
        is_recorded = True
        if self.peek(2) == "(?":
            if self._is_named(start):
                self._name(start)
            elif self._set_flags(start):
                is_recorded = False
            else:
                return
        else:
            self.take()
        self.stack.append(_Open(start, flags, is_recorded))

    def _is_named(self, start: int) -> bool:
        # Like RE2, which expects a character after these: at the very end of a pattern, its messages differ.
        begins = self.pattern[start : start + 5]
        if begins.startswith("(?<"):
            return len(begins) == 4 or (len(begins) == 5 and begins[3] not in "=!")
        return len(begins) == 5 and begins.startswith("(?P<")

    def _name(self, start: int) -> None:
        first = self.pattern.index("<", start) + 1
        end = self.pattern.find(">", first)
        if end < 0:
            raise self.error("invalid named capture group", start, len(self.pattern))
        self.position = end + 1
        if first == end or not all(_is_in_names(char) for char in self.pattern[first:end]):
            raise self.error("invalid named capture group", start)

    def _set_flags(self, start: int) -> bool:
        """Read flags such as `(?i)`, and return whether a group such as `(?i:` begins."""
        self.take(2)
        if self.peek() == "<":
            self.take()
        on = True
        is_complete = True
        flags = self.flags
        while (char := self.take()) in ("i", "m", "s", "U", "-"):
            if char == "-":
                if not on:
                    raise self.error("invalid perl operator", start)
                on = is_complete = False
            else:
                flags = flags | {char} if on else flags - {char}
                is_complete = True
        if char not in (":", ")") or not is_complete:
            raise self.error("invalid perl operator", start)
        self.flags = flags
        return char == ":"

    def _bar(self) -> None:
        self.take()
        self.stack[-1].end_alternative()

    def _close(self) -> None:
        if len(self.stack) == 1:
            raise RegexError("unexpected )", self.pattern, self.position)
        self.take()
        closed = self.stack.pop()
        self.flags = closed.flags
        node = closed.node()
        self.stack[-1].add(node, closed.copies)

    # Repetitions ------------------------------------------------------------------------------------------------------

    def _repeat(self) -> None:
        start = self.position
        self._repeat_last(start, *_COUNTS[self.take()])

    def _repeat_counted(self) -> None:
        start = self.position
        self.take()
        low = self._number()
        high = low
        if low is not None and self.peek() == ",":
            self.take()
            high = None if self.peek() == "}" else self._number()
            if high is None and self.peek() != "}":
                low = None
        if low is None or self.take() != "}":
            self.position = start
            self._literal()
            return
        self._repeat_last(start, low, high, is_counted=True)

    def _number(self) -> int | None:
        """Read a number; None if there is a different text, which RE2 then reads as characters."""
        digits = self.take_while(_DIGITS, _LONGEST_COUNT + 1)
        is_number = digits and len(digits) <= _LONGEST_COUNT and (digits[0] != "0" or len(digits) == 1)
        return int(digits) if is_number else None

    def _repeat_last(self, start: int, low: int, high: int | None, *, is_counted: bool = False) -> None:
        if self.peek() == "?":
            self.take()
        if self.repetition[1] == start:
            raise self.error("bad repetition operator", self.repetition[0])
        self.repetition = (start, self.position)
        most = low if high is None else high
        if is_counted and (max(low, most) > MOST_COPIES or most < low):
            raise self.error("invalid repetition size", start)
        if not self.stack[-1].parts:
            raise self.error("no argument for repetition operator", start)
        part, copies = self.stack[-1].parts.pop()
        if is_counted:
            copies *= max(most, 1)
            if most > 1 and copies > MOST_COPIES:
                raise self.error("invalid repetition size", start)
        self.stack[-1].add(part if low == high == 1 else Repetition(part, low, high), copies)


@lru_cache(maxsize=1024)
def _character(code: int, *, ignoring: bool) -> OneOf:
    return OneOf(ignoring_case(single(code)) if ignoring else single(code))


@lru_cache(maxsize=1024)
def _is_in_names(char: str) -> bool:
    return any(ord(char) in members for name in _NAME_GROUPS if (members := group(name)))
