"""Find the commands in a job's scripts without running a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from gitlabgen.analysis.folders import MOVES, Folder, joined
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.modeling.problems import Path

SCRIPTS: Final = ("before_script", "script", "after_script")
"""The keywords of a job that hold commands."""

_VARIABLE: Final = r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))"
_MOST_LEVELS: Final = 8
_SPECIAL: Final = frozenset("\"'\\;&|()<>#")


@attrs.frozen(eq=False)
class Command:
    """A command that a job runs.

    Args:
        job: The job.
        path: The path to the script line, in the job.
        words: The words of the command, with variables from the pipeline expanded.
        folder: The folder in which it runs, relative to the repository's root; it contains `$` if it is unknown.
    """

    job: BaseJob
    path: Path
    words: tuple[str, ...]
    folder: str = ""

    def runs(self, *words: str) -> bool:
        """Return whether the command begins with these words, ignoring options between them.

        Args:
            words: The program and its subcommands, such as `aws`, `cloudformation`, `deploy`.
        """
        if self.words[:1] != words[:1]:
            return False
        rest = iter([word for word in self.words if not word.startswith("-")])
        return all(word in rest for word in words)

    def option(self, *names: str) -> list[str] | None:
        """Return the values of an option, or None if it is not given.

        The AWS CLI accepts abbreviated long options, so this does too.

        Args:
            names: The option's names.
        """
        for index, word in enumerate(self.words):
            name, equals, value = word.partition("=")
            if name in names or (len(name) > 4 and name.startswith("--") and any(full.startswith(name) for full in names)):
                return [value] if equals else [*_values(self.words[index + 1 :])]
        return None

    def file(self, path: str) -> str:
        """Return a file of the command relative to the repository's root; it contains `$` if it is unknown.

        Args:
            path: The path as the command gives it.
        """
        return joined(self.folder, path)

    def value(self, *names: str) -> str | None:
        """Return the first value of an option, or None.

        Args:
            names: The option's names.
        """
        return next(iter(self.option(*names) or ()), None)

    @property
    def stack(self) -> str | None:
        """The stack's name, if it is given, with every variable written as `$NAME`."""
        name = self.value("--stack-name")
        return None if name is None else re.sub(r"\$\{(\w+)\}(?!\w)", r"$\1", name)

    @property
    def tool(self) -> str:
        """The name of the deployment tool, for messages."""
        return "sam deploy" if self.words[0] == "sam" else "aws cloudformation deploy"

    @property
    def deploys(self) -> bool:
        """Whether the command creates or updates a stack."""
        return self.runs("aws", "cloudformation", "deploy") or self.runs("sam", "deploy")

    @property
    def deletes(self) -> bool:
        """Whether the command deletes a stack."""
        return self.runs("aws", "cloudformation", "delete-stack") or self.runs("sam", "delete")


def _values(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if word.startswith("--"):
            return
        yield word


def values_of(variables: object) -> dict[str, str]:
    """Return variables with string or integer values, as strings.

    Args:
        variables: The value of `variables`.
    """
    if not isinstance(variables, Mapping):
        return {}
    values = {name: getattr(value, "value", value) for name, value in variables.items()}
    return {name: str(value) for name, value in values.items() if isinstance(value, str | int) and value is not None}


def commands_of(job: BaseJob, variables: Mapping[str, str], markers: Sequence[str]) -> Iterator[Command]:
    """Yield the commands of a job's scripts.

    Args:
        job: The job.
        variables: The variables that the pipeline sets for it.
        markers: Only lines that contain one of these strings are parsed.
    """
    folder = Folder()
    for keyword in SCRIPTS:
        if keyword == "after_script":
            folder = Folder()  # it runs in another shell
        for path, line in script_lines(getattr(job, keyword, None), (keyword,)):
            moves = any(word in line for word in MOVES)
            if moves:
                folder.begin(line)
            for parts in _commands(line) if moves or any(word in line for word in markers) else ():
                words = tuple(expanded(word, variables) for word in parts)
                if words[0] in MOVES:
                    folder.move(words)
                elif any(word in line for word in markers):
                    yield Command(job, path, words, folder.path)
            if moves:
                folder.end()


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """Return a string with known variables expanded; others stay unchanged.

    Args:
        text: The string.
        variables: The values by name.
    """
    for _ in range(_MOST_LEVELS):
        filled = re.sub(_VARIABLE, lambda match: variables.get(match[1] or match[2], match[0]), text)
        if filled == text or len(filled) > 10_000:
            break
        text = filled
    return text


def script_lines(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the entries of a script, in order, each with its path.

    Args:
        value: The value of a keyword such as `script`, which may hold lists inside lists.
        path: The path to it.
    """
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from script_lines(item, (*path, index))


def _commands(text: str, level: int = 0) -> Iterator[list[str]]:
    for line in text.replace("\\\n", " ").splitlines():
        outer, inner = _substitutions(line)
        if level < _MOST_LEVELS:
            for part in inner:
                yield from _commands(part, level + 1)
        try:
            tokens = _tokens(outer)
        except ValueError:  # a quote that ends on another line
            continue
        words: list[str] = []
        for token in [*tokens, ";"]:
            if token.strip(";&|()"):
                words.append(token)
            else:
                yield from filter(None, [_without_prefix(words)])
                words = []


def _tokens(line: str) -> list[str]:
    if _SPECIAL.isdisjoint(line):  # most lines are plain, and the lexer is slow
        return line.split()
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|()<>")
    lexer.whitespace_split = True
    return [*lexer]


def _substitutions(line: str) -> tuple[str, list[str]]:
    """Return a line with each `$(…)` replaced, and the contents of the substitutions, where quoting starts afresh."""
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


def _without_prefix(words: list[str]) -> list[str]:
    """Return a command without leading variable assignments and shell keywords."""
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
