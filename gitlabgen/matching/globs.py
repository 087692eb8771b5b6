"""Globs, matched in time that grows linearly with the path.

The globs of `rules:changes` and `rules:exists` are those of Ruby's `File.fnmatch?` with the flags PATHNAME, DOTMATCH and EXTGLOB.
Ruby replaces braces by their alternatives before it reads anything else, so a `[` or a `**` can begin in an alternative and end
after it. Therefore the pattern is read anew along all alternatives at the same time, for each character of the path.

Source: https://docs.ruby-lang.org/en/master/File.html#method-c-fnmatch
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from gitlabgen.matching.automata import Automaton
from gitlabgen.matching.parsing import escaped, parsed
from gitlabgen.matching.programs import Program
from gitlabgen.matching.searching import Search

__all__: list[str] = []

_BYTES_OF_A_PLACE: Final = 100
_LITERAL_ENDS: Final = re.compile(r"(?s)([^*?\[\]{}\\,]*)(?:.*[*?\[\]{}\\,]/?)?(.*)")


def glob_match(pattern: str, path: str) -> bool:
    """Return whether a glob of `rules:changes` or `rules:exists` matches a path.

    `*`, `?` and `[a-z]` match no slash, `**/` matches any folders, `{a,b}` lists alternatives.

    Args:
        pattern: The glob.
        path: The path, relative to the repository's root.
    """
    start, end = _literal_ends(pattern)
    return path.startswith(start) and path.endswith(end) and _automaton(pattern).matches(path)


def include_match(pattern: str, path: str) -> bool:
    """Return whether the path of `include:local` matches a file: `*` matches no slash, and `**` matches everything.

    Args:
        pattern: The path with `*`, without a leading slash.
        path: The file's path, relative to the repository's root.
    """
    # GitLab searches the files with this regular expression.
    return _search("^" + escaped(pattern).replace(r"\*\*", ".*?").replace(r"\*", "[^/]*?") + "$").is_found(path)


def name_match(pattern: str, name: str) -> bool:
    """Return whether a pattern with `*` for any text and `?` for any character matches a name.

    Brackets are characters like any other, because names often contain them.

    Args:
        pattern: The pattern.
        name: The name.
    """
    return _search("(?s)^" + escaped(pattern).replace(r"\*", ".*").replace(r"\?", ".") + "$").is_found(name)


@lru_cache(maxsize=128)
def _search(pattern: str) -> Search:
    # The pattern is ours, so RE2's limit of its size does not apply.
    return Search(Program(parsed(pattern)))


def alternatives(pattern: str, most: int) -> list[str]:
    """Return the globs without braces that a glob stands for, as `a.md` and `b.md` for `{a,b}.md`; none if a brace is not closed.

    Args:
        pattern: The glob.
        most: The number of globs after which the others are left out.
    """
    braces = _braces(pattern)
    found: list[str] = []
    waiting = [] if braces is None else [(0, "")]
    while waiting and len(found) < most:
        index, text = waiting.pop()
        while index < len(pattern) and index not in (braces or ()):
            end = index + (2 if pattern[index] == "\\" else 1)
            text += pattern[index:end]
            index = end
        if braces and index in braces:
            waiting += [(after, text) for after in reversed(braces[index])]
        else:
            found.append(text)
    return found


class _Mode(Enum):
    """What has been read of the part of a glob that a place is in."""

    # Of the text between two slashes: nothing; something; `*` or `**` at the beginning, which can become `**/`; a backslash.
    SEGMENT, INSIDE, STAR, STARS, ESCAPE = range(5)
    # `*`, which matches more characters, and `**/`, which matches more folders: at the beginning of a folder's name, or in it.
    ANY, FOLDERS, FOLDER = range(5, 8)
    # Of a bracket: `[`; items; the backslash of an item; an item, with a dash, and with the backslash after the dash.
    BRACKET, ITEMS, LOW_ESCAPE, LOW, DASH, HIGH_ESCAPE = range(8, 14)


class _Place(NamedTuple):
    """A place in the glob, and what has been read before it.

    Args:
        at: The index in the glob.
        mode: What has been read.
        is_negated: Whether the bracket begins with `!` or `^`.
        has: Whether the bracket has the character.
        low: How the character compares with the beginning of the range: -1 if it is less, 0 if equal, 1 if greater.
    """

    at: int
    mode: _Mode
    is_negated: bool = False
    has: bool = False
    low: int = 0

    def with_item(self, has: bool) -> _Place:  # noqa: FBT001 - it is data
        """Return the place after an item of a bracket.

        Args:
            has: Whether the item has the character.
        """
        return self._replace(mode=_Mode.ITEMS, has=self.has or has, low=0)


@lru_cache(maxsize=1 << 14)
def _literal_ends(pattern: str) -> tuple[str, str]:
    """Return what a glob has before its first special character, and after its last one; a slash after `**` is optional.

    Most globs of a large pipeline differ from most paths there, so their automata need not be made.
    """
    ((start, end),) = _LITERAL_ENDS.findall(pattern)[:1]
    return start, end


@lru_cache(maxsize=128)
def _automaton(pattern: str) -> Automaton[frozenset[_Place]]:
    braces = _braces(pattern)
    # In Ruby, a brace without its partner matches nothing.
    start = frozenset() if braces is None else frozenset((_Place(0, _Mode.SEGMENT),))
    glob = _Glob(pattern, braces or {})
    return Automaton(start, glob.step, size=_BYTES_OF_A_PLACE * len(pattern))


def _braces(pattern: str) -> dict[int, list[int]] | None:
    """Return the places that follow each brace, and each comma between alternatives; None if a brace is not closed."""
    following: dict[int, list[int]] = {}
    # For each open brace: its index, and those of its commas.
    open_braces: list[list[int]] = []
    index = 0
    while index < len(pattern):
        char = pattern[index]
        if char == "{":
            open_braces.append([index])
        elif char == "," and open_braces:
            open_braces[-1].append(index)
        elif char == "}" and open_braces:
            first, *commas = open_braces.pop()
            following[first] = [place + 1 for place in (first, *commas)]
            following.update((place, [index + 1]) for place in (*commas, index))
        index += 2 if char == "\\" else 1
    return None if open_braces else following


class _Glob:
    """A glob whose alternatives are read at the same time.

    Args:
        pattern: The glob.
        braces: The places that follow each brace and each comma.
    """

    def __init__(self, pattern: str, braces: dict[int, list[int]]) -> None:
        self._pattern = pattern
        self._braces = braces

    def step(self, places: frozenset[_Place], char: str) -> frozenset[_Place] | None:
        """Return the places after a character of the path; None if the path ends, and matches.

        Args:
            places: The places before the character.
            char: The character; empty at the end of the path.
        """
        waiting = list(places)
        seen = set(places)
        after = set()
        while waiting:
            place = waiting.pop()
            if not char and self._is_end(place):
                return None
            for is_matched, following in self._following(place, char):
                if is_matched:
                    after.add(following)
                elif following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return frozenset(after)

    def _is_end(self, place: _Place) -> bool:
        # Ruby ignores a backslash at the end.
        return place.at == len(self._pattern) and place.mode in (_Mode.SEGMENT, _Mode.INSIDE, _Mode.ESCAPE)

    def _following(self, place: _Place, char: str) -> Iterator[tuple[bool, _Place]]:
        """Yield the places that follow one, each with whether the character is matched on the path there."""
        if place.at in self._braces:
            yield from ((False, place._replace(at=at)) for at in self._braces[place.at])
            return
        if place.mode is _Mode.ANY:
            yield False, place._replace(mode=_Mode.INSIDE)
            if char not in ("", "/"):
                yield True, place
        elif place.mode in (_Mode.FOLDERS, _Mode.FOLDER):
            if place.mode is _Mode.FOLDERS:
                yield False, place._replace(mode=_Mode.SEGMENT)
            if char:
                yield True, place._replace(mode=_Mode.FOLDERS if char == "/" else _Mode.FOLDER)
        elif place.at < len(self._pattern):
            read = self._pattern[place.at]
            following = self._bracket if place.mode.value >= _Mode.BRACKET.value else self._part
            yield from following(place, read, char)

    def _part(self, place: _Place, read: str, char: str) -> Iterator[tuple[bool, _Place]]:
        after = place.at + 1
        match place.mode, read:
            case _Mode.STAR, _:
                if read == "*":
                    yield False, _Place(after, _Mode.STARS)
            case _Mode.STARS, _:
                if read == "/":
                    yield False, _Place(after, _Mode.FOLDERS)
            case _Mode.SEGMENT | _Mode.INSIDE, "*":
                yield False, _Place(after, _Mode.ANY)
                if place.mode is _Mode.SEGMENT:
                    yield False, _Place(after, _Mode.STAR)
            case _Mode.SEGMENT | _Mode.INSIDE, "\\":
                yield False, _Place(after, _Mode.ESCAPE)
            case _Mode.SEGMENT | _Mode.INSIDE, "?" | "[":
                if char not in ("", "/"):
                    yield read == "?", _Place(after, _Mode.INSIDE if read == "?" else _Mode.BRACKET)
            case _:
                if read == char:
                    yield True, _Place(after, _Mode.SEGMENT if read == "/" else _Mode.INSIDE)

    def _bracket(self, place: _Place, read: str, char: str) -> Iterator[tuple[bool, _Place]]:
        after = place._replace(at=place.at + 1)
        order = (char > read) - (char < read)
        match place.mode, read:
            case _Mode.BRACKET, _:
                yield False, (after if read in "!^" else place)._replace(mode=_Mode.ITEMS, is_negated=read in "!^")
            case _Mode.ITEMS, "]":
                if place.has is not place.is_negated:
                    yield True, _Place(after.at, _Mode.INSIDE)
            case _Mode.ITEMS, "\\":
                yield False, after._replace(mode=_Mode.LOW_ESCAPE)
            case ((_Mode.ITEMS | _Mode.LOW_ESCAPE), _):
                yield False, after._replace(mode=_Mode.LOW, low=order)
            case _Mode.LOW, "-":
                yield False, after._replace(mode=_Mode.DASH)
            case _Mode.LOW, _:
                yield False, place.with_item(place.low == 0)
            case _Mode.DASH, "]":
                yield False, place.with_item(place.low == 0 or char == "-")
            case _Mode.DASH, "\\":
                yield False, after._replace(mode=_Mode.HIGH_ESCAPE)
            case _:
                yield False, after.with_item(place.low == 0 or order == 0 or place.low > 0 > order)
