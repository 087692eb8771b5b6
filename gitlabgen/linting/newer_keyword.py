"""`newer-keyword`: a keyword is newer than the GitLab that will read it.

Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.conditions import lexemes
from gitlabgen.gitlab.reference import Reference
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.linting._subject import Subject, finding
from gitlabgen.linting._versions import CONDITION_VERSIONS, REFERENCE, VALUE_VERSIONS, VERSIONS, Version
from gitlabgen.model import OWN_FIELDS, Model

__all__ = ["check"]

_NOT_WRITTEN: Final = frozenset((*OWN_FIELDS, "jobs"))


class _Use(NamedTuple):
    path: tuple[str | int, ...]
    what: str
    since: Version


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a finding for each keyword, value or condition that the target version does not know."""
    target = subject.target
    if target is None:
        return
    for model in (subject.root, *subject.root.jobs):
        location = f"jobs:{model.name} " if isinstance(model, BaseJob) else ""
        for use in _uses(model, ()):
            if use.since > target:
                since, wanted = (".".join(map(str, version)) for version in (use.since, target))
                message = f"{location}`{use.what}` needs GitLab {since}, and the target is {wanted}"
                yield finding("newer-keyword", model, use.path, message, "raise target_gitlab, or do without it")


def _uses(value: Any, path: tuple[str | int, ...]) -> Iterator[_Use]:
    """Yield all in a value that not every version knows."""
    if isinstance(value, Reference):
        yield _Use(path, "!reference", REFERENCE)
    elif isinstance(value, Model):
        for name, inner in vars(value).items():
            if name not in _NOT_WRITTEN and inner is not None:
                yield from _of_keyword(value, name, inner, (*path, name))
                yield from _uses(inner, (*path, name))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _uses(inner, (*path, index))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _uses(inner, (*path, key))


def _of_keyword(model: Model, name: str, value: Any, path: tuple[str | int, ...]) -> Iterator[_Use]:
    keyword = name.rstrip("_")
    holder = "" if isinstance(model, BaseJob) else type(model).keyword
    words = [f"{holder}:{keyword}" if holder else keyword]
    if isinstance(model, TriggerJob):
        words.append(f"trigger job:{keyword}")
    for what in words:
        if what in VERSIONS:
            yield _Use(path, what, VERSIONS[what])
        if isinstance(value, str) and (what, value) in VALUE_VERSIONS:
            yield _Use(path, f"{what}: {value}", VALUE_VERSIONS[what, value])
    if keyword == "if" and isinstance(value, str):
        for kind in dict.fromkeys(kind for kind, _ in lexemes(value)):
            if kind in CONDITION_VERSIONS:
                yield _Use(path, CONDITION_VERSIONS[kind][1], CONDITION_VERSIONS[kind][0])
