"""Merge several pipelines into one: their jobs in order, and their settings combined."""

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
"""The settings that are merged key by key."""


class _Part(NamedTuple):
    """The value of a keyword in a pipeline, or a part of that value."""

    model: Model
    path: tuple[str, ...]
    value: Any

    def whole(self) -> Any:
        """Return the value with its comments."""
        return commented(self.value, self.model.comments, self.path) if self.model.comments else self.value

    def at(self, key: str) -> _Part:
        """Return the value at a key of a mapping or a block."""
        if isinstance(self.value, Model):
            return _Part(self.value, (key,), getattr(self.value, key))
        return self._replace(path=(*self.path, key), value=self.value[key])

    def finding(self, message: str) -> Finding:
        """Return an info finding at its position."""
        where = position(location_of(self.model), self.path) or Position("")
        return Finding("merge", message, "info", file=where.file or None, line=where.line, column=where.column)


def merge(*sources: Pipeline | Sequence[BaseJob]) -> Pipeline:
    """Return one pipeline with the jobs of all, in order, and with their settings combined.

    Includes and stages are joined; the stages of each pipeline keep their order. Variables, defaults and `extra` are merged by
    key. Any other setting may be in one pipeline only, or must be equal in all. Equal hidden blocks are kept once. A setting that
    one pipeline has for all its jobs also applies to the jobs of the others.

    Args:
        sources: Pipelines, and lists of jobs to add.

    Raises:
        KeywordError: If two jobs have the same name, settings differ, or no order of stages fits all pipelines.
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
    """Yield the jobs, and report duplicate names, except for equal hidden blocks."""
    seen: dict[str, BaseJob] = {}
    for entry in entries:
        first = seen.get(entry.job.name)
        if first is None:
            seen[entry.job.name] = entry.job
            yield entry
        elif first != entry.job or not isinstance(first, HiddenJob):
            related = (_Part(first, (), None).finding("one is here"), _Part(entry.job, (), None).finding("another is here"))
            hint = "rename the jobs of one pipeline with `prefixed`"
            fail(call, f"`{entry.job.name}` is the name of two jobs", hint, related=related)


def _joined(name: str, parts: list[_Part], pipelines: Sequence[Pipeline], call: CallSite) -> Any:
    if name == "comment":
        return "\n".join(dict.fromkeys(part.value for part in parts))
    if name == "stages":
        return _stages(parts, pipelines, call)
    return _includes(parts) if name == "include" and not _all_equal(parts) else _one(parts, call)


def _all_equal(parts: list[_Part]) -> bool:
    return all(part.value == parts[0].value for part in parts)


def _one(parts: list[_Part], call: CallSite) -> Any:
    """Return the common value; mappings and defaults are merged."""
    set_parts = [part for part in parts if part.value is not NULL] or parts
    first = set_parts[0]
    if _all_equal(set_parts):
        return first.whole()
    if first.path in _OPEN:
        text = next((part.model.comments[part.path] for part in set_parts if part.path in part.model.comments), None)
        joined: Any = None
        if all(isinstance(part.value, dict) for part in set_parts):
            joined = _by_key(set_parts, call)
        elif all(isinstance(part.value, Default) for part in set_parts):
            joined = construct(Default, (), _by_key(set_parts, call), call)
        if joined is not None:
            return joined if text is None else Remark(joined, text)
    other = next(part for part in set_parts if part.value != first.value)
    words = ":".join([first.model.keyword, *first.path]).strip(":")
    related = (first.finding("one is here"), other.finding("another is here"))
    fail(call, f"{words} differs between pipelines", "make both equal, or remove one with `evolve`", related=related)
    return first.whole()


def _by_key(parts: list[_Part], call: CallSite) -> dict[str, Any]:
    parts_by_key: dict[str, list[_Part]] = {}
    for part in parts:
        for key in part.value if isinstance(part.value, dict) else _given(part.value):
            parts_by_key.setdefault(key, []).append(part.at(key))
    return {key: found[0].value if found[0].path == ("comment",) else _one(found, call) for key, found in parts_by_key.items()}


def _given(model: Model) -> Iterator[str]:
    return (name for name, value in vars(model).items() if value is not None and name != "comments")


def _includes(parts: list[_Part]) -> list[Any]:
    """Return the included files of all pipelines, each once."""
    found: dict[Any, Any] = {}
    for part in parts:
        items = enumerate(part.value) if isinstance(part.value, tuple) else [(None, part.value)]
        for index, item in items:
            path: Path = part.path if index is None else (*part.path, index)
            if item is not NULL:
                found.setdefault(item, commented(item, part.model.comments, path))
    return list(found.values())


def _stages(parts: list[_Part], pipelines: Sequence[Pipeline], call: CallSite) -> Any:
    """Return the stages of all pipelines in an order that keeps the order of each."""
    set_parts = [part for part in parts if part.value is not NULL]
    if not set_parts or any(not isinstance(stage, str) for part in set_parts for _, stage in flat(part.value)):
        return _one(parts, call)  # a reference can contain any stage
    listed = {stage for part in set_parts for _, stage in flat(part.value)}
    lists = [_stages_of(pipeline) for pipeline in pipelines]
    # GitLab's default stages keep their order among other stages too, if these allow it.
    order = in_order([_stages_of(pipeline, listed) for pipeline in pipelines]) or in_order(lists)
    if order is None:
        _report_disagreement(lists, pipelines, call)
        return set_parts[0].whole()
    if _all_equal(set_parts) and order == list(dict.fromkeys(stage for _, stage in flat(set_parts[0].value))):
        return set_parts[0].whole()
    texts: dict[str, str] = {}
    for part in set_parts:
        for path, stage in flat(part.value, part.path):
            if path in part.model.comments:
                texts.setdefault(stage, part.model.comments[path])
    return [Remark(stage, texts[stage]) if stage in texts else stage for stage in order]


def _stages_of(pipeline: Pipeline, known: Collection[str] = ()) -> list[str]:
    """Return the stages that a pipeline lists, or the default stages that its jobs use or that are in `known`."""
    if is_set(pipeline.stages):
        return list(dict.fromkeys(stage for _, stage in flat(pipeline.stages)))
    jobs = {job.name: job for job in pipeline.jobs}
    used = {stage_of(job, jobs) for job in pipeline.jobs if not isinstance(job, HiddenJob)}
    return [stage for stage in DEFAULT_STAGES if stage in used or stage in known]


def _report_disagreement(lists: Sequence[Sequence[str]], pipelines: Sequence[Pipeline], call: CallSite) -> None:
    steps = disagreement(lists)
    words = " before ".join(repr(before) for before, _, _ in (*steps, steps[0]))
    related = [
        _Part(pipelines[index], ("stages",), None).finding(f"{before!r} is before {after!r} here")
        for before, after, index in steps
    ]
    fail(call, f"stages cannot be put in one order: {words}", "give all pipelines the same order", related=related)
