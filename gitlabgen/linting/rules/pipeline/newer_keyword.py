"""`newer-keyword`: a keyword is newer than the GitLab version that reads the pipeline.

Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitlabgen.analysis.cache_sizes import CacheLimit, cache_sizes
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import Spot, spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.expressions import newer_syntax
from gitlabgen.gitlab.limits import DEFAULT_LIMITS
from gitlabgen.gitlab.only import Except, Only
from gitlabgen.gitlab.reference import Reference
from gitlabgen.gitlab.rules import Rule
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.fields import OWN_FIELDS, Version
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.wording import shown_path
from gitlabgen.resolution.block_expressions import newer_parts
from gitlabgen.resolution.matrix_expressions import matrix_names

__all__ = ["RULE"]

_NOT_WRITTEN: Final = frozenset((*OWN_FIELDS, "jobs"))
_WITH_CONDITIONS: Final = (Rule, Only, Except)


_RAISED: Final[Mapping[CacheLimit, tuple[str, Version]]] = {
    "caches": ("`cache` with more than {} caches", (18, 11)),
    "cache_key_files": ("`cache:key` with more than {} files", (19, 5)),
}
"""The limits of caches that became settings."""
_MANY_INCLUDES: Final = 100
_MANY_INCLUDES_SINCE: Final[Version] = (15, 10)
_MATRIX_EXPRESSIONS_SINCE: Final[Version] = (18, 6)


class _Use(NamedTuple):
    path: tuple[str | int, ...]
    what: str
    since: Version
    is_key: bool = False


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each keyword, value, condition and expression that `target_gitlab` does not have yet."""
    target = analysis.target
    if target is None:
        return
    for file in analysis.resolution.files:
        for model in (file, *file.jobs):
            for use in _uses(model, ()):
                if use.since > target:
                    yield _finding(spot(model, use.path, at_key=use.is_key), use, target)
    for job, index, name, need in analysis.needs:
        for path, variable in matrix_names(need or name, ("needs", index)):
            use = _Use(path, f"`$[[ matrix.{variable} ]]`", _MATRIX_EXPRESSIONS_SINCE)
            if use.since > target:
                yield _finding(spot(job, path), use, target)
    for block in analysis.resolution.blocks:
        for what, since in newer_parts(block.expression):
            if since > target:
                yield _finding(Spot(block.position, None, None, "yaml"), _Use((), what, since), target)
    for size in cache_sizes(analysis):
        default, (what, since) = getattr(DEFAULT_LIMITS, size.limit), _RAISED[size.limit]
        # What is beyond the limits of the server is an invalid keyword.
        if since > target and default < size.number <= getattr(analysis.limits, size.limit):
            yield _finding(spot(size.model, size.path), _Use((), what.format(default), since), target)
    if target < _MANY_INCLUDES_SINCE and analysis.resolution.includes > _MANY_INCLUDES:
        use = _Use(("include",), f"`include` with more than {_MANY_INCLUDES} files", _MANY_INCLUDES_SINCE)
        yield _finding(spot(analysis.root, use.path), use, target)


def _finding(where: Spot, use: _Use, target: Version) -> Finding:
    owner = "" if where.job is None else f"`{where.job}`: "
    since, targeted = (".".join(map(str, version)) for version in (use.since, target))
    message = f"{owner}{use.what} needs GitLab {since}, but `target_gitlab` is {targeted}."
    return RULE.finding(where, message, "raise `target_gitlab` or remove it", facts=(use.what,))


def _uses(value: Any, path: tuple[str | int, ...]) -> Iterator[_Use]:
    """Yield each keyword, value and condition in a value that needs a minimum version of GitLab."""
    if isinstance(value, Reference) and value.since is not None:
        yield _Use(path, f"`{value.keyword}`", value.since)
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
    facts, (what, suffix) = plan.facts[name], _label(model, name)
    if facts.since is not None:
        yield _Use(path, f"`{what}`{suffix}", facts.since, is_key=True)
    for place, word in _words(value, path):
        since = (facts.values_since or {}).get(word)
        if since is not None:
            yield _Use(place, f"`{what}: {word}`{suffix}", since)
    for form in facts.forms_since:
        if form.applies(value):
            yield _Use(path, f"`{what}`{suffix} {form.what}", form.since)
    if isinstance(model, _WITH_CONDITIONS) and name in ("if_", "variables"):
        for place, condition in _words(value, path):
            yield from (_Use(place, part, since) for part, since in newer_syntax(condition).items())


def _words(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield a text, or the texts of a list, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        yield from (((*path, index), item) for index, item in enumerate(value) if isinstance(item, str))


def _label(model: Model, name: str) -> tuple[str, str]:
    """Return a keyword with its parent keyword, and " of a trigger job" if its version differs for trigger jobs."""
    key = plan_of(type(model)).key(name)
    if not isinstance(model, BaseJob):
        return shown_path(f"{type(model).keyword}:{key}".lstrip(":")), ""
    in_all_jobs = plan_of(BaseJob).facts.get(name)
    is_special = isinstance(model, TriggerJob) and in_all_jobs is not None and in_all_jobs != plan_of(TriggerJob).facts[name]
    return key, " of a trigger job" if is_special else ""


RULE: Final = LintRule(
    id="newer-keyword",
    summary="A keyword is newer than the GitLab version that reads the pipeline.",
    why=(
        "An older GitLab rejects a pipeline with a keyword that it does not have. "
        "`target_gitlab` is the version that reads the file. "
        "The linter compares it with the version that introduced each keyword, value, function and operator in a condition, "
        "and each limit that has grown, such as 200 jobs in `parallel`."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/",
    examples=[
        Example(
            bad="""
deploy:
  id_tokens:
    TOKEN:
      aud: https://example.com
  script: make deploy
""",
            good="""
deploy:
  script: make deploy
""",
            target_gitlab="15.6",
        )
    ],
    check=check,
)
