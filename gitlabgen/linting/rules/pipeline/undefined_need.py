"""`undefined-need`: a job needs a job, or uses artifacts of a job, that does not exist.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from gitlabgen.analysis.pipelines import PipelineAnalysis, dependencies_of, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.resolution.job_expansion import Cell, cells, needed_jobs
from gitlabgen.resolution.matrix_expressions import matrix_names

__all__ = ["RULE"]


class _Missing(NamedTuple):
    """A name that GitLab does not find.

    Args:
        name: The name.
        problem: The end of the message.
        hint: How to fix it; None to suggest a similar name.
        is_certain: Whether it is not found although a job has this name.
    """

    name: str
    problem: str = "which does not exist"
    hint: str | None = None
    is_certain: bool = False


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need of a job or of its rules, and for each dependency, that names no job."""
    jobs = analysis.jobs
    for job, index, name, need in analysis.needs:
        if need is not None or name not in jobs:
            path: tuple[str | int, ...] = ("needs", index)
            if next(matrix_names(need or name), None) is None:
                yield from _need(analysis, job, path, name, need)
            elif need is None or need.optional is not True:
                yield from _need_of_cells(analysis, job, path, need or name)
    for job, number, rule in analysis.rule_needs:
        for index, name, need in needs_of(rule.needs):
            yield from _need(analysis, job, ("rules", number, "needs", index), name, need, in_rule=True)
    for job, path, name in dependencies_of(analysis):
        yield from _dependency(analysis, job, path, name)


def _need(
    analysis: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], name: str, need: Need | None, *, in_rule: bool = False
) -> Iterator[Finding]:
    missing = _missing(analysis, name, need, in_rule=in_rule)
    if missing is None or (need is not None and need.optional is True):
        return
    because = analysis.undecided_name(missing.name, name)
    if because:
        near = analysis.misspelt(missing.name, analysis.jobs)
        yield RULE.undecided(analysis, job, path, f"the need `{missing.name}` exists", because, near)
    elif not analysis.is_known(missing.name) or missing.is_certain:
        yield _finding(analysis, job, path, missing, analysis.cell_name(job))


def _finding(analysis: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], missing: _Missing, cell: str) -> Finding:
    near = None if missing.hint else analysis.near(missing.name)
    hint, related = (missing.hint, ()) if near is None else analysis.hint_at(near)
    if path[0] == "needs" and near in analysis.needed_names(job):
        hint = f"remove it: the job needs `{near}`, too"
    message = f"`{job.name}` needs `{missing.name}`, {missing.problem}."
    gitlab = f"{cell} job: undefined need: {missing.name}"
    return RULE.finding(spot(job, path), message, hint, facts=(missing.name,), gitlab=gitlab, related=related)


def _need_of_cells(analysis: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], need: str | Need) -> Iterator[Finding]:
    """Yield a finding for the first cell of a job whose need, with the values of the cell, names no job."""
    own = job.variables if isinstance(job.variables, Mapping) else {}
    original = need if isinstance(need, str) else str(need.job)
    for cell in cells(job.name, job.parallel):
        # GitLab takes the job's own variables for those of the matrix, but does not read their values.
        texts = {**{name: f'{{:value=>"{value}"}}' for name, value in own.items()}, **cell.variables}
        for name in needed_jobs(need, texts, analysis.children):
            because = analysis.undecided_name(name, original)
            if because:
                yield RULE.undecided(analysis, job, path, f"the need `{name}` exists", because)
                return
            if not analysis.is_known(name):
                yield _finding(analysis, job, path, _Missing(name, *_problem_of_cell(cell, job, need)), cell.name)
                return


def _problem_of_cell(cell: Cell, job: BaseJob, need: str | Need) -> tuple[str, str]:
    """Return the end of the message about a need of a cell, and a hint."""
    other = next((name for _, name in matrix_names(need) if name not in cell.variables), None)
    if other is not None:
        return f"which does not exist: `{other}` is not a variable of its matrix", f"add `{other}` to the matrix of `{job.name}`"
    return f"which does not exist, in the job `{cell.name}`", "use values that the matrix of the needed job has"


def _missing(analysis: PipelineAnalysis, name: str, need: Need | None, *, in_rule: bool) -> _Missing | None:
    """Return a name that GitLab does not find; None if it finds all names."""
    if analysis.job(name) is None:
        return _Missing(name)
    if in_rule and name in analysis.children:
        hint = f"write the name of one of its jobs: `{analysis.children[name][0]}`"
        return _Missing(name, "but `needs` in a rule cannot name a job with `parallel`", hint, is_certain=True)
    if need is None or not isinstance(need.parallel, Matrix) or name not in analysis.children:
        return None
    requested = (cell.name for cell in cells(name, need.parallel))
    # An unknown name is reported only if all others exist.
    missing = min((cell for cell in requested if analysis.job(cell) is None), key=analysis.is_known, default=None)
    hint = f"use the values of the matrix of `{name}`, and its order"
    return None if missing is None else _Missing(missing, hint=hint)


def _dependency(analysis: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], name: str) -> Iterator[Finding]:
    because = analysis.undecided_name(name)
    if because:
        near = analysis.misspelt(name, analysis.jobs)
        yield RULE.undecided(analysis, job, path, f"the dependency `{name}` exists", because, near)
    if because or analysis.is_known(name):
        return
    hint, related = analysis.hint(name)
    message = f"`{job.name}` uses artifacts of `{name}`, which does not exist."
    gitlab = f"{job.name} job: undefined dependency: {name}"
    yield RULE.finding(spot(job, path), message, hint, facts=(name,), gitlab=gitlab, related=related)


RULE: Final = LintRule(
    id="undefined-need",
    summary="A job needs a job, or uses artifacts of a job, that does not exist.",
    why=(
        "GitLab rejects the whole pipeline if `needs`, `dependencies` or `trigger:include:job` names a job that does not exist. "
        "Usually the name is misspelt, or the job was renamed. "
        "If only some pipelines have the job, use `optional: true`."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    former_ids=("undefined-dependency",),
    examples=[
        Example(
            bad="""
build:
  stage: build
  script: make
deploy:
  stage: deploy
  needs: [biuld]
  script: make deploy
""",
            good="""
build:
  stage: build
  script: make
deploy:
  stage: deploy
  needs: [build]
  script: make deploy
""",
        ),
        Example(
            bad="""
build:
  stage: build
  script: make
  artifacts:
    paths: [dist/]
test:
  dependencies: [biuld]
  script: make test
""",
            good="""
build:
  stage: build
  script: make
  artifacts:
    paths: [dist/]
test:
  dependencies: [build]
  script: make test
""",
        ),
    ],
    check=check,
)
