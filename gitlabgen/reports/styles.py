"""Colour and links in text for terminals. Only this module writes escape sequences."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["PLAIN", "Look", "Span", "diff_text", "printable"]

_CODES: Final = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "rule": "1",
    "path": "1",
    "gutter": "34",
    "good": "32",
    "changed": "33",
    "bad": "31",
    "quiet": "2",
    "added": "32",
    "removed": "31",
    "range": "36",
}
"""The parameters of the escape sequence for each kind of text."""

_WORDS: Final = {
    "created": "good",
    "updated": "changed",
    "fresh": "good",
    "stale": "changed",
    "missing": "changed",
    "hand-edited": "bad",
    "foreign": "bad",
    "orphaned": "changed",
    "would remove": "removed",
    "refused": "bad",
    "would create": "good",
    "would update": "changed",
    "unchanged": "quiet",
}
"""The kind of each word that `render` and `check` say about a file."""


class Span(NamedTuple):
    """A part of a line that looks different.

    Args:
        text: The text; it may contain any characters.
        kind: Why it looks different: a severity, `rule`, `path`, `gutter`, a word about a file, or a part of a diff.
        url: The page that the text links to.
    """

    text: str
    kind: str
    url: str | None = None


class Look(NamedTuple):
    """What a stream can show.

    Args:
        colors: Whether it shows colours.
        links: Whether it shows links.
    """

    colors: bool = False
    links: bool = False

    def line(self, *parts: str | Span) -> str:
        """Return a line of text, in which only the styles of spans are escape sequences.

        Args:
            parts: Text and spans, in order.
        """
        return "".join(printable(part) if isinstance(part, str) else self._styled(part) for part in parts)

    def _styled(self, span: Span) -> str:
        text = printable(span.text)
        code = _CODES.get(_WORDS.get(span.kind, span.kind))
        if self.colors and code and text:
            text = f"\x1b[{code}m{text}\x1b[0m"
        # A link is a terminal's own sequence; what is not plain ASCII could end it early.
        if self.links and span.url and span.url.isascii() and span.url.isprintable():
            text = f"\x1b]8;;{span.url}\x1b\\{text}\x1b]8;;\x1b\\"
        return text


PLAIN: Final = Look()
"""A stream without colours, such as a file."""


def printable(text: str) -> str:
    """Return the text with characters escaped that a terminal could interpret."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\t" else char.encode("unicode_escape").decode() for char in text)


def diff_text(diff: str, look: Look) -> str:
    """Return a unified diff with its lines in colour.

    Args:
        diff: The diff of one file, whose first two lines name the file.
        look: What the stream can show.
    """
    if not look.colors:
        return diff
    return "".join(f"{look.line(Span(line, _diff_kind(number, line)))}\n" for number, line in enumerate(diff.split("\n")[:-1]))


def _diff_kind(number: int, line: str) -> str:
    if number < 2:
        return "path"
    return {"+": "added", "-": "removed", "@": "range"}.get(line[:1], "")
