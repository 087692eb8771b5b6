"""What goes wrong, as data: findings, the exceptions that carry them, and who listens to them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple, NoReturn

__all__ = [
    "DefinitionError",
    "Finding",
    "GitlabgenError",
    "KeywordError",
    "OutputError",
    "Severity",
    "Suggestions",
    "YamlError",
    "closest",
    "collecting",
    "meant",
    "raise_errors",
    "report",
    "report_all",
]

Severity = Literal["error", "warning", "info"]


class Finding(NamedTuple):
    """One problem, with the place in the user's own file where it can be mended.

    Args:
        rule: The rule's name in kebab case, such as `unknown-keyword`.
        message: What is wrong, with the value; GitLab's wording where GitLab would say it.
        severity: `error`, `warning` or `info`.
        hint: What to write instead.
        job: The job's name, if the problem is inside one.
        path: GitLab's path, such as `jobs:deploy:needs`.
        file: The user's Python, TOML or YAML file, as it should be printed.
        line: First line, counted from 1.
        column: First column, counted from 1.
        end_line: Last line, counted from 1.
        end_column: The column behind the last character, counted from 1.
        url: The page that explains the rule.
        related: Other places that belong to it, each with its own message.
        facts: What tells it from other findings of the rule at the same path, such as the name of a missing job.
        gitlab: The sentence in which GitLab says the same.
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

    def __str__(self) -> str:
        """Return the finding on one line, the way compilers print it."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        head = f"{place}: {self.severity}" if place else self.severity
        tail = f"; {self.hint}" if self.hint else ""
        said = f"; GitLab says: {self.gitlab}" if self.gitlab else ""
        link = f" ({self.url})" if self.url else ""
        return f"{head}[{self.rule}] {self.message}{tail}{said}{link}"


class GitlabgenError(Exception):
    """Base of all that a user can cause; the command prints it without a traceback.

    Args:
        findings: What is wrong, at least one.
    """

    exit_code = 2

    def __init__(self, *findings: Finding) -> None:
        """Keep the findings, so that callers can print them their own way."""
        super().__init__(*findings)
        self.findings = findings

    def __str__(self) -> str:
        """Return one line a finding."""
        return "\n".join(map(str, self.findings))


class KeywordError(GitlabgenError, ValueError):
    """A keyword got a value that GitLab or AWS would reject."""


class DefinitionError(GitlabgenError):
    """A definition could not be loaded, or what it defines is not valid."""


class YamlError(GitlabgenError, ValueError):
    """A text is not YAML that GitLab would read."""


class OutputError(GitlabgenError, OSError):
    """A file could not be written, or must not be."""


_collector: ContextVar[list[Finding] | None] = ContextVar("collector", default=None)


@contextmanager
def collecting() -> Iterator[list[Finding]]:
    """Collect the problems reported inside the block instead of raising the first."""
    found: list[Finding] = []
    token = _collector.set(found)
    try:
        yield found
    finally:
        _collector.reset(token)


def report(finding: Finding) -> None:
    """Hand a problem to whoever collects; raise it where nobody does.

    Raises:
        KeywordError: If nobody collects.
    """
    found = _collector.get()
    if found is None:
        _raise(finding)
    found.append(finding)


def report_all(error: GitlabgenError) -> None:
    """Hand an error's findings to whoever collects; raise it where nobody does.

    Raises:
        GitlabgenError: If nobody collects.
    """
    found = _collector.get()
    if found is None:
        raise error
    found.extend(error.findings)


def raise_errors(findings: Iterable[Finding]) -> None:
    """Raise the errors among findings, all together.

    Raises:
        KeywordError: If there is any.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise KeywordError(*errors)


def _raise(finding: Finding) -> NoReturn:
    raise KeywordError(finding)


class Suggestions:
    """Finds the words that were probably meant, for the first few: among thousands a search takes long."""

    _MOST = 20

    def __init__(self) -> None:
        self._count = 0

    def closest(self, word: str, words: Iterable[str]) -> str | None:
        """Return the word that was probably meant, or None.

        Args:
            word: The word that is not there.
            words: Those that are.
        """
        self._count += 1
        return closest(word, [*words]) if self._count <= self._MOST else None

    def meant(self, word: str, words: Iterable[str], otherwise: str | None = None) -> str | None:
        """Return the hint that another word was probably meant.

        Args:
            word: The word that is not there.
            words: Those that are.
            otherwise: What to say where there is no such word.
        """
        return _hint(self.closest(word, words), otherwise)


def closest(word: str, words: Iterator[str] | list[str]) -> str | None:
    """Return the word that was probably meant, or None."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, words, n=1)), None)


def meant(word: str, words: Iterable[str], otherwise: str | None = None) -> str | None:
    """Return the hint that another word was probably meant.

    Args:
        word: The word that is not there.
        words: Those that are.
        otherwise: What to say where there is no such word.
    """
    return _hint(closest(word, [*words]), otherwise)


def _hint(near: str | None, otherwise: str | None) -> str | None:
    return f"did you mean {near!r}?" if near else otherwise
