"""The folder in which a command of a script runs, relative to the repository's root; it contains `$` if it is unknown."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Final

MOVES: Final = ("cd", "pushd", "popd")
"""The commands that change the folder."""

_UNKNOWN: Final = "$_"
_PROJECT: Final = r"\$(?:CI_PROJECT_DIR\b|\{CI_PROJECT_DIR\})/?"


def moved(folder: str, words: Sequence[str], *, is_certain: bool) -> str:
    """Return the folder after a command that changes it.

    Args:
        folder: The folder before, relative to the repository's root.
        words: The words of the command.
        is_certain: Whether the command runs in any case. In a branch or a loop it is unknown whether, and how often, it runs.
    """
    if not is_certain or words[0] != "cd" or len(words) != 2 or words[1].startswith(("-", "~")):
        return _UNKNOWN
    return joined(folder, words[1])


def joined(folder: str, path: str) -> str:
    """Return a path relative to the repository's root; it contains `$` if it is unknown.

    Args:
        folder: The folder of the shell, relative to the repository's root.
        path: The path as a command gives it.
    """
    # A variable can hold an absolute path.
    return normalized(path if path.startswith("$") else posixpath.join(folder, path))


def normalized(path: str) -> str:
    """Return a path in the form in which paths are compared.

    Args:
        path: A path from a script, relative to the repository's root.
    """
    found = posixpath.normpath(re.sub(f"^{_PROJECT}", "", path))
    return found if found != "." else ""
