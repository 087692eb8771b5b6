r"""Regular expressions of Ruby, as far as RE2 reads them alike.

Negative lookaheads at the beginning, which RE2 does not have, are searched for on their own: `\A(?!docs/)` is found in a text in
which `\Adocs/` is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from gitlabgen.matching.searching import checked, is_found
from gitlabgen.matching.syntax import RegexError

__all__: list[str] = []

_SHARED: Final = re.compile(
    r"""
      \((?:\?:)?(?![?*+{]) | \)
    | \[\^?(?:[^\\\[\]&^\x00-\x1f] | \\[dDwW] | \\[!-/:-@\[-`{-~])+\]
    | (?:[$^|] | \\[Az])(?![*+?{])
    | [*+?]\??(?![*+?{])
    | \{\d{1,3}(?:,(?:\d{1,3})?)?\}(?![*+?{])
    | \\[dDwW] | \\[!-/:-@\[-`{-~]
    | [^\\\[\](){}*+?^$|\x00-\x1f]
    """,
    re.VERBOSE,
)
"""One part of an expression that means the same to Ruby and RE2 for a text without control characters."""

_START: Final = re.compile(r"\\A|\^")
_LOOKAHEAD: Final = "(?!"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class _Searches(NamedTuple):
    """What an expression asks for.

    Args:
        wanted: The expression that is found in a text.
        unwanted: Those that are not.
    """

    wanted: str
    unwanted: tuple[str, ...]


def is_found_by_ruby(pattern: str, text: str) -> bool | None:
    """Return whether Ruby finds a regular expression in a text; None if that is not known.

    Args:
        pattern: The expression, without slashes around it.
        text: The text.
    """
    searches = _searches(pattern)
    if searches is None or _CONTROL.search(text):
        return None
    return is_found(searches.wanted, text) and not any(is_found(unwanted, text) for unwanted in searches.unwanted)


@lru_cache(maxsize=128)
def _searches(pattern: str) -> _Searches | None:
    """Return what an expression asks for; None if RE2 may read it in another way."""
    start = _START.match(pattern)
    unwanted = []
    if start is not None:
        rest = pattern[start.end() :]
        while rest.startswith(_LOOKAHEAD):
            end = _closing(rest)
            if end is None:
                return None
            unwanted.append(rf"\A(?:{rest[len(_LOOKAHEAD) : end]})")
            rest = rest[end + 1 :]
        pattern = start[0] + rest
    # Lookaheads belong to the first alternative only.
    if unwanted and any(part == "|" and depth == 0 for _, depth, part in _parts(pattern)):
        return None
    searches = _Searches(pattern, tuple(unwanted))
    return searches if all(map(_is_shared, (pattern, *unwanted))) else None


def _is_shared(pattern: str) -> bool:
    """Whether Ruby and RE2 read an expression alike."""
    if not all(part for _, _, part in _parts(pattern)):
        return False
    try:
        checked(pattern)
    except RegexError:
        return False
    return True


def _closing(text: str) -> int | None:
    """Return where the lookahead at the beginning of a text ends; None if that is not known."""
    return next((position for position, depth, _ in _parts(text, len(_LOOKAHEAD)) if depth < 0), None)


def _parts(pattern: str, position: int = 0) -> Iterator[tuple[int, int, str]]:
    """Yield the position of each part, the number of groups around it, and its text; empty if RE2 may read it in another way."""
    depth = 0
    while position < len(pattern):
        found = _SHARED.match(pattern, position)
        part = found[0] if found else ""
        depth -= part == ")"
        yield position, depth, part
        if not part:
            return
        depth += part.startswith("(")
        position += len(part)
