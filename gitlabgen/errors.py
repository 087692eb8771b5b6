"""Findings, the exceptions that carry them, and the collector that gathers them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Final, Literal, NamedTuple, NoReturn

__all__ = [
    "ArgumentError",
    "DefinitionError",
    "Finding",
    "GitlabgenError",
    "KeywordError",
    "OutputError",
    "Severity",
    "Suggestions",
    "UnknownJobError",
    "YamlError",
    "closest",
    "collecting",
    "did_you_mean",
    "few",
    "raise_errors",
    "report",
    "report_all",
    "suggestion",
]

Severity = Literal["error", "warning", "info"]

UNDECIDED: Final = "undecided"
"""The first of a finding's `facts` if an include that was not read decides whether there is a problem."""


class Finding(NamedTuple):
    """A problem as reported, with the position in the user's file where it can be fixed.

    Args:
        rule: The rule's name in kebab case, such as `unknown-keyword`.
        message: The problem, with the value; in GitLab's words if GitLab reports it too.
        severity: `error`, `warning` or `info`.
        hint: What to write instead.
        job: The job's name, if the problem is in a job.
        path: GitLab's path, such as `jobs:deploy:needs`.
        file: The user's Python, TOML or YAML file, as printed in reports.
        line: First line, counted from 1.
        column: First column, counted from 1.
        end_line: Last line, counted from 1.
        end_column: The column after the last character, counted from 1.
        url: The page that explains the rule.
        related: Findings about related positions, each with its own message.
        facts: What distinguishes it from other findings of the rule at the same path, such as the name of a missing job.
        gitlab: GitLab's message for the same problem.
        jobs: The names of all jobs that it is about, if they are several.
    """

    rule: str
    message: str
    severity: Severity = "error"
    hint: str | None = None
    job: str | None = None
    path: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    url: str | None = None
    related: tuple["Finding", ...] = ()
    facts: tuple[str, ...] = ()
    gitlab: str | None = None
    jobs: tuple[str, ...] = ()

    @property
    def is_skipped_check(self) -> bool:
        """Return whether the finding only says that a check was skipped, because an include was not read."""
        return self.severity == "info" and self.facts[:1] == (UNDECIDED,)

    def __str__(self) -> str:
        """Return the finding on one line, in the format of compilers."""
        position = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        head = f"{position}: {self.severity}" if position else self.severity
        tail = f"; {self.hint}" if self.hint else ""
        quote = f"; GitLab says: {self.gitlab}" if self.gitlab else ""
        link = f" ({self.url})" if self.url else ""
        return f"{head}[{self.rule}] {self.message}{tail}{quote}{link}"


class GitlabgenError(Exception):
    """Base of all errors that a user can cause; the command prints them without a traceback.

    Args:
        findings: The findings, at least one.
    """

    exit_code = 2

    def __init__(self, *findings: Finding) -> None:
        """Keep the findings, so that callers can print them in other formats."""
        super().__init__(*findings)
        self.findings = findings

    def __str__(self) -> str:
        """Return one line per finding."""
        return "\n".join(map(str, self.findings))


class KeywordError(GitlabgenError, ValueError):
    """The value of a keyword is one that GitLab or AWS would reject."""


class DefinitionError(GitlabgenError):
    """A definition could not be loaded, or what it defines is not valid."""


class YamlError(GitlabgenError, ValueError):
    """A text is not YAML, or GitLab could not read it."""


class ArgumentError(GitlabgenError, TypeError):
    """A function got a value of another kind than it takes, such as a project instead of a pipeline."""


class UnknownJobError(GitlabgenError, KeyError):
    """A pipeline has no job of this name."""


class OutputError(GitlabgenError, OSError):
    """A file cannot be written, or must not be written."""


_collector: ContextVar[list[Finding] | None] = ContextVar("collector", default=None)


@contextmanager
def collecting() -> Iterator[list[Finding]]:
    """Collect the findings reported inside the block instead of raising the first."""
    found: list[Finding] = []
    token = _collector.set(found)
    try:
        yield found
    finally:
        _collector.reset(token)


def report(finding: Finding) -> None:
    """Add a finding to the active collector; without a collector, raise it.

    Raises:
        KeywordError: If there is no active collector.
    """
    found = _collector.get()
    if found is None:
        _raise(finding)
    found.append(finding)


def report_all(error: GitlabgenError) -> None:
    """Add the error's findings to the active collector; without a collector, raise it.

    Raises:
        GitlabgenError: If there is no active collector.
    """
    found = _collector.get()
    if found is None:
        raise error
    found.extend(error.findings)


def raise_errors(findings: Iterable[Finding]) -> None:
    """Raise one exception with all findings of severity `error`.

    Raises:
        KeywordError: If there is any.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise KeywordError(*errors)


def _raise(finding: Finding) -> NoReturn:
    raise KeywordError(finding)


class Suggestions:
    """Suggests similar words, for the first few words only: a search among thousands is slow."""

    _MOST = 20

    def __init__(self) -> None:
        self._count = 0

    def closest(self, word: str, words: Iterable[str]) -> str | None:
        """Return the most similar word, or None.

        Args:
            word: The unknown word.
            words: The known words.
        """
        self._count += 1
        return closest(word, words) if self._count <= self._MOST else None

    def misspelt(self, word: str, words: Iterable[str]) -> str | None:
        """Return a word that differs in one letter, or in the order of two; None if no word does.

        Args:
            word: The unknown word.
            words: The known words.
        """
        self._count += 1
        if self._count > self._MOST or len(word) < _SHORTEST:
            return None
        return next((known for known in words if abs(len(known) - len(word)) <= 1 and _is_one_edit(word, known)), None)

    def did_you_mean(self, word: str, words: Iterable[str], otherwise: str | None = None) -> str | None:
        """Return a hint with the most similar word.

        Args:
            word: The unknown word.
            words: The known words.
            otherwise: The hint if no word is similar.
        """
        return suggestion(self.closest(word, words), otherwise)


_SHORTEST: Final = 4
"""Shorter words are often similar by accident."""


def _is_one_edit(first: str, second: str) -> bool:
    """Return whether one letter was added, left out or replaced, or two neighbours changed places."""
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    a, b = first[start:], second[start:]
    if first == second or a[1:].isdigit() or b[1:].isdigit() or a.isdigit() or b.isdigit():
        return False  # `build-1` and `build-2` are different names
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def closest(word: str, words: Iterable[str]) -> str | None:
    """Return the most similar word, or None.

    Args:
        word: The unknown word.
        words: The known words.
    """
    return _closest(word, tuple(words))


@lru_cache(maxsize=1024)
def _closest(word: str, words: tuple[str, ...]) -> str | None:
    """Return the most similar word: the same mistake is often made many times."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, words, n=1)), None)


def did_you_mean(word: str, words: Iterable[str], otherwise: str | None = None) -> str | None:
    """Return a hint with the most similar word.

    Args:
        word: The unknown word.
        words: The known words.
        otherwise: The hint if no word is similar.
    """
    return suggestion(closest(word, words), otherwise)


_MOST_ALTERNATIVES: Final = 8


def few(words: Iterable[object]) -> str:
    """Return words as a list, such as `a, b, c`; of many, the first ones and the number of the others.

    Args:
        words: The alternatives.
    """
    known = [str(word) for word in words]
    if len(known) <= _MOST_ALTERNATIVES:
        return ", ".join(known)
    named = _MOST_ALTERNATIVES - 2
    return f"{', '.join(known[:named])} or one of {len(known) - named} others"


def suggestion(near: str | None, otherwise: str | None = None) -> str | None:
    """Return a hint with a word that the user probably meant.

    Args:
        near: The word; None if no word is similar.
        otherwise: The hint without a word.
    """
    return f"did you mean `{near}`?" if near else otherwise
