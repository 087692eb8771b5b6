"""Names of files that every system can have, and that git accepts."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["name_problem", "portable_key"]

_FORBIDDEN: Final = frozenset('<>:"|?*')
_DIGITS: Final = "123456789¹²³"
_DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", "conin$", "conout$", *(f"{port}{digit}" for port in ("com", "lpt") for digit in _DIGITS))
)


def name_problem(path: str) -> str | None:
    """Return why some systems or git cannot have a file of this path, for the end of a sentence; None if all can.

    Args:
        path: The path, with `/` between its parts.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return next((problem for part in parts if (problem := _part_problem(part)) is not None), None)


def _part_problem(part: str) -> str | None:
    name = portable_key(part)
    char = next((char for char in part if char in _FORBIDDEN or ord(char) < ord(" ") or char == "\x7f"), None)
    if char is not None:
        return f"has {char!r}, which Windows does not allow in names"
    if part[-1] in ". ":
        return f"has the part {part!r}, whose last character Windows removes"
    if name.partition(".")[0].rstrip(" ") in _DEVICES:
        return f"has the part {part!r}, which is a device on Windows"
    if name in (".git", "git~1"):
        return f"has the part {part!r}, which belongs to git"
    return None


def portable_key(path: str) -> str:
    """Return the same text for paths that are the same file on some system, such as `A.txt` and `a.txt`.

    Args:
        path: A path.
    """
    visible = "".join(char for char in path if unicodedata.category(char) != "Cf")  # some systems ignore these
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", visible).casefold())
