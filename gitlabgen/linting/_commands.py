"""The commands of a job's script, as far as they can be read without a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from gitlabgen.gitlab.base_job import BaseJob

__all__ = ["Command", "commands_of", "expanded"]

Path = tuple[str | int, ...]

_SCRIPTS: Final = ("before_script", "script", "after_script")
_VARIABLE: Final = r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))"
_MOST_LEVELS: Final = 8


@attrs.frozen(eq=False)
class Command:
    """A command that a job runs.

    Args:
        job: The job.
        path: The way to its line.
        words: The words of the command, with the pipeline's own variables filled in.
    """

    job: BaseJob
    path: Path
    words: tuple[str, ...]

    def runs(self, *words: str) -> bool:
        """Return whether the command begins with these words, options apart."""
        plain = [word for word in self.words if not word.startswith("-")]
        rest = iter(plain)
        return self.words[:1] == words[:1] and all(word in rest for word in words)

    def option(self, *names: str) -> list[str] | None:
        """Return the values of an option, or None if it is not given; AWS takes a long option's beginning for it.

        Args:
            names: The option's names.
        """
        for index, word in enumerate(self.words):
            name, equals, value = word.partition("=")
            if name in names or (len(name) > 4 and name.startswith("--") and any(full.startswith(name) for full in names)):
                return [value] if equals else [*_values(self.words[index + 1 :])]
        return None

    def value(self, *names: str) -> str | None:
        """Return an option's only value, or None."""
        return next(iter(self.option(*names) or ()), None)


def _values(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if word.startswith("--"):
            return
        yield word


def commands_of(job: BaseJob, variables: Mapping[str, str]) -> Iterator[Command]:
    """Yield the commands of a job's scripts.

    Args:
        job: The job.
        variables: The variables that the pipeline sets for it.
    """
    for keyword in _SCRIPTS:
        for path, line in _lines(getattr(job, keyword, None), (keyword,)):
            for words in _commands(line):
                yield Command(job, path, tuple(expanded(word, variables) for word in words))


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """Return a text with the variables that are known filled in.

    Args:
        text: The text.
        variables: The variables by name.
    """
    for _ in range(_MOST_LEVELS):
        filled = re.sub(_VARIABLE, lambda match: variables.get(match[1] or match[2], match[0]), text)
        if filled == text or len(filled) > 10_000:
            break
        text = filled
    return text


def _lines(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _lines(item, (*path, index))


def _commands(text: str, level: int = 0) -> Iterator[list[str]]:
    for line in text.replace("\\\n", " ").splitlines():
        outer, inner = _substitutions(line)
        if level < _MOST_LEVELS:
            for part in inner:
                yield from _commands(part, level + 1)
        lexer = shlex.shlex(outer, posix=True, punctuation_chars=";&|()<>")
        lexer.whitespace_split = True
        try:
            tokens = [*lexer]
        except ValueError:  # a quote that ends on another line
            continue
        words: list[str] = []
        for token in [*tokens, ";"]:
            if token.strip(";&|()"):
                words.append(token)
            else:
                yield from filter(None, [_bare(words)])
                words = []


def _substitutions(line: str) -> tuple[str, list[str]]:
    """Return a line without its `$(…)`, in which quotes begin anew, and what stands in them."""
    outer, inner = "", []
    while "$(" in line:
        before, _, rest = line.partition("$(")
        depth, end = 1, 0
        while end < len(rest) and depth:
            depth += {"(": 1, ")": -1}.get(rest[end], 0)
            end += 1
        outer += f"{before}$_"
        inner.append(rest[: end - 1] if depth == 0 else rest)
        line = rest[end:]
    return outer + line, inner


def _bare(words: list[str]) -> list[str]:
    """Return a command without the variables that are set, and the words of the shell, in front of it."""
    for index, word in enumerate(words):
        if not re.match(r"[A-Za-z_]\w*=", word) and word not in (
            "if",
            "then",
            "else",
            "do",
            "while",
            "until",
            "!",
            "exec",
            "time",
        ):
            return words[index:]
    return []
