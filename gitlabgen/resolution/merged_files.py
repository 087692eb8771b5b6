"""All files of a configuration as one mapping, as GitLab merges them before it resolves parents and references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.hidden_job import HiddenJob
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.plans import plan_of
from gitlabgen.resolution.open_names import OpenNames
from gitlabgen.resolution.origins import Block, Origin, Tree, merged, traced

_NO_KEYWORDS = frozenset((*OWN_FIELDS, "jobs", "spec", "include"))


class MergedFiles:
    """The top-level keys of several files; a later file wins, and mappings are merged.

    Trees are created on demand, because most jobs need no merging.

    Args:
        pipelines: The files; included files come first.
    """

    def __init__(self, pipelines: Sequence[Pipeline]) -> None:
        self.jobs: dict[str, list[BaseJob]] = {}
        self.settings: dict[str, list[tuple[Pipeline, str]]] = {}
        self._trees: dict[str, Tree] = {}
        self._open: OpenNames | None = None
        self._has_header = any(pipeline.spec is not None for pipeline in pipelines)
        for pipeline in pipelines:
            for key, field in keys_of(pipeline):
                self.settings.setdefault(key, []).append((pipeline, field))
            for job in pipeline.jobs:
                parts = self.jobs.get(job.name)
                if parts is None:
                    self.jobs[job.name] = [job]
                else:
                    parts.append(job)

    def __contains__(self, name: object) -> bool:
        return name in self.jobs or name in self.settings

    def __getitem__(self, name: str) -> Tree:
        """Return the tree of a top-level key."""
        if name not in self._trees:
            trees = self._parts(name)
            tree = next(trees)
            for upper in trees:
                tree = merged(tree, upper)
            self._trees[name] = tree
        return self._trees[name]

    def may_define(self, name: str) -> bool:
        """Return whether a key may become a name that no key has, once the inputs are known."""
        if self._open is None:
            self._open = OpenNames(filter(self.is_unknown, self.jobs))
        return self._open.becoming(name) is not None

    def is_unknown(self, value: Tree) -> bool:
        """Return whether a value has a block of an unknown input; without a header, a block is text."""
        return self._has_header and isinstance(value, str) and is_interpolated(value)

    def origin(self, name: str) -> Origin:
        """Return where a top-level key was written last."""
        return Origin(name, self.jobs[name][-1]) if name in self.jobs else setting_of(name, *self.settings[name][-1])[1]

    def _parts(self, name: str) -> Iterator[Tree]:
        for pipeline, field in self.settings.get(name, ()):
            yield traced(*setting_of(name, pipeline, field))
        for job in self.jobs.get(name, ()):
            yield tree_of(job)


def keys_of(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Yield the top-level keywords of a pipeline that are merged: the key, and the field or the key in `extra`.

    Args:
        pipeline: The pipeline.
    """
    for field in vars(pipeline):
        if field not in _NO_KEYWORDS and getattr(pipeline, field) is not None:
            yield plan_of(Pipeline).key(field), field
    for key in pipeline.extra or ():
        yield key, key


def setting_of(name: str, pipeline: Pipeline, field: str) -> tuple[Any, Origin]:
    """Return the value of a top-level keyword, and where it was written.

    Args:
        name: The keyword.
        pipeline: The pipeline.
        field: The field, or the key in `extra`.
    """
    if pipeline.extra is not None and field in pipeline.extra:
        return pipeline.extra[field], Origin(name, pipeline, ("extra", field))
    return getattr(pipeline, field), Origin(name, pipeline, (field,))


def tree_of(job: BaseJob) -> Tree:
    """Return a job as a tree, without its name.

    Args:
        job: The job.
    """
    if isinstance(job, HiddenJob) and job.content is not None:
        return traced(job.content, Origin(job.name, job, ("content",)))
    block: Block = traced(job, Origin(job.name, job))
    del block["name"], block.origins["name"]
    return block
