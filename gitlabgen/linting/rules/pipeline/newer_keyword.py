"""`newer-keyword`: a keyword is newer than the GitLab that will read it.

Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.conditions import LEXEMES_SINCE, lexemes
from gitlabgen.gitlab.reference import Reference
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.linting.rule import LintRule
from gitlabgen.modeling.fields import OWN_FIELDS, Version
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of

__all__ = ["RULE"]

_NOT_WRITTEN: Final = frozenset((*OWN_FIELDS, "jobs"))


class _Use(NamedTuple):
    path: tuple[str | int, ...]
    what: str
    since: Version


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each keyword, value or condition that the target version does not know."""
    target = analysis.target
    if target is None:
        return
    for model in (analysis.root, *analysis.root.jobs):
        location = f"jobs:{model.name} " if isinstance(model, BaseJob) else ""
        for use in _uses(model, ()):
            if use.since > target:
                since, wanted = (".".join(map(str, version)) for version in (use.since, target))
                message = f"{location}`{use.what}` needs GitLab {since}, and the target is {wanted}"
                yield RULE.finding(spot(model, use.path), message, "raise target_gitlab, or do without it")


def _uses(value: Any, path: tuple[str | int, ...]) -> Iterator[_Use]:
    """Yield all in a value that not every version knows."""
    if isinstance(value, Reference) and value.since is not None:
        yield _Use(path, value.keyword, value.since)
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
    plan = plan_of(type(model))
    facts, what = plan.facts[name], _label(model, name)
    if facts.since is not None:
        yield _Use(path, what, facts.since)
    for word, since in (facts.values_since or {}).items():
        if value == word:
            yield _Use(path, f"{what}: {word}", since)
    if name == "if_" and isinstance(value, str):
        for kind in dict.fromkeys(kind for kind, _ in lexemes(value)):
            if kind in LEXEMES_SINCE:
                since, label = LEXEMES_SINCE[kind]
                yield _Use(path, label, since)


def _label(model: Model, name: str) -> str:
    """Return a keyword with the one that holds it; what a job itself holds has none, unless only trigger jobs have it so."""
    key = plan_of(type(model)).key(name)
    if not isinstance(model, BaseJob):
        return f"{type(model).keyword}:{key}".lstrip(":")
    in_all_jobs = plan_of(BaseJob).facts.get(name)
    is_special = isinstance(model, TriggerJob) and in_all_jobs is not None and in_all_jobs != plan_of(TriggerJob).facts[name]
    return f"trigger job:{key}" if is_special else key


RULE: Final = LintRule(
    id="newer-keyword",
    summary="a keyword, value or condition that `target_gitlab` does not know",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/",
    examples=(),
    check=check,
)
