"""The folder in which a command of a script runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Final

MOVES: Final = ("cd", "pushd", "popd")
"""The commands that change the folder."""

_UNKNOWN: Final = "$_"
_PROJECT: Final = r"\$(?:CI_PROJECT_DIR\b|\{CI_PROJECT_DIR\})/?"
# In a branch it is unknown whether the command runs, and in a loop the folder changes with each turn.
_BRANCH: Final = r"(?:^|[\s;&|])(?:if|for|while|until|case|function|\{)\s"


class Folder:
    """The folder of a shell while it runs a script, relative to the repository's root; it contains `$` if it is unknown."""

    def __init__(self) -> None:
        self.path = ""
        self._before = ""
        self._is_clear = True
        self._is_inner = False

    def begin(self, line: str) -> None:
        """Begin a line, or a script of several lines.

        Args:
            line: The line.
        """
        self._before = self.path
        text = line.strip()
        self._is_inner = text.startswith("(") and text.endswith(")") and text.count("(") == 1
        self._is_clear = not re.search(_BRANCH, line) and (self._is_inner or "(" not in line)

    def move(self, words: Sequence[str]) -> None:
        """Run a command that changes the folder.

        Args:
            words: The words of the command, with known variables expanded.
        """
        if not self._is_clear or words[0] != "cd" or len(words) != 2 or words[1].startswith(("-", "~")):
            self.path = _UNKNOWN
        else:
            self.path = joined(self.path, words[1])

    def end(self) -> None:
        """End the line: parentheses keep a change to themselves."""
        if self._is_inner:
            self.path = self._before


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
