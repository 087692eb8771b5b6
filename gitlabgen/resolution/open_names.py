"""Names with unknown inputs, and the names that they may become."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gitlabgen.resolution.interpolation import BLOCK

_ALL: Final = slice(None, None, 2)


class OpenNames:
    """Names with blocks whose values are not known, found by what they may become.

    Args:
        texts: The names with blocks.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        # All names with the same ends are found at once, so that many names and many questions take linear time.
        self._by_ends: dict[tuple[str, str], list[str]] = {}
        for text in texts:
            parts = re.split(BLOCK, text)[_ALL]  # the expressions are at the odd positions
            self._by_ends.setdefault((parts[0], parts[-1]), []).append(text)
        self._lengths = dict.fromkeys((len(first), len(last)) for first, last in self._by_ends)

    def becoming(self, name: str) -> str | None:
        """Return a name with blocks that becomes this name if the values are right; None if no name does.

        Args:
            name: The name.
        """
        for first, last in self._lengths:
            ends = name[:first], name[len(name) - last :]
            for text in self._by_ends.get(ends, ()) if first + last <= len(name) else ():
                if _may_become(text, name):
                    return text
        return None


def _may_become(text: str, name: str) -> bool:
    """Return whether a text may become a name that has its ends."""
    first, *middle = re.split(BLOCK, text)[_ALL]
    end = len(name) - len(middle.pop())
    position = len(first)
    for part in middle:
        found = name.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return position <= end
