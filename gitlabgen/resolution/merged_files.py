"""All files of a configuration as one mapping, as GitLab merges them before it resolves parents and references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.hidden_job import HiddenJob
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.plans import plan_of
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
        for pipeline in pipelines:
            for field in vars(pipeline):
                if field not in _NO_KEYWORDS and getattr(pipeline, field) is not None:
                    self.settings.setdefault(plan_of(Pipeline).key(field), []).append((pipeline, field))
            for key in pipeline.extra or ():
                self.settings.setdefault(key, []).append((pipeline, key))
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

    def origin(self, name: str) -> Origin:
        """Return where a top-level key was written last."""
        return Origin(name, self.jobs[name][-1]) if name in self.jobs else _setting(name, *self.settings[name][-1])[1]

    def _parts(self, name: str) -> Iterator[Tree]:
        for pipeline, field in self.settings.get(name, ()):
            yield traced(*_setting(name, pipeline, field))
        for job in self.jobs.get(name, ()):
            yield _tree_of(job)


def _setting(name: str, pipeline: Pipeline, field: str) -> tuple[Any, Origin]:
    if pipeline.extra is not None and field in pipeline.extra:
        return pipeline.extra[field], Origin(name, pipeline, ("extra", field))
    return getattr(pipeline, field), Origin(name, pipeline, (field,))


def _tree_of(job: BaseJob) -> Tree:
    if isinstance(job, HiddenJob) and job.content is not None:
        return traced(job.content, Origin(job.name, job, ("content",)))
    block: Block = traced(job, Origin(job.name, job))
    del block["name"], block.origins["name"]
    return block
