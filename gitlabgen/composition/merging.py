"""Several pipelines as one: their jobs one after the other, their settings together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from gitlabgen.composition.listed_jobs import ListedJob, commented, entries_of, fail, flat, stage_of
from gitlabgen.composition.stages import disagreement, in_order
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.default import Default
from gitlabgen.gitlab.hidden_job import HiddenJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.stage import DEFAULT_STAGES
from gitlabgen.modeling.callsites import CallSite, Position, caller, position
from gitlabgen.modeling.fields import fields_of
from gitlabgen.modeling.kinds import Remark
from gitlabgen.modeling.model import NULL, Model, construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Path

__all__ = ["merge"]

_OPEN: Final = (("variables",), ("extra",), ("default",))
"""The settings that are joined key by key."""


class _Part(NamedTuple):
    """What a pipeline or a part of it says for a keyword."""

    model: Model
    path: tuple[str, ...]
    value: Any

    def whole(self) -> Any:
        """Return the value with its comments."""
        return commented(self.value, self.model.comments, self.path) if self.model.comments else self.value

    def at(self, key: str) -> _Part:
        """Return what a mapping or a block says for a key."""
        if isinstance(self.value, Model):
            return _Part(self.value, (key,), getattr(self.value, key))
        return self._replace(path=(*self.path, key), value=self.value[key])

    def place(self, message: str) -> Finding:
        """Return where it stands."""
        where = position(location_of(self.model), self.path) or Position("")
        return Finding("merge", message, "info", file=where.file or None, line=where.line, column=where.column)


def merge(*sources: Pipeline | Sequence[BaseJob]) -> Pipeline:
    """Return one pipeline with the jobs of all, in their order, and with their settings together.

    Includes and stages join: the stages of each pipeline keep their order. Variables, defaults and `extra` join key by key.
    Of all else only one pipeline may say something, or all the same. Equal hidden blocks are kept once. What a pipeline says
    for all its jobs, it then says for the jobs of the others too.

    Args:
        sources: Pipelines, and lists of jobs to add.

    Raises:
        KeywordError: If two jobs have one name, two pipelines say different things, or their stages fit in no order.
    """
    call = caller()
    pipelines = [source for source in sources if isinstance(source, Pipeline)]
    given: dict[str, Any] = {}
    for field in fields_of(Pipeline):
        parts = [_Part(one, (field.name,), value) for one in pipelines if (value := getattr(one, field.name)) is not None]
        if field.name not in ("jobs", "comments") and parts:
            given[field.name] = _joined(field.name, parts, pipelines, call)
    entries = [entry for source in sources for entry in entries_of(source, call)]
    given["jobs"] = [entry.item() for entry in _each_once(entries, call)]
    return construct(Pipeline, (), given, call)


def _each_once(entries: Iterable[ListedJob], call: CallSite) -> Iterator[ListedJob]:
    """Yield the jobs; a second one of a name is reported, unless both are the same block that runs nowhere."""
    seen: dict[str, BaseJob] = {}
    for entry in entries:
        first = seen.get(entry.job.name)
        if first is None:
            seen[entry.job.name] = entry.job
            yield entry
        elif first != entry.job or not isinstance(first, HiddenJob):
            related = (_Part(first, (), None).place("one is here"), _Part(entry.job, (), None).place("another is here"))
            hint = "`prefixed` gives those of a pipeline names of their own"
            fail(call, f"there are two jobs named {entry.job.name!r}", hint, related=related)


def _joined(name: str, parts: list[_Part], pipelines: Sequence[Pipeline], call: CallSite) -> Any:
    if name == "comment":
        return "\n".join(dict.fromkeys(part.value for part in parts))
    if name == "stages":
        return _stages(parts, pipelines, call)
    return _includes(parts) if name == "include" and not _agree(parts) else _one(parts, call)


def _agree(parts: list[_Part]) -> bool:
    return all(part.value == parts[0].value for part in parts)


def _one(parts: list[_Part], call: CallSite) -> Any:
    """Return what all say; of mappings and defaults, what they say together."""
    said = [part for part in parts if part.value is not NULL] or parts
    first = said[0]
    if _agree(said):
        return first.whole()
    if first.path in _OPEN:
        text = next((part.model.comments[part.path] for part in said if part.path in part.model.comments), None)
        joined: Any = None
        if all(isinstance(part.value, dict) for part in said):
            joined = _by_key(said, call)
        elif all(isinstance(part.value, Default) for part in said):
            joined = construct(Default, (), _by_key(said, call), call)
        if joined is not None:
            return joined if text is None else Remark(joined, text)
    other = next(part for part in said if part.value != first.value)
    words = ":".join([first.model.keyword, *first.path]).strip(":")
    related = (first.place("one is here"), other.place("another is here"))
    fail(call, f"{words} differs between pipelines", "make both equal, or take one away with `evolve`", related=related)
    return first.whole()


def _by_key(parts: list[_Part], call: CallSite) -> dict[str, Any]:
    having: dict[str, list[_Part]] = {}
    for part in parts:
        for key in part.value if isinstance(part.value, dict) else _given(part.value):
            having.setdefault(key, []).append(part.at(key))
    return {key: found[0].value if found[0].path == ("comment",) else _one(found, call) for key, found in having.items()}


def _given(model: Model) -> Iterator[str]:
    return (name for name, value in vars(model).items() if value is not None and name != "comments")


def _includes(parts: list[_Part]) -> list[Any]:
    """Return the included files of all, each once."""
    found: dict[Any, Any] = {}
    for part in parts:
        items = enumerate(part.value) if isinstance(part.value, tuple) else [(None, part.value)]
        for index, item in items:
            path: Path = part.path if index is None else (*part.path, index)
            if item is not NULL:
                found.setdefault(item, commented(item, part.model.comments, path))
    return list(found.values())


def _stages(parts: list[_Part], pipelines: Sequence[Pipeline], call: CallSite) -> Any:
    """Return the stages of all in an order in which each pipeline has its own."""
    said = [part for part in parts if part.value is not NULL]
    if not said or any(not isinstance(stage, str) for part in said for _, stage in flat(part.value)):
        return _one(parts, call)  # a reference can hold any stage
    listed = {stage for part in said for _, stage in flat(part.value)}
    lists = [_stages_of(pipeline) for pipeline in pipelines]
    # GitLab's own stages keep their order among those of others too, if these let them.
    order = in_order([_stages_of(pipeline, listed) for pipeline in pipelines]) or in_order(lists)
    if order is None:
        _tell_disagreement(lists, pipelines, call)
        return said[0].whole()
    if _agree(said) and order == list(dict.fromkeys(stage for _, stage in flat(said[0].value))):
        return said[0].whole()
    texts: dict[str, str] = {}
    for part in said:
        for path, stage in flat(part.value, part.path):
            if path in part.model.comments:
                texts.setdefault(stage, part.model.comments[path])
    return [Remark(stage, texts[stage]) if stage in texts else stage for stage in order]


def _stages_of(pipeline: Pipeline, known: Collection[str] = ()) -> list[str]:
    """Return the stages that a pipeline lists, or those of GitLab's own that its jobs are in or that are known."""
    if is_set(pipeline.stages):
        return list(dict.fromkeys(stage for _, stage in flat(pipeline.stages)))
    jobs = {job.name: job for job in pipeline.jobs}
    used = {stage_of(job, jobs) for job in pipeline.jobs if not isinstance(job, HiddenJob)}
    return [stage for stage in DEFAULT_STAGES if stage in used or stage in known]


def _tell_disagreement(lists: Sequence[Sequence[str]], pipelines: Sequence[Pipeline], call: CallSite) -> None:
    steps = disagreement(lists)
    words = " before ".join(repr(before) for before, _, _ in (*steps, steps[0]))
    places = [
        _Part(pipelines[index], ("stages",), None).place(f"{before!r} comes before {after!r} here")
        for before, after, index in steps
    ]
    fail(call, f"stages cannot be put in one order: {words}", "give all pipelines the same order", related=places)
