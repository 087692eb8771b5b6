"""Find words in comments, docstrings, messages and docs that have plainer alternatives: part of `make lint`.

Each line of the output has the file, the line, the word and what to write instead. `docs/glossary.md` defines our terms.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent

WORDS = {
    r"told|tells?|telling": "says, shows, reports or knows",
    r"stands?(?! for\b)|standing|stood": "is, or is written",
    r"whoever": "the caller, or the user",
    r"nobody": "no one, or another subject",
    r"be it": "whether",
    r"misfits?": "problem",
    r"remarks?": "comment",
    r"the way to|a way to": "the path to",
    r"hand(?:s|ed|ing)? on": "passes on",
    r"takes? along": "keeps",
    r"of which": "whose, or a sentence of its own",
    r"beside": "next to, together with, or in addition to",
    r"(?<!look-)behind(?= \w)": "after",
    r"in front(?: of)?": "before",
    r"as (?:it is|they are)(?=[.,;:)]|$)": "unchanged",
    r"(?:is|are|was|were) (?-i:none)(?=[.,;:)]|$)": "is not one",
    r"of (?:its|their|one's|your) own": "own, separate or custom",
    r"by (?:itself|themselves)": "automatically, or alone",
    r"wants?": "needs, requires or expects",
}
"""Patterns of words, with their replacements."""

_PATTERN = re.compile(r"(?i)\b(?:" + "|".join(f"(?P<w{index}>{word})" for index, word in enumerate(WORDS)) + r")\b")

# Code that runs elsewhere, with its rendered copies; lists of strings that other programs define.
_SKIPPED = re.compile(
    r"gitlabgen/(patterns/scripts|sam/(bootstrapping|hooks))/|blueprints/[^/]+/(ci|hooks|bootstrap)/|tests/(corpus|article|patterns/scripts)/"
    r"|tests/differential/(tricky|generate)\.py|CHANGELOG\.md|tools/prose\.py|tests/test_prose\.py|_vocabulary\.py|LICENSE"
)

_RENDERED = "# rendered"
"""The end of a line whose text is a part of rendered files, which keep their bytes."""


class Word(NamedTuple):
    """A word with its replacement."""

    file: str
    line: int
    word: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.word!r}: write {self.instead}"


def files() -> list[str]:
    """Return the files to check, relative to the root of the repository."""
    listed = subprocess.run(["git", "ls-files", "*.py", "*.md", "Makefile"], capture_output=True, text=True, check=True, cwd=ROOT)
    return [file for file in listed.stdout.splitlines() if not _SKIPPED.search(file) and (ROOT / file).exists()]


def words_in(file: str, text: str) -> Iterator[Word]:
    """Yield the words of a file that should be replaced.

    Args:
        file: The file's path.
        text: Its text.
    """
    lines = text.splitlines()
    for first, prose in _prose(text) if file.endswith(".py") else enumerate(lines, 1):
        for found in _PATTERN.finditer(prose):
            line = first + prose.count("\n", 0, found.start())
            instead = [*WORDS.values()][int(str(found.lastgroup)[1:])]
            if not lines[line - 1].endswith(_RENDERED):
                yield Word(file, line, found.group(), instead)


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of a module, and its strings of more than one word, each with its first line."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_text = token.type == tokenize.STRING or tokenize.tok_name[token.type] == "FSTRING_MIDDLE"
        if token.type == tokenize.COMMENT or (is_text and " " in token.string):
            yield token.start[0], token.string


def main() -> int:
    """Print the words, and return 1 if there are any."""
    found = [word for file in files() for word in words_in(file, (ROOT / file).read_text("utf-8"))]
    for word in found:
        print(word)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
