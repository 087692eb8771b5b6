"""Positions of words inside of a value, such as an option in a line of a script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from gitlabgen.modeling.callsites import Position
from gitlabgen.modeling.source_texts import kept_source

__all__ = ["narrowed"]

_MOST_FILES: Final = 8

_LONGEST: Final = 100_000
"""The characters of the longest value that is searched: many findings can be in one."""


def narrowed(at: Position, words: Iterable[str], line_with: str | None = None) -> Position:
    """Return the position of the first of these words that is written in a value; the value's position if none is.

    Args:
        at: The position of the value.
        words: The words; the first that is found counts.
        line_with: The beginning of a command: if no word is found, and the value has several lines, its line is the result.
    """
    if at.line is None or at.column is None or at.end_line is None or at.end_column is None:
        return at
    parts = [*_parts(at)]
    if sum(len(text) for _, _, text in parts) > _LONGEST:
        return at
    for word in filter(None, words):
        pattern = _whole(word)
        for line, start, text in parts:
            found = pattern.search(text)
            if found is not None:
                return _inside(at, line, start + found.start(), start + found.end())
    if line_with and len(parts) > 1:
        for line, start, text in parts:
            if line_with in text:
                begin = start + len(text) - len(text.lstrip())
                return _inside(at, line, begin, start + len(text.rstrip()))
    return at


def _whole(word: str) -> re.Pattern[str]:
    """Return a pattern for a word that is no part of a longer one; `$NAME` may follow any text."""
    before = r"(?<![\w-])" if re.match(r"[\w-]", word) else ""
    after = r"(?![\w-])" if re.match(r"[\w-]", word[-1]) else ""
    return re.compile(f"{before}{re.escape(word)}{after}")


def _inside(at: Position, line: int, start: int, end: int) -> Position:
    return at._replace(line=line, column=start + 1, end_line=line, end_column=end + 1)


def _parts(at: Position) -> Iterator[tuple[int, int, str]]:
    """Yield the lines of a value, each with its number and the column at which the value begins there, counted from 0."""
    try:
        lines = _lines(kept_source(at.file))
    except (OSError, ValueError):
        return
    first, last = at.line or 1, at.end_line or 1
    for number in range(first, min(last, len(lines)) + 1):
        start = (at.column or 1) - 1 if number == first else 0
        end = (at.end_column or 1) - 1 if number == last else None
        yield number, start, lines[number - 1][start:end]


@lru_cache(maxsize=_MOST_FILES)
def _lines(content: bytes) -> Sequence[str]:
    return content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").split("\n")
