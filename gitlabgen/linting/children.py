"""Lint the child pipelines that a pipeline triggers.

Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.trigger import Forward, Trigger, TriggerJob
from gitlabgen.linting.rules.pipeline.child_too_deep import MOST_LEVELS, always_runs, children_too_deep
from gitlabgen.linting.runs import Run
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.reporting import located
from gitlabgen.resolution.children import Child, child_key, resolve_child
from gitlabgen.resolution.include_entries import asks_for_files
from gitlabgen.resolution.repositories import Repository

__all__ = ["lint_children"]

_MOST_CHILDREN: Final = 1000
"""GitLab allows this number of pipelines in a family by default."""


class _Start(NamedTuple):
    """A trigger of a child pipeline.

    Args:
        parent: The pipeline with the job.
        job: The job.
        trigger: Its trigger.
        is_certain: Whether the pipeline certainly exists at this level.
    """

    parent: PipelineAnalysis
    job: TriggerJob
    trigger: Trigger
    is_certain: bool


def lint_children(run: Run, root: PipelineAnalysis, repository: Repository) -> Iterator[PipelineAnalysis]:
    """Run the rules on all child pipelines of a pipeline, and yield their analyses.

    Args:
        run: Runs the rules.
        root: The pipeline.
        repository: The repository with the files of the children.
    """
    known: dict[Hashable, tuple[Child, PipelineAnalysis | None]] = {}
    parents: list[tuple[PipelineAnalysis, _Start | None, bool]] = [(root, None, True)]
    for _ in range(MOST_LEVELS):
        starts: dict[Hashable, list[_Start]] = {}
        for parent, started_by, is_certain in parents:
            for start in _starts(parent, is_root=started_by is None, is_certain=is_certain):
                starts.setdefault(child_key(start.trigger), []).append(start)
        parents = []
        for key, same in starts.items():
            is_new = key not in known
            if is_new and len(known) == _MOST_CHILDREN:
                continue
            if is_new:
                known[key] = _lint(run, same, repository)
            child, analysis = known[key]
            run.findings += _refusals(same, child.refused, is_new=is_new)
            if analysis is not None:
                certain = next((start for start in same if start.is_certain), None)
                parents.append((analysis, certain or same[0], certain is not None))
                if is_new:
                    yield analysis
    for deepest, started_by, is_certain in parents:
        if started_by is not None and is_certain:
            run.findings += (_related(found, started_by) for found in children_too_deep(deepest))


def _starts(parent: PipelineAnalysis, *, is_root: bool, is_certain: bool) -> Iterator[_Start]:
    for job in parent.jobs_with("trigger"):
        trigger = getattr(job, "trigger", None)
        if isinstance(job, TriggerJob) and isinstance(trigger, Trigger) and is_set(trigger.include):
            yield _Start(parent, job, trigger, is_root or (is_certain and always_runs(parent, job)))


def _lint(run: Run, starts: list[_Start], repository: Repository) -> tuple[Child, PipelineAnalysis | None]:
    """Run the rules on a child pipeline; its findings name the first job that triggers it."""
    before = len(run.findings)
    child = resolve_child(starts[0].trigger, repository, run.limits.includes)
    run.findings += child.broken
    analysis = None
    if child.resolution is not None:
        analysis = run.pipeline(child.resolution, repository, is_part=True, forwarded=lambda: _forwarded(starts))
    run.findings[before:] = [_related(found, starts[0]) for found in run.findings[before:]]
    return child, analysis


def _refusals(starts: list[_Start], refused: Iterable[Finding], *, is_new: bool) -> Iterable[Finding]:
    """Return the findings that make the trigger jobs fail, one for each place in the files.

    Args:
        starts: The triggers of a child pipeline.
        refused: The findings of the first trigger.
        is_new: Whether they were made for the first of these triggers.
    """
    found: dict[object, Finding] = {}
    for number, start in enumerate(starts):
        # A rule can test for the file.
        for finding in () if asks_for_files(start.job.rules) else refused:
            here = finding if is_new and not number else located(finding, _place(start))
            message = f"`{start.job.name}` fails when it starts: {finding.message}"
            path = f"{spot(start.job).path}:{finding.path}"
            key = (here.file, here.line, here.column, finding.message)
            found.setdefault(key, here._replace(job=start.job.name, path=path, message=message))
    return found.values()


def _place(start: _Start) -> Position | None:
    return position(location_of(start.trigger), ("include",))


def _related(found: Finding, start: _Start) -> Finding:
    """Return a finding in a child pipeline with the place where it is triggered."""
    here = Finding(rule="trigger", message=f"triggered by `{start.job.name}` here", severity="info")
    return found._replace(related=(*found.related, located(here, _place(start))))


def _forwarded(starts: list[_Start]) -> Mapping[str, str | None]:
    """Return the variables that the triggers pass to a child pipeline; None for values on which they do not agree."""
    given = [_passed(start) for start in starts]
    names = dict.fromkeys(name for values in given for name in values)
    return {name: given[0].get(name) if len({values.get(name) for values in given}) == 1 else None for name in names}


def _passed(start: _Start) -> Mapping[str, str | None]:
    if isinstance(start.trigger.forward, Forward) and start.trigger.forward.yaml_variables is False:
        return {}
    # Variables that the parent received are passed on only with `pipeline_variables`.
    return {**start.parent.variables(start.job), **dict.fromkeys(start.parent.forwarded)}
