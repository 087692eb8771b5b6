"""What blocks of a page show: commands with their output, and sections of files."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

__all__ = ["commands_of", "excerpt", "programs_of"]

_OPERATORS = frozenset(("|", "||", "&", "&&", ";"))


def commands_of(text: str) -> Iterator[str]:
    """Yield the commands of a console block: the lines after `$ `, with the lines that a backslash continues.

    Args:
        text: The block.
    """
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line.removeprefix("$ ")
            while command.endswith("\\"):
                command += "\n" + next(lines, "")
            yield command


def programs_of(command: str) -> Iterator[str]:
    """Yield the programs that a command calls.

    Args:
        command: A line for a shell.
    """
    words = shlex.shlex(command, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    is_first = True
    for word in words:
        if word in _OPERATORS:
            is_first = True
        elif is_first and "=" not in word:  # not a variable that is set for the program
            yield word
            is_first = False


def excerpt(shown: str, text: str) -> str:
    """Return the lines of a file that a block shows, or those of the same sections; empty if the file has none.

    Args:
        shown: The block.
        text: The file.
    """
    if f"\n{shown}" in f"\n{text}":
        return shown
    lines = text.splitlines(keepends=True)
    width = min((_indentation(line) for line in shown.splitlines(keepends=True)), default=0)
    sections = [line for line in shown.splitlines(keepends=True) if _indentation(line) == width]
    if not sections or sections[0] not in lines or sections[-1] not in lines:
        return ""
    start, end = lines.index(sections[0]), lines.index(sections[-1]) + 1
    while end < len(lines) and _indentation(lines[end]) > width:
        end += 1
    return "".join(lines[start:end]).rstrip("\n") + "\n"


def _indentation(line: str) -> int:
    """Return the number of spaces before the text of a line; an empty line belongs to the section before it."""
    return len(line) - len(line.lstrip(" ")) if line.strip() else 1000
