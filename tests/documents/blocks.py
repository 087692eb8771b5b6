"""The parts of a Markdown page that a session runs: its fenced blocks, and the directives in HTML comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sybil import Document, Region
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

__all__ = ["Block", "Directive", "regions"]

_FENCES = RawFencedCodeBlockLexer(re.compile(r"(?P<language>[^\n]*)\n"))
_COMMENT = re.compile(r"^[ \t]*<!-- ?(?P<word>[a-z-]+)\b(?P<rest>.*?)-->[ \t]*$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?<=\n\n) {4,}(?![-*+] |\d+[.)] )\S")
_FORMS = {
    "copy": r": (?P<value>\S+)",
    "edit": r" (?P<name>\S+): (?P<value>.+)",
    "excerpt": r": (?P<value>\S+)",
    "file": r": (?P<value>\S+)",
    "skip": r": (?P<value>.+)",
    "skip-page": r": (?P<value>.+)",
}


class Directive(NamedTuple):
    """A comment such as `<!-- skip: needs a registry; see tests/test_wheel.py -->`.

    Attributes:
        word: What to do: `copy`, `edit`, `excerpt`, `file`, `skip` or `skip-page`.
        name: The file to edit.
        value: The rest: a file, a reason, or what to replace and by what.
        error: Why the comment is no directive; empty if it is one.
    """

    word: str
    name: str = ""
    value: str = ""
    error: str = ""


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        language: The text after the opening fence.
        text: The lines between the fences, without the indentation of the fences.
        start: Where these lines begin in the page.
        end: Where they end.
        indentation: The spaces before the opening fence.
        directive: The `excerpt`, `file` or `skip` directly before the block.
    """

    language: str
    text: str
    start: int
    end: int
    indentation: str
    directive: Directive | None


def regions(document: Document) -> Iterator[Region]:
    """Yield the blocks and directives of a page, in their order."""
    end = 0
    for fence in sorted(_FENCES(document), key=lambda region: region.start):
        if fence.start < end:
            continue  # a fence that the block shows
        before = [*_directives(document.text, end, fence.start)]
        follows = before and not document.text[before[-1].end : fence.start].strip()
        attached = before.pop() if follows and before[-1].parsed.word in {"excerpt", "file", "skip"} else None
        yield from before
        yield from _indented(document.text, end, fence.start)
        start = attached.start if attached else fence.start
        yield Region(start, fence.end, _block(document, fence, attached.parsed if attached else None))
        end = fence.end
    yield from _directives(document.text, end, len(document.text))
    yield from _indented(document.text, end, len(document.text))


def _block(document: Document, fence: Region, directive: Directive | None) -> Block:
    # Sybil's own text of a block loses spaces that matter, such as those of a line that has only spaces.
    opening, *lines, closing = document.text[fence.start : fence.end].splitlines(keepends=True)
    if closing.strip(" \t") not in opening or not closing.strip():
        raise ValueError(f"the block is not closed: {document.path}, {document.line_column(fence.start)}")
    indentation = " " * re.search("[`~]", opening).start()  # type: ignore[union-attr]
    text = "".join(line.removeprefix(indentation) for line in lines)
    start, end = fence.start + len(opening), fence.end - len(closing)
    return Block(fence.lexemes["language"].strip(), text, start, end, indentation, directive)


def _directives(text: str, start: int, end: int) -> Iterator[Region]:
    for found in _COMMENT.finditer(text, start, end):
        directive = _directive(found["word"], found["rest"])
        if directive:
            yield Region(found.start(), found.end(), directive)


def _indented(text: str, start: int, end: int) -> Iterator[Region]:
    """Yield the blocks that only their indentation makes code."""
    for found in _INDENTED.finditer(text, start, end):
        yield Region(
            found.start(), found.end(), Directive("", error="an indented block does not run: write a fence, such as ```console")
        )


def _directive(word: str, rest: str) -> Directive | None:
    """Return the directive of a comment, or nothing if the comment is ordinary text."""
    if word in _FORMS:
        form = re.fullmatch(_FORMS[word], rest.rstrip(), re.DOTALL)
        if form is None:
            return Directive(word, error=f"write `<!-- {word}: … -->`, see CONTRIBUTING.md")
        return Directive(word, **form.groupdict())
    if rest.startswith(":"):
        return Directive(word, error=f"`{word}` is not one of {', '.join(_FORMS)}")
    return None
