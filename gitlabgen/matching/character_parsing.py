"""The parts of RE2's regular expressions that mean characters: escapes, sets such as `[a-z]`, and their names."""

from __future__ import annotations

from typing import Final

from gitlabgen.matching.characters import CLASSES, LAST, CharacterSet, characters, group, ignoring_case, union
from gitlabgen.matching.syntax import RegexError

__all__: list[str] = []

_ESCAPES: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_OCTAL: Final = frozenset("01234567")
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")


class CharacterReader:
    """Reads characters and sets of characters from a pattern.

    Args:
        pattern: The regular expression.

    Attributes:
        position: The index of the text to read next.
        flags: The flags that apply there.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self.flags: frozenset[str] = frozenset()
        # Searched once, so that a class with many `[:` needs no search for each.
        self._last_name = pattern.rfind(":]")

    def peek(self, length: int = 1) -> str:
        """Return the next characters; fewer at the end of the pattern."""
        return self.pattern[self.position : self.position + length]

    def take(self, length: int = 1) -> str:
        """Read characters; fewer at the end of the pattern."""
        text = self.peek(length)
        self.position += len(text)
        return text

    def error(self, problem: str, start: int, end: int | None = None) -> RegexError:
        """Return an error that names a part of the pattern: to its end, or to the position if no end is given."""
        return RegexError(problem, self.pattern[start : self.position if end is None else end], start)

    def take_while(self, letters: frozenset[str], most: int) -> str:
        """Read characters that are all among some letters."""
        length = 0
        while length < most and self.pattern[self.position + length : self.position + length + 1] in letters:
            length += 1
        return self.take(length)

    def named_set(self, start: int) -> CharacterSet | None:
        r"""Read a set such as `\d` or `\pL`; return None if something else begins at the position."""
        kind = self.pattern[start + 1 : start + 2]
        if kind in ("d", "s", "w", "D", "S", "W"):
            self.take(2)
            return self._cased(CLASSES[kind.lower()], negated=kind.isupper())
        if kind not in ("p", "P"):
            return None
        self.take(2)
        name = self.take()
        if name == "{":
            end = self.pattern.find("}", self.position)
            if end < 0:
                raise self.error("invalid character class range", start, len(self.pattern))
            name = self.take(end - self.position)
            self.take()
        members = group(name.removeprefix("^"))
        if members is None:
            raise self.error("invalid character class range", start)
        return self._cased(members, negated=(kind == "P") is not name.startswith("^"))

    def _cased(self, members: CharacterSet, *, negated: bool = False) -> CharacterSet:
        if "i" in self.flags:
            members = ignoring_case(members)
        return members.complement() if negated else members

    def escape(self) -> int:
        """Read a character that is written with a backslash, and return its code."""
        start = self.position
        self.take()
        if not self.peek():
            raise RegexError("trailing \\", "", start)
        char = self.take()
        if char in _OCTAL and (char == "0" or self.peek() in _OCTAL):
            return int(char + self.take_while(_OCTAL, 2), 8)
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char == "x":
            return self._hexadecimal(start)
        if char.isascii() and not char.isalnum():
            return ord(char)
        raise self.error("invalid escape sequence", start)

    def _hexadecimal(self, start: int) -> int:
        if self.peek() != "{":
            digits = self.take(2)
            if len(digits) == 2 and _HEXADECIMAL.issuperset(digits):
                return int(digits, 16)
            raise self.error("invalid escape sequence", start)
        self.take()
        if not self.peek():
            raise RegexError("invalid UTF-8", "", start)
        code = 0
        is_empty = True
        while (digit := self.take()) in _HEXADECIMAL:
            code = code * 16 + int(digit, 16)
            is_empty = False
            if code > LAST or not self.peek():
                raise self.error("invalid escape sequence", start)
        if digit != "}" or is_empty:
            raise self.error("invalid escape sequence", start)
        return code

    def class_in_brackets(self) -> CharacterSet:
        """Read a class such as `[^a-z]`."""
        start = self.position
        self.take()
        is_negated = self.peek() == "^" and bool(self.take())
        sets: list[CharacterSet] = []
        while self.peek() != "]" or not sets:
            sets.append(self._class_item(start))
        self.take()
        members = union(sets)
        return members.complement() if is_negated else members

    def _class_item(self, start: int) -> CharacterSet:
        here = self.position
        if self.peek(2) == "[:" and here + 2 <= self._last_name:
            end = self.pattern.index(":]", here + 2)
            name = self.pattern[here + 2 : end]
            self.position = end + 2
            if name.removeprefix("^") not in CLASSES or len(name.removeprefix("^")) == 1:
                raise self.error("invalid character class range", here)
            return self._cased(CLASSES[name.removeprefix("^")], negated=name.startswith("^"))
        # RE2 reads `\p` at the very end of a pattern as a character.
        if self.peek() == "\\" and (self.peek(3)[1:2] not in ("p", "P") or len(self.peek(3)) == 3):
            named = self.named_set(here)
            if named:
                return named
        low = high = self._class_character(start)
        if self.peek() == "-" and self.peek(2) not in ("-", "-]"):
            self.take()
            high = self._class_character(start)
            if high < low:
                raise self.error("invalid character class range", here)
        return self._cased(characters((low, high)))

    def _class_character(self, start: int) -> int:
        if not self.peek():
            raise self.error("missing ]", start)
        return self.escape() if self.peek() == "\\" else ord(self.take())
