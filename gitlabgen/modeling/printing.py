"""The room that text takes on a terminal."""

from __future__ import annotations

from unicodedata import category, east_asian_width

__all__ = ["text_width"]


def text_width(text: str) -> int:
    """Return the number of terminal columns of a printable text.

    Args:
        text: The text.
    """
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    return 0 if category(char) in ("Mn", "Me") else 2 if east_asian_width(char) in "WF" else 1
