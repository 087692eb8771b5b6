"""A whole configuration, or one of its jobs, as one tree that knows where each value was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.default import Default
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.modeling.plans import plan_of
from gitlabgen.resolution.configuration import Resolution
from gitlabgen.resolution.extends import without_extends
from gitlabgen.resolution.flattening import flat
from gitlabgen.resolution.job_expansion import cells, inherited_settings, inherited_variables
from gitlabgen.resolution.origins import Block, Origin, traced

__all__ = ["merged_configuration", "merged_job"]


def merged_configuration(resolution: Resolution) -> Block:
    """Return all top-level keys with includes and parents merged and references resolved, as GitLab's editor shows them.

    Args:
        resolution: The configuration.

    Source: https://docs.gitlab.com/ci/pipeline_editor/#view-full-configuration
    """
    whole = Block(Origin("", resolution.root))
    for name in resolution.keys:
        tree = resolution.tree(name)
        origin = tree.own if isinstance(tree, Block) else Origin(name, resolution.root)
        parents = resolution.parents(name)
        if parents is not None:
            tree = _with_first(tree, "extends", *parents)
        whole.put(name, tree, origin)
    return whole


def merged_job(resolution: Resolution, name: str) -> Block | None:
    """Return a job as a runner receives it before rules are evaluated: also with defaults, global variables and its matrix.

    Args:
        resolution: The configuration.
        name: The name of a job, or of a job that `parallel` creates; a hidden block has neither defaults nor global variables.
    """
    if name in resolution.hidden:
        tree = resolution.tree(name)
        return without_extends(tree) if isinstance(tree, Block) else None
    for job in resolution.jobs.values():
        cell = next((cell for cell in cells(job.name, job.parallel) if name in (cell.name, job.name)), None)
        if cell is not None:
            return _whole_job(resolution, job, {} if name == job.name else cell.variables)
    return None


def _whole_job(resolution: Resolution, job: BaseJob, matrix: Mapping[str, Any]) -> Block:
    pipeline = resolution.pipeline
    tree = without_extends(flat(resolution.tree(job.name)))
    keys = plan_of(type(job)).keys
    for keyword, value in inherited_settings(job, pipeline).items():
        origin = _origin_of_default(pipeline, keyword, value)
        tree.put(keys[keyword], traced(value, origin), origin)
    own = tree.get("variables")
    variables = Block(own.own if isinstance(own, Block) else tree.own)
    for key, value in inherited_variables(job, pipeline).items():
        origin = Origin("variables", pipeline, ("variables", key))
        variables.put(key, traced(value, origin), origin)
    if isinstance(own, Block):
        for key, value in own.items():
            variables.put(key, value, own.origins[key])
    for key, value in matrix.items():
        variables.put(key, value, Origin(job.name, job, ("parallel",)))
    if variables:
        tree.put("variables", variables, variables.own)
    return tree


def _origin_of_default(pipeline: Pipeline, keyword: str, value: Any) -> Origin:
    default = pipeline.default
    if isinstance(default, Default) and getattr(default, keyword, None) is value:
        return Origin("default", default, (keyword,))
    return Origin(keyword, pipeline, (keyword,))


def _with_first(tree: Block, key: str, value: Any, origin: Origin) -> Block:
    made = Block(tree.own)
    made.put(key, value, origin)
    for following, item in tree.items():
        made.put(following, item, tree.origins[following])
    return made
