"""Rename jobs and stages, and everything that refers to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from gitlabgen.composition.listed_jobs import Source, entries_of, fail, flat, rebuilt, setting
from gitlabgen.errors import did_you_mean
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.hidden_job import HiddenJob
from gitlabgen.gitlab.job import ScriptKeywords
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.reference import Reference
from gitlabgen.gitlab.stage import DEFAULT_STAGES
from gitlabgen.modeling.callsites import CallSite, caller
from gitlabgen.modeling.kinds import FrozenDict
from gitlabgen.modeling.model import Model, construct
from gitlabgen.modeling.plans import location_of

__all__ = ["prefixed", "renamed"]

_M = TypeVar("_M", bound=Model)

_LINKS: Final = frozenset(("dependencies", "extends", "job", "needs", "on_stop"))
"""The keywords that name jobs."""
_OUTER_STAGES: Final = (".pre", ".post")
_NONE: Final[Mapping[str, str]] = FrozenDict()


def renamed(source: Source, names: Mapping[str, str], /, *, stages: Mapping[str, str] = _NONE) -> Source:
    """Return a pipeline or jobs with new names, also where they are referred to.

    Needs, dependencies, parents, stop jobs, artifacts of child pipelines and `!reference` are updated, also for the jobs of a
    matrix. Names of jobs that are not in `source` are kept. A job `pages` still publishes a website.

    Args:
        source: The pipeline or the jobs.
        names: New names of jobs, by old name.
        stages: New names of stages, by old name.

    Raises:
        KeywordError: If an old name does not exist, or a new name is taken.
    """
    call = caller()
    jobs: dict[str, BaseJob] = {entry.job.name: entry.job for entry in entries_of(source, call)}
    known = dict.fromkeys((*_listed_stages(source, jobs), *_job_stages(jobs)))
    for name in names.keys() - jobs.keys():
        fail(call, f"there is no job {name!r}", did_you_mean(name, jobs))
    for name in stages.keys() - known.keys():
        fail(call, f"there is no stage {name!r}", did_you_mean(name, known), ("stages",))
    return _renamed(source, names, stages, call)


def prefixed(source: Source, prefix: str, /, *, stages: bool = False) -> Source:
    """Return a pipeline or jobs with a prefix before each name, also where it is referred to, as `renamed` does.

    A hidden block `.x` becomes `.`, the prefix and `x`.

    Args:
        source: The pipeline or the jobs.
        prefix: The prefix, such as `orders-`.
        stages: Whether to prefix the stages that the pipeline lists or the jobs use.

    Raises:
        KeywordError: If a name becomes too long, or is reserved by GitLab.
    """
    call = caller()
    jobs: dict[str, BaseJob] = {entry.job.name: entry.job for entry in entries_of(source, call)}
    names = {name: f".{prefix}{name[1:]}" if isinstance(job, HiddenJob) else prefix + name for name, job in jobs.items()}
    known = [stage for stage in _listed_stages(source, jobs) if stage not in _OUTER_STAGES] if stages else []
    return _renamed(source, names, {stage: prefix + stage for stage in known}, call)


def _listed_stages(source: Any, jobs: Mapping[str, BaseJob]) -> list[str]:
    """Return the stages that a pipeline lists, or the default stages and those that the jobs of a list use."""
    if not isinstance(source, Pipeline):
        return [*DEFAULT_STAGES, *_job_stages(jobs)]
    if is_set(source.stages):
        return [stage for _, stage in flat(source.stages) if isinstance(stage, str)]
    return [] if source.include else [*DEFAULT_STAGES]


def _job_stages(jobs: Mapping[str, BaseJob]) -> list[str]:
    return [job.stage for job in jobs.values() if isinstance(job.stage, str)]


def _renamed(source: Source, names: Mapping[str, str], stages: Mapping[str, str], call: CallSite) -> Source:
    entries = entries_of(source, call)
    renaming = _Renaming(names, stages, {entry.job.name: entry.job for entry in entries})
    new = [entry._replace(job=renaming.job(entry.job)) for entry in entries]
    return rebuilt(renaming.settings(source), new)


class _Renaming:
    """Renames in models; a model without any of the old names is returned unchanged.

    Args:
        names: New names of jobs, by old name.
        stages: New names of stages, by old name.
        jobs: The jobs by old name.
    """

    def __init__(self, names: Mapping[str, str], stages: Mapping[str, str], jobs: Mapping[str, BaseJob]) -> None:
        self._names = names
        self._stages = stages
        self._jobs = jobs
        self._lists = set(_lists_of(jobs.values()))

    def settings(self, pipeline: Source) -> Source:
        """Return a pipeline with the new names in its settings; its jobs stay unchanged."""
        if not isinstance(pipeline, Pipeline):
            return pipeline
        found = {name: self._value(pipeline, name, value) for name, value in vars(pipeline).items() if name != "jobs"}
        if not is_set(pipeline.stages) and not pipeline.include and not self._stages.keys().isdisjoint(DEFAULT_STAGES):
            found["stages"] = tuple(self._stages.get(stage, stage) for stage in DEFAULT_STAGES)
        return construct(type(pipeline), (), {**vars(pipeline), **found}, location_of(pipeline))

    def job(self, job: BaseJob) -> BaseJob:
        """Return a job with the new names; a default stage or website that depends on an old name is written explicitly."""
        found: dict[str, Any] = {}
        if not isinstance(job, HiddenJob):
            if "test" in self._stages and setting(job, "stage", self._jobs) is None:
                found["stage"] = self._stages["test"]
            is_moved = job.name == "pages" and self._names.get("pages", "pages") != "pages"
            if is_moved and isinstance(job, ScriptKeywords) and setting(job, "pages", self._jobs) is None:
                found["pages"] = True
        return self._model(job, found)

    def _model(self, model: _M, more: Mapping[str, Any] = _NONE) -> _M:
        given = vars(model)
        found = {name: new for name, old in given.items() if (new := self._value(model, name, old)) is not old}
        if not found and not more:
            return model
        # A missing keyword was already reported for the original model.
        return construct(type(model), (), {**given, **found, **more}, location_of(model), partial=True)

    def _value(self, model: Model, name: str, value: Any) -> Any:
        """Return the new value of a model's field."""
        if name in ("comment", "comments"):
            return value
        if name == "name":
            return self._names.get(value, value) if isinstance(model, BaseJob) else value
        if name == "path" and isinstance(model, Reference):
            return _same(value, (*(self._names.get(step, step) for step in value[:1]), *value[1:]))
        if name in ("content", "extra") and isinstance(value, dict):
            return self._entries(model, value, are_keywords=name == "content")
        if name == "job" and (is_set(getattr(model, "project", None)) or is_set(getattr(model, "pipeline", None))):
            return value  # a job of another project or pipeline
        return self._keyword(name, value)

    def _keyword(self, name: str, value: Any) -> Any:
        if name in _LINKS:
            return self._tree(value, self._link)
        return self._tree(value, self._stage if name in ("stage", "stages") else _unchanged)

    def _entries(self, model: Model, content: dict[Any, Any], *, are_keywords: bool) -> Any:
        """Return content that is not a model with the new names: in keywords of jobs, and in lists that needs refer to."""
        found = {}
        for key, value in content.items():
            is_list = (getattr(model, "name", None), key) in self._lists
            found[key] = self._keyword("needs" if is_list else key if are_keywords else "", value)
        return FrozenDict(found) if any(found[key] is not value for key, value in content.items()) else content

    def _tree(self, value: Any, text: Callable[[str], str]) -> Any:
        """Return a tree with renamed references, and with a function applied to its strings."""
        if isinstance(value, str):
            return text(value)
        if isinstance(value, Model):
            return self._model(value)
        if isinstance(value, tuple):
            return _same(value, tuple(self._tree(item, text) for item in value))
        if isinstance(value, dict):
            found = {key: self._tree(item, text) for key, item in value.items()}
            return FrozenDict(found) if any(found[key] is not item for key, item in value.items()) else value
        return value

    def _stage(self, name: str) -> str:
        return self._stages.get(name, name)

    def _link(self, name: str) -> str:
        """Return the new name of a job, or of one of its `parallel` instances."""
        if name in self._names:
            return self._names[name]
        base, _, numbers = name.rpartition(" ")
        if base in self._names and _is_fraction(numbers):
            return f"{self._names[base]} {numbers}"
        # A job's name may contain text that looks like matrix values; the longest known name counts.
        end = name.rfind(": [") if name.endswith("]") else -1
        while end > 0:
            if name[:end] in self._names:
                return self._names[name[:end]] + name[end:]
            end = name.rfind(": [", 0, end)
        return name


def _lists_of(jobs: Iterable[BaseJob]) -> Iterator[tuple[str, ...]]:
    """Yield the lists that needs and dependencies refer to: the block's name and the key."""
    for job in jobs:
        rules = (getattr(rule, "needs", None) for _, rule in flat(job.rules))
        for _, item in flat((job.needs, getattr(job, "dependencies", None), *rules)):
            if isinstance(item, Reference):
                yield tuple(item.path)


def _is_fraction(text: str) -> bool:
    number, _, total = text.partition("/")
    return number.isdecimal() and total.isdecimal()


def _unchanged(text: str) -> str:
    return text


def _same(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the old list if the new one has the same items."""
    return old if all(one is other for one, other in zip(old, new, strict=True)) else new
