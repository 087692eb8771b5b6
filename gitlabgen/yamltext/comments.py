"""Comments as text, which nothing they hold can end."""

from __future__ import annotations

from gitlabgen.yamltext.patterns import patterns

__all__ = ["above", "behind"]


def above(text: str, separator: str, comment: str | None) -> str:
    """Return an entry with comment lines above it.

    Args:
        text: The entry, written.
        separator: The line break and the indentation of the entry.
        comment: Text of any number of lines, or nothing.
    """
    # What Python takes for a line break becomes one: CR, NEL, LS and PS too.
    lines = [f"# {_clean(line)}".rstrip() for line in (comment or "").splitlines()]
    return separator.join([*lines, text])


def behind(text: str, comment: str | None) -> str:
    """Return an entry with a comment at the end of its first line, which is the line of the key.

    Args:
        text: The entry, written.
        comment: Text, or nothing.
    """
    note = _clean(" ".join((comment or "").split()))
    head, line_break, rest = text.partition("\n")
    return f"{head}  # {note}{line_break}{rest}" if note else text


def _clean(text: str) -> str:
    # Some of what cannot be seen would end the comment for some parsers, and none of it belongs there.
    return patterns(text).hidden.sub("\ufffd", text.replace("\t", " "))
