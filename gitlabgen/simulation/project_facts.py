"""What only the GitLab server knows about a project: its path, its variables, and what is protected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from gitlabgen.errors import did_you_mean
from gitlabgen.modeling.problems import Problem

__all__ = ["ProjectFacts", "ProjectVariable"]

FACTS: Final[Mapping[str, str]] = {
    "path": "The path of the project, such as `group/app`.",
    "default_branch": "The default branch; `main` if not given.",
    "variables": "All variables of the project, its groups and the instance: no others exist.",
    "protected": "The protected branches and tags, perhaps with `*`.",
    "protected_environments": "The protected environments, perhaps with `*`.",
}
"""The words that describe a project, each with its description."""

VARIABLE: Final[Mapping[str, str]] = {
    "key": "The name, without `$`.",
    "value": "The value; without one, it is only known that there is some.",
    "protected": "Whether only pipelines of protected branches and tags have the variable.",
    "scope": "The environments whose jobs have the variable, perhaps with `*`.",
}
"""The words that describe a variable of a project, each with its description."""

_NAME: Final = re.compile(r"\w+", re.ASCII)


@attrs.frozen
class ProjectVariable:
    """A variable of the project, its groups or the instance.

    Args:
        key: The name.
        value: The value; None if it is not known here.
        protected: Whether only pipelines of protected branches and tags have it.
        scope: The environments whose jobs have it, perhaps with `*`.
    """

    key: str
    value: str | None = None
    protected: bool = False
    scope: str = "*"


@attrs.frozen
class ProjectFacts:
    """What only the server knows about a project. What is None is not known.

    Args:
        path: The path of the project, such as `group/app`.
        default_branch: The default branch.
        variables: All variables of the project, its groups and the instance; no others exist.
        protected_refs: The protected branches and tags, perhaps with `*`.
        protected_environments: The protected environments, perhaps with `*`.
    """

    path: str | None = None
    default_branch: str | None = None
    variables: tuple[ProjectVariable, ...] | None = None
    protected_refs: tuple[str, ...] | None = None
    protected_environments: tuple[str, ...] | None = None

    @property
    def variable_names(self) -> frozenset[str]:
        """The names of the variables that are declared."""
        return frozenset(variable.key for variable in self.variables or ())


def facts_from(words: Mapping[str, Any]) -> ProjectFacts:
    """Return the facts that words state.

    Args:
        words: The words, in which `fact_problems` finds no problem.
    """
    variables = words.get("variables")
    return ProjectFacts(
        path=words.get("path"),
        default_branch=words.get("default_branch"),
        variables=None if variables is None else tuple(map(_variable, _entries(variables))),
        protected_refs=_names(words.get("protected")),
        protected_environments=_names(words.get("protected_environments")),
    )


def fact_problems(words: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of words that should describe a project.

    Args:
        words: The words.
    """
    for word, value in words.items():
        if word not in FACTS:
            yield _unknown(word, (), FACTS)
        elif word == "variables":
            yield from _variable_problems(value)
        elif word in ("path", "default_branch"):
            if not isinstance(value, str) or not value:
                yield Problem(f"should be a text, got {value!r}", path=(word,))
        elif not isinstance(value, list | tuple) or not all(isinstance(name, str) and name for name in value):
            yield Problem("should be a list of names, perhaps with `*`", path=(word,))


def _entries(variables: Any) -> Iterator[Any]:
    """Yield the variables as names, or as mappings with a key."""
    if not isinstance(variables, Mapping):
        yield from variables
        return
    for key, value in variables.items():
        yield {"key": key, **(value if isinstance(value, Mapping) else {"value": value})}


def _variable(entry: Any) -> ProjectVariable:
    if isinstance(entry, str):
        return ProjectVariable(entry)
    value = entry.get("value")
    text = value if isinstance(value, str) else None
    return ProjectVariable(entry["key"], text, entry.get("protected") is True, entry.get("scope") or "*")


def _names(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _variable_problems(variables: Any) -> Iterator[Problem]:
    if not isinstance(variables, list | tuple | Mapping):
        yield Problem("should be a list of variables", 'write ["NAME"], or [{key = "NAME", value = "text"}]', ("variables",))
        return
    if isinstance(variables, Mapping):
        for key, value in variables.items():
            if not isinstance(value, str | Mapping):
                yield Problem(f"should be a text or a mapping, got {value!r}", path=("variables", key))
                return
    steps = variables if isinstance(variables, Mapping) else range(len(variables))
    for step, entry in zip(steps, _entries(variables), strict=True):
        yield from _entry_problems(entry, ("variables", step))


def _entry_problems(entry: Any, path: tuple[Any, ...]) -> Iterator[Problem]:
    if isinstance(entry, str):
        yield from _name_problems(entry, path)
        return
    if not isinstance(entry, Mapping) or not isinstance(entry.get("key"), str):
        yield Problem("should be the name of a variable, or a mapping with a `key`", path=path)
        return
    for word, value in entry.items():
        if word not in VARIABLE:
            yield _unknown(word, path, VARIABLE)
        elif word == "key":
            yield from _name_problems(value, (*path, word))
        elif word == "protected" and not isinstance(value, bool):
            yield Problem(f"should be true or false, got {value!r}", path=(*path, word))
        elif word in ("value", "scope") and not isinstance(value, str):
            yield Problem(f"should be a text, got {value!r}", path=(*path, word))


def _name_problems(name: str, path: tuple[Any, ...]) -> Iterator[Problem]:
    if not _NAME.fullmatch(name):
        yield Problem(f"should be the name of a variable, got {name!r}", "write letters, digits and `_`, without `$`", path)


def _unknown(word: str, path: tuple[Any, ...], known: Iterable[str]) -> Problem:
    hint = did_you_mean(word, known, f"write {', '.join(known)}")
    return Problem("is not known here", hint, (*path, word), key=word)
